// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.sfu.sctp.send;

import org.nhipcau.sfu.sctp.wire.PacketWriter;

/**
 * How many bytes may be under way: grows with what arrives, falls with what is lost.
 *
 * <p>Spec: RFC 9260 §7.2. Thread: the association's.
 */
final class CongestionControl {
    private static final int MTU = PacketWriter.MAX_PACKET_BYTES;
    static final int INITIAL_WINDOW_BYTES = Math.min(4 * MTU, Math.max(2 * MTU, 4_404));
    /** More than ever waits for one client. */
    static final int MAX_WINDOW_BYTES = 256 * 1024;

    private int windowBytes = INITIAL_WINDOW_BYTES;
    private int thresholdBytes = MAX_WINDOW_BYTES;
    private int partialBytesAcked;

    int windowBytes() {
        return windowBytes;
    }

    /**
     * The cumulative number advanced outside of a recovery.
     *
     * @param ackedBytes all that this acknowledgement newly covers
     * @param flightBytes what was under way before it
     */
    void onAcked(int ackedBytes, int flightBytes) {
        if (windowBytes <= thresholdBytes) {
            if (flightBytes >= windowBytes) {
                windowBytes += Math.min(ackedBytes, MTU);
            }
        } else {
            partialBytesAcked += ackedBytes;
            if (partialBytesAcked >= windowBytes) {
                partialBytesAcked -= windowBytes;
                windowBytes += flightBytes >= windowBytes ? MTU : 0;
            }
        }
        windowBytes = Math.min(windowBytes, MAX_WINDOW_BYTES);
    }

    /** Nothing is under way any more (§7.2.2). */
    void onAllAcked() {
        partialBytesAcked = 0;
    }

    /** Gaps tell of a loss (§7.2.3, §7.2.4). */
    void onFastRetransmit() {
        thresholdBytes = Math.max(windowBytes / 2, 4 * MTU);
        windowBytes = thresholdBytes;
        partialBytesAcked = 0;
    }

    /** Nothing was heard for as long as it may take (§7.2.3). */
    void onTimeout() {
        thresholdBytes = Math.max(windowBytes / 2, 4 * MTU);
        windowBytes = MTU;
        partialBytesAcked = 0;
    }

    /** Nothing was sent for a while: what the path carried then says little (§7.2.1). */
    void onIdle() {
        windowBytes = Math.max(Math.min(windowBytes, INITIAL_WINDOW_BYTES), windowBytes / 2);
    }
}
