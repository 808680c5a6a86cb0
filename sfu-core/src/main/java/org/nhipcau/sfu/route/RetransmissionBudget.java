// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.sfu.route;

/**
 * Bounds what one viewer can make us send again: per packet by tries and round trips, in all by a share of what it is
 * being sent anyway. So forged or greedy requests amplify nothing (V20).
 *
 * <p>Thread: one.
 */
final class RetransmissionBudget {
    /** Times that one packet is sent again. */
    static final int MAX_TRIES = 4;
    /** Share of the sent bytes that may be sent again. */
    private static final double SHARE = 0.20;
    /** So much may always be sent again, in bytes per second: a few packets of a thin stream. */
    private static final double FLOOR_BYTES_PER_SECOND = 5_000;
    private static final double BURST_BYTES = 24_000;
    private static final long MIN_SPACING_NS = 10_000_000L;

    private double allowanceBytes = BURST_BYTES;
    private long lastNs = Long.MIN_VALUE;

    /** Counts what was sent for the first time: a share of it may be sent again. */
    void onSent(int lengthBytes, long nowNs) {
        refill(nowNs);
        allowanceBytes = Math.min(BURST_BYTES, allowanceBytes + lengthBytes * SHARE);
    }

    /**
     * Whether one more retransmission is allowed.
     *
     * @param sinceLastMs since the last one of the same packet, meaningless before the first
     */
    boolean mayRetry(int tries, int sinceLastMs, long roundTripNs, long nowNs) {
        refill(nowNs);
        boolean spaced = tries == 0 || sinceLastMs * 1_000_000L >= Math.max(roundTripNs, MIN_SPACING_NS);
        return tries < MAX_TRIES && spaced && allowanceBytes > 0;
    }

    void onRetransmitted(int lengthBytes) {
        allowanceBytes -= lengthBytes;
    }

    private void refill(long nowNs) {
        if (lastNs != Long.MIN_VALUE && nowNs > lastNs) {
            double seconds = Math.min(nowNs - lastNs, 5_000_000_000L) / 1e9;
            allowanceBytes = Math.min(BURST_BYTES, allowanceBytes + seconds * FLOOR_BYTES_PER_SECOND);
        }
        lastNs = nowNs;
    }
}
