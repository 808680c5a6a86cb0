// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.signaling.consultation;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.nhipcau.signaling.consultation.Course.*;

import java.time.Duration;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.state.Action.Independent;
import net.jqwik.api.state.ActionChain;
import net.jqwik.api.state.Transformer;
import net.jqwik.api.statistics.Statistics;
import org.nhipcau.signaling.consultation.Consent.Means;
import org.nhipcau.signaling.consultation.Consultation.LineTest;
import org.nhipcau.signaling.consultation.Consultation.Outcome;
import org.nhipcau.signaling.consultation.Consultation.State;
import org.nhipcau.signaling.consultation.ConsultationCommand.*;
import org.nhipcau.signaling.consultation.ConsultationEvent.*;
import org.nhipcau.signaling.consultation.ConsultationRequest.Kind;
import org.nhipcau.signaling.consultation.Participant.Admission;
import org.nhipcau.signaling.consultation.Participant.Approval;
import org.nhipcau.signaling.consultation.Participant.Device;
import org.nhipcau.signaling.consultation.Participant.Seat;
import org.nhipcau.signaling.policy.FacePolicy;
import org.nhipcau.signaling.policy.FacePolicy.Mode;
import org.nhipcau.signaling.policy.FacePolicy.OnViolation;
import org.nhipcau.signaling.policy.Role;
import org.nhipcau.signaling.policy.Source;
import org.nhipcau.signaling.policy.View;

/**
 * Random courses: any command by anybody at any time, and now and then the one that leads on. Whatever the order, what
 * the law forbids does not happen. A failing course is shrunk, and printed with its seed, by jqwik.
 */
class ConsultationPropertyTest {
    private static final List<String> PEOPLE = List.of(CHAIR, SECRETARY, EXPERT, DOCTOR, PATIENT, CAREGIVER, TRAINEE,
            TECHNICIAN, CONTROLLER, RECORDER, STRANGER);
    private static final List<Actor> OTHERS = List.of(OFFICE, LEADER, SYSTEM, Actor.platform("platform-1"),
            Actor.leader("leader-2", LOWER.code()), Actor.office("office-9", "XX-99"));
    private static final Set<Role> PATIENT_SIDE = EnumSet.of(Role.PATIENT, Role.CAREGIVER);

    /** One random step: who, what, about whom, and how much later. */
    private record Step(int actor, int command, int target, int value, int seconds) { }

    /** One course under way, with what its observer remembers of the past. */
    private static final class Run {
        Course course;
        boolean everBegan;

        void start(Kind kind, boolean child) {
            course = child ? Course.ofChild(kind) : Course.of(kind);
            check(List.of(), LEADER, null);
        }

        void random(Step step) {
            course.pass(Duration.ofSeconds(step.seconds));
            int actors = PEOPLE.size() + OTHERS.size();
            int index = step.actor % actors;
            Actor actor = index < PEOPLE.size() ? as(PEOPLE.get(index)) : OTHERS.get(index - PEOPLE.size());
            give(actor, command(step));
        }

        /** What leads on from here, so that deep states are met often. */
        void onward() {
            switch (course.now.state()) {
                case REQUESTED -> {
                    give(LEADER, new Approve(Set.copyOf(course.now.list().keySet())));
                    give(OFFICE, new Accept());
                }
                case ACCEPTED -> give(OFFICE, new Schedule(course.at.plusSeconds(400).toEpochMilli()));
                case SCHEDULED -> {
                    course.pass(Duration.ofSeconds(200));
                    give(as(CHAIR), arrival(CHAIR));
                }
                case TESTING -> give(as(TECHNICIAN), new EndTest(LineTest.GOOD));
                case WAITING -> {
                    String by = course.now.request().childUnderSix() ? CAREGIVER : PATIENT;
                    give(as(by), new RecordConsent(by, "form", "1", Means.PAGE));
                    give(as(CHAIR), new Begin());
                }
                case IN_SESSION -> {
                    for (String person : List.of(CAREGIVER, PATIENT, TRAINEE)) {
                        give(as(person), arrival(person));
                        give(as(CHAIR), new Admit(person));
                    }
                }
                case SUSPENDED -> give(as(CHAIR), new Resume());
                case CONCLUDED, DECLINED, EXPIRED -> { }
            }
        }

        private void give(Actor actor, ConsultationCommand command) {
            Consultation before = course.now;
            List<ConsultationEvent> happened;
            try {
                happened = course.events(actor, command);
            } catch (RefusedException refused) {
                assertEquals(before, course.now);
                return;
            }
            check(happened, actor, before);
        }

        private void check(List<ConsultationEvent> happened, Actor actor, Consultation before) {
            everBegan |= course.events.stream().anyMatch(event -> event instanceof SessionBegun
                    || event instanceof EmergencyDeclared);
            if (before != null) {
                checkStep(happened, actor, before);
            }
            checkSeats();
            checkMedia();
            checkEnd();
        }

        private void checkStep(List<ConsultationEvent> happened, Actor actor, Consultation before) {
            assertTrue(!before.state().isFinal() || course.now.state() == before.state(), "the end is the end");
            Role role = actor.kind() == Actor.Kind.PARTICIPANT ? before.roleOf(actor.id()) : null;
            for (ConsultationEvent event : happened) {
                switch (event) {
                    case FacePolicyChanged changed -> {
                        boolean mayLoosen = role == Role.CHAIR || role == Role.CONTROLLER;
                        assertTrue(mayLoosen || changed.policy().isAtLeastAsTightAs(before.facePolicy()));
                        assertEquals(before.policyEpoch() + 1, changed.epoch());
                    }
                    case ParticipantCovered changed ->
                            assertTrue(changed.covered() || role == Role.CHAIR || role == Role.CONTROLLER);
                    case ParticipantApproved _ -> assertEquals(Actor.Kind.LEADER, actor.kind());
                    case RecorderAllowed _ -> assertEquals(LEADER, actor);
                    case EmergencyConfirmed confirmed ->
                            assertFalse(confirmed.by().equals(before.emergency().declaredBy()));
                    case SessionBegun _ -> assertTrue(before.consentGiven());
                    case Arrived arrived -> assertTrue(arrived.approved() || before.onEmergencyPath());
                    case Accepted accepted -> assertTrue(before.dueAtMs().isEmpty()
                            || accepted.atMs() < before.dueAtMs().getAsLong());
                    default -> { }
                }
            }
        }

        private void checkSeats() {
            Consultation now = course.now;
            for (Participant person : now.list().values()) {
                Seat seat = now.seat(person.pseudonym());
                if (seat == Seat.OUT) {
                    continue;
                }
                boolean emergency = now.onEmergencyPath();
                assertTrue(person.present());
                assertTrue(person.approval() == Approval.APPROVED
                        || emergency && person.approval() == Approval.LISTED && person.role() != Role.TRAINEE);
                assertTrue(person.admission() == Admission.UNDECIDED || person.admission() == Admission.ADMITTED);
                assertTrue(person.role() != Role.RECORDER
                        || now.recorderAllowed() && person.approval() == Approval.APPROVED);
                if (seat == Seat.IN && !person.role().isStaff()) {
                    assertEquals(State.IN_SESSION, now.state(), "before and between sessions only staff is in");
                    assertTrue(person.admission() == Admission.ADMITTED || person.role() == Role.RECORDER
                            || emergency && PATIENT_SIDE.contains(person.role()));
                }
            }
            assertTrue(now.mainScreen() == null || now.list().get(now.mainScreen()).present());
        }

        private void checkMedia() {
            Consultation now = course.now;
            boolean caregiverIn = now.list().values().stream().anyMatch(person -> person.role() == Role.CAREGIVER
                    && now.seat(person.pseudonym()) == Seat.IN);
            for (Participant person : now.list().values()) {
                if (now.isSubject(person.pseudonym()) && now.mayPublish(person.pseudonym(), Source.CAMERA)) {
                    assertTrue(now.consentGiven());
                    assertTrue(now.view(TRAINEE, person.pseudonym(), Source.CAMERA) != View.CLEAR);
                }
            }
            for (Source source : Source.values()) {
                if (now.mayPublish(PATIENT, source)) {
                    assertTrue(now.consentGiven(), "without consent not a packet");
                    assertEquals(State.IN_SESSION, now.state());
                    assertTrue(caregiverIn || !now.request().childUnderSix());
                }
                for (String viewer : PEOPLE) {
                    View view = now.view(viewer, PATIENT, source);
                    Role role = now.roleOf(viewer);
                    assertTrue(view == View.NONE || now.seat(viewer) == Seat.IN);
                    if (view == View.CLEAR && source.isVideo()) {
                        assertTrue(role != Role.TRAINEE && role != Role.IT_TECHNICIAN && role != Role.RECORDER);
                        assertTrue(now.facePolicy().mode() == Mode.OFF
                                || now.facePolicy().clearFor().contains(role));
                    }
                }
            }
        }

        private void checkEnd() {
            Consultation now = course.now;
            assertEquals(now.state().isFinal(), now.endedAtMs() != 0);
            assertEquals(now.state() == State.CONCLUDED, now.outcome() != null);
            assertTrue(now.outcome() != Outcome.DONE || everBegan, "done needs a session");
            assertTrue(!now.state().isFinal() || now.list().values().stream().noneMatch(Participant::present));
            if (now.state() == State.IN_SESSION || now.state() == State.SUSPENDED) {
                assertTrue(everBegan);
            }
        }
    }

    private static Arrive arrival(String person) {
        return new Arrive(person, Device.PHONE, null);
    }

    private static ConsultationCommand command(Step step) {
        String target = PEOPLE.get(step.target % PEOPLE.size());
        Role role = Role.values()[step.value % Role.values().length];
        return switch (step.command % 31) {
            case 0 -> new Accept();
            case 1 -> new Decline("busy");
            case 2 -> new Expire();
            case 3 -> new Schedule(START.plusSeconds(step.value * 60L).toEpochMilli());
            case 4 -> new BeginTest();
            case 5 -> new EndTest(LineTest.values()[step.value % LineTest.values().length]);
            case 6 -> new OpenWaiting();
            case 7 -> new Begin();
            case 8 -> new Suspend("power-cut");
            case 9 -> new Resume();
            case 10 -> new Conclude(Outcome.values()[step.value % Outcome.values().length]);
            case 11 -> new DeclareEmergency("unconscious");
            case 12 -> new ConfirmEmergency();
            case 13 -> new Enlist(target, role, role == Role.PATIENT ? "" : UPPER.code());
            case 14 -> new Approve(Set.of(target));
            case 15 -> new Revoke(target);
            case 16 -> step.value % 2 == 0 ? new ChangeRole(target, role) : new NarrowRole(target, role);
            case 17 -> new Arrive(target, Device.values()[step.value % Device.values().length],
                    step.value % 3 == 0 ? CAREGIVER : null);
            case 18 -> new Leave(target);
            case 19 -> new Admit(target);
            case 20 -> new Deny(target);
            case 21 -> new Remove(target);
            case 22 -> new RecordConsent(target, "form", "1", Means.values()[step.value % Means.values().length]);
            case 23 -> new WithdrawConsent();
            case 24 -> new ChangeFacePolicy(policy(step.value), 1 + step.value % 3);
            case 25 -> new SetMainScreen(step.value % 4 == 0 ? null : target);
            case 26 -> new AllowRecorder(step.value % 2 == 0);
            case 28 -> new CoverParticipant(target, step.value % 3 > 0);
            case 27 -> new Mute(target, Source.CAMERA);
            case 29 -> new TightenFacePolicy(policy(step.value));
            default -> arrival(target);
        };
    }

    private static FacePolicy policy(int value) {
        FacePolicy standard = FacePolicy.STANDARD;
        Set<Role> clearFor = value % 3 == 0 ? Set.of(Role.CHAIR) : value % 3 == 1 ? Set.of() : Set.of(Role.EXPERT);
        Set<Role> subjects = value % 5 == 0 ? Set.of(Role.PATIENT) : standard.subjectRoles();
        return new FacePolicy(Mode.values()[value % Mode.values().length], subjects, clearFor, standard.level(),
                standard.noFace(), 0, OnViolation.values()[value % 2]);
    }

    /** Somebody gives a command. */
    private static final class Anything implements Independent<Run> {
        @Override
        public Arbitrary<Transformer<Run>> transformer() {
            Arbitrary<Integer> any = Arbitraries.integers().between(0, 59);
            return Combinators.combine(any, any, any, any, Arbitraries.integers().between(0, 90)).as(Step::new)
                    .map(step -> Transformer.mutate(step + " = " + command(step), run -> run.random(step)));
        }
    }

    /** The person whom it concerns gives the command, or the server. */
    private static final class Likely implements Independent<Run> {
        @Override
        public Arbitrary<Transformer<Run>> transformer() {
            Arbitrary<Integer> any = Arbitraries.integers().between(0, 59);
            Arbitrary<Integer> who = Arbitraries.of(0, 8, 11, 12, 13);
            return Combinators.combine(who, any, any, any, Arbitraries.integers().between(0, 20)).as(Step::new)
                    .map(step -> Transformer.mutate(step + " = " + command(step), run -> run.random(step)));
        }
    }

    private static final class Onward implements Independent<Run> {
        @Override
        public Arbitrary<Transformer<Run>> transformer() {
            return Arbitraries.just(Transformer.mutate("onward", Run::onward));
        }
    }

    @Provide
    Arbitrary<ActionChain<Run>> courses() {
        return Combinators.combine(Arbitraries.of(Kind.values()), Arbitraries.of(true, false))
                .flatAs((kind, child) -> ActionChain.startWith(() -> {
                    Run run = new Run();
                    run.start(kind, child);
                    return run;
                }).withAction(3, new Anything()).withAction(4, new Likely()).withAction(3, new Onward())
                        .withMaxTransformations(60));
    }

    @Property(tries = 300, seed = "20260302")
    void shouldNeverDoWhatTheLawForbids_C1_C3_C4_C5_C8_S3_S5_D1(
            @ForAll("courses") ActionChain<Run> chain) {
        Run run = chain.run();
        Statistics.label("reached").collect(run.everBegan ? "a session" : "no session");
        Statistics.label("reached").coverage(coverage -> coverage.check("a session").percentage(share -> share > 30));
    }
}
