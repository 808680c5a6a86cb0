// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.bench.forward;

/** Counts durations in buckets that grow with them: 32 per doubling, so a percentile is right within 3 %. Thread: one. */
final class Histogram {
    private static final int STEPS = 32;
    private static final int STEP_BITS = 5;

    private final long[] counts = new long[64 * STEPS];
    private long count;
    private long maxNs;

    void add(long durationNs) {
        long value = Math.max(0, durationNs);
        counts[bucket(value)]++;
        count++;
        maxNs = Math.max(maxNs, value);
    }

    long count() {
        return count;
    }

    long maxNs() {
        return maxNs;
    }

    /** The duration that this share of all does not exceed; NaN without any. */
    double percentileNs(double share) {
        if (count == 0) {
            return Double.NaN;
        }
        long wanted = Math.max(1, (long) Math.ceil(share * count));
        long seen = 0;
        for (int i = 0; i < counts.length; i++) {
            seen += counts[i];
            if (seen >= wanted) {
                return Math.min(maxNs, upperEdge(i));
            }
        }
        return maxNs;
    }

    private static int bucket(long value) {
        if (value < STEPS) {
            return (int) value;
        }
        int shift = Long.SIZE - 1 - Long.numberOfLeadingZeros(value) - STEP_BITS;
        return (shift + 1) * STEPS + (int) (value >>> shift) - STEPS;
    }

    private static long upperEdge(int bucket) {
        if (bucket < STEPS) {
            return bucket;
        }
        int shift = bucket / STEPS - 1;
        return ((long) (bucket % STEPS + STEPS) + 1 << shift) - 1;
    }
}
