// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.signaling.sdp;

/**
 * What the server asks of clients that send speech, and whether it sends sound with redundancy.
 *
 * <p>Spec: RFC 7587 §6.1 (maxaveragebitrate), RFC 8866 §6.4 and §6.5 (ptime, maxptime), RFC 2198.
 *
 * @param maxBitrateBps of Opus, except stereo; 0: as the client likes
 * @param packetMs of each packet
 * @param redundancy listeners may be sent copies of earlier packets, and publishers may send them
 */
public record SoundFormat(int maxBitrateBps, int packetMs, boolean redundancy) {
    /** What clients take when nothing is said (RFC 7587 §7). */
    static final int USUAL_PACKET_MS = 20;
    /** As clients do by themselves. */
    public static final SoundFormat DEFAULT = new SoundFormat(0, USUAL_PACKET_MS, true);
}
