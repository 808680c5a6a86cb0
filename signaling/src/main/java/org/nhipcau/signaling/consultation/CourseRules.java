// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.signaling.consultation;

import static org.nhipcau.signaling.consultation.Situation.require;

import java.util.ArrayList;
import java.util.List;
import org.nhipcau.signaling.consultation.Consultation.LineTest;
import org.nhipcau.signaling.consultation.Consultation.Outcome;
import org.nhipcau.signaling.consultation.Consultation.State;
import org.nhipcau.signaling.consultation.ConsultationCommand.Conclude;
import org.nhipcau.signaling.consultation.ConsultationCommand.DeclareEmergency;
import org.nhipcau.signaling.consultation.ConsultationCommand.Decline;
import org.nhipcau.signaling.consultation.ConsultationCommand.EndTest;
import org.nhipcau.signaling.consultation.ConsultationCommand.Schedule;
import org.nhipcau.signaling.consultation.ConsultationCommand.Suspend;
import org.nhipcau.signaling.consultation.ConsultationEvent.*;
import org.nhipcau.signaling.policy.Role;

/**
 * The rules of a consultation's course: from the request to the outcome.
 *
 * <p>Spec: requirements S3 (expiry, outcomes), S5 (test, doors, suspend), C5 (consent before anything), D, D1.
 */
record CourseRules(Situation situation) {

    private Consultation now() {
        return situation.now();
    }

    private long atMs() {
        return situation.atMs();
    }

    private String by() {
        return situation.by();
    }

    List<ConsultationEvent> accept() {
        return List.of(new Accepted(atMs(), by()));
    }

    List<ConsultationEvent> decline(Decline command) {
        requireReason(command.reason());
        return List.of(new Declined(atMs(), by(), command.reason()));
    }

    List<ConsultationEvent> expire() {
        require(now().dueAtMs().isPresent() && atMs() >= now().dueAtMs().getAsLong(), RefusalCode.NOT_DUE);
        return List.of(new Expired(atMs()));
    }

    List<ConsultationEvent> schedule(Schedule command) {
        require(command.startsAtMs() >= atMs(), RefusalCode.IN_THE_PAST);
        if (command.startsAtMs() == now().startsAtMs()) {
            return List.of();
        }
        long noticeMs = command.startsAtMs() - now().requestedAtMs();
        return List.of(new Scheduled(atMs(), by(), command.startsAtMs(),
                noticeMs < Consultation.PROPER_NOTICE.toMillis()));
    }

    List<ConsultationEvent> beginTest() {
        return List.of(new TestBegun(atMs(), by()));
    }

    List<ConsultationEvent> endTest(EndTest command) {
        require(command.verdict() != null && command.verdict() != LineTest.NONE, RefusalCode.NOT_VALID,
                "a test ends with a verdict: GOOD, POOR or FAILED");
        return List.of(new TestEnded(atMs(), by(), command.verdict()));
    }

    List<ConsultationEvent> openWaiting() {
        requireDoorsOpen();
        return List.of(new WaitingOpened(atMs(), now().lineTest()));
    }

    /** Refuses before the doors open: 5 minutes before the start, or at once for an accepted request on demand. */
    void requireDoorsOpen() {
        if (now().state() == State.ACCEPTED) {
            require(now().request().kind() == ConsultationRequest.Kind.ON_DEMAND, RefusalCode.NOT_SCHEDULED);
            return;
        }
        require(atMs() >= now().startsAtMs() - Consultation.DOORS_OPEN_BEFORE.toMillis(), RefusalCode.TOO_EARLY);
    }

    List<ConsultationEvent> begin() {
        require(now().consentGiven(), RefusalCode.CONSENT_MISSING);
        return List.of(new SessionBegun(atMs(), by()));
    }

    List<ConsultationEvent> suspend(Suspend command) {
        requireReason(command.reason());
        return List.of(new SessionSuspended(atMs(), by(), command.reason()));
    }

    List<ConsultationEvent> resume() {
        return List.of(new SessionResumed(atMs(), by()));
    }

    List<ConsultationEvent> conclude(Conclude command) {
        Outcome outcome = command.outcome();
        require(outcome != null, RefusalCode.NOT_VALID, "a consultation ends with an outcome");
        Role role = situation.actingRole();
        boolean patientSide = role == Role.PATIENT || role == Role.CAREGIVER;
        require(!patientSide || outcome == Outcome.CANCELLED_FREE, RefusalCode.NOT_PERMITTED);
        require(isPossible(outcome, now().state()), RefusalCode.OUTCOME_NOT_POSSIBLE);
        List<ConsultationEvent> events = new ArrayList<>();
        for (Participant participant : now().list().values()) {
            if (participant.present()) {
                events.add(new Left(atMs(), participant.pseudonym()));
            }
        }
        events.add(new Concluded(atMs(), by(), outcome));
        return events;
    }

    private static boolean isPossible(Outcome outcome, State state) {
        return switch (state) {
            case REQUESTED -> outcome == Outcome.CANCELLED_FREE;
            case IN_SESSION, SUSPENDED -> true;
            default -> outcome != Outcome.DONE;
        };
    }

    List<ConsultationEvent> declareEmergency(DeclareEmergency command) {
        requireReason(command.reason());
        return List.of(new EmergencyDeclared(atMs(), by(), command.reason()));
    }

    List<ConsultationEvent> confirmEmergency() {
        require(now().onEmergencyPath(), RefusalCode.NOT_AN_EMERGENCY);
        if (now().emergency().confirmed()) {
            return List.of();
        }
        require(!by().equals(now().emergency().declaredBy()), RefusalCode.SAME_PERSON);
        return List.of(new EmergencyConfirmed(atMs(), by()));
    }

    private static void requireReason(String reason) {
        require(ReasonCode.isValid(reason), RefusalCode.NOT_VALID, "a reason is a code: 1 to 40 of a-z 0-9 -");
    }
}
