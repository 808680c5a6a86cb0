// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.signaling.consultation;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.nhipcau.signaling.consultation.Consent.Means;
import org.nhipcau.signaling.consultation.Consultation.LineTest;
import org.nhipcau.signaling.consultation.Consultation.Outcome;
import org.nhipcau.signaling.consultation.Consultation.State;
import org.nhipcau.signaling.consultation.ConsultationCommand.*;
import org.nhipcau.signaling.consultation.ConsultationRequest.Invitee;
import org.nhipcau.signaling.consultation.ConsultationRequest.Kind;
import org.nhipcau.signaling.consultation.Participant.Device;
import org.nhipcau.signaling.consultation.Participant.Seat;
import org.nhipcau.signaling.policy.FacePolicy;
import org.nhipcau.signaling.policy.Role;

/** One consultation on a clock of its own, driven by commands: what the tests of the domain are written with. */
final class Course {
    static final String ID = "C_Tests1111111";
    static final Instant START = Instant.parse("2026-03-02T01:00:00Z");

    static final Facility UPPER = new Facility("BM-01", Facility.Level.CENTRAL, "01", "");
    static final Facility LOWER = new Facility("YT-27", Facility.Level.COMMUNE, "02", "26");

    static final String CHAIR = person("Chair");
    static final String SECRETARY = person("Secretary");
    static final String EXPERT = person("Expert");
    static final String DOCTOR = person("Doctor");
    static final String PATIENT = person("Patient");
    static final String CAREGIVER = person("Caregiver");
    static final String TRAINEE = person("Trainee");
    static final String TECHNICIAN = person("Technician");
    static final String CONTROLLER = person("Controller");
    static final String RECORDER = person("Recorder");
    static final String STRANGER = person("Stranger");

    static final Actor OFFICE = Actor.office("office-1", UPPER.code());
    static final Actor LEADER = Actor.leader("leader-1", UPPER.code());
    static final Actor SYSTEM = Actor.system();

    static final List<Invitee> EVERYBODY = List.of(
            new Invitee(CHAIR, Role.CHAIR, UPPER.code()), new Invitee(SECRETARY, Role.SECRETARY, UPPER.code()),
            new Invitee(EXPERT, Role.EXPERT, UPPER.code()),
            new Invitee(DOCTOR, Role.PRESENTING_DOCTOR, LOWER.code()), new Invitee(PATIENT, Role.PATIENT, ""),
            new Invitee(CAREGIVER, Role.CAREGIVER, ""), new Invitee(TRAINEE, Role.TRAINEE, UPPER.code()),
            new Invitee(TECHNICIAN, Role.IT_TECHNICIAN, LOWER.code()),
            new Invitee(CONTROLLER, Role.CONTROLLER, UPPER.code()),
            new Invitee(RECORDER, Role.RECORDER, UPPER.code()));

    Consultation now;
    Instant at = START;
    final List<ConsultationEvent> events = new ArrayList<>();

    private Course(ConsultationRequest request, Actor actor) {
        record(Consultation.request(ID, request, actor, at));
    }

    /** A pseudonym that a reader recognises. */
    static String person(String name) {
        String id = PublicId.PERSON + (name.replace('l', 'L') + "11111111111").substring(0, 12);
        assertTrue(PublicId.isPerson(id), id);
        return id;
    }

    static ConsultationRequest request(Kind kind, boolean childUnderSix) {
        return new ConsultationRequest(kind, UPPER, LOWER, PATIENT, childUnderSix, 0, EVERYBODY, null,
                kind == Kind.EMERGENCY ? "unconscious" : "");
    }

    static Course of(Kind kind) {
        return new Course(request(kind, false), OFFICE);
    }

    static Course ofChild(Kind kind) {
        return new Course(request(kind, true), OFFICE);
    }

    static Course of(ConsultationRequest request, Actor actor) {
        return new Course(request, actor);
    }

    /** An appointment with everybody approved, brought to a state by the commands that lead there. */
    static Course in(State state) {
        Course course = of(Kind.APPOINTMENT);
        switch (state) {
            case REQUESTED -> course.approveAll();
            case DECLINED -> course.approveAll().does(OFFICE, new Decline("no-expert-free"));
            case EXPIRED -> {
                course = of(Kind.ON_DEMAND).approveAll();
                course.pass(Consultation.ON_DEMAND_EXPIRY);
                course.does(SYSTEM, new Expire());
            }
            default -> course.approveAll().walkTo(state);
        }
        assertEquals(state, course.now.state());
        return course;
    }

    private void walkTo(State state) {
        does(OFFICE, new Accept());
        if (state == State.ACCEPTED) {
            return;
        }
        does(OFFICE, new Schedule(at.plus(Duration.ofDays(2)).toEpochMilli()));
        if (state == State.SCHEDULED) {
            return;
        }
        does(as(TECHNICIAN), new BeginTest());
        if (state == State.TESTING) {
            return;
        }
        does(as(TECHNICIAN), new EndTest(LineTest.GOOD));
        pass(Duration.ofDays(2));
        consent();
        does(OFFICE, new OpenWaiting());
        if (state == State.WAITING) {
            return;
        }
        does(as(CHAIR), new Begin());
        if (state == State.SUSPENDED) {
            does(as(CHAIR), new Suspend("power-cut"));
        } else if (state == State.CONCLUDED) {
            does(as(CHAIR), new Conclude(Outcome.DONE));
        }
    }

    static Actor as(String pseudonym) {
        return Actor.participant(pseudonym);
    }

    Course approveAll() {
        return does(LEADER, new Approve(Set.copyOf(now.list().keySet())));
    }

    Course consent() {
        String by = now.request().childUnderSix() ? CAREGIVER : PATIENT;
        return does(as(by), new RecordConsent(by, "consent-form", "3", Means.PAGE));
    }

    Course arrives(String... pseudonyms) {
        for (String pseudonym : pseudonyms) {
            does(as(pseudonym), new Arrive(pseudonym, Device.COMPUTER, null));
        }
        return this;
    }

    Course admits(String... pseudonyms) {
        for (String pseudonym : pseudonyms) {
            does(as(CHAIR), new Admit(pseudonym));
        }
        return this;
    }

    Course pass(Duration time) {
        at = at.plus(time);
        return this;
    }

    /** Carries a command out, and answers this. */
    Course does(Actor actor, ConsultationCommand command) {
        record(now.decide(command, actor, at));
        return this;
    }

    /** The events of one command, carried out. */
    List<ConsultationEvent> events(Actor actor, ConsultationCommand command) {
        List<ConsultationEvent> decided = now.decide(command, actor, at);
        record(decided);
        return decided;
    }

    /** The code with which a command is refused. */
    RefusalCode refusal(Actor actor, ConsultationCommand command) {
        return assertThrows(RefusedException.class, () -> now.decide(command, actor, at)).code();
    }

    Seat seat(String pseudonym) {
        return now.seat(pseudonym);
    }

    /** Everybody with this seat. */
    Set<String> seated(Seat seat) {
        return now.list().keySet().stream().filter(person -> now.seat(person) == seat).collect(Collectors.toSet());
    }

    static FacePolicy clearFor(FacePolicy policy, Set<Role> clearFor) {
        return new FacePolicy(policy.mode(), policy.subjectRoles(), clearFor, policy.level(), policy.noFace(),
                policy.holdBackMs(), policy.onViolation());
    }

    private void record(List<ConsultationEvent> decided) {
        events.addAll(decided);
        now = now == null ? Consultation.replay(decided) : now.apply(decided);
        assertEquals(Consultation.replay(events), now, "the events tell the same as the steps");
        assertEquals(events.size(), now.version());
    }
}
