// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.sfu.quality;

import java.util.Arrays;

/**
 * Tells by how much packets come later than the soonest of the last minute: the queue that stands in the path.
 *
 * <p>Only differences count, so the clocks of both ends may be any time apart; what they drift in a minute is little.
 *
 * <p>Thread: one.
 */
public final class StandingDelay {
    private static final int BUCKETS = 6;
    private static final long BUCKET_NS = 10_000_000_000L;

    private final double[] leastMs = new double[BUCKETS];
    private long bucket = Long.MIN_VALUE;
    private double excessMs;

    public StandingDelay() {
        forget();
    }

    /** Takes the soonest transit of an interval, against any constant reference. */
    public void add(double transitMs, long nowNs) {
        long now = Math.floorDiv(nowNs, BUCKET_NS);
        for (long i = Math.max(bucket + 1, now - BUCKETS + 1); i <= now; i++) {
            leastMs[(int) Math.floorMod(i, (long) BUCKETS)] = Double.MAX_VALUE;
        }
        bucket = Math.max(bucket, now);
        int at = (int) Math.floorMod(now, (long) BUCKETS);
        leastMs[at] = Math.min(leastMs[at], transitMs);
        double least = Double.MAX_VALUE;
        for (double each : leastMs) {
            least = Math.min(least, each);
        }
        excessMs = transitMs - least;
    }

    /** The queue as the last interval showed it; 0 before anything is known. */
    public double excessMs() {
        return excessMs;
    }

    /** Another stream with another reference begins. */
    public void forget() {
        Arrays.fill(leastMs, Double.MAX_VALUE);
        bucket = Long.MIN_VALUE / 2;
        excessMs = 0;
    }
}
