// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.signaling.consultation;

import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonSubTypes.Type;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import org.nhipcau.signaling.policy.FacePolicy;
import org.nhipcau.signaling.policy.Role;
import org.nhipcau.signaling.policy.Source;

/**
 * What happened to a consultation: the record that is kept. As JSON an event is its fields and its {@code type}; a
 * type's name and fields never change meaning, new ones may be added.
 *
 * <p>Ids in it are pseudonyms or opaque; times are milliseconds since the epoch.
 */
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "type")
@JsonSubTypes({
    @Type(value = ConsultationEvent.Requested.class, name = "requested"),
    @Type(value = ConsultationEvent.Accepted.class, name = "accepted"),
    @Type(value = ConsultationEvent.Declined.class, name = "declined"),
    @Type(value = ConsultationEvent.Expired.class, name = "expired"),
    @Type(value = ConsultationEvent.Scheduled.class, name = "scheduled"),
    @Type(value = ConsultationEvent.TestBegun.class, name = "test-begun"),
    @Type(value = ConsultationEvent.TestEnded.class, name = "test-ended"),
    @Type(value = ConsultationEvent.WaitingOpened.class, name = "waiting-opened"),
    @Type(value = ConsultationEvent.SessionBegun.class, name = "session-begun"),
    @Type(value = ConsultationEvent.SessionSuspended.class, name = "session-suspended"),
    @Type(value = ConsultationEvent.SessionResumed.class, name = "session-resumed"),
    @Type(value = ConsultationEvent.Concluded.class, name = "concluded"),
    @Type(value = ConsultationEvent.EmergencyDeclared.class, name = "emergency-declared"),
    @Type(value = ConsultationEvent.EmergencyConfirmed.class, name = "emergency-confirmed"),
    @Type(value = ConsultationEvent.ParticipantEnlisted.class, name = "participant-enlisted"),
    @Type(value = ConsultationEvent.ParticipantApproved.class, name = "participant-approved"),
    @Type(value = ConsultationEvent.ParticipantRevoked.class, name = "participant-revoked"),
    @Type(value = ConsultationEvent.RoleChanged.class, name = "role-changed"),
    @Type(value = ConsultationEvent.Arrived.class, name = "arrived"),
    @Type(value = ConsultationEvent.Left.class, name = "left"),
    @Type(value = ConsultationEvent.Admitted.class, name = "admitted"),
    @Type(value = ConsultationEvent.Denied.class, name = "denied"),
    @Type(value = ConsultationEvent.Removed.class, name = "removed"),
    @Type(value = ConsultationEvent.ConsentRecorded.class, name = "consent-recorded"),
    @Type(value = ConsultationEvent.ConsentWithdrawn.class, name = "consent-withdrawn"),
    @Type(value = ConsultationEvent.FacePolicyChanged.class, name = "face-policy-changed"),
    @Type(value = ConsultationEvent.ParticipantCovered.class, name = "participant-covered"),
    @Type(value = ConsultationEvent.TrackReleased.class, name = "track-released"),
    @Type(value = ConsultationEvent.GateNoted.class, name = "gate-noted"),
    @Type(value = ConsultationEvent.MainScreenSet.class, name = "main-screen-set"),
    @Type(value = ConsultationEvent.Muted.class, name = "muted"),
    @Type(value = ConsultationEvent.RecorderAllowed.class, name = "recorder-allowed")
})
public sealed interface ConsultationEvent {
    /** When it happened, milliseconds since the epoch. */
    long atMs();

    /** It begins to exist. */
    record Requested(long atMs, String id, String by, ConsultationRequest request) implements ConsultationEvent { }

    /** The answering facility took it. */
    record Accepted(long atMs, String by) implements ConsultationEvent { }

    /** The answering facility did not take it. */
    record Declined(long atMs, String by, String reason) implements ConsultationEvent { }

    /** Nobody answered in time. */
    record Expired(long atMs) implements ConsultationEvent { }

    /** It has a time; {@code shortNotice} when that is less than a day after the request (D). */
    record Scheduled(long atMs, String by, long startsAtMs, boolean shortNotice) implements ConsultationEvent { }

    /** The line test began. */
    record TestBegun(long atMs, String by) implements ConsultationEvent { }

    /** The line test ended. */
    record TestEnded(long atMs, String by, Consultation.LineTest verdict) implements ConsultationEvent { }

    /** The lobby is open; {@code lineTest} says with what test it is entered upon, {@code NONE} when there was none. */
    record WaitingOpened(long atMs, Consultation.LineTest lineTest) implements ConsultationEvent { }

    /** The session began. */
    record SessionBegun(long atMs, String by) implements ConsultationEvent { }

    /** The session was interrupted. */
    record SessionSuspended(long atMs, String by, String reason) implements ConsultationEvent { }

    /** The session went on. */
    record SessionResumed(long atMs, String by) implements ConsultationEvent { }

    /** It is over. Whoever was present has left with it: a {@link Left} for each comes before. */
    record Concluded(long atMs, String by, Consultation.Outcome outcome) implements ConsultationEvent { }

    /** Waiting and approval were skipped (D1); the session is on. */
    record EmergencyDeclared(long atMs, String by, String reason) implements ConsultationEvent { }

    /** Somebody else confirmed that it was an emergency. */
    record EmergencyConfirmed(long atMs, String by) implements ConsultationEvent { }

    /** Somebody is on the list. */
    record ParticipantEnlisted(long atMs, String by, String pseudonym, Role role, String facility)
            implements ConsultationEvent { }

    /** The leader approved an entry with this role. */
    record ParticipantApproved(long atMs, String by, String pseudonym, Role role) implements ConsultationEvent { }

    /** The leader took an approval back. */
    record ParticipantRevoked(long atMs, String by, String pseudonym) implements ConsultationEvent { }

    /** Somebody has another role; {@code approved} tells whether the leader's approval covers it. */
    record RoleChanged(long atMs, String by, String pseudonym, Role from, Role to, boolean approved)
            implements ConsultationEvent { }

    /** Somebody connected; {@code approved} is false only on the emergency path. */
    record Arrived(long atMs, String pseudonym, Role role, String facility, Participant.Device device,
            Participant.Seat seat, boolean approved) implements ConsultationEvent { }

    /** Somebody's connection ended, or ended with the consultation. */
    record Left(long atMs, String pseudonym) implements ConsultationEvent { }

    /** Somebody was let in. */
    record Admitted(long atMs, String by, String pseudonym) implements ConsultationEvent { }

    /** Somebody was not let in. */
    record Denied(long atMs, String by, String pseudonym) implements ConsultationEvent { }

    /** Somebody was sent out. */
    record Removed(long atMs, String by, String pseudonym) implements ConsultationEvent { }

    /** The patient's agreement is recorded. */
    record ConsentRecorded(long atMs, Consent consent) implements ConsultationEvent { }

    /** The agreement ended. */
    record ConsentWithdrawn(long atMs, String by) implements ConsultationEvent { }

    /** The face policy is another one from this epoch on; {@code loosened} when it shows more in some respect. */
    record FacePolicyChanged(long atMs, String by, FacePolicy policy, int epoch, boolean loosened)
            implements ConsultationEvent { }

    /** Somebody's pictures are under the face policy whatever the role, or no longer; from this epoch on. */
    record ParticipantCovered(long atMs, String by, String pseudonym, boolean covered, int epoch)
            implements ConsultationEvent { }

    /** A picture that was cut for good may be proved again. */
    record TrackReleased(long atMs, String by, String pseudonym, String trackId) implements ConsultationEvent { }

    /** What the gate did to a picture. */
    record GateNoted(long atMs, String pseudonym, String trackId, String from, String to, String reason)
            implements ConsultationEvent { }

    /** Who is on the main screen; null for nobody. */
    record MainScreenSet(long atMs, String by, String pseudonym) implements ConsultationEvent { }

    /** Somebody was muted. */
    record Muted(long atMs, String by, String pseudonym, Source source) implements ConsultationEvent { }

    /** The hospital's recorder may enter, or no longer. */
    record RecorderAllowed(long atMs, String by, boolean allowed) implements ConsultationEvent { }
}
