// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.sfu.bwe;

/**
 * What a connection has learnt of its path, for the same person's next connection to begin with.
 *
 * <p>Names nobody and no place. Whoever keeps it adds the time that it lay ({@link #older}); one that is too old, or
 * has figures that no estimator gives, is of no use ({@link #usable}).
 *
 * @param estimateBps what the path carried, IP headers included
 * @param roundTripNs without waiting in the path; 0: not known
 * @param lossRatio of the radio itself, 0 to 1
 * @param burstLength packets that were lost in a row, on average; 1 and more
 * @param ageNs time since it was learnt
 */
public record WarmStart(long estimateBps, long roundTripNs, double lossRatio, double burstLength, long ageNs) {
    /** A path changes with place, hour and weather: what was learnt the day before says little. By taste. */
    public static final long MAX_AGE_NS = 12L * 3_600 * 1_000_000_000L;
    /** Up to here it is believed by the larger share. By taste. */
    private static final long FRESH_NS = 15L * 60 * 1_000_000_000L;
    /** Share of the old rate to begin with; a probe verifies the rest. */
    private static final double FRESH_SHARE = 0.7;
    private static final double OLD_SHARE = 0.4;
    private static final long MAX_ROUND_TRIP_NS = 10_000_000_000L;

    /** The same after it has lain for a while. */
    public WarmStart older(long byNs) {
        return new WarmStart(estimateBps, roundTripNs, lossRatio, burstLength, ageNs + Math.max(0, byNs));
    }

    /** Young enough, and within what an estimator can have measured. */
    public boolean usable() {
        return ageNs >= 0 && ageNs <= MAX_AGE_NS && estimateBps >= SendSideEstimator.MIN_BPS
                && estimateBps <= SendSideEstimator.MAX_BPS && roundTripNs >= 0 && roundTripNs <= MAX_ROUND_TRIP_NS
                && lossRatio >= 0 && lossRatio < 1 && burstLength >= 1 && burstLength < 1_000;
    }

    /** The rate to begin with. */
    long startBps() {
        return (long) (estimateBps * (ageNs <= FRESH_NS ? FRESH_SHARE : OLD_SHARE));
    }
}
