// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.signaling.consultation;

import java.util.EnumSet;
import java.util.Set;
import org.nhipcau.signaling.consultation.Participant.Admission;
import org.nhipcau.signaling.consultation.Participant.Approval;
import org.nhipcau.signaling.policy.Action;
import org.nhipcau.signaling.policy.Role;
import org.nhipcau.signaling.policy.RoleTable;

/**
 * Upon what a command is decided: the consultation, who asks, and when; and whether that one may.
 *
 * @param now the consultation before the command
 * @param actor who gives it
 * @param atMs when, milliseconds since the epoch
 */
record Situation(Consultation now, Actor actor, long atMs) {
    /** What the patient's side may do without approval: it only protects the patient. */
    private static final Set<Action> PROTECTS_THE_PATIENT = EnumSet.of(Action.CANCEL, Action.RECORD_CONSENT,
            Action.WITHDRAW_CONSENT, Action.TIGHTEN_POLICY);
    /** What only the facility that answers and is responsible decides, and not the one that asked. */
    private static final Set<Action> RESPONSIBLE_FACILITY_ONLY = EnumSet.of(Action.ANSWER, Action.ALLOW_RECORDER,
            Action.CONFIRM_EMERGENCY);

    /** The actor's id. */
    String by() {
        return actor.id();
    }

    /** Refuses an actor that may not do this. */
    void authorise(Action action) {
        switch (actor.kind()) {
            case PARTICIPANT -> authoriseParticipant(action);
            case OFFICE, LEADER -> {
                require(actor.kind().may(action), RefusalCode.NOT_PERMITTED);
                boolean asked = isOfRequester() && !RESPONSIBLE_FACILITY_ONLY.contains(action);
                require(isOfResponsible() || asked || action == Action.APPROVE, RefusalCode.OTHER_FACILITY);
            }
            case PLATFORM, SYSTEM -> require(actor.kind().may(action), RefusalCode.NOT_PERMITTED);
        }
    }

    private void authoriseParticipant(Action action) {
        Participant self = self();
        require(RoleTable.may(self.role(), action), RefusalCode.NOT_PERMITTED);
        boolean patientSide = self.role() == Role.PATIENT || self.role() == Role.CAREGIVER;
        boolean sentAway = self.admission() == Admission.DENIED || self.admission() == Admission.REMOVED;
        boolean protects = sentAway ? action == Action.WITHDRAW_CONSENT : PROTECTS_THE_PATIENT.contains(action);
        if (patientSide && protects && self.approval() != Approval.REVOKED) {
            return;
        }
        requireEntitled(self);
    }

    /** Whether this actor may do this. */
    boolean isAuthorised(Action action) {
        try {
            authorise(action);
            return true;
        } catch (RefusedException refused) {
            return false;
        }
    }

    /** The actor's own entry on the list. */
    Participant self() {
        return onList(by());
    }

    /** The role in which a participant acts; null for other kinds of actors. */
    Role actingRole() {
        return actor.kind() == Actor.Kind.PARTICIPANT ? self().role() : null;
    }

    /** An entry on the list. */
    Participant onList(String pseudonym) {
        Participant participant = pseudonym == null ? null : now.list().get(pseudonym);
        require(participant != null, RefusalCode.NOT_ON_LIST);
        return participant;
    }

    /** Refuses an entry that may not be used: not approved, denied, or sent out. */
    void requireEntitled(Participant participant) {
        require(now.isEntitled(participant), RefusalCode.NOT_APPROVED);
        require(participant.admission() != Admission.DENIED, RefusalCode.DENIED);
        require(participant.admission() != Admission.REMOVED, RefusalCode.REMOVED);
    }

    /** Whether the actor speaks for the facility that answers and is responsible. */
    boolean isOfResponsible() {
        return actor.facility().equals(now.request().facility().code());
    }

    private boolean isOfRequester() {
        Facility requester = now.request().requester();
        return requester != null && actor.facility().equals(requester.code());
    }

    /** Whether the actor is the leader who approves such an entry: of the responsible or of the entry's facility. */
    boolean isLeaderFor(Participant participant) {
        boolean own = actor.facility().equals(participant.facility()) && participant.role() != Role.RECORDER;
        return actor.kind() == Actor.Kind.LEADER && (isOfResponsible() || own);
    }

    /** Refuses with a code unless something holds. */
    static void require(boolean holds, RefusalCode otherwise) {
        if (!holds) {
            throw new RefusedException(otherwise);
        }
    }

    /** Refuses with a code and a sentence of its own unless something holds. */
    static void require(boolean holds, RefusalCode otherwise, String message) {
        if (!holds) {
            throw new RefusedException(otherwise, message);
        }
    }
}
