// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.signaling.consultation;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.nhipcau.signaling.consultation.Course.*;

import java.time.Duration;
import java.util.EnumSet;
import java.util.List;
import java.util.OptionalLong;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.nhipcau.signaling.consultation.Consultation.LineTest;
import org.nhipcau.signaling.consultation.Consultation.Outcome;
import org.nhipcau.signaling.consultation.Consultation.State;
import org.nhipcau.signaling.consultation.ConsultationCommand.*;
import org.nhipcau.signaling.consultation.ConsultationEvent.*;
import org.nhipcau.signaling.consultation.ConsultationRequest.Invitee;
import org.nhipcau.signaling.consultation.ConsultationRequest.Kind;
import org.nhipcau.signaling.consultation.Participant.Seat;
import org.nhipcau.signaling.policy.FacePolicy;
import org.nhipcau.signaling.policy.Role;
import org.nhipcau.signaling.policy.Source;

class CourseRulesTest {
    @Test
    void shouldExpireARequestOnDemandAfterFiveMinutesAndNotBefore_S3() {
        Course course = Course.of(Kind.ON_DEMAND);
        long dueMs = START.toEpochMilli() + 300_000;
        assertEquals(OptionalLong.of(dueMs), course.now.dueAtMs());
        course.pass(Duration.ofMillis(299_999));
        assertEquals(RefusalCode.NOT_DUE, course.refusal(SYSTEM, new Expire()));
        course.pass(Duration.ofMillis(1));
        assertEquals(List.of(new Expired(dueMs)), course.events(SYSTEM, new Expire()));
        assertEquals(State.EXPIRED, course.now.state());
        assertEquals(dueMs, course.now.endedAtMs());
        assertEquals(OptionalLong.empty(), course.now.dueAtMs());
    }

    /** The timer may come late; an answer that comes late is late all the same. */
    @Test
    void shouldRefuseEveryAnswerAfterFiveMinutesThoughTheTimerHasNotCome_S3() {
        Course course = Course.of(Kind.ON_DEMAND).pass(Duration.ofMillis(299_999));
        assertEquals(1, course.now.decide(new Accept(), OFFICE, course.at).size());
        course.pass(Duration.ofMillis(1));
        assertEquals(RefusalCode.EXPIRED, course.refusal(OFFICE, new Accept()));
        assertEquals(RefusalCode.EXPIRED, course.refusal(OFFICE, new Decline("busy")));
        assertEquals(RefusalCode.EXPIRED, course.refusal(as(PATIENT), new Conclude(Outcome.CANCELLED_FREE)));
        assertEquals(RefusalCode.EXPIRED, course.refusal(OFFICE, new DeclareEmergency("unconscious")));
    }

    @Test
    void shouldLeadFromARequestOnDemandToACallWithoutASchedule_S3() {
        Course course = Course.of(Kind.ON_DEMAND).approveAll();
        course.does(as(CHAIR), new Accept()).consent().arrives(CHAIR, PATIENT).does(as(CHAIR), new Begin());
        assertEquals(Set.of(PATIENT), course.seated(Seat.LOBBY));
        course.admits(PATIENT);
        assertEquals(Set.of(CHAIR, PATIENT), course.seated(Seat.IN));
        course.does(as(CHAIR), new Conclude(Outcome.DONE));
        assertEquals(Outcome.DONE, course.now.outcome());
    }

    @Test
    void shouldExpireAnAppointmentThatNobodyAnsweredByTheWantedTime_D() {
        long wantedMs = START.toEpochMilli() + 86_400_000;
        ConsultationRequest request = new ConsultationRequest(Kind.APPOINTMENT, UPPER, LOWER, PATIENT, false,
                wantedMs, EVERYBODY, null, "");
        Course course = Course.of(request, OFFICE);
        assertEquals(OptionalLong.of(wantedMs), course.now.dueAtMs());
        course.pass(Duration.ofDays(1));
        assertEquals(RefusalCode.EXPIRED, course.refusal(OFFICE, new Accept()));
        assertEquals(OptionalLong.empty(), Course.of(Kind.APPOINTMENT).now.dueAtMs());
    }

    @Test
    void shouldRecordEachOutcomeAndRefuseDoneBeforeTheSession_S3() {
        for (State state : EnumSet.range(State.REQUESTED, State.SUSPENDED)) {
            for (Outcome outcome : Outcome.values()) {
                Course course = Course.in(state);
                boolean possible = state.compareTo(State.IN_SESSION) >= 0
                        || outcome == Outcome.CANCELLED_FREE
                        || outcome != Outcome.DONE && state != State.REQUESTED;
                if (possible) {
                    course.does(OFFICE, new Conclude(outcome));
                    assertEquals(outcome, course.now.outcome());
                    assertEquals(State.CONCLUDED, course.now.state());
                } else {
                    assertEquals(RefusalCode.OUTCOME_NOT_POSSIBLE, course.refusal(OFFICE, new Conclude(outcome)));
                }
            }
        }
        assertEquals(RefusalCode.NOT_VALID, Course.in(State.WAITING).refusal(OFFICE, new Conclude(null)));
    }

    @Test
    void shouldLetThePatientCancelFreeOfChargeUntilItBegins_S3() {
        Course waiting = Course.in(State.WAITING);
        assertEquals(RefusalCode.NOT_PERMITTED, waiting.refusal(as(PATIENT), new Conclude(Outcome.CALL_LATER)));
        waiting.does(as(PATIENT), new Conclude(Outcome.CANCELLED_FREE));
        assertEquals(State.CONCLUDED, waiting.now.state());
        assertEquals(RefusalCode.NOT_PERMITTED, Course.in(State.IN_SESSION).refusal(as(PATIENT),
                new Conclude(Outcome.CANCELLED_FREE)));
        Course unapproved = Course.of(Kind.ON_DEMAND);
        unapproved.does(as(PATIENT), new Conclude(Outcome.CANCELLED_FREE));
        assertEquals(State.CONCLUDED, unapproved.now.state(), "asking back one's own request needs no approval");
    }

    @Test
    void shouldSayWhoseLeavingEndedWithTheConsultation_C4() {
        Course course = Course.in(State.IN_SESSION).arrives(CHAIR, EXPERT);
        long nowMs = course.at.toEpochMilli();
        assertEquals(List.of(new Left(nowMs, CHAIR), new Left(nowMs, EXPERT),
                new Concluded(nowMs, CHAIR, Outcome.MOVED_TO_TELEPHONE)),
                course.events(as(CHAIR), new Conclude(Outcome.MOVED_TO_TELEPHONE)));
        assertEquals(Set.of(), course.seated(Seat.IN));
        assertEquals(nowMs, course.now.endedAtMs());
    }

    @Test
    void shouldMarkAScheduleOfLessThanADayAsShort_D() {
        Course course = Course.in(State.ACCEPTED);
        long proper = START.toEpochMilli() + 86_400_000;
        assertEquals(List.of(new Scheduled(course.at.toEpochMilli(), "office-1", proper - 1, true)),
                course.events(OFFICE, new Schedule(proper - 1)));
        assertEquals(List.of(new Scheduled(course.at.toEpochMilli(), "office-1", proper, false)),
                course.events(OFFICE, new Schedule(proper)));
        assertEquals(List.of(), course.events(OFFICE, new Schedule(proper)), "so it is already");
        assertEquals(RefusalCode.IN_THE_PAST, course.refusal(OFFICE, new Schedule(course.at.toEpochMilli() - 1)));
    }

    @Test
    void shouldRecordTheLineTestAndTellItWhenTheDoorsOpen_S5() {
        for (LineTest verdict : List.of(LineTest.GOOD, LineTest.POOR, LineTest.FAILED)) {
            Course course = Course.in(State.TESTING);
            course.does(as(TECHNICIAN), new EndTest(verdict));
            assertEquals(verdict, course.now.lineTest());
            course.pass(Duration.ofDays(2));
            assertEquals(List.of(new WaitingOpened(course.at.toEpochMilli(), verdict)),
                    course.events(OFFICE, new OpenWaiting()));
        }
        Course untested = Course.in(State.SCHEDULED).pass(Duration.ofDays(2));
        assertEquals(List.of(new WaitingOpened(untested.at.toEpochMilli(), LineTest.NONE)),
                untested.events(OFFICE, new OpenWaiting()));
        assertEquals(RefusalCode.NOT_VALID, Course.in(State.TESTING).refusal(OFFICE, new EndTest(LineTest.NONE)));
        assertEquals(RefusalCode.NOT_VALID, Course.in(State.TESTING).refusal(OFFICE, new EndTest(null)));
    }

    @Test
    void shouldOpenTheDoorsFiveMinutesBeforeAndNotSooner_S5() {
        Course course = Course.in(State.SCHEDULED).pass(Duration.ofDays(2).minusMinutes(5).minusMillis(1));
        assertEquals(RefusalCode.TOO_EARLY, course.refusal(OFFICE, new OpenWaiting()));
        course.pass(Duration.ofMillis(1)).does(SYSTEM, new OpenWaiting());
        assertEquals(State.WAITING, course.now.state());
    }

    @Test
    void shouldNotBeginWithoutConsent_C5() {
        Course course = Course.in(State.WAITING);
        course.does(as(PATIENT), new WithdrawConsent());
        assertEquals(RefusalCode.CONSENT_MISSING, course.refusal(as(CHAIR), new Begin()));
        course.consent().does(as(CHAIR), new Begin());
        assertEquals(course.at.toEpochMilli(), course.now.beganAtMs());
    }

    @Test
    void shouldSuspendAndResumeOnAnotherDay_S5() {
        Course course = Course.in(State.IN_SESSION).arrives(CHAIR, PATIENT).admits(PATIENT);
        assertTrue(course.now.mayPublish(PATIENT, Source.CAMERA));
        course.does(as(CHAIR), new SetMainScreen(PATIENT)).does(as(CHAIR), new Suspend("power-cut"));
        assertEquals(Set.of(CHAIR, PATIENT), course.seated(Seat.LOBBY));
        assertFalse(course.now.mayPublish(PATIENT, Source.CAMERA), "nothing passes while it is suspended");
        assertFalse(course.now.mayPublish(CHAIR, Source.MICROPHONE));
        assertNull(course.now.mainScreen());
        course.does(SYSTEM, new Leave(PATIENT)).does(SYSTEM, new Leave(CHAIR));
        long tomorrow = course.at.toEpochMilli() + 86_400_000;
        course.does(OFFICE, new Schedule(tomorrow)).pass(Duration.ofDays(1));
        assertEquals(State.SUSPENDED, course.now.state());
        assertEquals(tomorrow, course.now.startsAtMs());
        course.arrives(CHAIR, PATIENT).does(as(CHAIR), new Resume());
        assertEquals(Set.of(CHAIR, PATIENT), course.seated(Seat.IN), "who was let in before is in again");
        assertTrue(course.now.mayPublish(PATIENT, Source.CAMERA));
    }

    @Test
    void shouldConnectAtOnceInAnEmergency_D1() {
        Course course = Course.of(Kind.EMERGENCY);
        assertEquals(State.IN_SESSION, course.now.state());
        assertEquals(List.of(EmergencyDeclared.class), course.events.stream().skip(1).map(Object::getClass).toList());
        assertTrue(course.now.owesConfirmation());
        course.arrives(CHAIR, DOCTOR, PATIENT, CAREGIVER);
        assertEquals(Set.of(CHAIR, DOCTOR, PATIENT, CAREGIVER), course.seated(Seat.IN));
        assertEquals(4, course.events.stream().filter(event -> event instanceof Arrived arrived
                && !arrived.approved()).count(), "each is logged as let in without approval");
    }

    /** Those who only learn, and what records, skip nothing even then. */
    @Test
    void shouldKeepTraineesAndRecordersWaitingInAnEmergency_D1_C3_C8() {
        Course course = Course.of(Kind.EMERGENCY).does(LEADER, new AllowRecorder(true));
        assertEquals(RefusalCode.NOT_APPROVED, course.refusal(as(TRAINEE), arrival(TRAINEE)));
        assertEquals(RefusalCode.NOT_APPROVED, course.refusal(as(RECORDER), arrival(RECORDER)));
        course.does(LEADER, new Approve(Set.of(TRAINEE))).arrives(TRAINEE);
        assertEquals(Seat.LOBBY, course.seat(TRAINEE));
    }

    private static Arrive arrival(String pseudonym) {
        return new Arrive(pseudonym, Participant.Device.PHONE, null);
    }

    /** No consent, not a packet of the patient: in an emergency too, until somebody with the right to agrees. */
    @Test
    void shouldForwardNothingOfThePatientWithoutConsentInAnEmergency_C5_D1() {
        Course course = Course.of(Kind.EMERGENCY).arrives(CHAIR, PATIENT);
        assertTrue(course.now.mayPublish(CHAIR, Source.CAMERA));
        assertFalse(course.now.mayPublish(PATIENT, Source.CAMERA));
        assertFalse(course.now.mayPublish(PATIENT, Source.MICROPHONE));
        course.does(LEADER, new RecordConsent("leader-1", "emergency-form", "1", Consent.Means.LEADER_DECISION));
        assertTrue(course.now.mayPublish(PATIENT, Source.CAMERA));
    }

    @Test
    void shouldHaveAnEmergencyConfirmedByAnotherPersonAlsoAfterwards_D1() {
        Course course = Course.in(State.SCHEDULED);
        course.does(as(CHAIR), new DeclareEmergency("heart-arrest")).does(as(CHAIR), new Conclude(Outcome.DONE));
        assertEquals(RefusalCode.SAME_PERSON, course.refusal(as(CHAIR), new ConfirmEmergency()));
        assertTrue(course.now.owesConfirmation());
        course.does(LEADER, new ConfirmEmergency());
        assertFalse(course.now.owesConfirmation());
        assertEquals("leader-1", course.now.emergency().confirmedBy());
        assertEquals(List.of(), course.events(LEADER, new ConfirmEmergency()));
        assertEquals(RefusalCode.OTHER_FACILITY, course.refusal(Actor.leader("leader-2", LOWER.code()),
                new ConfirmEmergency()));
    }

    @Test
    void shouldLetOnlyTheAnsweringFacilityAnswer_D() {
        Course course = Course.of(Kind.APPOINTMENT);
        Actor asking = Actor.office("office-2", LOWER.code());
        assertEquals(RefusalCode.OTHER_FACILITY, course.refusal(asking, new Accept()));
        assertEquals(RefusalCode.OTHER_FACILITY, course.refusal(asking, new Decline("busy")));
        course.does(asking, new Conclude(Outcome.CANCELLED_FREE));
        assertEquals(State.CONCLUDED, course.now.state(), "but asking back is the asker's own");
    }

    @Test
    void shouldRefuseReasonsThatAreNoCodes_C2() {
        for (String reason : new String[] {null, "", "Nguyễn Văn A", "Mr Smith", "a".repeat(41)}) {
            assertEquals(RefusalCode.NOT_VALID, Course.of(Kind.APPOINTMENT).refusal(OFFICE, new Decline(reason)));
            assertEquals(RefusalCode.NOT_VALID, Course.in(State.IN_SESSION).refusal(OFFICE, new Suspend(reason)));
            assertEquals(RefusalCode.NOT_VALID, Course.in(State.WAITING).refusal(OFFICE,
                    new DeclareEmergency(reason)));
        }
    }

    @Test
    void shouldJudgeWhoMayRequestWhat_S3_D1() {
        ConsultationRequest onDemand = Course.request(Kind.ON_DEMAND, false);
        List<Invitee> family = List.of(new Invitee(PATIENT, Role.PATIENT, ""),
                new Invitee(CAREGIVER, Role.CAREGIVER, ""));
        FacePolicy looser = Course.clearFor(FacePolicy.STANDARD, EnumSet.of(Role.CHAIR));
        assertEquals(RefusalCode.NOT_PERMITTED, refusal(onDemand, SYSTEM));
        assertEquals(RefusalCode.OTHER_FACILITY, refusal(onDemand, Actor.office("office-9", "XX-99")));
        assertEquals(RefusalCode.NOT_PERMITTED, refusal(own(Kind.EMERGENCY, family, null), as(PATIENT)));
        assertEquals(RefusalCode.NOT_PERMITTED, refusal(own(Kind.ON_DEMAND, family, looser), as(PATIENT)));
        assertEquals(RefusalCode.NOT_PERMITTED, refusal(own(Kind.ON_DEMAND, family, null), as(STRANGER)));
        assertEquals(RefusalCode.RECORDER_ONLY_BY_API, refusal(onDemand, as(PATIENT)));
        assertEquals(RefusalCode.RECORDER_ONLY_BY_API, refusal(onDemand, Actor.platform("platform-1")));
        assertEquals(State.REQUESTED, Course.of(own(Kind.ON_DEMAND, family, null), as(CAREGIVER)).now.state());
        assertEquals(State.REQUESTED, Course.of(onDemand, Actor.leader("leader-1", UPPER.code())).now.state());
        assertThrows(IllegalArgumentException.class, () -> Consultation.request("room", onDemand, OFFICE, START));
        ConsultationRequest late = new ConsultationRequest(Kind.APPOINTMENT, UPPER, null, PATIENT, false,
                START.toEpochMilli() - 1, family, null, "");
        assertEquals(RefusalCode.IN_THE_PAST, refusal(late, OFFICE));
    }

    private static ConsultationRequest own(Kind kind, List<Invitee> list, FacePolicy policy) {
        return new ConsultationRequest(kind, UPPER, null, PATIENT, false, 0, list, policy,
                kind == Kind.EMERGENCY ? "unconscious" : "");
    }

    private static RefusalCode refusal(ConsultationRequest request, Actor actor) {
        return assertThrows(RefusedException.class, () -> Course.of(request, actor)).code();
    }
}
