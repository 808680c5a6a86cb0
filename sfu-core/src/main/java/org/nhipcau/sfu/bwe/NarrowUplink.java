// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.sfu.bwe;

/**
 * Remembers that an uplink carries hardly more than a voice, so that the voice is kept thin there and leaves some room.
 *
 * <p>Whether a richer voice fits again shows only when it is tried, and a trial that fails is a queue in front of the
 * voice. So the pause before the next one doubles each time, as long as nothing shows that the path is another: more
 * came through it, or it did well with the richer voice for a while.
 *
 * <p>By taste: all figures. Thread: one.
 */
final class NarrowUplink {
    /** Beside a voice of 24 kbit/s with its headers, an uplink of less has no room for the smallest picture. */
    private static final long NARROW_BPS = 100_000;
    /** What brings in so much without a queue is not narrow. */
    private static final long WIDE_BPS = 150_000;
    private static final long FIRST_PAUSE_NS = 30_000_000_000L;
    private static final long MAX_PAUSE_NS = 240_000_000_000L;
    /** A trial that has gone well for so long has not failed. */
    private static final long TRIAL_NS = 60_000_000_000L;
    private static final long NEVER = Long.MIN_VALUE;

    private long seenNs = NEVER;
    private long pauseNs = FIRST_PAUSE_NS;

    /** So many bits per second come out of a queue that stands there although no picture is sent. */
    void onQueue(double carriedBps, long nowNs) {
        if (carriedBps >= NARROW_BPS) {
            return;
        }
        if (seenNs != NEVER && !narrow(nowNs)) {
            boolean failed = nowNs - seenNs < pauseNs + TRIAL_NS;
            pauseNs = failed ? Math.min(2 * pauseNs, MAX_PAUSE_NS) : FIRST_PAUSE_NS;
        }
        seenNs = nowNs;
    }

    /** So many bits per second come in, and nothing waits. */
    void onNoQueue(long receivedBps) {
        if (receivedBps >= WIDE_BPS) {
            seenNs = NEVER;
            pauseNs = FIRST_PAUSE_NS;
        }
    }

    /** It was seen to carry hardly more than a voice, and it is not yet time to try a richer one. */
    boolean narrow(long nowNs) {
        return seenNs != NEVER && nowNs - seenNs < pauseNs;
    }
}
