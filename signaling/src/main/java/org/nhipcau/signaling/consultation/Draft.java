// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.signaling.consultation;

import java.util.TreeMap;
import org.nhipcau.signaling.consultation.Consultation.LineTest;
import org.nhipcau.signaling.consultation.Consultation.Outcome;
import org.nhipcau.signaling.consultation.Consultation.State;
import org.nhipcau.signaling.consultation.ConsultationEvent.*;
import org.nhipcau.signaling.consultation.Participant.Admission;
import org.nhipcau.signaling.consultation.Participant.Approval;
import org.nhipcau.signaling.consultation.Participant.Device;
import org.nhipcau.signaling.policy.FacePolicy;

/**
 * What events do to a consultation: a copy to write on. It judges nothing; what is an event has happened.
 *
 * <p>Owns: itself, between one consultation and the next.
 */
final class Draft {
    private String id = "";
    private long version;
    private ConsultationRequest request;
    private String requestedBy = "";
    private long requestedAtMs;
    private State state = State.REQUESTED;
    private long startsAtMs;
    private LineTest lineTest = LineTest.NONE;
    private long beganAtMs;
    private final TreeMap<String, Participant> list = new TreeMap<>();
    private Consent consent;
    private FacePolicy facePolicy = FacePolicy.STANDARD;
    private int policyEpoch = 1;
    private Emergency emergency;
    private String mainScreen;
    private boolean recorderAllowed;
    private Outcome outcome;
    private long endedAtMs;

    /** Before the first event. */
    Draft() {
    }

    /** A copy of a consultation. */
    Draft(Consultation from) {
        id = from.id();
        version = from.version();
        request = from.request();
        requestedBy = from.requestedBy();
        requestedAtMs = from.requestedAtMs();
        state = from.state();
        startsAtMs = from.startsAtMs();
        lineTest = from.lineTest();
        beganAtMs = from.beganAtMs();
        list.putAll(from.list());
        consent = from.consent();
        facePolicy = from.facePolicy();
        policyEpoch = from.policyEpoch();
        emergency = from.emergency();
        mainScreen = from.mainScreen();
        recorderAllowed = from.recorderAllowed();
        outcome = from.outcome();
        endedAtMs = from.endedAtMs();
    }

    /** The consultation that was made. */
    Consultation done() {
        if (request == null) {
            throw new IllegalStateException("the first event of a consultation is its request");
        }
        return new Consultation(id, version, request, requestedBy, requestedAtMs, state, startsAtMs, lineTest,
                beganAtMs, list, consent, facePolicy, policyEpoch, emergency, mainScreen, recorderAllowed, outcome,
                endedAtMs);
    }

    /** Writes one event into it. */
    void apply(ConsultationEvent event) {
        if ((request == null) != event instanceof Requested) {
            throw new IllegalStateException("the first event of a consultation, and no other, is its request");
        }
        version++;
        switch (event) {
            case Requested e -> requested(e);
            case Accepted _ -> state = State.ACCEPTED;
            case Declined e -> end(State.DECLINED, e);
            case Expired e -> end(State.EXPIRED, e);
            case Scheduled e -> {
                startsAtMs = e.startsAtMs();
                state = state == State.SUSPENDED ? State.SUSPENDED : State.SCHEDULED;
            }
            case TestBegun _ -> state = State.TESTING;
            case TestEnded e -> {
                lineTest = e.verdict();
                state = State.SCHEDULED;
            }
            case WaitingOpened _ -> state = State.WAITING;
            case SessionBegun e -> begin(e);
            case SessionSuspended _ -> {
                state = State.SUSPENDED;
                mainScreen = null;
            }
            case SessionResumed _ -> state = State.IN_SESSION;
            case Concluded e -> {
                outcome = e.outcome();
                end(State.CONCLUDED, e);
            }
            case EmergencyDeclared e -> {
                emergency = new Emergency(e.by(), e.atMs(), e.reason(), "", 0);
                begin(e);
            }
            case EmergencyConfirmed e -> emergency = emergency.confirmed(e.by(), e.atMs());
            case ParticipantEnlisted e -> list.put(e.pseudonym(), new Participant(e.pseudonym(), e.role(),
                    e.facility(), Approval.LISTED, "", Admission.UNDECIDED, false, Device.UNKNOWN, false));
            case ParticipantApproved e -> put(at(e.pseudonym()).with(Approval.APPROVED, e.by()));
            case ParticipantRevoked e -> put(at(e.pseudonym()).with(Approval.REVOKED, ""));
            case RoleChanged e -> roleChanged(e);
            case Arrived e -> put(at(e.pseudonym()).here(e.device()));
            case Left e -> put(at(e.pseudonym()).gone());
            case Admitted e -> put(at(e.pseudonym()).with(Admission.ADMITTED));
            case Denied e -> put(at(e.pseudonym()).with(Admission.DENIED));
            case Removed e -> put(at(e.pseudonym()).with(Admission.REMOVED));
            case ConsentRecorded e -> consent = e.consent();
            case ConsentWithdrawn e -> consent = consent.withdrawn(e.by(), e.atMs());
            case FacePolicyChanged e -> {
                facePolicy = e.policy();
                policyEpoch = e.epoch();
            }
            case ParticipantCovered e -> {
                put(at(e.pseudonym()).under(e.covered()));
                policyEpoch = e.epoch();
            }
            case MainScreenSet e -> mainScreen = e.pseudonym();
            case RecorderAllowed e -> recorderAllowed = e.allowed();
            case TrackReleased _ -> { }
            case GateNoted _ -> { }
            case Muted _ -> { }
        }
        clearMainScreen();
    }

    private void requested(Requested event) {
        id = event.id();
        request = event.request();
        requestedBy = event.by();
        requestedAtMs = event.atMs();
        facePolicy = request.facePolicy();
        for (ConsultationRequest.Invitee invitee : request.participants()) {
            put(new Participant(invitee.pseudonym(), invitee.role(), invitee.facility(), Approval.LISTED, "",
                    Admission.UNDECIDED, false, Device.UNKNOWN, false));
        }
    }

    private void begin(ConsultationEvent event) {
        state = State.IN_SESSION;
        beganAtMs = event.atMs();
    }

    private void end(State last, ConsultationEvent event) {
        state = last;
        endedAtMs = event.atMs();
        mainScreen = null;
    }

    private void roleChanged(RoleChanged event) {
        Participant participant = at(event.pseudonym());
        if (!event.approved() && participant.approval() == Approval.APPROVED) {
            participant = participant.with(Approval.LISTED, "");
        }
        put(participant.with(event.to()));
    }

    /** Nobody who is gone stays on the main screen. */
    private void clearMainScreen() {
        Participant shown = mainScreen == null ? null : list.get(mainScreen);
        boolean gone = shown == null || !shown.present() || shown.approval() == Approval.REVOKED
                || shown.admission() == Admission.REMOVED || shown.admission() == Admission.DENIED;
        if (gone) {
            mainScreen = null;
        }
    }

    private Participant at(String pseudonym) {
        Participant participant = list.get(pseudonym);
        if (participant == null) {
            throw new IllegalStateException("an event concerns somebody who is not on the list");
        }
        return participant;
    }

    private void put(Participant participant) {
        list.put(participant.pseudonym(), participant);
    }
}
