// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.sfu.route;

import org.nhipcau.sfu.bwe.SendSideEstimator;

/**
 * Where the latest key frame of an encoding lies in its stream, when it came and what key frames of it weigh.
 *
 * <p>Thread: one.
 */
final class LatestKeyFrame {
    private boolean known;
    private long first;
    private int timestamp;
    private long arrivedNs;
    private long bytes;
    private long earlierBytes;

    /** Takes note of a packet with a payload. */
    void onPacket(SourcePacket packet, long nowNs) {
        if (packet.startsKeyFrame() && (!known || packet.extended > first)) {
            // Half and half: one unusual scene does not decide what the next is thought to weigh.
            earlierBytes = earlierBytes == 0 ? bytes : (earlierBytes + bytes) / 2;
            known = true;
            first = packet.extended;
            timestamp = (int) packet.rtp.timestamp();
            arrivedNs = nowNs;
            bytes = 0;
        }
        if (known && (int) packet.rtp.timestamp() == timestamp) {
            bytes += packet.rtp.packet().length() + SendSideEstimator.PACKET_OVERHEAD_BYTES;
        }
    }

    /** Another stream comes. */
    void reset() {
        known = false;
        bytes = 0;
    }

    /** A key frame began on this stream. */
    boolean known() {
        return known;
    }

    /** Extended sequence number of its first packet. */
    long first() {
        return first;
    }

    int timestamp() {
        return timestamp;
    }

    /** When its first packet came. */
    long arrivedNs() {
        return arrivedNs;
    }

    /** What a key frame takes on the wire; 0 while unknown. */
    long bytes() {
        return Math.max(bytes, earlierBytes);
    }
}
