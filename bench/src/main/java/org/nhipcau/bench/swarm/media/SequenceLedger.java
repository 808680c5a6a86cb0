// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.bench.swarm.media;

import org.nhipcau.sfu.rtp.SequenceUnwrapper;

/**
 * Keeps account of the sequence numbers of one stream: which came, which came twice, which are missing for good.
 *
 * <p>Thread: one.
 */
final class SequenceLedger {
    private static final int WINDOW = 4_096;
    private static final int MASK = WINDOW - 1;

    private final SequenceUnwrapper unwrapper = new SequenceUnwrapper();
    private final long[] seen = new long[WINDOW / 64];
    private long first;
    private long received;
    private long duplicates;
    private long lostBehindWindow;
    private long sequence;
    private long gapFrom;

    /** What a number meant. */
    enum Outcome {
        /** The one after the highest so far, or the very first. */
        NEXT,
        /** Numbers before it are missing. */
        AHEAD,
        /** One that was missing. */
        FILLED,
        /** One that was there already. */
        DUPLICATE,
        /** From before the first, or too long ago to know. */
        OLD
    }

    Outcome note(int sequenceNumber) {
        if (!unwrapper.started()) {
            first = unwrapper.unwrap(sequenceNumber);
            sequence = first;
            mark(first);
            return Outcome.NEXT;
        }
        long highest = unwrapper.highest();
        sequence = unwrapper.peek(sequenceNumber);
        if (sequence > highest) {
            unwrapper.unwrap(sequenceNumber);
            advance(highest, sequence);
            mark(sequence);
            gapFrom = highest + 1;
            return sequence == highest + 1 ? Outcome.NEXT : Outcome.AHEAD;
        }
        if (sequence < first || highest - sequence >= WINDOW) {
            return Outcome.OLD;
        }
        if (isMarked(sequence)) {
            duplicates++;
            return Outcome.DUPLICATE;
        }
        mark(sequence);
        return Outcome.FILLED;
    }

    // What leaves the window without having come is lost for good.
    private void advance(long highest, long newHighest) {
        for (long next = highest + 1; next <= newHighest; next++) {
            long leaving = next - WINDOW;
            if (leaving >= first && !isMarked(leaving)) {
                lostBehindWindow++;
            }
            seen[(int) (next & MASK) >>> 6] &= ~(1L << (next & 63));
        }
    }

    private void mark(long number) {
        seen[(int) (number & MASK) >>> 6] |= 1L << (number & 63);
        received++;
    }

    private boolean isMarked(long number) {
        return (seen[(int) (number & MASK) >>> 6] & 1L << (number & 63)) != 0;
    }

    boolean started() {
        return unwrapper.started();
    }

    /** The number noted last, unwrapped. */
    long sequence() {
        return sequence;
    }

    /** After AHEAD: the first number that was passed over. */
    long gapFrom() {
        return gapFrom;
    }

    long highest() {
        return unwrapper.highest();
    }

    /** Numbers from the first to the highest. */
    long expected() {
        return started() ? unwrapper.highest() - first + 1 : 0;
    }

    /** Different numbers that came. */
    long received() {
        return received;
    }

    long duplicates() {
        return duplicates;
    }

    /** Numbers missing now, those that may still come included. */
    long missing() {
        return expected() - received;
    }

    /** Numbers that can come no more. */
    long lostForGood() {
        return lostBehindWindow;
    }
}
