// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.signaling.consultation;

import static org.nhipcau.signaling.consultation.Situation.require;

import java.util.List;
import java.util.regex.Pattern;
import org.nhipcau.signaling.consultation.Consent.Capacity;
import org.nhipcau.signaling.consultation.Consent.Means;
import org.nhipcau.signaling.consultation.ConsultationCommand.RecordConsent;
import org.nhipcau.signaling.consultation.ConsultationEvent.ConsentRecorded;
import org.nhipcau.signaling.consultation.ConsultationEvent.ConsentWithdrawn;
import org.nhipcau.signaling.policy.Role;

/**
 * The rules of consent: who can give it for the patient, by which means, and who may say so.
 *
 * <p>Spec: requirements C5, S5 (guardian of a child under 6), D1 (a leader decides in an emergency).
 */
record ConsentRules(Situation situation) {
    private static final Pattern TEXT = Pattern.compile("[A-Za-z0-9._-]{1,64}");

    List<ConsultationEvent> record(RecordConsent command) {
        requireValid(TEXT, command.textId(), "the text's id");
        requireValid(TEXT, command.textVersion(), "the text's version");
        require(command.means() != null, RefusalCode.CONSENT_NOT_VALID, "by which means is not said");
        Capacity capacity = capacity(command);
        requireWitness(command);
        Consent last = situation.now().consent();
        boolean known = situation.now().consentGiven() && last.by().equals(command.by())
                && last.textId().equals(command.textId()) && last.textVersion().equals(command.textVersion())
                && last.means() == command.means();
        return known ? List.of() : List.of(new ConsentRecorded(situation.atMs(), new Consent(command.by(),
                situation.now().request().patient(), capacity, command.textId(), command.textVersion(),
                command.means(), situation.by(), situation.atMs(), "", 0)));
    }

    private static void requireValid(Pattern pattern, String value, String what) {
        require(value != null && pattern.matcher(value).matches(), RefusalCode.CONSENT_NOT_VALID,
                what + " must match " + pattern);
    }

    private Capacity capacity(RecordConsent command) {
        Consultation now = situation.now();
        if (command.means() == Means.LEADER_DECISION) {
            require(now.onEmergencyPath() && situation.actor().kind() == Actor.Kind.LEADER
                    && situation.by().equals(command.by()), RefusalCode.CONSENT_NOT_VALID,
                    "only in an emergency, and only the facility's leader, decides for the patient");
            return Capacity.LEADER;
        }
        if (now.request().patient().equals(command.by())) {
            require(now.mayConsent(command.by()), RefusalCode.CONSENT_NOT_VALID,
                    "for a child under 6 a caregiver agrees");
            return Capacity.SELF;
        }
        require(now.mayConsent(command.by()), RefusalCode.CONSENT_NOT_VALID,
                "the patient or a caregiver on the list agrees, nobody else, and nobody when the patient took it back");
        return Capacity.GUARDIAN;
    }

    /** By own hand means from the own device; all else is said by somebody of the staff, who witnessed it. */
    private void requireWitness(RecordConsent command) {
        Role role = situation.actingRole();
        if (role == null) {
            return;
        }
        boolean patientSide = role == Role.PATIENT || role == Role.CAREGIVER;
        if (command.means() != Means.PAGE) {
            require(!patientSide, RefusalCode.CONSENT_NOT_VALID, "somebody of the staff must have witnessed that");
            return;
        }
        boolean own = situation.by().equals(command.by());
        Participant beside = situation.now().list().get(command.by());
        boolean besideThePatient = role == Role.PATIENT && beside != null && situation.now().isEntitled(beside)
                && beside.present();
        require(own || besideThePatient, RefusalCode.CONSENT_NOT_VALID,
                "on the page one agrees with one's own hand");
    }

    List<ConsultationEvent> withdraw() {
        return situation.now().consentGiven() ? List.of(new ConsentWithdrawn(situation.atMs(), situation.by()))
                : List.of();
    }
}
