// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.signaling.consultation;

import static org.nhipcau.signaling.consultation.Situation.require;

import java.util.ArrayList;
import java.util.List;
import org.nhipcau.signaling.consultation.Consultation.State;
import org.nhipcau.signaling.consultation.ConsultationCommand.Admit;
import org.nhipcau.signaling.consultation.ConsultationCommand.Arrive;
import org.nhipcau.signaling.consultation.ConsultationCommand.Deny;
import org.nhipcau.signaling.consultation.ConsultationCommand.Leave;
import org.nhipcau.signaling.consultation.ConsultationCommand.Remove;
import org.nhipcau.signaling.consultation.ConsultationEvent.*;
import org.nhipcau.signaling.consultation.Participant.Admission;
import org.nhipcau.signaling.consultation.Participant.Approval;
import org.nhipcau.signaling.consultation.Participant.Device;
import org.nhipcau.signaling.consultation.Participant.Seat;
import org.nhipcau.signaling.policy.Role;

/**
 * The rules of coming and going: who may connect and when, who is let in, who is sent out.
 *
 * <p>Spec: requirements C3, C4, D1, S5 (5 minutes before; a caregiver for a child under 6).
 */
record LobbyRules(Situation situation) {

    List<ConsultationEvent> arrive(Arrive command) {
        Participant participant = situation.onList(command.pseudonym());
        situation.requireEntitled(participant);
        require(participant.role() != Role.RECORDER || situation.now().recorderAllowed(),
                RefusalCode.RECORDER_NOT_ALLOWED);
        Participant caregiver = caregiverAtTheSameDevice(command, participant);
        List<ConsultationEvent> events = new ArrayList<>();
        openDoorsFor(participant, events);
        Device device = command.device() == null ? Device.UNKNOWN : command.device();
        if (caregiver != null) {
            connect(caregiver, device, events);
        }
        connect(participant, device, events);
        return events;
    }

    private Participant caregiverAtTheSameDevice(Arrive command, Participant participant) {
        if (command.caregiver() == null) {
            return null;
        }
        Participant caregiver = situation.onList(command.caregiver());
        require(caregiver.role() == Role.CAREGIVER && participant.role() == Role.PATIENT, RefusalCode.NOT_VALID,
                "only a caregiver sits beside a patient");
        situation.requireEntitled(caregiver);
        return caregiver;
    }

    private void openDoorsFor(Participant participant, List<ConsultationEvent> events) {
        Consultation now = situation.now();
        boolean testing = now.state() == State.TESTING;
        boolean closed = now.state() == State.ACCEPTED || now.state() == State.SCHEDULED;
        if (closed || testing && !participant.role().isStaff()) {
            events.addAll(new CourseRules(situation).openWaiting());
        }
    }

    /** One who is here already, on another device, has left the first one. */
    private void connect(Participant participant, Device device, List<ConsultationEvent> events) {
        if (participant.present()) {
            if (participant.device() == device) {
                return;
            }
            events.add(new Left(situation.atMs(), participant.pseudonym()));
        }
        Consultation then = situation.now().apply(events);
        Arrived arrived = arrived(participant, device, Seat.LOBBY);
        Seat seat = then.apply(arrived).seat(participant.pseudonym());
        events.add(arrived(participant, device, seat));
    }

    private Arrived arrived(Participant participant, Device device, Seat seat) {
        return new Arrived(situation.atMs(), participant.pseudonym(), participant.role(), participant.facility(),
                device, seat, participant.approval() == Approval.APPROVED);
    }

    List<ConsultationEvent> leave(Leave command) {
        Participant participant = situation.onList(command.pseudonym());
        return participant.present() ? List.of(new Left(situation.atMs(), participant.pseudonym())) : List.of();
    }

    List<ConsultationEvent> admit(Admit command) {
        Participant participant = situation.onList(command.pseudonym());
        require(situation.now().isEntitled(participant), RefusalCode.NOT_APPROVED);
        boolean child = participant.role() == Role.PATIENT && situation.now().request().childUnderSix();
        require(!child || caregiverPresent(), RefusalCode.CAREGIVER_MISSING);
        return participant.admission() == Admission.ADMITTED ? List.of()
                : List.of(new Admitted(situation.atMs(), situation.by(), participant.pseudonym()));
    }

    private boolean caregiverPresent() {
        return situation.now().list().values().stream().anyMatch(other -> other.role() == Role.CAREGIVER
                && situation.now().seat(other.pseudonym()) != Seat.OUT);
    }

    List<ConsultationEvent> deny(Deny command) {
        Participant participant = situation.onList(command.pseudonym());
        require(situation.now().seat(participant.pseudonym()) != Seat.IN, RefusalCode.WRONG_STATE,
                "who is in already is removed, not denied");
        return participant.admission() == Admission.DENIED ? List.of()
                : List.of(new Denied(situation.atMs(), situation.by(), participant.pseudonym()));
    }

    List<ConsultationEvent> remove(Remove command) {
        Participant participant = situation.onList(command.pseudonym());
        boolean oneself = situation.actor().kind() == Actor.Kind.PARTICIPANT
                && participant.pseudonym().equals(situation.by());
        require(!oneself, RefusalCode.NOT_PERMITTED, "nobody removes oneself: leave instead");
        return participant.admission() == Admission.REMOVED ? List.of()
                : List.of(new Removed(situation.atMs(), situation.by(), participant.pseudonym()));
    }
}
