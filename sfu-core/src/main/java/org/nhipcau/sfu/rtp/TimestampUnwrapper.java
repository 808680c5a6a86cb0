// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.sfu.rtp;

/**
 * Turns 32-bit RTP timestamps into ever-growing longs, so that comparing and subtracting them is plain arithmetic.
 *
 * <p>A timestamp is read as the nearest one to the highest seen so far: up to 2^31 - 1 ahead, up to 2^31 behind. The
 * first stands for itself; those before it may be negative. Late packets never pull the reference back.
 *
 * <p>Spec: RFC 3550 §5.1. Thread: one.
 */
public final class TimestampUnwrapper {
    private long highest;
    private boolean started;

    /** The long for a 32-bit timestamp (higher bits are ignored); moves the reference when it is the highest so far. */
    public long unwrap(long timestamp) {
        long value = peek(timestamp);
        if (!started || value > highest) {
            highest = value;
            started = true;
        }
        return value;
    }

    /** The long for a 32-bit timestamp without moving the reference. */
    public long peek(long timestamp) {
        return started ? highest + (int) (timestamp - highest) : timestamp & 0xffff_ffffL;
    }

    /** A timestamp was unwrapped since the start or the last reset. */
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
