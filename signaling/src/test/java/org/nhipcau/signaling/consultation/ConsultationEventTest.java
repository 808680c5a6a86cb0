// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.signaling.consultation;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.nhipcau.signaling.consultation.Course.*;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.nhipcau.signaling.consultation.Consent.Means;
import org.nhipcau.signaling.consultation.Consultation.LineTest;
import org.nhipcau.signaling.consultation.Consultation.Outcome;
import org.nhipcau.signaling.consultation.Consultation.State;
import org.nhipcau.signaling.consultation.ConsultationCommand.*;
import org.nhipcau.signaling.consultation.ConsultationRequest.Kind;
import org.nhipcau.signaling.policy.FacePolicy;
import org.nhipcau.signaling.policy.Role;
import org.nhipcau.signaling.policy.Source;

/** What is written to a journal today must be read from it in ten years. */
class ConsultationEventTest {
    private static final Set<String> TYPES = new TreeSet<>(Set.of("requested", "accepted", "declined", "expired",
            "scheduled", "test-begun", "test-ended", "waiting-opened", "session-begun", "session-suspended",
            "session-resumed", "concluded", "emergency-declared", "emergency-confirmed", "participant-enlisted",
            "participant-approved", "participant-revoked", "role-changed", "arrived", "left", "admitted", "denied",
            "removed", "consent-recorded", "consent-withdrawn", "face-policy-changed", "participant-covered", "track-released",
            "gate-noted", "main-screen-set", "muted", "recorder-allowed"));

    private final ObjectMapper json = new ObjectMapper();

    /** Every sort of event, as the domain itself makes them. */
    private static List<List<ConsultationEvent>> histories() {
        Course full = Course.in(State.WAITING).arrives(CHAIR, PATIENT, EXPERT, TRAINEE).admits(PATIENT);
        full.does(as(CHAIR), new Begin()).does(as(CHAIR), new Deny(TRAINEE))
                .does(as(CHAIR), new SetMainScreen(PATIENT)).does(as(CHAIR), new SetMainScreen(null))
                .does(as(CHAIR), new Mute(PATIENT, Source.MICROPHONE))
                .does(as(CHAIR), new ChangeFacePolicy(Course.clearFor(FacePolicy.STANDARD, Set.of(Role.CHAIR)), 1))
                .does(as(CHAIR), new ReleaseTrack(PATIENT, "TR_a")).does(as(DOCTOR), new CoverParticipant(DOCTOR, true))
                .does(SYSTEM, new NoteGate(PATIENT, "TR_a", "PROVEN", "UNPROVEN", "lease"))
                .does(as(PATIENT), new WithdrawConsent()).does(as(CHAIR), new Remove(EXPERT))
                .does(OFFICE, new Enlist(STRANGER, Role.EXPERT, UPPER.code()))
                .does(as(CHAIR), new ChangeRole(SECRETARY, Role.TRAINEE)).does(LEADER, new Revoke(DOCTOR))
                .does(LEADER, new AllowRecorder(true)).does(as(CHAIR), new Suspend("power-cut"))
                .does(as(CHAIR), new Resume()).does(as(CHAIR), new Conclude(Outcome.DONE));
        Course emergency = Course.of(Kind.EMERGENCY).does(LEADER, new ConfirmEmergency())
                .does(LEADER, new RecordConsent("leader-1", "emergency-form", "1", Means.LEADER_DECISION));
        return List.of(full.events, emergency.events, Course.in(State.DECLINED).events,
                Course.in(State.EXPIRED).events);
    }

    @Test
    void shouldWriteAndReadEveryEventUnchanged() throws Exception {
        Set<String> met = new TreeSet<>();
        for (List<ConsultationEvent> history : histories()) {
            List<ConsultationEvent> read = new ArrayList<>();
            for (ConsultationEvent event : history) {
                String text = json.writeValueAsString(event);
                met.add(json.readTree(text).get("type").textValue());
                read.add(json.readValue(text, ConsultationEvent.class));
            }
            assertEquals(history, read);
            assertEquals(Consultation.replay(history), Consultation.replay(read));
        }
        assertEquals(TYPES, met, "every type, by the name that it will always have");
        assertEquals(ConsultationEvent.class.getPermittedSubclasses().length, TYPES.size());
    }

    @Test
    void shouldWriteAndReadASnapshotUnchanged() throws Exception {
        for (List<ConsultationEvent> history : histories()) {
            Consultation consultation = Consultation.replay(history);
            assertEquals(consultation, json.readValue(json.writeValueAsString(consultation), Consultation.class));
        }
    }

    /** Fields that a journal holds already may not be renamed; this is their list. */
    @Test
    void shouldKeepTheNamesOfAllFields() throws Exception {
        Map<String, String> fields = new TreeMap<>();
        for (Class<?> type : ConsultationEvent.class.getPermittedSubclasses()) {
            fields.put(type.getSimpleName(), Stream.of(type.getRecordComponents())
                    .map(component -> component.getName()).collect(Collectors.joining(" ")));
        }
        assertEquals("""
                Accepted: atMs by
                Admitted: atMs by pseudonym
                Arrived: atMs pseudonym role facility device seat approved
                Concluded: atMs by outcome
                ConsentRecorded: atMs consent
                ConsentWithdrawn: atMs by
                Declined: atMs by reason
                Denied: atMs by pseudonym
                EmergencyConfirmed: atMs by
                EmergencyDeclared: atMs by reason
                Expired: atMs
                FacePolicyChanged: atMs by policy epoch loosened
                GateNoted: atMs pseudonym trackId from to reason
                Left: atMs pseudonym
                MainScreenSet: atMs by pseudonym
                Muted: atMs by pseudonym source
                ParticipantApproved: atMs by pseudonym role
                ParticipantCovered: atMs by pseudonym covered epoch
                ParticipantEnlisted: atMs by pseudonym role facility
                ParticipantRevoked: atMs by pseudonym
                RecorderAllowed: atMs by allowed
                Removed: atMs by pseudonym
                Requested: atMs id by request
                RoleChanged: atMs by pseudonym from to approved
                Scheduled: atMs by startsAtMs shortNotice
                SessionBegun: atMs by
                SessionResumed: atMs by
                SessionSuspended: atMs by reason
                TestBegun: atMs by
                TestEnded: atMs by verdict
                TrackReleased: atMs by pseudonym trackId
                WaitingOpened: atMs lineTest
                """, fields.entrySet().stream().map(entry -> entry.getKey() + ": " + entry.getValue() + "\n")
                .collect(Collectors.joining()));
    }

    @Test
    void shouldRefuseHistoriesThatCannotBe() {
        Course course = Course.in(State.WAITING);
        ConsultationEvent request = course.events.getFirst();
        assertThrows(IllegalStateException.class, () -> Consultation.replay(List.of()));
        assertThrows(IllegalStateException.class, () -> Consultation.replay(course.events.subList(1, 3)));
        assertThrows(IllegalStateException.class, () -> course.now.apply(request));
        assertThrows(IllegalStateException.class,
                () -> course.now.apply(new ConsultationEvent.Admitted(0, CHAIR, STRANGER)));
        assertEquals(LineTest.GOOD, course.now.lineTest());
    }
}
