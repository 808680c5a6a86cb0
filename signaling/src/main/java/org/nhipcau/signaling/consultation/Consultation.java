// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.signaling.consultation;

import java.time.Duration;
import java.time.Instant;
import java.util.Collections;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeMap;
import org.nhipcau.signaling.consultation.Participant.Admission;
import org.nhipcau.signaling.consultation.Participant.Approval;
import org.nhipcau.signaling.consultation.Participant.Seat;
import org.nhipcau.signaling.policy.Action;
import org.nhipcau.signaling.policy.FacePolicy;
import org.nhipcau.signaling.policy.Role;
import org.nhipcau.signaling.policy.RoleTable;
import org.nhipcau.signaling.policy.Source;
import org.nhipcau.signaling.policy.View;

/**
 * One consultation as it is at one moment: what its events have made of it, and what follows for those in its room.
 *
 * <p>Spec: requirements S1 to S5, C1 to C8, D1, D2. Thread: immutable.
 *
 * @param id {@code C_…}, the room's name too
 * @param version how many events led here
 * @param request what was asked for
 * @param requestedBy the id of who asked
 * @param requestedAtMs when, milliseconds since the epoch
 * @param state where it is in its course
 * @param startsAtMs when it is to begin (or to go on), or 0 while it has no time
 * @param lineTest the last test's verdict
 * @param beganAtMs when the session began, or 0
 * @param list everybody on the list, by pseudonym
 * @param consent the last recorded consent, or null
 * @param facePolicy how the face is kept
 * @param policyEpoch grows by one with each change of the face policy or of whom it covers, from 1
 * @param emergency that it skipped waiting and approval, or null
 * @param mainScreen who is on everybody's main screen, or null
 * @param recorderAllowed whether the hospital's recorder may enter
 * @param outcome how it ended, or null
 * @param endedAtMs when it ended in any way, or 0
 */
public record Consultation(String id, long version, ConsultationRequest request, String requestedBy,
        long requestedAtMs, State state, long startsAtMs, LineTest lineTest, long beganAtMs,
        Map<String, Participant> list, Consent consent, FacePolicy facePolicy, int policyEpoch, Emergency emergency,
        String mainScreen, boolean recorderAllowed, Outcome outcome, long endedAtMs) {

    /** Where a consultation is in its course. */
    public enum State {
        REQUESTED("đã yêu cầu", "requested"),
        ACCEPTED("đã nhận", "accepted"),
        SCHEDULED("đã xếp lịch", "scheduled"),
        TESTING("đang kiểm tra đường truyền", "testing"),
        WAITING("phòng chờ", "waiting"),
        IN_SESSION("đang hội chẩn", "in session"),
        SUSPENDED("tạm ngừng", "suspended"),
        CONCLUDED("đã kết thúc", "concluded"),
        DECLINED("bị từ chối", "declined"),
        EXPIRED("hết hạn", "expired");

        private final String vi;
        private final String en;

        State(String vi, String en) {
            this.vi = vi;
            this.en = en;
        }

        /** Whether nothing of its course is to come. */
        public boolean isFinal() {
            return this == CONCLUDED || this == DECLINED || this == EXPIRED;
        }

        /** As it is read on a Vietnamese screen. */
        public String vi() {
            return vi;
        }

        /** As it is read on an English screen. */
        public String en() {
            return en;
        }
    }

    /** How a consultation ended (S3). */
    public enum Outcome { DONE, CALL_LATER, CANCELLED_FREE, MOVED_TO_TELEPHONE }

    /** The verdict of the test of line, sound and picture (S5). */
    public enum LineTest { NONE, GOOD, POOR, FAILED }

    /** For how long a request on demand waits for an answer (S3). */
    public static final Duration ON_DEMAND_EXPIRY = Duration.ofMinutes(5);
    /** How long before the start the doors open (S5). */
    public static final Duration DOORS_OPEN_BEFORE = Duration.ofMinutes(5);
    /** What notice the procedure asks for (D); less is recorded as short. */
    public static final Duration PROPER_NOTICE = Duration.ofDays(1);

    /** Keeps the list unmodifiable and in order. */
    public Consultation {
        list = Collections.unmodifiableMap(new TreeMap<>(list));
    }

    /**
     * Decides on a request for a new consultation.
     *
     * @throws RefusedException when it may not be requested so
     */
    public static List<ConsultationEvent> request(String id, ConsultationRequest request, Actor actor, Instant now) {
        return Decider.request(id, request, actor, now);
    }

    /** The consultation that these events, from the first on, make. */
    public static Consultation replay(List<ConsultationEvent> events) {
        Draft draft = new Draft();
        events.forEach(draft::apply);
        return draft.done();
    }

    /**
     * Decides on a command: what would happen. No events mean that it is so already.
     *
     * @throws RefusedException when it may not be done
     */
    public List<ConsultationEvent> decide(ConsultationCommand command, Actor actor, Instant now) {
        return new Decider(this, actor, now).decide(command);
    }

    /** The next state: with this event. */
    public Consultation apply(ConsultationEvent event) {
        return apply(List.of(event));
    }

    /** The next state: with these events. */
    public Consultation apply(List<ConsultationEvent> events) {
        Draft draft = new Draft(this);
        events.forEach(draft::apply);
        return draft.done();
    }

    /** When the server must act by itself, milliseconds since the epoch: a request that expires. */
    public OptionalLong dueAtMs() {
        if (state != State.REQUESTED) {
            return OptionalLong.empty();
        }
        return switch (request.kind()) {
            case ON_DEMAND -> OptionalLong.of(requestedAtMs + ON_DEMAND_EXPIRY.toMillis());
            case APPOINTMENT -> request.wantedAtMs() == 0 ? OptionalLong.empty()
                    : OptionalLong.of(request.wantedAtMs());
            case EMERGENCY -> OptionalLong.empty();
        };
    }

    /** The role on the list, or null for one who is not on it: no rights at all. */
    public Role roleOf(String pseudonym) {
        Participant participant = pseudonym == null ? null : list.get(pseudonym);
        return participant == null ? null : participant.role();
    }

    /** Whether another role lets somebody do, see and show nothing more than the present one (D2). */
    public boolean narrows(String pseudonym, Role to) {
        Role from = roleOf(pseudonym);
        return from != null && to != null && ListRules.gainsNothing(this, from, to);
    }

    /** Whether a consent is recorded and holds (C5). */
    public boolean consentGiven() {
        return consent != null && consent.holds();
    }

    /** Whether it went the emergency path. */
    public boolean onEmergencyPath() {
        return emergency != null;
    }

    /** Whether an emergency is still to be confirmed (D1). */
    public boolean owesConfirmation() {
        return emergency != null && !emergency.confirmed();
    }

    /** Whether an entry may be used: approved, or listed for care on the emergency path (C4, D1). */
    public boolean isEntitled(Participant participant) {
        return participant.approval() == Approval.APPROVED
                || participant.approval() == Approval.LISTED && skipsWaiting(participant.role());
    }

    /** Whether this role skips approval and lobby: in an emergency, those who give care and those who need it (D1). */
    private boolean skipsWaiting(Role role) {
        return emergency != null && role != Role.TRAINEE && role != Role.RECORDER;
    }

    /** Where somebody is now. */
    public Seat seat(String pseudonym) {
        Participant participant = pseudonym == null ? null : list.get(pseudonym);
        if (participant == null || !participant.present()) {
            return Seat.OUT;
        }
        Seat seat = seatIfPresent(participant);
        boolean childAlone = seat == Seat.IN && participant.role() == Role.PATIENT && request.childUnderSix()
                && !caregiverIn();
        return childAlone ? Seat.LOBBY : seat;
    }

    private boolean caregiverIn() {
        return list.values().stream().anyMatch(other -> other.role() == Role.CAREGIVER && other.present()
                && seatIfPresent(other) == Seat.IN);
    }

    /** Where somebody is or would be, but for the rule of the child. */
    private Seat seatIfPresent(Participant participant) {
        boolean sentAway = participant.admission() == Admission.DENIED || participant.admission() == Admission.REMOVED;
        boolean recorder = participant.role() == Role.RECORDER;
        if (sentAway || !isEntitled(participant) || recorder && !recorderAllowed) {
            return Seat.OUT;
        }
        return switch (state) {
            case TESTING, WAITING -> participant.role().isStaff() ? Seat.IN : Seat.LOBBY;
            case IN_SESSION -> participant.role().isStaff() || recorder || skipsWaiting(participant.role())
                    || participant.admission() == Admission.ADMITTED ? Seat.IN : Seat.LOBBY;
            case ACCEPTED, SCHEDULED, SUSPENDED -> Seat.LOBBY;
            case REQUESTED, CONCLUDED, DECLINED, EXPIRED -> Seat.OUT;
        };
    }

    /** Whether somebody's pictures are under the face policy: by the role, or by a mark on the person (C1). */
    public boolean isSubject(String pseudonym) {
        Participant participant = pseudonym == null ? null : list.get(pseudonym);
        return participant == null || participant.covered() || facePolicy.subjectRoles().contains(participant.role());
    }

    /** Whether somebody's tracks of this kind show or are the patient's: without consent not a packet passes (C5). */
    public boolean needsConsent(String pseudonym, Source source) {
        return needsConsent(roleOf(pseudonym)) || source.isVideo() && isSubject(pseudonym);
    }

    /**
     * Whether somebody's word is the patient's consent now (C5): the patient's own, for a child under 6 only that of a
     * caregiver. Whoever can speak for himself and took it back is not spoken for.
     */
    public boolean mayConsent(String pseudonym) {
        if (request.patient().equals(pseudonym)) {
            return !request.childUnderSix();
        }
        Participant guardian = pseudonym == null ? null : list.get(pseudonym);
        boolean ownNo = consent != null && !consent.holds() && consent.withdrawnBy().equals(request.patient());
        return guardian != null && guardian.role() == Role.CAREGIVER && guardian.approval() != Approval.REVOKED
                && guardian.admission() != Admission.DENIED && guardian.admission() != Admission.REMOVED
                && (!ownNo || request.childUnderSix());
    }

    /** Whether all media of this role shows or is the patient's (C5). */
    public boolean needsConsent(Role role) {
        return role == null || role == Role.PATIENT || facePolicy.subjectRoles().contains(role);
    }

    /** Whether somebody's track of this kind may be forwarded to anybody now. */
    public boolean mayPublish(String pseudonym, Source source) {
        Role role = roleOf(pseudonym);
        return seat(pseudonym) == Seat.IN && RoleTable.mayPublish(role, source)
                && (consentGiven() || !needsConsent(pseudonym, source));
    }

    /**
     * Whether somebody may send messages now: from inside, in a role that may, and of the patient's side only with consent
     * (C5), as with the voice.
     */
    public boolean maySendData(String pseudonym) {
        Role role = roleOf(pseudonym);
        return seat(pseudonym) == Seat.IN && RoleTable.may(role, Action.SEND_DATA)
                && (consentGiven() || !needsConsent(role));
    }

    /** How one may receive another's track of this kind now. */
    public View view(String viewer, String subject, Source source) {
        if (seat(viewer) != Seat.IN || !mayPublish(subject, source)) {
            return View.NONE;
        }
        Role role = roleOf(subject);
        FacePolicy policy = isSubject(subject) ? facePolicy.withSubject(role) : facePolicy;
        return RoleTable.view(roleOf(viewer), role, source, policy);
    }

    /** What one on the list may do now as far as the role goes; nothing for one whose entry may not be used. */
    public Set<Action> rights(String pseudonym) {
        Set<Action> rights = EnumSet.noneOf(Action.class);
        if (roleOf(pseudonym) != null) {
            Situation asked = new Situation(this, Actor.participant(pseudonym), 0);
            for (Action action : Action.values()) {
                if (asked.isAuthorised(action)) {
                    rights.add(action);
                }
            }
        }
        return rights;
    }

    /** Whether a recorder is in the room: shown to all. */
    public boolean recording() {
        return list.values().stream().anyMatch(participant -> participant.role() == Role.RECORDER
                && seat(participant.pseudonym()) == Seat.IN);
    }
}
