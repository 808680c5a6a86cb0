// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.signaling.consultation;

import java.util.Set;
import org.nhipcau.signaling.policy.FacePolicy;
import org.nhipcau.signaling.policy.Role;
import org.nhipcau.signaling.policy.Source;

/** All that can be asked of a consultation that exists. Values are judged when it is decided upon, not before. */
public sealed interface ConsultationCommand {

    // ---- the course of it ----

    /** The answering facility takes the request (S3, D). */
    record Accept() implements ConsultationCommand { }

    /** The answering facility does not take it. */
    record Decline(String reason) implements ConsultationCommand { }

    /** Nobody answered in time; given by the server's timer. */
    record Expire() implements ConsultationCommand { }

    /** Sets when it begins; in a suspended one, when it goes on. */
    record Schedule(long startsAtMs) implements ConsultationCommand { }

    /** Both sides' technicians begin to test line, sound and picture (S5, D). */
    record BeginTest() implements ConsultationCommand { }

    /** The test's verdict. */
    record EndTest(Consultation.LineTest verdict) implements ConsultationCommand { }

    /** Opens the lobby; an arrival in time does the same. */
    record OpenWaiting() implements ConsultationCommand { }

    /** The session begins: those admitted are in. */
    record Begin() implements ConsultationCommand { }

    /** Interrupts the session, to go on later, perhaps another day. */
    record Suspend(String reason) implements ConsultationCommand { }

    /** Goes on after an interruption. */
    record Resume() implements ConsultationCommand { }

    /** Ends it, or cancels it before it began. */
    record Conclude(Consultation.Outcome outcome) implements ConsultationCommand { }

    /** Skips waiting and approval (D1). */
    record DeclareEmergency(String reason) implements ConsultationCommand { }

    /** Confirms afterwards that it was an emergency; by another than who declared it. */
    record ConfirmEmergency() implements ConsultationCommand { }

    // ---- who takes part ----

    /** Puts somebody on the list; does not approve. */
    record Enlist(String pseudonym, Role role, String facility) implements ConsultationCommand { }

    /** The leader approves entries (C4). */
    record Approve(Set<String> pseudonyms) implements ConsultationCommand { }

    /** The leader takes an approval back. */
    record Revoke(String pseudonym) implements ConsultationCommand { }

    /** Gives another role; one that may more needs approval again. */
    record ChangeRole(String pseudonym, Role role) implements ConsultationCommand { }

    /** Gives a role that may do, see and show nothing more than whatever role the person has by then. */
    record NarrowRole(String pseudonym, Role role) implements ConsultationCommand { }

    /**
     * Somebody connects; given by the person, or by the server for the person.
     *
     * @param pseudonym the person
     * @param device on what
     * @param caregiver the pseudonym of a caregiver who sits at the same device, or null
     */
    record Arrive(String pseudonym, Participant.Device device, String caregiver) implements ConsultationCommand { }

    /** Somebody's connection has ended for good. */
    record Leave(String pseudonym) implements ConsultationCommand { }

    /** Lets somebody in from the lobby, also one who was denied or removed. */
    record Admit(String pseudonym) implements ConsultationCommand { }

    /** Does not let somebody in. */
    record Deny(String pseudonym) implements ConsultationCommand { }

    /** Sends somebody out. */
    record Remove(String pseudonym) implements ConsultationCommand { }

    // ---- consent, and what is seen and heard ----

    /** Records the agreement of the patient or a guardian (C5). */
    record RecordConsent(String by, String textId, String textVersion, Consent.Means means)
            implements ConsultationCommand { }

    /** Ends the agreement, and with it the patient's media. */
    record WithdrawConsent() implements ConsultationCommand { }

    /** Keeps the face at least as tightly as this says, and in no respect looser than now (C1). */
    record TightenFacePolicy(FacePolicy policy) implements ConsultationCommand { }

    /**
     * Keeps the face just as this says (C1).
     *
     * @param policy the whole policy
     * @param seenEpoch the {@link Consultation#policyEpoch()} that whoever decided on it had seen: a policy that shows
     *        more is refused when it has changed since, so that nobody loosens what he does not know of
     */
    record ChangeFacePolicy(FacePolicy policy, int seenEpoch) implements ConsultationCommand { }

    /** Puts one person's pictures under the face policy whatever the role (C1), or takes that back. */
    record CoverParticipant(String pseudonym, boolean covered) implements ConsultationCommand { }

    /** Lets a picture be proved again that was cut for good. */
    record ReleaseTrack(String pseudonym, String trackId) implements ConsultationCommand { }

    /** What the gate did to a picture; given by the server, for the record. */
    record NoteGate(String pseudonym, String trackId, String from, String to, String reason)
            implements ConsultationCommand { }

    /** Shows one site on everybody's main screen (B2); null for nobody. */
    record SetMainScreen(String pseudonym) implements ConsultationCommand { }

    /** Mutes what somebody sends. */
    record Mute(String pseudonym, Source source) implements ConsultationCommand { }

    /** Allows the hospital's own recorder to enter, or no longer (C3). */
    record AllowRecorder(boolean allowed) implements ConsultationCommand { }
}
