// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.signaling.store;

import java.time.Instant;
import java.util.List;
import org.nhipcau.signaling.policy.Role;

/**
 * Who was in which consultation from when to when (C4), and how their link was.
 *
 * <p>Stays are written by the journal itself, in the transaction of the event that lets somebody in or out: nobody else
 * opens or closes one. A stay has one beginning and one end, whatever happens: what a crash left open is closed at the
 * next start with {@code recovered}, at the moment the process was last known to live.
 *
 * <p>Thread: any; blocks.
 */
public interface AttendanceStore {
    /**
     * Somebody's time in a consultation, not in its lobby.
     *
     * @param role of that time: another role begins another stay
     * @param device what they came with, such as PHONE; no model, no address
     * @param to null while they are there
     * @param endedBy left, removed, suspended, concluded, role-changed, revoked, sent-back or recovered; empty while
     *     they are there
     */
    record Stay(long id, String consultation, String pseudonym, Role role, String facility, String device, Instant from,
            Instant to, String endedBy) {}

    /**
     * One direction of one person's link over a span; ratios in per mille, scores times 100; -1: unknown.
     *
     * @param uplink what they sent; else what they were sent
     * @param cause what it suffered from most, as in the call quality API
     */
    record Quality(String consultation, String pseudonym, boolean uplink, Instant from, Instant to, int audioLossPm,
            int videoLossPm, int roundTripMs, int jitterMs, int audioKbps, int videoKbps, int freezePm,
            int audioScore100,
            String cause) {}

    /** All stays of one consultation, by beginning. */
    List<Stay> stays(String consultation);

    /** Those who are in a consultation now, as far as this database knows. */
    List<Stay> present(String consultation);

    /**
     * Keeps figures of links, in one transaction. What is there already for the same span stays; what belongs to no
     * consultation that is kept is left out.
     *
     * <p>When a consultation ends, the record tells of its figures by one digest; of those that come later it tells each
     * time, with the digest of what was there before.
     */
    void addQuality(List<Quality> spans);

    /** All spans of one consultation, by beginning. */
    List<Quality> quality(String consultation);
}
