// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.signaling.consultation;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.nhipcau.signaling.consultation.Course.*;

import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.nhipcau.signaling.consultation.Consent.Capacity;
import org.nhipcau.signaling.consultation.Consent.Means;
import org.nhipcau.signaling.consultation.Consultation.Outcome;
import org.nhipcau.signaling.consultation.Consultation.State;
import org.nhipcau.signaling.consultation.ConsultationCommand.*;
import org.nhipcau.signaling.consultation.ConsultationEvent.ConsentRecorded;
import org.nhipcau.signaling.consultation.ConsultationRequest.Kind;
import org.nhipcau.signaling.policy.Role;
import org.nhipcau.signaling.policy.Source;
import org.nhipcau.signaling.policy.View;

class ConsentRulesTest {
    private static RecordConsent consent(String by, Means means) {
        return new RecordConsent(by, "consent-form", "3", means);
    }

    @Test
    void shouldRecordWhoForWhomToWhatByWhichMeansAndWhen_C5() {
        Course course = Course.in(State.ACCEPTED);
        long nowMs = course.at.toEpochMilli();
        assertFalse(course.now.consentGiven());
        assertEquals(List.of(new ConsentRecorded(nowMs, new Consent(PATIENT, PATIENT, Capacity.SELF, "consent-form",
                "3", Means.PAGE, PATIENT, nowMs, "", 0))), course.events(as(PATIENT), consent(PATIENT, Means.PAGE)));
        assertTrue(course.now.consentGiven());
        assertEquals(List.of(), course.events(as(PATIENT), consent(PATIENT, Means.PAGE)), "so it is already");
        assertEquals(1, course.events(as(PATIENT),
                new RecordConsent(PATIENT, "consent-form", "4", Means.PAGE)).size(), "another text is another consent");
        assertEquals(List.of(new ConsentRecorded(nowMs, new Consent(CAREGIVER, PATIENT, Capacity.GUARDIAN,
                "consent-form", "3", Means.TELEPHONE, SECRETARY, nowMs, "", 0))),
                course.events(as(SECRETARY), consent(CAREGIVER, Means.TELEPHONE)));
    }

    @Test
    void shouldTakeAgreementOnlyFromThePatientOrACaregiver_C5() {
        Course course = Course.in(State.WAITING);
        for (String by : new String[] {DOCTOR, CHAIR, TRAINEE, STRANGER, null}) {
            assertEquals(RefusalCode.CONSENT_NOT_VALID, course.refusal(as(SECRETARY), consent(by, Means.PAPER)));
            assertFalse(course.now.mayConsent(by));
        }
        assertTrue(course.now.mayConsent(PATIENT) && course.now.mayConsent(CAREGIVER));
        course.does(LEADER, new Revoke(CAREGIVER));
        assertFalse(course.now.mayConsent(CAREGIVER));
        assertEquals(RefusalCode.CONSENT_NOT_VALID, course.refusal(as(SECRETARY), consent(CAREGIVER, Means.PAPER)));
    }

    @Test
    void shouldTakeAGuardiansAgreementForAChildUnderSix_C5_S5() {
        Course course = Course.ofChild(Kind.ON_DEMAND).approveAll();
        assertEquals(RefusalCode.CONSENT_NOT_VALID, course.refusal(as(PATIENT), consent(PATIENT, Means.PAGE)));
        assertEquals(RefusalCode.CONSENT_NOT_VALID, course.refusal(as(DOCTOR), consent(PATIENT, Means.PAPER)));
        assertEquals(RefusalCode.CONSENT_NOT_VALID, course.refusal(as(PATIENT), consent(CAREGIVER, Means.PAGE)),
                "nobody is beside the child");
        assertTrue(!course.now.mayConsent(PATIENT) && course.now.mayConsent(CAREGIVER));
        course.does(as(CAREGIVER), consent(CAREGIVER, Means.PAGE));
        assertEquals(Capacity.GUARDIAN, course.now.consent().capacity());
        Course together = Course.in(State.WAITING);
        together.does(as(PATIENT), new Arrive(PATIENT, Participant.Device.PHONE, CAREGIVER));
        together.does(as(CHAIR), new WithdrawConsent()).does(as(PATIENT), consent(CAREGIVER, Means.PAGE));
        assertEquals(Capacity.GUARDIAN, together.now.consent().capacity(), "the two share one phone");
    }

    /** Who can speak for himself is not spoken for against his will. */
    @Test
    void shouldNotLetAGuardianUndoThePatientsOwnWithdrawal_C5() {
        Course course = Course.in(State.WAITING).does(as(PATIENT), new WithdrawConsent());
        assertEquals(RefusalCode.CONSENT_NOT_VALID, course.refusal(as(CAREGIVER), consent(CAREGIVER, Means.PAGE)));
        assertEquals(RefusalCode.CONSENT_NOT_VALID, course.refusal(as(DOCTOR), consent(CAREGIVER, Means.PAPER)));
        course.does(as(PATIENT), consent(PATIENT, Means.PAGE)).does(as(DOCTOR), new WithdrawConsent());
        course.does(as(CAREGIVER), consent(CAREGIVER, Means.PAGE));
        assertTrue(course.now.consentGiven());
    }

    @Test
    void shouldTakeNoAgreementFromACaregiverWhoWasSentAway_C5() {
        Course course = Course.in(State.IN_SESSION).arrives(PATIENT, CAREGIVER).does(as(CHAIR), new Remove(CAREGIVER));
        course.does(as(CHAIR), new WithdrawConsent());
        assertEquals(RefusalCode.CONSENT_NOT_VALID, course.refusal(as(DOCTOR), consent(CAREGIVER, Means.PAPER)));
    }

    @Test
    void shouldTakeAgreementOnThePageOnlyByOwnHandAndTheRestOnlyFromAWitness_C5() {
        Course course = Course.in(State.WAITING).does(as(PATIENT), new WithdrawConsent());
        assertEquals(RefusalCode.CONSENT_NOT_VALID, course.refusal(as(CHAIR), consent(PATIENT, Means.PAGE)));
        assertEquals(RefusalCode.CONSENT_NOT_VALID, course.refusal(as(CAREGIVER), consent(PATIENT, Means.PAGE)));
        for (Means means : List.of(Means.PAPER, Means.VOICE, Means.TELEPHONE)) {
            assertEquals(RefusalCode.CONSENT_NOT_VALID, course.refusal(as(PATIENT), consent(PATIENT, means)));
            assertEquals(RefusalCode.CONSENT_NOT_VALID, course.refusal(as(CAREGIVER), consent(CAREGIVER, means)));
            assertEquals(1, course.now.decide(consent(PATIENT, means), as(DOCTOR), course.at).size());
        }
        assertEquals(1, course.now.decide(consent(PATIENT, Means.PAGE), Actor.platform("platform-1"),
                course.at).size(), "the hand was on another platform's page");
    }

    @Test
    void shouldLetALeaderDecideOnlyInAnEmergency_C5_D1() {
        Course calm = Course.in(State.WAITING);
        assertEquals(RefusalCode.CONSENT_NOT_VALID, calm.refusal(LEADER, consent("leader-1", Means.LEADER_DECISION)));
        Course emergency = Course.of(Kind.EMERGENCY);
        assertEquals(RefusalCode.CONSENT_NOT_VALID, emergency.refusal(as(CHAIR),
                consent(CHAIR, Means.LEADER_DECISION)));
        assertEquals(RefusalCode.CONSENT_NOT_VALID, emergency.refusal(LEADER,
                consent(PATIENT, Means.LEADER_DECISION)), "nobody decides in another's name");
        emergency.does(LEADER, consent("leader-1", Means.LEADER_DECISION));
        assertEquals(Capacity.LEADER, emergency.now.consent().capacity());
    }

    @Test
    void shouldRefuseTextsWithoutAnIdOrAVersion_C5() {
        Course course = Course.in(State.WAITING);
        for (String bad : new String[] {null, "", "a b", "x".repeat(65), "Nguyễn"}) {
            assertEquals(RefusalCode.CONSENT_NOT_VALID, course.refusal(as(PATIENT),
                    new RecordConsent(PATIENT, bad, "3", Means.PAGE)));
            assertEquals(RefusalCode.CONSENT_NOT_VALID, course.refusal(as(PATIENT),
                    new RecordConsent(PATIENT, "consent-form", bad, Means.PAGE)));
        }
        assertEquals(RefusalCode.CONSENT_NOT_VALID, course.refusal(as(PATIENT), consent(PATIENT, null)));
    }

    /** Not a packet of the patient without consent, by any source, to anybody; all others go on. */
    @Test
    void shouldEndThePatientsMediaAndNobodyElsesWhenItIsWithdrawn_C5() {
        Course course = Course.in(State.IN_SESSION).arrives(CHAIR, DOCTOR, PATIENT, CAREGIVER)
                .admits(PATIENT, CAREGIVER);
        assertEquals(View.COVERED, course.now.view(CHAIR, PATIENT, Source.CAMERA));
        assertEquals(View.CLEAR, course.now.view(CHAIR, PATIENT, Source.MICROPHONE));
        course.does(as(CAREGIVER), new WithdrawConsent());
        assertFalse(course.now.consentGiven());
        assertEquals(CAREGIVER, course.now.consent().withdrawnBy());
        for (String subject : Set.of(PATIENT, CAREGIVER)) {
            for (Participant viewer : course.now.list().values()) {
                for (Source source : Source.values()) {
                    assertEquals(View.NONE, course.now.view(viewer.pseudonym(), subject, source));
                }
            }
        }
        assertEquals(View.CLEAR, course.now.view(CHAIR, DOCTOR, Source.CAMERA));
        assertEquals(View.CLEAR, course.now.view(PATIENT, DOCTOR, Source.MICROPHONE), "the patient still hears");
        assertEquals(List.of(), course.events(as(PATIENT), new WithdrawConsent()));
        course.consent();
        assertEquals(View.COVERED, course.now.view(CHAIR, PATIENT, Source.CAMERA));
    }

    @Test
    void shouldTakeAWithdrawalAtAnyTimeFromThoseWhoMay_C5() {
        for (State state : Set.of(State.WAITING, State.IN_SESSION, State.SUSPENDED)) {
            for (String by : List.of(PATIENT, CAREGIVER, DOCTOR, SECRETARY, CHAIR)) {
                Course course = Course.in(state).does(as(by), new WithdrawConsent());
                assertFalse(course.now.consentGiven(), by + " " + state);
            }
            for (String by : List.of(TRAINEE, TECHNICIAN, EXPERT, CONTROLLER, RECORDER)) {
                assertEquals(RefusalCode.NOT_PERMITTED, Course.in(state).refusal(as(by), new WithdrawConsent()));
            }
        }
        Course after = Course.in(State.IN_SESSION).does(as(CHAIR), new Conclude(Outcome.DONE))
                .does(as(PATIENT), new WithdrawConsent());
        assertFalse(after.now.consentGiven());
        assertEquals(State.CONCLUDED, after.now.state());
        Course removed = Course.in(State.IN_SESSION).does(as(CHAIR), new Remove(PATIENT));
        removed.does(as(PATIENT), new WithdrawConsent());
        assertFalse(removed.now.consentGiven());
        assertEquals(Role.PATIENT, removed.now.roleOf(PATIENT));
    }
}
