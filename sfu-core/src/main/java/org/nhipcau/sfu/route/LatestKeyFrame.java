// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.sfu.route;

import java.util.Arrays;
import org.nhipcau.sfu.bwe.SendSideEstimator;
import org.nhipcau.sfu.codec.LayerSet;

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
    private long lastPartNs;
    /** By spatial layer, with those below. */
    private final long[] bytes = new long[LayerSet.LAYERS];
    private final long[] earlierBytes = new long[LayerSet.LAYERS];

    /** Takes note of a packet with a payload. */
    void onPacket(SourcePacket packet, long nowNs) {
        if (packet.startsKeyFrame() && (!known || packet.extended > first)) {
            // Half and half: one unusual scene does not decide what the next is thought to weigh.
            for (int i = 0; i < LayerSet.LAYERS; i++) {
                earlierBytes[i] = earlierBytes[i] == 0 ? bytes[i] : (earlierBytes[i] + bytes[i]) / 2;
                bytes[i] = 0;
            }
            known = true;
            first = packet.extended;
            timestamp = (int) packet.rtp.timestamp();
            arrivedNs = nowNs;
            lastPartNs = nowNs;
        }
        if (known && (int) packet.rtp.timestamp() == timestamp) {
            onPart(packet);
            if (packet.extended == packet.newest) {
                // What comes late, or again, tells of loss and not of what the uplink carries.
                lastPartNs = nowNs;
            }
        }
    }

    private void onPart(SourcePacket packet) {
        for (int i = Math.min(packet.mark.spatialId, LayerSet.LAYERS - 1); i < LayerSet.LAYERS; i++) {
            bytes[i] += packet.rtp.packet().length() + SendSideEstimator.PACKET_OVERHEAD_BYTES;
        }
    }

    /** Another stream comes. */
    void reset() {
        known = false;
        Arrays.fill(bytes, 0);
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

    /** When its last packet so far came that was the newest then. */
    long lastPartNs() {
        return lastPartNs;
    }

    /** What a key frame takes on the wire up to a spatial layer; 0 while unknown. */
    long bytes(int spatial) {
        return Math.max(bytes[spatial], earlierBytes[spatial]);
    }
}
