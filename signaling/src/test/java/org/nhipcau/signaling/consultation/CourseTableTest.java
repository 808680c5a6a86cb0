// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.signaling.consultation;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.nhipcau.signaling.consultation.Course.*;

import java.time.Duration;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.nhipcau.signaling.consultation.Consent.Means;
import org.nhipcau.signaling.consultation.Consultation.LineTest;
import org.nhipcau.signaling.consultation.Consultation.Outcome;
import org.nhipcau.signaling.consultation.Consultation.State;
import org.nhipcau.signaling.consultation.ConsultationCommand.*;
import org.nhipcau.signaling.consultation.Participant.Device;
import org.nhipcau.signaling.policy.Action;
import org.nhipcau.signaling.policy.FacePolicy;
import org.nhipcau.signaling.policy.FacePolicy.OnViolation;
import org.nhipcau.signaling.policy.Role;
import org.nhipcau.signaling.policy.RoleTable;
import org.nhipcau.signaling.policy.Source;

/**
 * Walks every state with every command, given by one who may and with values that are right: what is possible, and with
 * which code the rest is refused. And walks every role and every kind of actor with every command.
 */
class CourseTableTest {
    /**
     * What each command leads to: {@code ok}, the next state where it changes, or the refusal. Columns: REQUESTED,
     * ACCEPTED, SCHEDULED, TESTING, WAITING, IN_SESSION, SUSPENDED, CONCLUDED, DECLINED, EXPIRED.
     */
    private static final String GRID = """
            Accept            ACCEPTED      wrong-state wrong-state wrong-state wrong-state wrong-state wrong-state concluded declined expired
            Decline           DECLINED      wrong-state wrong-state wrong-state wrong-state wrong-state wrong-state concluded declined expired
            Expire            not-due       wrong-state wrong-state wrong-state wrong-state wrong-state wrong-state concluded declined expired
            Schedule          wrong-state   SCHEDULED   ok          wrong-state wrong-state wrong-state ok          concluded declined expired
            BeginTest         wrong-state   wrong-state TESTING     wrong-state wrong-state wrong-state wrong-state concluded declined expired
            EndTest           wrong-state   wrong-state wrong-state SCHEDULED   wrong-state wrong-state wrong-state concluded declined expired
            OpenWaiting       wrong-state   not-scheduled too-early too-early   wrong-state wrong-state wrong-state concluded declined expired
            Begin             wrong-state   wrong-state wrong-state wrong-state IN_SESSION  wrong-state wrong-state concluded declined expired
            Suspend           wrong-state   wrong-state wrong-state wrong-state wrong-state SUSPENDED   wrong-state concluded declined expired
            Resume            wrong-state   wrong-state wrong-state wrong-state wrong-state wrong-state IN_SESSION  concluded declined expired
            Conclude          CONCLUDED     CONCLUDED   CONCLUDED   CONCLUDED   CONCLUDED   CONCLUDED   CONCLUDED   concluded declined expired
            DeclareEmergency  IN_SESSION    IN_SESSION  IN_SESSION  IN_SESSION  IN_SESSION  wrong-state wrong-state concluded declined expired
            ConfirmEmergency  wrong-state   wrong-state wrong-state wrong-state wrong-state not-an-emergency not-an-emergency not-an-emergency declined expired
            Enlist            ok            ok          ok          ok          ok          ok          ok          concluded declined expired
            Approve           ok            ok          ok          ok          ok          ok          ok          concluded declined expired
            Revoke            ok            ok          ok          ok          ok          ok          ok          concluded declined expired
            ChangeRole        ok            ok          ok          ok          ok          ok          ok          concluded declined expired
            NarrowRole        ok            ok          ok          ok          ok          ok          ok          concluded declined expired
            Arrive            wrong-state   not-scheduled too-early ok          ok          ok          ok          concluded declined expired
            Leave             ok            ok          ok          ok          ok          ok          ok          ok        ok       ok
            Admit             wrong-state   wrong-state wrong-state wrong-state ok          ok          ok          concluded declined expired
            Deny              wrong-state   wrong-state wrong-state wrong-state ok          ok          ok          concluded declined expired
            Remove            wrong-state   wrong-state wrong-state ok          ok          ok          ok          concluded declined expired
            RecordConsent     ok            ok          ok          ok          ok          ok          ok          concluded declined expired
            WithdrawConsent   ok            ok          ok          ok          ok          ok          ok          ok        declined expired
            TightenFacePolicy ok            ok          ok          ok          ok          ok          ok          concluded declined expired
            ChangeFacePolicy  ok            ok          ok          ok          ok          ok          ok          concluded declined expired
            CoverParticipant  ok            ok          ok          ok          ok          ok          ok          concluded declined expired
            ReleaseTrack      wrong-state   wrong-state wrong-state wrong-state ok          ok          wrong-state concluded declined expired
            NoteGate          wrong-state   wrong-state wrong-state ok          ok          ok          ok          ok        declined expired
            SetMainScreen     wrong-state   wrong-state wrong-state wrong-state ok          ok          wrong-state concluded declined expired
            Mute              wrong-state   wrong-state wrong-state ok          ok          ok          wrong-state concluded declined expired
            AllowRecorder     ok            ok          ok          ok          ok          ok          ok          concluded declined expired
            """;

    private static final FacePolicy TIGHTER = new FacePolicy(FacePolicy.STANDARD.mode(),
            FacePolicy.STANDARD.subjectRoles(), Set.of(), FacePolicy.STANDARD.level(), FacePolicy.STANDARD.noFace(), 0,
            OnViolation.LATCH);

    private static Map<String, List<String>> grid() {
        Map<String, List<String>> rows = new LinkedHashMap<>();
        for (String line : GRID.lines().toList()) {
            List<String> cells = Arrays.asList(line.strip().split("\\s+"));
            rows.put(cells.getFirst(), cells.subList(1, cells.size()));
        }
        return rows;
    }

    /** One command of each sort with values that are right. */
    private static Map<String, ConsultationCommand> commands(Course course) {
        List<ConsultationCommand> commands = List.of(new Accept(), new Decline("no-expert-free"), new Expire(),
                new Schedule(course.at.plus(Duration.ofHours(3)).toEpochMilli()), new BeginTest(),
                new EndTest(LineTest.POOR), new OpenWaiting(), new Begin(), new Suspend("power-cut"), new Resume(),
                new Conclude(Outcome.CANCELLED_FREE), new DeclareEmergency("unconscious"), new ConfirmEmergency(),
                new Enlist(STRANGER, Role.EXPERT, UPPER.code()), new Approve(Set.of(EXPERT)), new Revoke(EXPERT),
                new ChangeRole(EXPERT, Role.TRAINEE), new NarrowRole(EXPERT, Role.TRAINEE), new Arrive(TECHNICIAN, Device.COMPUTER, null),
                new Leave(TECHNICIAN), new Admit(TRAINEE), new Deny(TRAINEE), new Remove(EXPERT),
                new RecordConsent(PATIENT, "consent-form", "4", Means.PAPER), new WithdrawConsent(),
                new TightenFacePolicy(TIGHTER), new ChangeFacePolicy(TIGHTER, 1),
                new CoverParticipant(EXPERT, true), new ReleaseTrack(EXPERT, "TR_abc"),
                new NoteGate(PATIENT, "TR_abc", "PROVEN", "VIOLATED", "dead"), new SetMainScreen(EXPERT),
                new Mute(EXPERT, Source.CAMERA), new AllowRecorder(true));
        return commands.stream().collect(Collectors.toMap(command -> command.getClass().getSimpleName(),
                command -> command, (a, b) -> a, LinkedHashMap::new));
    }

    /** Somebody who may give this command. */
    private static Actor entitled(ConsultationCommand command) {
        return switch (command) {
            case Expire _, NoteGate _, Leave _, Arrive _ -> SYSTEM;
            case ReleaseTrack _, SetMainScreen _ -> as(CHAIR);
            default -> LEADER;
        };
    }

    /** In a state, and with those connected whom a command there concerns. */
    private static Course prepared(State state) {
        Course course = in(state);
        if (state == State.TESTING || state == State.WAITING || state == State.IN_SESSION) {
            course.arrives(EXPERT);
        }
        return course;
    }

    @Test
    void shouldAnswerEveryCellOfStateAndCommand_S3_S5_D() {
        Map<String, List<String>> rows = grid();
        assertEquals(Set.of(ConsultationCommand.class.getPermittedSubclasses()).stream().map(Class::getSimpleName)
                .collect(Collectors.toSet()), rows.keySet(), "every command has a row");
        for (State state : State.values()) {
            Course course = prepared(state);
            Map<String, ConsultationCommand> commands = commands(course);
            assertEquals(rows.keySet(), commands.keySet());
            rows.forEach((name, cells) -> {
                assertEquals(State.values().length, cells.size(), name);
                assertEquals(cells.get(state.ordinal()), outcome(course, commands.get(name)), name + " in " + state);
            });
        }
    }

    private static String outcome(Course course, ConsultationCommand command) {
        try {
            State next = course.now.apply(course.now.decide(command, entitled(command), course.at)).state();
            return next == course.now.state() ? "ok" : next.name();
        } catch (RefusedException refused) {
            return refused.code().id();
        }
    }

    /** The same table as the rules use says when a command is possible at all. */
    @Test
    void shouldAgreeWithTheTableOfTheRules() {
        Set<String> ofTheState = Set.of("wrong-state", "concluded", "declined", "expired");
        Map<String, List<String>> rows = grid();
        CourseTable.all().forEach((command, states) -> {
            List<String> cells = rows.get(command.getSimpleName());
            for (State state : State.values()) {
                assertEquals(!ofTheState.contains(cells.get(state.ordinal())), states.contains(state),
                        command.getSimpleName() + " in " + state);
            }
        });
    }

    /** Every role tries every command where it is possible: who may not is refused, and for no other reason. */
    @Test
    void shouldHoldEveryRoleToItsRights_C6_D2() {
        Map<Role, String> people = Map.of(Role.CHAIR, CHAIR, Role.SECRETARY, SECRETARY, Role.EXPERT, EXPERT,
                Role.PRESENTING_DOCTOR, DOCTOR, Role.PATIENT, PATIENT, Role.CAREGIVER, CAREGIVER, Role.TRAINEE,
                TRAINEE, Role.IT_TECHNICIAN, TECHNICIAN, Role.CONTROLLER, CONTROLLER, Role.RECORDER, RECORDER);
        assertEquals(Role.values().length, people.size());
        int asked = 0;
        for (State state : State.values()) {
            Course course = prepared(state);
            for (ConsultationCommand command : commands(course).values()) {
                if (command instanceof Arrive || command instanceof Leave) {
                    continue;
                }
                Action action = Rights.actionOf(command, course.now);
                for (Map.Entry<Role, String> person : people.entrySet()) {
                    boolean may = RoleTable.may(person.getKey(), action);
                    assertEquals(!may, isNotPermitted(course, as(person.getValue()), command),
                            person.getKey() + " " + command + " in " + state);
                    asked++;
                }
                assertEquals(RefusalCode.NOT_ON_LIST, course.refusal(as(STRANGER), command));
            }
        }
        assertEquals(State.values().length * (CourseTable.all().size() - 2) * people.size(), asked);
    }

    private static boolean isNotPermitted(Course course, Actor actor, ConsultationCommand command) {
        try {
            course.now.decide(command, actor, course.at);
            return false;
        } catch (RefusedException refused) {
            return refused.code() == RefusalCode.NOT_PERMITTED;
        }
    }

    @Test
    void shouldHoldEveryOtherActorToItsRights_C6() {
        Actor foreignOffice = Actor.office("office-9", "XX-99");
        Actor foreignLeader = Actor.leader("leader-9", "XX-99");
        for (State state : State.values()) {
            Course course = prepared(state);
            for (ConsultationCommand command : commands(course).values()) {
                if (command instanceof Arrive || command instanceof Leave) {
                    assertEquals(RefusalCode.NOT_PERMITTED, course.refusal(OFFICE, command));
                    assertEquals(RefusalCode.NOT_PERMITTED, course.refusal(as(CHAIR), command));
                    continue;
                }
                Action action = Rights.actionOf(command, course.now);
                for (Actor actor : List.of(OFFICE, LEADER, SYSTEM, Actor.platform("platform-1"))) {
                    assertEquals(!actor.kind().may(action), isNotPermitted(course, actor, command),
                            actor.kind() + " " + command + " in " + state);
                }
                for (Actor actor : List.of(foreignOffice, foreignLeader)) {
                    boolean passesOn = actor.kind() == Actor.Kind.LEADER && action == Action.APPROVE;
                    assertEquals(!actor.kind().may(action) ? RefusalCode.NOT_PERMITTED
                            : passesOn && !CourseTable.isPossible(command.getClass(), state)
                            ? CourseTable.refusal(state) : RefusalCode.OTHER_FACILITY, course.refusal(actor, command));
                }
            }
        }
    }

    /** What a person is told that it may do is what it may do. */
    @Test
    void shouldTellEveryPersonItsRights_D2() {
        Course course = in(State.IN_SESSION);
        for (Participant participant : course.now.list().values()) {
            Set<Action> rights = course.now.rights(participant.pseudonym());
            for (Action action : Action.values()) {
                assertEquals(RoleTable.may(participant.role(), action), rights.contains(action),
                        participant.role() + " " + action);
            }
        }
        assertEquals(Set.of(), course.now.rights(STRANGER));
        assertEquals(Set.of(), course.now.rights(null));
        course.does(as(CHAIR), new Remove(SECRETARY));
        assertEquals(Set.of(), course.now.rights(SECRETARY), "who was sent out may nothing");
        course.does(as(CHAIR), new Remove(PATIENT));
        assertEquals(Set.of(Action.WITHDRAW_CONSENT), course.now.rights(PATIENT),
                "but consent can always be withdrawn");
    }

    @Test
    void shouldExplainEveryRefusalInBothLanguages_E4() {
        for (RefusalCode code : RefusalCode.values()) {
            assertTrue(code.id().matches("[a-z0-9-]+"), code.id());
            assertTrue(code.vi().endsWith(".") && code.en().endsWith("."), code.id());
            assertEquals(code.en(), new RefusedException(code).getMessage());
        }
    }
}
