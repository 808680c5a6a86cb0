// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.signaling.consultation;

import static org.nhipcau.signaling.consultation.Situation.require;

import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import org.nhipcau.signaling.consultation.ConsultationCommand.Approve;
import org.nhipcau.signaling.consultation.ConsultationCommand.ChangeRole;
import org.nhipcau.signaling.consultation.ConsultationCommand.Enlist;
import org.nhipcau.signaling.consultation.ConsultationCommand.NarrowRole;
import org.nhipcau.signaling.consultation.ConsultationCommand.Revoke;
import org.nhipcau.signaling.consultation.ConsultationEvent.*;
import org.nhipcau.signaling.consultation.ConsultationRequest.Invitee;
import org.nhipcau.signaling.consultation.Participant.Approval;
import org.nhipcau.signaling.policy.Role;
import org.nhipcau.signaling.policy.RoleTable;

/**
 * The rules of the list: who may be on it, as what, and that a leader approves.
 *
 * <p>Spec: requirements C3 (recorder), C4, D2.
 */
record ListRules(Situation situation) {

    List<ConsultationEvent> enlist(Enlist command) {
        Invitee invitee = invitee(command);
        Consultation now = situation.now();
        require((invitee.role() == Role.PATIENT) == invitee.pseudonym().equals(now.request().patient()),
                RefusalCode.ONE_PATIENT);
        if (invitee.role() == Role.RECORDER) {
            boolean ofTheHospital = invitee.facility().equals(now.request().facility().code());
            require(situation.isOfResponsible() && ofTheHospital, RefusalCode.RECORDER_ONLY_BY_API);
        }
        Participant listed = now.list().get(invitee.pseudonym());
        if (listed != null) {
            boolean same = listed.role() == invitee.role() && listed.facility().equals(invitee.facility());
            require(same && listed.approval() != Approval.REVOKED, RefusalCode.ALREADY_LISTED);
            return List.of();
        }
        require(now.list().size() < ConsultationRequest.MAX_PARTICIPANTS, RefusalCode.LIST_FULL);
        return List.of(new ParticipantEnlisted(situation.atMs(), situation.by(), invitee.pseudonym(), invitee.role(),
                invitee.facility()));
    }

    private static Invitee invitee(Enlist command) {
        require(command.role() != null, RefusalCode.NOT_VALID, "an unknown role has no rights and no place");
        try {
            return new Invitee(command.pseudonym(), command.role(), command.facility());
        } catch (IllegalArgumentException notPossible) {
            throw new RefusedException(RefusalCode.NOT_VALID, notPossible.getMessage());
        }
    }

    List<ConsultationEvent> approve(Approve command) {
        require(command.pseudonyms() != null && !command.pseudonyms().isEmpty(), RefusalCode.NOT_VALID,
                "nobody is named");
        List<ConsultationEvent> events = new ArrayList<>();
        for (String pseudonym : inOrder(command)) {
            Participant participant = situation.onList(pseudonym);
            require(situation.isLeaderFor(participant), RefusalCode.OTHER_FACILITY);
            if (participant.approval() != Approval.APPROVED) {
                events.add(new ParticipantApproved(situation.atMs(), situation.by(), pseudonym, participant.role()));
            }
        }
        return events;
    }

    private static TreeSet<String> inOrder(Approve command) {
        TreeSet<String> pseudonyms = new TreeSet<>();
        for (String pseudonym : command.pseudonyms()) {
            require(pseudonym != null, RefusalCode.NOT_ON_LIST);
            pseudonyms.add(pseudonym);
        }
        return pseudonyms;
    }

    List<ConsultationEvent> revoke(Revoke command) {
        Participant participant = situation.onList(command.pseudonym());
        require(situation.isLeaderFor(participant), RefusalCode.OTHER_FACILITY);
        return participant.approval() == Approval.REVOKED ? List.of()
                : List.of(new ParticipantRevoked(situation.atMs(), situation.by(), participant.pseudonym()));
    }

    List<ConsultationEvent> changeRole(ChangeRole command) {
        Participant participant = situation.onList(command.pseudonym());
        Role from = participant.role();
        Role to = command.role();
        require(to != null, RefusalCode.NOT_VALID, "an unknown role has no rights and no place");
        require(from != Role.PATIENT && to != Role.PATIENT, RefusalCode.ONE_PATIENT);
        require(from != Role.RECORDER && to != Role.RECORDER, RefusalCode.RECORDER_ONLY_BY_API);
        require(to == Role.CAREGIVER || !participant.facility().isEmpty(), RefusalCode.NOT_VALID,
                to + " needs a facility's code");
        if (from == to) {
            return List.of();
        }
        boolean approved = participant.approval() == Approval.APPROVED
                && (gainsNothing(situation.now(), from, to) || situation.isLeaderFor(participant));
        return List.of(new RoleChanged(situation.atMs(), situation.by(), participant.pseudonym(), from, to, approved));
    }

    /** Upon whatever others have made of it meanwhile: whoever has less by then is given nothing back. */
    List<ConsultationEvent> narrowRole(NarrowRole command) {
        List<ConsultationEvent> events = changeRole(new ChangeRole(command.pseudonym(), command.role()));
        require(situation.now().narrows(command.pseudonym(), command.role()), RefusalCode.WRONG_STATE,
                "that role would give more by now");
        return events;
    }

    /** Whether another role lets do, see and show nothing more. */
    static boolean gainsNothing(Consultation now, Role from, Role to) {
        boolean seesMore = now.facePolicy().isClear(to) && !now.facePolicy().isClear(from);
        boolean escapesPolicy = now.facePolicy().isSubject(from)
                && !now.facePolicy().isSubject(to) && to != Role.TRAINEE;
        return RoleTable.isWithin(to, from) && !seesMore && !escapesPolicy;
    }
}
