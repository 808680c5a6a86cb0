// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.signaling.consultation;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.nhipcau.signaling.consultation.Course.*;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.nhipcau.signaling.consultation.Consultation.State;
import org.nhipcau.signaling.consultation.ConsultationCommand.*;
import org.nhipcau.signaling.consultation.ConsultationRequest.Invitee;
import org.nhipcau.signaling.consultation.ConsultationRequest.Kind;
import org.nhipcau.signaling.consultation.Participant.Approval;
import org.nhipcau.signaling.consultation.Participant.Device;
import org.nhipcau.signaling.consultation.Participant.Seat;
import org.nhipcau.signaling.policy.FacePolicy;
import org.nhipcau.signaling.policy.Role;

class ListRulesTest {
    private static final Actor LOWER_LEADER = Actor.leader("leader-2", LOWER.code());

    private static Arrive arrival(String pseudonym) {
        return new Arrive(pseudonym, Device.COMPUTER, null);
    }

    @Test
    void shouldLetNobodyJoinWhoIsNotOnTheListOrNotApproved_C4() {
        Course course = Course.in(State.WAITING);
        assertEquals(RefusalCode.NOT_ON_LIST, course.refusal(as(STRANGER), arrival(STRANGER)));
        course.does(OFFICE, new Enlist(STRANGER, Role.EXPERT, LOWER.code()));
        assertEquals(RefusalCode.NOT_APPROVED, course.refusal(as(STRANGER), arrival(STRANGER)));
        course.does(LEADER, new Approve(Set.of(STRANGER))).arrives(STRANGER);
        assertEquals(Seat.IN, course.seat(STRANGER));
        assertEquals("leader-1", course.now.list().get(STRANGER).approvedBy());
        course.does(LEADER, new Revoke(STRANGER));
        assertEquals(Seat.OUT, course.seat(STRANGER), "who is not approved any more is out at once");
        assertEquals(RefusalCode.NOT_APPROVED, course.refusal(as(STRANGER), arrival(STRANGER)));
        assertEquals(List.of(), course.events(LEADER, new Revoke(STRANGER)));
    }

    @Test
    void shouldLetALeaderApproveOnlyForTheOwnFacilityOrTheResponsibleOne_C4() {
        Course course = Course.of(Kind.APPOINTMENT);
        assertEquals(RefusalCode.OTHER_FACILITY, course.refusal(LOWER_LEADER, new Approve(Set.of(DOCTOR, EXPERT))));
        course.does(LOWER_LEADER, new Approve(Set.of(DOCTOR)));
        assertEquals(Approval.APPROVED, course.now.list().get(DOCTOR).approval());
        assertEquals(Approval.LISTED, course.now.list().get(EXPERT).approval());
        assertEquals(RefusalCode.OTHER_FACILITY, course.refusal(LOWER_LEADER, new Approve(Set.of(PATIENT))),
                "the patient at home is approved by the responsible facility");
        assertEquals(EVERYBODY.size() - 1, course.events(LEADER, new Approve(course.now.list().keySet())).size());
        assertEquals(List.of(), course.events(LEADER, new Approve(Set.of(EXPERT))));
        assertEquals(RefusalCode.NOT_VALID, course.refusal(LEADER, new Approve(Set.of())));
        assertEquals(RefusalCode.NOT_VALID, course.refusal(LEADER, new Approve(null)));
        assertEquals(RefusalCode.NOT_ON_LIST, course.refusal(LEADER, new Approve(Set.of(STRANGER))));
        assertEquals(RefusalCode.NOT_ON_LIST, course.refusal(LEADER,
                new Approve(new HashSet<>(Arrays.asList(EXPERT, null)))));
        assertEquals(RefusalCode.OTHER_FACILITY, course.refusal(LOWER_LEADER, new Revoke(EXPERT)));
    }

    @Test
    void shouldApproveNobodyThroughTheOfficeOrTheChair_C4() {
        Course course = Course.in(State.WAITING).does(OFFICE, new Enlist(STRANGER, Role.EXPERT, UPPER.code()));
        for (Actor actor : List.of(OFFICE, as(CHAIR), as(CONTROLLER), SYSTEM, Actor.platform("platform-1"))) {
            assertEquals(RefusalCode.NOT_PERMITTED, course.refusal(actor, new Approve(Set.of(STRANGER))));
        }
    }

    @Test
    void shouldRefuseEntriesThatCannotBe() {
        Course course = Course.in(State.ACCEPTED);
        String code = UPPER.code();
        assertEquals(RefusalCode.NOT_VALID, course.refusal(OFFICE, new Enlist(STRANGER, null, code)));
        assertEquals(RefusalCode.NOT_VALID, course.refusal(OFFICE, new Enlist("Dr Strange", Role.EXPERT, code)));
        assertEquals(RefusalCode.NOT_VALID, course.refusal(OFFICE, new Enlist(STRANGER, Role.EXPERT, "")));
        assertEquals(RefusalCode.NOT_VALID, course.refusal(OFFICE, new Enlist(STRANGER, Role.EXPERT, "a b")));
        assertEquals(RefusalCode.ONE_PATIENT, course.refusal(OFFICE, new Enlist(STRANGER, Role.PATIENT, "")));
        assertEquals(RefusalCode.ONE_PATIENT, course.refusal(OFFICE, new Enlist(PATIENT, Role.EXPERT, code)));
        assertEquals(RefusalCode.ALREADY_LISTED, course.refusal(OFFICE, new Enlist(EXPERT, Role.CHAIR, code)));
        assertEquals(List.of(), course.events(OFFICE, new Enlist(EXPERT, Role.EXPERT, code)));
        course.does(LEADER, new Revoke(EXPERT));
        assertEquals(RefusalCode.ALREADY_LISTED, course.refusal(OFFICE, new Enlist(EXPERT, Role.EXPERT, code)));
    }

    @Test
    void shouldTakeNoMoreThanTheListHolds() {
        Random random = new Random(7);
        List<Invitee> full = new ArrayList<>();
        while (full.size() < ConsultationRequest.MAX_PARTICIPANTS) {
            full.add(new Invitee(PublicId.random(PublicId.PERSON, random), Role.TRAINEE, UPPER.code()));
        }
        Course course = Course.of(new ConsultationRequest(Kind.APPOINTMENT, UPPER, null, PATIENT, false, 0, full, null,
                ""), OFFICE);
        assertEquals(RefusalCode.LIST_FULL, course.refusal(OFFICE, new Enlist(STRANGER, Role.EXPERT, UPPER.code())));
        full.add(new Invitee(STRANGER, Role.EXPERT, UPPER.code()));
        assertThrows(IllegalArgumentException.class, () -> new ConsultationRequest(Kind.APPOINTMENT, UPPER, null,
                PATIENT, false, 0, full, null, ""));
    }

    /** No participant puts a recorder on the list or becomes one. */
    @Test
    void shouldGiveTheRecorderRoleOnlyToTheHospitalsOwnSystemByApi_C3() {
        Course course = Course.in(State.WAITING);
        Enlist recorder = new Enlist(STRANGER, Role.RECORDER, UPPER.code());
        for (Actor actor : List.of(as(CHAIR), as(SECRETARY), as(CONTROLLER), Actor.platform("platform-1"),
                Actor.office("office-2", LOWER.code()))) {
            assertEquals(RefusalCode.RECORDER_ONLY_BY_API, course.refusal(actor, recorder));
        }
        assertEquals(RefusalCode.RECORDER_ONLY_BY_API, course.refusal(OFFICE,
                new Enlist(STRANGER, Role.RECORDER, LOWER.code())));
        for (Actor actor : List.of(as(CHAIR), as(CONTROLLER), OFFICE, LEADER)) {
            assertEquals(RefusalCode.RECORDER_ONLY_BY_API, course.refusal(actor,
                    new ChangeRole(EXPERT, Role.RECORDER)));
            assertEquals(RefusalCode.RECORDER_ONLY_BY_API, course.refusal(actor,
                    new ChangeRole(RECORDER, Role.EXPERT)));
        }
        course.does(OFFICE, recorder);
        assertEquals(Role.RECORDER, course.now.roleOf(STRANGER));
    }

    @Test
    void shouldKeepAnApprovalOnlyForARoleThatGainsNothing_C4_D2() {
        Course course = Course.in(State.IN_SESSION).arrives(EXPERT, TRAINEE);
        course.does(as(CHAIR), new ChangeRole(EXPERT, Role.TRAINEE));
        assertEquals(Approval.APPROVED, course.now.list().get(EXPERT).approval());
        assertEquals(Seat.LOBBY, course.seat(EXPERT), "a trainee waits to be let in");
        course.does(as(CONTROLLER), new ChangeRole(TRAINEE, Role.EXPERT));
        assertEquals(Approval.LISTED, course.now.list().get(TRAINEE).approval());
        assertEquals(Seat.OUT, course.seat(TRAINEE), "what is more than was approved is approved again first");
        course.does(LEADER, new Approve(Set.of(TRAINEE)));
        assertEquals(Seat.IN, course.seat(TRAINEE));
        course.does(LEADER, new ChangeRole(DOCTOR, Role.CHAIR));
        assertEquals(Approval.APPROVED, course.now.list().get(DOCTOR).approval(), "the leader's word is approval");
        assertEquals(List.of(), course.events(LEADER, new ChangeRole(DOCTOR, Role.CHAIR)));
    }

    /** It may be recorded long after it was given: by then it must not give back what others have taken. */
    @Test
    void shouldNarrowARoleUponWhateverItIsByThen_D2() {
        Course course = Course.in(State.IN_SESSION).arrives(EXPERT, CHAIR);
        assertTrue(course.now.narrows(EXPERT, Role.TRAINEE));
        assertFalse(course.now.narrows(EXPERT, Role.CHAIR));
        assertFalse(course.now.narrows(STRANGER, Role.TRAINEE));
        assertFalse(course.now.narrows(EXPERT, null));
        assertEquals(RefusalCode.WRONG_STATE, course.refusal(LEADER, new NarrowRole(EXPERT, Role.CHAIR)),
                "not even the leader widens by it");
        assertEquals(RefusalCode.NOT_PERMITTED, course.refusal(as(TRAINEE), new NarrowRole(EXPERT, Role.TRAINEE)));
        assertEquals(RefusalCode.ONE_PATIENT, course.refusal(LEADER, new NarrowRole(PATIENT, Role.TRAINEE)));
        assertEquals(RefusalCode.NOT_VALID, course.refusal(LEADER, new NarrowRole(EXPERT, null)));
        course.does(as(CHAIR), new NarrowRole(EXPERT, Role.TRAINEE));
        assertEquals(Role.TRAINEE, course.now.roleOf(EXPERT));
        assertEquals(Approval.APPROVED, course.now.list().get(EXPERT).approval());
        assertEquals(List.of(), course.events(as(CHAIR), new NarrowRole(EXPERT, Role.TRAINEE)));
        assertEquals(RefusalCode.WRONG_STATE, course.refusal(LEADER, new NarrowRole(EXPERT, Role.EXPERT)));
    }

    /** A change of role is no way to the clear face, nor out of the cover. */
    @Test
    void shouldAskAgainWhenANewRoleSeesMoreOrIsCoveredLess_C1() {
        FacePolicy forExperts = Course.clearFor(FacePolicy.STANDARD, EnumSet.of(Role.EXPERT));
        Course course = Course.in(State.IN_SESSION).does(as(CHAIR), new ChangeFacePolicy(forExperts, 1));
        course.does(as(CONTROLLER), new ChangeRole(CHAIR, Role.EXPERT));
        assertEquals(Approval.LISTED, course.now.list().get(CHAIR).approval());
        course.does(as(CONTROLLER), new ChangeRole(SECRETARY, Role.CAREGIVER));
        assertEquals(Approval.APPROVED, course.now.list().get(SECRETARY).approval());
        course.does(as(CONTROLLER), new ChangeRole(SECRETARY, Role.EXPERT));
        assertEquals(Approval.LISTED, course.now.list().get(SECRETARY).approval());
    }

    @Test
    void shouldRefuseChangesOfRoleThatCannotBe() {
        Course course = Course.in(State.IN_SESSION);
        assertEquals(RefusalCode.ONE_PATIENT, course.refusal(as(CHAIR), new ChangeRole(PATIENT, Role.TRAINEE)));
        assertEquals(RefusalCode.ONE_PATIENT, course.refusal(as(CHAIR), new ChangeRole(EXPERT, Role.PATIENT)));
        assertEquals(RefusalCode.NOT_VALID, course.refusal(as(CHAIR), new ChangeRole(EXPERT, null)));
        assertEquals(RefusalCode.NOT_VALID, course.refusal(as(CHAIR), new ChangeRole(CAREGIVER, Role.TRAINEE)),
                "a role that belongs to a facility needs one");
        assertEquals(RefusalCode.NOT_ON_LIST, course.refusal(as(CHAIR), new ChangeRole(STRANGER, Role.TRAINEE)));
        assertEquals(RefusalCode.NOT_ON_LIST, course.refusal(as(CHAIR), new ChangeRole(null, Role.TRAINEE)));
    }

    @Test
    void shouldRefuseRequestsThatCannotBe() {
        Invitee patient = new Invitee(PATIENT, Role.PATIENT, "");
        assertThrows(IllegalArgumentException.class, () -> requested(PATIENT, List.of(patient, patient), ""));
        assertThrows(IllegalArgumentException.class, () -> requested("Nguyen Van A", List.of(), ""));
        assertThrows(IllegalArgumentException.class, () -> requested(STRANGER, List.of(patient), ""));
        assertThrows(IllegalArgumentException.class,
                () -> requested(PATIENT, List.of(new Invitee(PATIENT, Role.EXPERT, "BM-01")), ""));
        assertThrows(IllegalArgumentException.class, () -> requested(PATIENT, List.of(patient), "unconscious"));
        assertThrows(IllegalArgumentException.class, () -> new Invitee("P_0", Role.PATIENT, ""));
        assertThrows(IllegalArgumentException.class, () -> new Invitee(EXPERT, Role.EXPERT, null));
        assertThrows(NullPointerException.class, () -> new Invitee(EXPERT, null, "BM-01"));
        assertThrows(IllegalArgumentException.class, () -> new ConsultationRequest(Kind.EMERGENCY, UPPER, null,
                PATIENT, false, 0, List.of(), null, ""), "an emergency says why");
        assertThrows(IllegalArgumentException.class, () -> new ConsultationRequest(Kind.APPOINTMENT, UPPER, null,
                PATIENT, false, -1, List.of(), null, ""));
    }

    private static ConsultationRequest requested(String patient, List<Invitee> list, String reason) {
        return new ConsultationRequest(Kind.APPOINTMENT, UPPER, null, patient, false, 0, list, null, reason);
    }
}
