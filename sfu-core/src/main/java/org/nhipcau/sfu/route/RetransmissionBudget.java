// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.sfu.route;

/**
 * Bounds what one viewer can make us send again: per packet by tries and round trips, in all by a share of what it is
 * being sent anyway, which grows with what its path loses. So forged or greedy requests amplify nothing (V20).
 *
 * <p>Thread: one.
 */
final class RetransmissionBudget {
    /** Times that one packet is sent again: at least, and at most, where browsers ask no more either. */
    static final int MIN_TRIES = 4;
    static final int MAX_TRIES = 10;
    /**
     * So few packets may stay missing after all tries. At 200 packets a second that others build upon it is one in an
     * hour; each costs a picture that stands for seconds, until a key frame is asked for.
     */
    private static final double NEVER_REPAIRED = 1e-6;
    /**
     * Of a round trip, before a packet is sent once more. A browser asks again as soon as its own round trip is over,
     * which may be a little shorter than ours; a request refused is not made again before the next one has passed.
     */
    private static final double SPACING = 0.9;
    /** Share of the sent bytes that may be sent again on a path without loss, and at most: a viewer's word is cheap. */
    private static final double MIN_SHARE = 0.20;
    private static final double MAX_SHARE = 0.50;
    /** Each lost packet may be lost again, and some leave twice: twice the loss, and something for what was merely late. */
    private static final double SHARE_PER_LOSS = 2;
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
    /** By taste: below this, one round trip repairs nine of ten pictures of ten packets. */
    private static final double MANY_LOST = 0.08;
    private static final double CHANCE_ROWS = 1.4;
    private static final long MIN_SPACING_NS = 10_000_000L;

    private double allowanceBytes = BURST_BYTES;
    private long lastNs = Long.MIN_VALUE;
    private double share = MIN_SHARE;
    private double floorBytesPerSecond = FLOOR_BYTES_PER_SECOND;
    private int maxTries = MIN_TRIES;
    private double fittedLoss;
    private boolean chance;

    /**
     * Tells what the path is believed to be like.
     *
     * @param estimateBps what it carries
     * @param lossRatio what it loses, 0 to 1
     * @param burstLength packets lost in a row, on average
     */
    void fit(long estimateBps, double lossRatio, double burstLength) {
        share = Math.clamp(SHARE_OF_LATE + SHARE_PER_LOSS * lossRatio, MIN_SHARE, MAX_SHARE);
        if (lossRatio != fittedLoss) {
            fittedLoss = lossRatio;
            maxTries = triesFor(lossRatio);
        }
        // By chance alone rows are 1 / (1 - loss) long.
        chance = lossRatio >= MANY_LOST && burstLength * (1 - lossRatio) < CHANCE_ROWS;
        floorBytesPerSecond = Math.min(FLOOR_BYTES_PER_SECOND, estimateBps / 8.0 * FLOOR_SHARE_OF_PATH);
    }

    // The first sending is a try too.
    private static int triesFor(double lossRatio) {
        return lossRatio <= 0 ? MIN_TRIES : lossRatio >= 1 ? MAX_TRIES
                : Math.clamp((int) Math.ceil(Math.log(NEVER_REPAIRED) / Math.log(lossRatio)) - 1, MIN_TRIES, MAX_TRIES);
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
        boolean spaced = tries == 0
                || sinceLastMs * 1_000_000L >= Math.max((long) (roundTripNs * SPACING), MIN_SPACING_NS);
        return tries < maxTries && spaced && allowanceBytes > 0;
    }

    /**
     * How often a packet that others build upon is sent again at once: twice where chance takes many, since a picture
     * of ten packets else waits for a second round trip in every third case (20 % loss), and all behind it too. Not
     * where losses come in rows, which take both; and only while bytes are ample.
     */
    int copies() {
        return chance && ample() ? 2 : 1;
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
