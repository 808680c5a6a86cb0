// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.signaling.live.held;

import java.time.Instant;
import java.util.List;
import org.nhipcau.signaling.consultation.Actor;
import org.nhipcau.signaling.consultation.Consultation;
import org.nhipcau.signaling.consultation.Consultation.State;
import org.nhipcau.signaling.consultation.ConsultationCommand;
import org.nhipcau.signaling.consultation.ConsultationCommand.*;
import org.nhipcau.signaling.consultation.ConsultationEvent;
import org.nhipcau.signaling.consultation.ConsultationEvent.*;
import org.nhipcau.signaling.consultation.Participant;
import org.nhipcau.signaling.consultation.Participant.Admission;
import org.nhipcau.signaling.consultation.Participant.Approval;
import org.nhipcau.signaling.policy.FacePolicy;

/** A command that holds although the journal could not take it yet. Pure; thread: any. */
public record Unrecorded(String consultation, ConsultationCommand command, Actor actor, Instant at) {
    /**
     * A consultation as if it had been recorded. What protects holds also where it would be refused by now, or where a
     * bug keeps it from being decided: who gave it was entitled then, and it is the journal's to say that it does not
     * hold any more, not anybody's in between.
     */
    public Consultation on(Consultation before) {
        try {
            return before.apply(before.decide(command, actor, at));
        } catch (RuntimeException refusedByNow) {
            return before.state().isFinal() ? before : before.apply(protection(before));
        }
    }

    /** What it does to protect, whoever gave it; nothing when it is so already, or when it protects nobody. */
    public List<ConsultationEvent> protection(Consultation before) {
        long atMs = at.toEpochMilli();
        String by = actor.id();
        return switch (command) {
            case WithdrawConsent _ -> events(before.consentGiven(), new ConsentWithdrawn(atMs, by));
            case Suspend c -> events(before.state() == State.IN_SESSION, new SessionSuspended(atMs, by, c.reason()));
            case Remove c -> events(inAnyWay(before, c.pseudonym()), new Removed(atMs, by, c.pseudonym()));
            case Deny c -> events(inAnyWay(before, c.pseudonym()), new Denied(atMs, by, c.pseudonym()));
            case Revoke c -> events(listed(before, c.pseudonym()) != null
                    && listed(before, c.pseudonym()).approval() != Approval.REVOKED,
                    new ParticipantRevoked(atMs, by, c.pseudonym()));
            case NarrowRole c -> narrowed(before, c);
            case Leave c -> events(listed(before, c.pseudonym()) != null && listed(before, c.pseudonym()).present(),
                    new Left(atMs, c.pseudonym()));
            case TightenFacePolicy c -> {
                FacePolicy next = before.facePolicy().and(c.policy());
                yield events(!next.equals(before.facePolicy()),
                        new FacePolicyChanged(atMs, by, next, before.policyEpoch() + 1, false));
            }
            case CoverParticipant c -> events(c.covered() && listed(before, c.pseudonym()) != null
                    && !listed(before, c.pseudonym()).covered(),
                    new ParticipantCovered(atMs, by, c.pseudonym(), true, before.policyEpoch() + 1));
            case AllowRecorder c -> events(!c.allowed() && before.recorderAllowed(),
                    new RecorderAllowed(atMs, by, false));
            default -> List.of();
        };
    }

    private List<ConsultationEvent> narrowed(Consultation before, NarrowRole command) {
        Participant entry = listed(before, command.pseudonym());
        boolean less = entry != null && entry.role() != command.role()
                && before.narrows(command.pseudonym(), command.role());
        return less ? List.of(new RoleChanged(at.toEpochMilli(), actor.id(), command.pseudonym(), entry.role(),
                command.role(), entry.approval() == Approval.APPROVED)) : List.of();
    }

    private static List<ConsultationEvent> events(boolean any, ConsultationEvent event) {
        return any ? List.of(event) : List.of();
    }

    private static Participant listed(Consultation before, String pseudonym) {
        return before.list().get(pseudonym);
    }

    private static boolean inAnyWay(Consultation before, String pseudonym) {
        Participant entry = listed(before, pseudonym);
        return entry != null && entry.admission() != Admission.REMOVED && entry.admission() != Admission.DENIED;
    }
}
