// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.sfu.sim.link;

import java.util.Arrays;

/**
 * What one direction of a link carries over time: a rate, piece by piece, with its exact integral, and the chance of
 * loss that goes with each piece.
 *
 * <p>Work is counted in kbit/s times nanoseconds, so a byte is 8,000,000 of it and nothing is ever rounded: a packet
 * that a rate change or a stall catches half-way leaves at the right nanosecond.
 *
 * <p>Thread: any; does not change.
 */
public final class Capacity {
    /** Work of one byte. */
    public static final long BYTE = 8_000_000L;
    /** A rate that takes no time at all. */
    public static final long UNLIMITED_KBPS = -1;
    /** So that the work of an hour fits 63 bits. */
    private static final long MAX_KBPS = 1_000_000;

    private final long[] fromNs;
    private final long[] kbps;
    private final double[] lossRatio;
    private final long[] work;
    private final long periodNs;
    private final long periodWork;

    /**
     * @param fromNs when each piece begins, ascending from 0
     * @param kbps its rate; 0: packets wait; {@link #UNLIMITED_KBPS} only as the one piece
     * @param lossRatio 0 to 1 of each piece; negative: as the link's settings say
     * @param periodNs after which it begins anew; 0: the last piece lasts for ever
     */
    public Capacity(long[] fromNs, long[] kbps, double[] lossRatio, long periodNs) {
        check(fromNs, kbps, lossRatio, periodNs);
        this.fromNs = fromNs.clone();
        this.kbps = kbps.clone();
        this.lossRatio = lossRatio.clone();
        this.periodNs = periodNs;
        work = new long[kbps.length];
        for (int i = 1; i < kbps.length; i++) {
            work[i] = work[i - 1] + (fromNs[i] - fromNs[i - 1]) * kbps[i - 1];
        }
        int last = kbps.length - 1;
        periodWork = periodNs == 0 ? 0 : work[last] + (periodNs - fromNs[last]) * kbps[last];
        if (periodNs > 0 && periodWork == 0) {
            throw new IllegalArgumentException("a profile that repeats and carries nothing");
        }
    }

    private static void check(long[] fromNs, long[] kbps, double[] lossRatio, long periodNs) {
        if (fromNs.length == 0 || fromNs.length != kbps.length || kbps.length != lossRatio.length || fromNs[0] != 0) {
            throw new IllegalArgumentException("a capacity needs pieces of equal count, the first from 0");
        }
        for (int i = 0; i < kbps.length; i++) {
            boolean unlimited = kbps[i] == UNLIMITED_KBPS && kbps.length == 1;
            if (!unlimited && (kbps[i] < 0 || kbps[i] > MAX_KBPS) || i > 0 && fromNs[i] <= fromNs[i - 1]) {
                throw new IllegalArgumentException("piece " + i + " is " + kbps[i] + " kbps from " + fromNs[i]
                        + " ns; allowed: 0 to " + MAX_KBPS + " kbps, times ascending");
            }
        }
        if (periodNs != 0 && periodNs <= fromNs[fromNs.length - 1]) {
            throw new IllegalArgumentException("a period of " + periodNs + " ns ends before the last piece begins");
        }
    }

    /** The same rate for ever. */
    public static Capacity constant(long kbps) {
        return new Capacity(new long[1], new long[] {kbps}, new double[] {-1}, 0);
    }

    /** A rate for a time in ms, then the next; the last for ever. @param msAndKbps from when, which rate, and so on */
    public static Capacity steps(long... msAndKbps) {
        int count = msAndKbps.length / 2;
        long[] from = new long[count];
        long[] rates = new long[count];
        double[] loss = new double[count];
        for (int i = 0; i < count; i++) {
            from[i] = msAndKbps[2 * i] * 1_000_000;
            rates[i] = msAndKbps[2 * i + 1];
            loss[i] = -1;
        }
        return new Capacity(from, rates, loss, 0);
    }

    /** As this one, but nothing is carried for a time: packets wait. Only without a period. */
    public Capacity hold(long atNs, long durationNs) {
        if (periodNs != 0 || unlimited()) {
            throw new IllegalStateException("an outage in a profile without end or limit");
        }
        long endNs = atNs + durationNs;
        int count = 0;
        long[] from = new long[kbps.length + 2];
        long[] rates = new long[kbps.length + 2];
        double[] loss = new double[kbps.length + 2];
        for (int i = 0; i < kbps.length; i++) {
            if (fromNs[i] < atNs || fromNs[i] > endNs) {
                from[count] = fromNs[i];
                rates[count] = kbps[i];
                loss[count++] = lossRatio[i];
            }
            boolean last = i == kbps.length - 1;
            if (fromNs[i] <= atNs && (last || fromNs[i + 1] > atNs)) {
                from[count] = atNs;
                loss[count++] = lossRatio[i];
            }
            if (fromNs[i] <= endNs && (last || fromNs[i + 1] > endNs)) {
                from[count] = endNs;
                rates[count] = kbps[i];
                loss[count++] = lossRatio[i];
            }
        }
        return new Capacity(Arrays.copyOf(from, count), Arrays.copyOf(rates, count), Arrays.copyOf(loss, count), 0);
    }

    /** This one from a time on, which becomes its beginning. Only without a period. */
    public Capacity from(long ns) {
        if (periodNs != 0) {
            throw new IllegalStateException("a profile that repeats has no beginning");
        }
        int first = pieceAt(ns);
        long[] from = Arrays.copyOfRange(fromNs, first, fromNs.length);
        for (int i = 0; i < from.length; i++) {
            from[i] = Math.max(0, from[i] - ns);
        }
        return new Capacity(from, Arrays.copyOfRange(kbps, first, kbps.length),
                Arrays.copyOfRange(lossRatio, first, lossRatio.length), 0);
    }

    /** The rate is too high to matter. */
    public boolean unlimited() {
        return kbps[0] == UNLIMITED_KBPS;
    }

    /** What could have been carried from 0 until then. Not where {@link #unlimited}. */
    public long workUntil(long ns) {
        if (ns <= 0) {
            return 0;
        }
        long rounds = periodNs == 0 ? 0 : ns / periodNs;
        long within = ns - rounds * periodNs;
        int i = pieceAt(within);
        return rounds * periodWork + work[i] + (within - fromNs[i]) * kbps[i];
    }

    /** When so much has been carried: the first such ns; {@link Long#MAX_VALUE}: never. Not where unlimited. */
    public long timeOf(long wanted) {
        long rounds = periodNs == 0 ? 0 : (wanted - 1) / periodWork;
        long within = wanted - rounds * periodWork;
        int low = 0;
        int high = work.length - 1;
        // The last piece that begins with less than is wanted.
        while (low < high) {
            int middle = low + high + 1 >>> 1;
            if (work[middle] < within) {
                low = middle;
            } else {
                high = middle - 1;
            }
        }
        long missing = within - work[low];
        if (missing <= 0) {
            return rounds * periodNs;
        }
        if (kbps[low] == 0) {
            return Long.MAX_VALUE;
        }
        return rounds * periodNs + fromNs[low] + (missing + kbps[low] - 1) / kbps[low];
    }

    /** The rate at a time. */
    public long kbpsAt(long ns) {
        return kbps[pieceAt(periodNs == 0 ? ns : ns % periodNs)];
    }

    /** The chance of loss at a time; negative: as the link's settings say. */
    public double lossAt(long ns) {
        return lossRatio[pieceAt(periodNs == 0 ? ns : ns % periodNs)];
    }

    private int pieceAt(long ns) {
        if (kbps.length == 1) {
            return 0;
        }
        int i = Arrays.binarySearch(fromNs, ns);
        return i >= 0 ? i : Math.max(0, -i - 2);
    }
}
