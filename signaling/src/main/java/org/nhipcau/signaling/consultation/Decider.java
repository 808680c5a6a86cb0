// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.signaling.consultation;

import static org.nhipcau.signaling.consultation.Situation.require;

import java.time.Instant;
import java.util.List;
import org.nhipcau.signaling.consultation.Consultation.State;
import org.nhipcau.signaling.consultation.ConsultationCommand.*;
import org.nhipcau.signaling.consultation.ConsultationEvent.EmergencyDeclared;
import org.nhipcau.signaling.consultation.ConsultationEvent.Requested;
import org.nhipcau.signaling.consultation.ConsultationRequest.Invitee;
import org.nhipcau.signaling.policy.FacePolicy;
import org.nhipcau.signaling.policy.Role;

/**
 * Decides on commands. The order of questions is always the same: may this actor, is it possible in this state, is
 * what is asked for right. So nobody learns anything of a consultation in which he has no say.
 */
final class Decider {
    private final Situation situation;
    private final CourseRules course;
    private final ListRules list;
    private final LobbyRules lobby;
    private final ConsentRules consent;
    private final MediaRules media;

    Decider(Consultation now, Actor actor, Instant at) {
        situation = new Situation(now, actor, at.toEpochMilli());
        course = new CourseRules(situation);
        list = new ListRules(situation);
        lobby = new LobbyRules(situation);
        consent = new ConsentRules(situation);
        media = new MediaRules(situation);
    }

    /** What would happen, or a refusal. */
    List<ConsultationEvent> decide(ConsultationCommand command) {
        authorise(command);
        requirePossible(command);
        return switch (command) {
            case Accept _ -> course.accept();
            case Decline c -> course.decline(c);
            case Expire _ -> course.expire();
            case Schedule c -> course.schedule(c);
            case BeginTest _ -> course.beginTest();
            case EndTest c -> course.endTest(c);
            case OpenWaiting _ -> course.openWaiting();
            case Begin _ -> course.begin();
            case Suspend c -> course.suspend(c);
            case Resume _ -> course.resume();
            case Conclude c -> course.conclude(c);
            case DeclareEmergency c -> course.declareEmergency(c);
            case ConfirmEmergency _ -> course.confirmEmergency();
            case Enlist c -> list.enlist(c);
            case Approve c -> list.approve(c);
            case Revoke c -> list.revoke(c);
            case ChangeRole c -> list.changeRole(c);
            case NarrowRole c -> list.narrowRole(c);
            case Arrive c -> lobby.arrive(c);
            case Leave c -> lobby.leave(c);
            case Admit c -> lobby.admit(c);
            case Deny c -> lobby.deny(c);
            case Remove c -> lobby.remove(c);
            case RecordConsent c -> consent.record(c);
            case WithdrawConsent _ -> consent.withdraw();
            case TightenFacePolicy c -> media.tightenFacePolicy(c);
            case ChangeFacePolicy c -> media.changeFacePolicy(c);
            case CoverParticipant c -> media.coverParticipant(c);
            case ReleaseTrack c -> media.releaseTrack(c);
            case NoteGate c -> media.noteGate(c);
            case SetMainScreen c -> media.setMainScreen(c);
            case Mute c -> media.mute(c);
            case AllowRecorder c -> media.allowRecorder(c);
        };
    }

    private void authorise(ConsultationCommand command) {
        switch (command) {
            case Arrive c -> requireSelfOrServer(c.pseudonym());
            case Leave c -> requireSelfOrServer(c.pseudonym());
            default -> situation.authorise(Rights.actionOf(command, situation.now()));
        }
    }

    /** Nobody connects or leaves for another; only the server may say so. */
    private void requireSelfOrServer(String pseudonym) {
        if (situation.actor().kind() != Actor.Kind.SYSTEM) {
            require(situation.actor().kind() == Actor.Kind.PARTICIPANT, RefusalCode.NOT_PERMITTED);
            require(situation.self().pseudonym().equals(pseudonym), RefusalCode.NOT_PERMITTED);
        }
    }

    private void requirePossible(ConsultationCommand command) {
        Consultation now = situation.now();
        boolean overdue = now.dueAtMs().isPresent() && situation.atMs() >= now.dueAtMs().getAsLong();
        State state = overdue && !(command instanceof Expire) ? State.EXPIRED : now.state();
        require(CourseTable.isPossible(command.getClass(), state), CourseTable.refusal(state));
    }

    /** Decides on a request for a new consultation. */
    static List<ConsultationEvent> request(String id, ConsultationRequest request, Actor actor, Instant at) {
        if (!PublicId.isConsultation(id)) {
            throw new IllegalArgumentException("a consultation's id is C_ and 12 base58 characters");
        }
        requireMayRequest(request, actor);
        long nowMs = at.toEpochMilli();
        require(request.wantedAtMs() == 0 || request.wantedAtMs() >= nowMs, RefusalCode.IN_THE_PAST);
        MediaRules.requireAvailable(request.facePolicy());
        for (Invitee invitee : request.participants()) {
            if (invitee.role() == Role.RECORDER) {
                boolean ofTheHospital = invitee.facility().equals(request.facility().code())
                        && actor.facility().equals(request.facility().code());
                require(ofTheHospital, RefusalCode.RECORDER_ONLY_BY_API);
            }
        }
        Requested requested = new Requested(nowMs, id, actor.id(), request);
        return request.kind() == ConsultationRequest.Kind.EMERGENCY
                ? List.of(requested, new EmergencyDeclared(nowMs, actor.id(), request.reason()))
                : List.of(requested);
    }

    private static void requireMayRequest(ConsultationRequest request, Actor actor) {
        switch (actor.kind()) {
            case OFFICE, LEADER -> require(actor.facility().equals(request.facility().code())
                    || request.requester() != null && actor.facility().equals(request.requester().code()),
                    RefusalCode.OTHER_FACILITY);
            case PLATFORM -> { }
            case SYSTEM -> throw new RefusedException(RefusalCode.NOT_PERMITTED);
            case PARTICIPANT -> {
                // A patient, or a caregiver for the patient, asks from a phone: now (S3) or for an appointment.
                boolean own = actor.id().equals(request.patient()) || request.participants().stream().anyMatch(
                        other -> other.role() == Role.CAREGIVER && other.pseudonym().equals(actor.id()));
                boolean looser = !request.facePolicy().isAtLeastAsTightAs(FacePolicy.STANDARD);
                require(own && !looser && request.kind() != ConsultationRequest.Kind.EMERGENCY,
                        RefusalCode.NOT_PERMITTED);
            }
        }
    }
}
