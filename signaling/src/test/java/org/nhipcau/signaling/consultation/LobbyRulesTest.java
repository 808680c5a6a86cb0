// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.signaling.consultation;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.nhipcau.signaling.consultation.Course.*;

import java.time.Duration;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.nhipcau.signaling.consultation.Consent.Means;
import org.nhipcau.signaling.consultation.Consultation.LineTest;
import org.nhipcau.signaling.consultation.Consultation.State;
import org.nhipcau.signaling.consultation.ConsultationCommand.*;
import org.nhipcau.signaling.consultation.ConsultationEvent.*;
import org.nhipcau.signaling.consultation.ConsultationRequest.Kind;
import org.nhipcau.signaling.consultation.Participant.Device;
import org.nhipcau.signaling.consultation.Participant.Seat;
import org.nhipcau.signaling.policy.Role;
import org.nhipcau.signaling.policy.Source;
import org.nhipcau.signaling.policy.View;

class LobbyRulesTest {
    private static Arrive arrival(String pseudonym) {
        return new Arrive(pseudonym, Device.PHONE, null);
    }

    @Test
    void shouldLetStaffEnterFiveMinutesBefore_S5() {
        Course course = Course.in(State.SCHEDULED).pass(Duration.ofDays(2).minusMinutes(5).minusMillis(1));
        assertEquals(RefusalCode.TOO_EARLY, course.refusal(as(DOCTOR), arrival(DOCTOR)));
        course.pass(Duration.ofMillis(1));
        long nowMs = course.at.toEpochMilli();
        assertEquals(List.of(new WaitingOpened(nowMs, LineTest.NONE), new Arrived(nowMs, DOCTOR,
                Role.PRESENTING_DOCTOR, LOWER.code(), Device.PHONE, Seat.IN, true)),
                course.events(as(DOCTOR), arrival(DOCTOR)));
        course.arrives(CHAIR, PATIENT, TRAINEE);
        assertEquals(Set.of(DOCTOR, CHAIR), course.seated(Seat.IN));
        assertEquals(Set.of(PATIENT, TRAINEE), course.seated(Seat.LOBBY));
        assertEquals(View.CLEAR, course.now.view(CHAIR, DOCTOR, Source.CAMERA), "both doctors meet before the patient");
    }

    /** One who waits sees and hears nobody, and is seen and heard by nobody. */
    @Test
    void shouldKeepTheLobbyBlindAndDeaf_C4() {
        Course course = Course.in(State.IN_SESSION).arrives(CHAIR, PATIENT, TRAINEE, CAREGIVER);
        for (String waiting : Set.of(PATIENT, TRAINEE, CAREGIVER)) {
            for (Participant other : course.now.list().values()) {
                for (Source source : Source.values()) {
                    assertEquals(View.NONE, course.now.view(waiting, other.pseudonym(), source));
                    assertEquals(View.NONE, course.now.view(other.pseudonym(), waiting, source));
                    assertFalse(course.now.mayPublish(waiting, source));
                }
            }
        }
    }

    @Test
    void shouldAdmitAndDenyFromTheLobby_C4() {
        Course course = Course.in(State.IN_SESSION).arrives(CHAIR, PATIENT, TRAINEE);
        course.does(as(SECRETARY), new Admit(PATIENT));
        assertEquals(Seat.IN, course.seat(PATIENT));
        assertEquals(List.of(), course.events(as(CHAIR), new Admit(PATIENT)));
        course.does(as(CHAIR), new Deny(TRAINEE));
        assertEquals(Seat.OUT, course.seat(TRAINEE));
        assertEquals(List.of(), course.events(as(CHAIR), new Deny(TRAINEE)));
        course.does(SYSTEM, new Leave(TRAINEE));
        assertEquals(RefusalCode.DENIED, course.refusal(as(TRAINEE), arrival(TRAINEE)));
        course.admits(TRAINEE).arrives(TRAINEE);
        assertEquals(Seat.IN, course.seat(TRAINEE), "who is let in after all may come");
        assertEquals(RefusalCode.WRONG_STATE, course.refusal(as(CHAIR), new Deny(PATIENT)));
        assertEquals(RefusalCode.NOT_ON_LIST, course.refusal(as(CHAIR), new Admit(STRANGER)));
        course.does(OFFICE, new Enlist(STRANGER, Role.TRAINEE, UPPER.code()));
        assertEquals(RefusalCode.NOT_APPROVED, course.refusal(as(CHAIR), new Admit(STRANGER)));
    }

    /** A decision taken while they wait holds when the session begins. */
    @Test
    void shouldRememberWhoWasLetInBeforeItBegan() {
        Course course = Course.in(State.WAITING).arrives(CHAIR, PATIENT).admits(PATIENT);
        assertEquals(Seat.LOBBY, course.seat(PATIENT));
        course.does(as(CHAIR), new Begin());
        assertEquals(Seat.IN, course.seat(PATIENT));
        course.does(SYSTEM, new Leave(PATIENT)).arrives(PATIENT);
        assertEquals(Seat.IN, course.seat(PATIENT), "one who lost the line comes straight back (S3)");
    }

    @Test
    void shouldKeepWhoWasSentOutAwayUntilAdmitted_B2() {
        Course course = Course.in(State.IN_SESSION).arrives(CHAIR, EXPERT);
        course.does(as(CHAIR), new SetMainScreen(EXPERT)).does(as(CONTROLLER), new Remove(EXPERT));
        assertEquals(Seat.OUT, course.seat(EXPERT));
        assertEquals(null, course.now.mainScreen());
        assertEquals(RefusalCode.REMOVED, course.refusal(as(EXPERT), arrival(EXPERT)));
        assertEquals(RefusalCode.REMOVED, course.refusal(as(EXPERT), new DeclareEmergency("unconscious")));
        assertEquals(List.of(), course.events(as(CONTROLLER), new Remove(EXPERT)));
        assertEquals(RefusalCode.NOT_PERMITTED, course.refusal(as(CHAIR), new Remove(CHAIR)));
        course.does(SYSTEM, new Leave(EXPERT)).admits(EXPERT).arrives(EXPERT);
        assertEquals(Seat.IN, course.seat(EXPERT));
    }

    @Test
    void shouldNoteAnotherDeviceAsLeavingTheFirst_D3() {
        Course course = Course.in(State.IN_SESSION);
        long nowMs = course.at.toEpochMilli();
        assertEquals(1, course.events(as(CHAIR), arrival(CHAIR)).size());
        assertEquals(List.of(), course.events(as(CHAIR), arrival(CHAIR)), "so it is already");
        assertEquals(List.of(new Left(nowMs, CHAIR), new Arrived(nowMs, CHAIR, Role.CHAIR, UPPER.code(),
                Device.ROOM_SYSTEM, Seat.IN, true)),
                course.events(as(CHAIR), new Arrive(CHAIR, Device.ROOM_SYSTEM, null)));
        assertEquals(1, course.events(SYSTEM, new Leave(CHAIR)).size());
        assertEquals(List.of(), course.events(SYSTEM, new Leave(CHAIR)));
        course.does(as(CHAIR), new Arrive(CHAIR, null, null));
        assertEquals(Device.UNKNOWN, course.now.list().get(CHAIR).device());
    }

    @Test
    void shouldLetOnlyTechniciansAndStaffIntoTheLineTest_D() {
        Course course = Course.in(State.TESTING).arrives(TECHNICIAN, DOCTOR);
        assertEquals(Set.of(TECHNICIAN, DOCTOR), course.seated(Seat.IN));
        assertEquals(RefusalCode.TOO_EARLY, course.refusal(as(PATIENT), arrival(PATIENT)));
        course.pass(Duration.ofDays(2));
        course.does(as(PATIENT), arrival(PATIENT));
        assertEquals(State.WAITING, course.now.state(), "a test that nobody ended keeps no patient outside");
        assertEquals(Seat.LOBBY, course.seat(PATIENT));
    }

    @Test
    void shouldKeepAChildUnderSixOutWithoutACaregiver_S5() {
        Course course = child();
        course.arrives(CHAIR, PATIENT);
        assertEquals(RefusalCode.CAREGIVER_MISSING, course.refusal(as(CHAIR), new Admit(PATIENT)));
        course.arrives(CAREGIVER).admits(PATIENT);
        assertEquals(Seat.LOBBY, course.seat(PATIENT), "the caregiver still waits");
        course.admits(CAREGIVER);
        assertEquals(Seat.IN, course.seat(PATIENT));
        assertTrue(course.now.mayPublish(PATIENT, Source.CAMERA));
        course.does(SYSTEM, new Leave(CAREGIVER));
        assertEquals(Seat.LOBBY, course.seat(PATIENT), "a child is not left alone in a consultation");
        assertFalse(course.now.mayPublish(PATIENT, Source.CAMERA));
        course.arrives(CAREGIVER);
        assertEquals(Seat.IN, course.seat(PATIENT));
        course.does(as(CHAIR), new Remove(CAREGIVER));
        assertEquals(Seat.LOBBY, course.seat(PATIENT));
    }

    private static Course child() {
        Course course = Course.ofChild(Kind.ON_DEMAND).approveAll();
        return course.does(as(CHAIR), new Accept()).consent().arrives(DOCTOR).does(as(CHAIR), new Begin());
    }

    @Test
    void shouldCountTheCaregiverWhoSitsBesideTheChild_S5() {
        Course course = child();
        course.does(as(PATIENT), new Arrive(PATIENT, Device.PHONE, CAREGIVER)).admits(CAREGIVER, PATIENT);
        assertEquals(Seat.IN, course.seat(PATIENT));
        assertEquals(Seat.IN, course.seat(CAREGIVER));
        for (String wrong : List.of(EXPERT, TRAINEE)) {
            assertEquals(RefusalCode.NOT_VALID, course.refusal(as(PATIENT), new Arrive(PATIENT, Device.PHONE, wrong)));
        }
        assertEquals(RefusalCode.NOT_ON_LIST, course.refusal(as(PATIENT),
                new Arrive(PATIENT, Device.PHONE, STRANGER)));
        assertEquals(RefusalCode.NOT_VALID, course.refusal(as(EXPERT), new Arrive(EXPERT, Device.PHONE, CAREGIVER)));
    }

    @Test
    void shouldLetAnAdultComeWithoutACaregiver_S5() {
        Course course = Course.in(State.IN_SESSION).arrives(PATIENT).admits(PATIENT);
        assertEquals(Seat.IN, course.seat(PATIENT));
    }

    @Test
    void shouldKeepTheRecorderOutUntilALeaderAllowsItAndShowIt_C3() {
        Course course = Course.in(State.IN_SESSION);
        assertFalse(course.now.recorderAllowed(), "off by default");
        assertEquals(RefusalCode.RECORDER_NOT_ALLOWED, course.refusal(as(RECORDER), arrival(RECORDER)));
        for (Actor actor : List.of(as(CHAIR), as(CONTROLLER), OFFICE, Actor.platform("platform-1"))) {
            assertEquals(RefusalCode.NOT_PERMITTED, course.refusal(actor, new AllowRecorder(true)));
        }
        course.does(LEADER, new AllowRecorder(true)).does(as(RECORDER), arrival(RECORDER));
        assertTrue(course.now.recording());
        course.arrives(EXPERT, PATIENT).admits(PATIENT);
        assertEquals(View.CLEAR, course.now.view(RECORDER, EXPERT, Source.CAMERA));
        assertEquals(View.COVERED, course.now.view(RECORDER, PATIENT, Source.CAMERA));
        assertEquals(List.of(), course.events(LEADER, new AllowRecorder(true)));
        course.does(LEADER, new AllowRecorder(false));
        assertFalse(course.now.recording());
        assertEquals(Seat.OUT, course.seat(RECORDER), "forbidden again means out at once");
    }

    /** Consent for an adult given on paper at the station, before the patient came. */
    @Test
    void shouldNotAskForTheLobbyWhatWasGivenOnPaper_C5() {
        Course course = Course.in(State.WAITING).does(as(PATIENT), new WithdrawConsent());
        course.does(as(DOCTOR), new RecordConsent(PATIENT, "consent-form", "3", Means.PAPER));
        course.does(as(CHAIR), new Begin()).arrives(PATIENT).admits(PATIENT);
        assertTrue(course.now.mayPublish(PATIENT, Source.MICROPHONE));
    }
}
