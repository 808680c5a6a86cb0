// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.sfu.stream;

import java.util.Arrays;

/**
 * Tells which lost packet of a stream a copy within RED stands for: RED names copies by their timestamps alone, but to
 * be forwarded in its place a packet needs its sequence number.
 *
 * <p>The received neighbours answer. Between them either one packet alone is missing, or as many copies are there as
 * packets are missing, or packets follow each other at even distances. Where none of these holds (a pause of the
 * encoder, with loss at its edge) the copy stays unused: sound at the wrong place is worse than none. Padding, by which
 * native clients probe their path, takes numbers among those of sound and repeats a time: it is no neighbour, and its
 * number is no lost frame's.
 *
 * <pre>
 *  received   100 @0            103 @2880 with copies @960 @1920      →  @960 is 101, @1920 is 102
 * </pre>
 * Spec: RFC 2198. Thread: one.
 */
public final class LostFrames {
    private static final int SLOTS = 32;

    private final long[] sequences = new long[SLOTS];
    private final int[] timestamps = new int[SLOTS];
    private final boolean[] padding = new boolean[SLOTS];
    private long newest = Long.MIN_VALUE;
    private long first = Long.MIN_VALUE;

    public LostFrames() {
        Arrays.fill(sequences, Long.MIN_VALUE);
    }

    /** Notes a packet that was received or recovered. */
    public void onPacket(long extendedSequence, int timestamp) {
        note(extendedSequence, timestamp, false);
    }

    /** Notes a received packet without sound. */
    public void onPadding(long extendedSequence) {
        note(extendedSequence, 0, true);
    }

    private void note(long extendedSequence, int timestamp, boolean empty) {
        int slot = (int) extendedSequence & SLOTS - 1;
        if (extendedSequence < sequences[slot]) {
            return;
        }
        if (newest == Long.MIN_VALUE) {
            first = extendedSequence;
        }
        sequences[slot] = extendedSequence;
        timestamps[slot] = timestamp;
        padding[slot] = empty;
        newest = Math.max(newest, extendedSequence);
    }

    /** Whether a packet is missing among the last ones, so that it is worth looking at copies. */
    public boolean anyMissing() {
        for (long s = Math.max(first, newest - SLOTS + 1); s < newest; s++) {
            if (!received(s)) {
                return true;
            }
        }
        return false;
    }

    /**
     * The lost packet of a timestamp.
     *
     * @param copies copies in the same packet whose timestamps lie between the neighbours of this one, itself included,
     *     as {@link #between} tells
     * @param rank how many of these are older than this one
     * @return its extended sequence number; -1: received already, or it cannot be told
     */
    public long sequenceOf(int timestamp, int copies, int rank) {
        long before = before(timestamp);
        long after = after(timestamp);
        if (before == Long.MIN_VALUE || after == Long.MAX_VALUE || after - before < 2) {
            return -1;
        }
        int missing = missing(before, after);
        if (missing == copies) {
            return missing(before, after, rank);
        }
        int from = timestamps[(int) before & SLOTS - 1];
        int span = timestamps[(int) after & SLOTS - 1] - from;
        int step = span / (missing + 1);
        int distance = timestamp - from;
        boolean even = step > 0 && step * (missing + 1) == span && distance % step == 0;
        return even ? missing(before, after, distance / step - 1) : -1;
    }

    private int missing(long before, long after) {
        int count = 0;
        for (long s = before + 1; s < after; s++) {
            count += received(s) ? 0 : 1;
        }
        return count;
    }

    // The missing packet that has so many missing ones before it; -1 when there is none.
    private long missing(long before, long after, int rank) {
        int left = rank;
        for (long s = before + 1; s < after; s++) {
            if (!received(s) && left-- == 0) {
                return s;
            }
        }
        return -1;
    }

    private boolean received(long sequence) {
        return sequences[(int) sequence & SLOTS - 1] == sequence;
    }

    /** Whether two timestamps lie between the same two received packets. */
    public boolean between(int timestamp, int other) {
        return before(timestamp) == before(other) && after(timestamp) == after(other);
    }

    // The latest received packet that is older; the packet of that very timestamp is none of the two neighbours.
    private long before(int timestamp) {
        long found = Long.MIN_VALUE;
        for (int i = 0; i < SLOTS; i++) {
            if (known(i) && timestamps[i] - timestamp <= 0) {
                found = Math.max(found, sequences[i]);
            }
        }
        return found;
    }

    private long after(int timestamp) {
        long found = Long.MAX_VALUE;
        for (int i = 0; i < SLOTS; i++) {
            if (known(i) && timestamps[i] - timestamp >= 0) {
                found = Math.min(found, sequences[i]);
            }
        }
        return found;
    }

    private boolean known(int slot) {
        return sequences[slot] > newest - SLOTS && !padding[slot];
    }
}
