// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.sfu.stream;

import java.util.Arrays;

/**
 * Measures a bit rate and a packet rate over the last second, in ten buckets of 100 ms.
 *
 * <p>Thread: one.
 */
public final class RateMeter {
    private static final int BUCKETS = 10;
    private static final long BUCKET_NS = 100_000_000L;

    private final long[] bytes = new long[BUCKETS];
    private final int[] events = new int[BUCKETS];
    private long newest = Long.MIN_VALUE;
    private long oldest;
    private long sumBytes;
    private int sumEvents;

    /** Counts one packet. */
    public void add(int lengthBytes, long nowNs) {
        add(1, lengthBytes, nowNs);
    }

    /** Counts packets of one moment. */
    public void add(int packets, int lengthBytes, long nowNs) {
        roll(nowNs);
        int at = (int) Math.floorMod(newest, (long) BUCKETS);
        bytes[at] += lengthBytes;
        events[at] += packets;
        sumBytes += lengthBytes;
        sumEvents += packets;
    }

    /** Bits per second over the last second, or over the time since the first packet when that is shorter. */
    public long bitsPerSecond(long nowNs) {
        roll(nowNs);
        return sumBytes * 8 * 1_000 / spanMs(nowNs);
    }

    /** Packets (or whatever is counted) per second over the same span. */
    public double perSecond(long nowNs) {
        roll(nowNs);
        return sumEvents * 1_000.0 / spanMs(nowNs);
    }

    /** Forgets everything. */
    public void reset() {
        newest = Long.MIN_VALUE;
        Arrays.fill(bytes, 0);
        Arrays.fill(events, 0);
        sumBytes = 0;
        sumEvents = 0;
    }

    // Never shorter than two buckets, so that a single packet is no burst of megabits.
    private long spanMs(long nowNs) {
        long firstNs = Math.max(oldest, newest - BUCKETS + 1) * BUCKET_NS;
        return Math.max(200, (nowNs - firstNs) / 1_000_000);
    }

    private void roll(long nowNs) {
        long bucket = Math.floorDiv(nowNs, BUCKET_NS);
        if (newest == Long.MIN_VALUE) {
            newest = bucket;
            oldest = bucket;
            return;
        }
        for (int i = 0; newest < bucket; i++) {
            newest++;
            if (i == BUCKETS) {
                newest = bucket;
                return;
            }
            int at = (int) Math.floorMod(newest, (long) BUCKETS);
            sumBytes -= bytes[at];
            sumEvents -= events[at];
            bytes[at] = 0;
            events[at] = 0;
        }
    }
}
