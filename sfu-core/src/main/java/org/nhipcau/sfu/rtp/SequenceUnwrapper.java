// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.sfu.rtp;

/**
 * Turns 16-bit sequence numbers into ever-growing longs, so that comparing and subtracting them is plain arithmetic.
 *
 * <p>A number is read as the nearest one to the highest seen so far: up to 32767 ahead, up to 32768 behind. The first
 * number stands for itself; those before it may be negative. Late packets never pull the reference back.
 * The low 32 bits of {@link #highest()} are RFC 3550's extended highest sequence number.
 *
 * <p>Spec: RFC 3550 §6.4.1, appendix A.1. Thread: one.
 */
public final class SequenceUnwrapper {
    private long highest;
    private boolean started;

    /** The long for a 16-bit number (higher bits are ignored); moves the reference when it is the highest so far. */
    public long unwrap(int sequenceNumber) {
        long value = peek(sequenceNumber);
        if (!started || value > highest) {
            highest = value;
            started = true;
        }
        return value;
    }

    /** The long for a 16-bit number without moving the reference. */
    public long peek(int sequenceNumber) {
        return started ? highest + (short) (sequenceNumber - (int) highest) : sequenceNumber & 0xffff;
    }

    /** A number was unwrapped since the start or the last reset. */
    public boolean started() {
        return started;
    }

    /** The highest value so far; meaningless before {@link #started()}. */
    public long highest() {
        return highest;
    }

    /** Forgets everything, for a source that began anew. */
    public void reset() {
        highest = 0;
        started = false;
    }
}
