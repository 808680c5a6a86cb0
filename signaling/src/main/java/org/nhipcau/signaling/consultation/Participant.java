// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.signaling.consultation;

import org.nhipcau.signaling.policy.Role;

/**
 * One entry on a consultation's list, and where the person is.
 *
 * @param pseudonym the person
 * @param role as what; the only place that a role comes from
 * @param facility the code of the person's facility, or empty
 * @param approval whether the facility's leader approved the entry (C4)
 * @param approvedBy the leader's id, or empty
 * @param admission what the lobby decided
 * @param present whether the person is connected
 * @param device on what, while present
 * @param covered whether this person's pictures are under the face policy whatever the role: a station's camera that
 *        shows the patient (C1)
 */
public record Participant(String pseudonym, Role role, String facility, Approval approval, String approvedBy,
        Admission admission, boolean present, Device device, boolean covered) {

    /** Whether an entry may be used. */
    public enum Approval { LISTED, APPROVED, REVOKED }

    /** What was decided of one who waited in the lobby, or was sent out. */
    public enum Admission { UNDECIDED, ADMITTED, DENIED, REMOVED }

    /** On what somebody takes part; recorded with the attendance. */
    public enum Device { UNKNOWN, PHONE, COMPUTER, ROOM_SYSTEM, ENCODER }

    /** Where somebody is. */
    public enum Seat {
        /** Not in the room at all. */
        OUT,
        /** Waiting: sees and hears nothing, is seen and heard by nobody. */
        LOBBY,
        /** In the consultation. */
        IN
    }

    Participant with(Approval nextApproval, String by) {
        return new Participant(pseudonym, role, facility, nextApproval, by, admission, present, device,
                covered);
    }

    Participant with(Admission next) {
        return new Participant(pseudonym, role, facility, approval, approvedBy, next, present, device, covered);
    }

    Participant with(Role next) {
        return new Participant(pseudonym, next, facility, approval, approvedBy, admission, present, device, covered);
    }

    Participant here(Device on) {
        return new Participant(pseudonym, role, facility, approval, approvedBy, admission, true, on, covered);
    }

    Participant gone() {
        return new Participant(pseudonym, role, facility, approval, approvedBy, admission, false, Device.UNKNOWN,
                covered);
    }

    Participant under(boolean facePolicy) {
        return new Participant(pseudonym, role, facility, approval, approvedBy, admission, present, device,
                facePolicy);
    }
}
