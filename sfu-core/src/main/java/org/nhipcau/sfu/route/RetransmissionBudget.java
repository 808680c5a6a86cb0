// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.sfu.route;

/**
 * Bounds what one viewer can make us send again: per packet by tries and round trips, in all by a share of what it is
 * being sent anyway, which grows with what its path loses. So forged or greedy requests amplify nothing (V20).
 *
 * <p>Thread: one.
 */
final class RetransmissionBudget {
    /** Times that one packet is sent again. */
    static final int MAX_TRIES = 4;
    /** Share of the sent bytes that may be sent again on a path without loss, and at most: a viewer's word is cheap. */
    private static final double MIN_SHARE = 0.20;
    private static final double MAX_SHARE = 0.50;
    /** Each lost packet may be lost again: half as much again as the loss, and something for what was merely late. */
    private static final double SHARE_PER_LOSS = 1.5;
    private static final double SHARE_OF_LATE = 0.10;
    /**
     * So much may always be sent again, in bytes per second: a few packets of a thin stream. But no more than a
     * quarter of what the path carries.
     */
    private static final double FLOOR_BYTES_PER_SECOND = 5_000;
    private static final double FLOOR_SHARE_OF_PATH = 0.25;
    private static final double BURST_BYTES = 24_000;
    /** Kept back for pictures that others build upon. */
    private static final double VITAL_RESERVE_BYTES = BURST_BYTES / 4;
    private static final long MIN_SPACING_NS = 10_000_000L;

    private double allowanceBytes = BURST_BYTES;
    private long lastNs = Long.MIN_VALUE;
    private double share = MIN_SHARE;
    private double floorBytesPerSecond = FLOOR_BYTES_PER_SECOND;

    /**
     * Tells what the path is believed to be like.
     *
     * @param estimateBps what it carries
     * @param lossRatio what it loses, 0 to 1
     */
    void fit(long estimateBps, double lossRatio) {
        share = Math.clamp(SHARE_OF_LATE + SHARE_PER_LOSS * lossRatio, MIN_SHARE, MAX_SHARE);
        floorBytesPerSecond = Math.min(FLOOR_BYTES_PER_SECOND, estimateBps / 8.0 * FLOOR_SHARE_OF_PATH);
    }

    /** Counts what was sent for the first time: a share of it may be sent again. */
    void onSent(int lengthBytes, long nowNs) {
        refill(nowNs);
        allowanceBytes = Math.min(BURST_BYTES, allowanceBytes + lengthBytes * share);
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

    /** There is more than what is kept back for pictures that others build upon. */
    boolean ample() {
        return allowanceBytes > VITAL_RESERVE_BYTES;
    }

    void onRetransmitted(int lengthBytes) {
        allowanceBytes -= lengthBytes;
    }

    private void refill(long nowNs) {
        if (lastNs != Long.MIN_VALUE && nowNs > lastNs) {
            double seconds = Math.min(nowNs - lastNs, 5_000_000_000L) / 1e9;
            allowanceBytes = Math.min(BURST_BYTES, allowanceBytes + seconds * floorBytesPerSecond);
        }
        lastNs = nowNs;
    }
}
