// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.sfu.bwe;

import java.util.Arrays;
import org.nhipcau.sfu.rtcp.TransportFeedbackFlyweight;

/**
 * What one feedback packet says of the packets that were sent, in the order in which they were sent, whichever format
 * it came in: transport-wide feedback or RFC 8888.
 *
 * <p>Numbers that were never sent, or are forgotten, are left out; each number occurs at most once.
 *
 * <p>Thread: one. Owns: its arrays, which grow with the largest feedback up to {@link SentPacketLog#CAPACITY} entries.
 * One serves all viewers of a room in turn.
 */
public final class Arrivals {
    /** In place of an arrival time: the packet is missing. */
    public static final long LOST = Long.MIN_VALUE;
    /** In place of an arrival time: the packet came in, it is not known when. */
    public static final long TIME_UNKNOWN = Long.MIN_VALUE + 1;
    private static final int FIRST_CAPACITY = 64;
    private static final long COMPACT_SECOND = 65_536;
    private static final int OFFSET_TICKS_PER_SECOND = 1_024;
    /** RFC 8888 §3.1: from here on the offset is no time. */
    private static final int OFFSET_UNKNOWN = 0x1ffe;

    private long[] sequences = new long[FIRST_CAPACITY];
    private long[] arrivalUs = new long[FIRST_CAPACITY];
    private int count;
    private boolean sorted = true;
    private long reportUs;

    /** Takes transport-wide feedback about the packets of a log. */
    public void read(TransportFeedbackFlyweight feedback, SentPacketLog log) {
        clear();
        int walked = 0;
        feedback.rewind();
        // Whoever lists more numbers than are remembered lists some that are none of ours.
        while (walked++ < SentPacketLog.CAPACITY && feedback.next()) {
            long sequence = log.find(feedback.sequence());
            if (sequence >= 0) {
                add(sequence, feedback.received() ? feedback.arrivalTimeUs() : LOST);
            }
        }
    }

    /**
     * Begins RFC 8888 feedback.
     *
     * @param reportTimestamp compact NTP, the receiver's clock
     */
    public void beginCongestionFeedback(long reportTimestamp) {
        clear();
        reportUs = reportTimestamp * 1_000_000 / COMPACT_SECOND;
    }

    /**
     * Adds one packet of RFC 8888 feedback.
     *
     * @param sequence of the {@link SentPacketLog}
     * @param arrivalOffset before the report, in 1/1024 s
     */
    public void addCongestionFeedback(long sequence, boolean received, int arrivalOffset) {
        if (!received) {
            add(sequence, LOST);
        } else if (arrivalOffset >= OFFSET_UNKNOWN) {
            add(sequence, TIME_UNKNOWN);
        } else {
            add(sequence, reportUs - arrivalOffset * 1_000_000L / OFFSET_TICKS_PER_SECOND);
        }
    }

    /** Adds one packet; call {@link #finish} when all are in. */
    void add(long sequence, long arrival) {
        if (count == SentPacketLog.CAPACITY) {
            return;
        }
        if (count == sequences.length) {
            sequences = Arrays.copyOf(sequences, count * 2);
            arrivalUs = Arrays.copyOf(arrivalUs, count * 2);
        }
        sorted &= count == 0 || sequences[count - 1] < sequence;
        sequences[count] = sequence;
        arrivalUs[count++] = arrival;
    }

    /** Brings what was added stream by stream into the order of sending; a number that came twice stays once. */
    public void finish() {
        if (sorted) {
            return;
        }
        // A few streams, each in order: runs that insertion sort would move far, so a heap is built instead.
        for (int i = count / 2 - 1; i >= 0; i--) {
            sink(i, count);
        }
        for (int end = count - 1; end > 0; end--) {
            swap(0, end);
            sink(0, end);
        }
        int kept = 0;
        for (int i = 0; i < count; i++) {
            if (kept > 0 && sequences[kept - 1] == sequences[i]) {
                arrivalUs[kept - 1] = Math.max(arrivalUs[kept - 1], arrivalUs[i]);
            } else {
                sequences[kept] = sequences[i];
                arrivalUs[kept++] = arrivalUs[i];
            }
        }
        count = kept;
        sorted = true;
    }

    private void sink(int from, int end) {
        int at = from;
        while (2 * at + 1 < end) {
            int child = 2 * at + 1;
            if (child + 1 < end && sequences[child + 1] > sequences[child]) {
                child++;
            }
            if (sequences[at] >= sequences[child]) {
                return;
            }
            swap(at, child);
            at = child;
        }
    }

    private void swap(int a, int b) {
        long sequence = sequences[a];
        sequences[a] = sequences[b];
        sequences[b] = sequence;
        long arrival = arrivalUs[a];
        arrivalUs[a] = arrivalUs[b];
        arrivalUs[b] = arrival;
    }

    void clear() {
        count = 0;
        sorted = true;
    }

    int count() {
        return count;
    }

    long sequence(int index) {
        return sequences[index];
    }

    /** The packet came in, whether it is known when or not. */
    boolean received(int index) {
        return arrivalUs[index] != LOST;
    }

    boolean timed(int index) {
        return arrivalUs[index] > TIME_UNKNOWN;
    }

    /** Index of the last that is {@link #timed}; -1: none is. */
    int lastTimed() {
        int last = count - 1;
        while (last >= 0 && !timed(last)) {
            last--;
        }
        return last;
    }

    /** By the receiver's clock; only if {@link #timed}. */
    long arrivalUs(int index) {
        return arrivalUs[index];
    }
}
