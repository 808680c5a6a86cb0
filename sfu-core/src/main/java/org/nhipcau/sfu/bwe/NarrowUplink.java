// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.sfu.bwe;

/**
 * Remembers that an uplink carries hardly more than a voice, so that the voice is kept thin there and leaves some room.
 *
 * <p>Whether a richer voice fits again shows only when it is tried, and a trial that fails is a queue in front of the
 * voice. So the pause before the next one doubles each time, as long as nothing shows that the path is another: more
 * came through it, or it did well with the richer voice for a while. A queue that proves to be others' tells nothing.
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
    /** A trial that has gone well for so long has not failed; while nothing is sent nothing is tried. */
    private static final long TRIAL_NS = 60_000_000_000L;
    private static final long NEVER = Long.MIN_VALUE;

    private long seenNs = NEVER;
    private long pauseNs = FIRST_PAUSE_NS;
    /** For so long media has come in since the pause ended. */
    private long triedNs;
    // The same as they were before the queue that stands now.
    private long seenBeforeNs = NEVER;
    private long pauseBeforeNs = FIRST_PAUSE_NS;
    private long triedBeforeNs;

    /** A queue begins to stand. */
    void onBegin() {
        seenBeforeNs = seenNs;
        pauseBeforeNs = pauseNs;
        triedBeforeNs = triedNs;
    }

    /** What stands there is not the publisher's: what came out of it since {@link #onBegin} is not the uplink's rate. */
    void onOthers() {
        seenNs = seenBeforeNs;
        pauseNs = pauseBeforeNs;
        triedNs = triedBeforeNs;
    }

    /** So many bits per second come out of a queue that stands there although no picture is sent. */
    void onQueue(double carriedBps, long nowNs) {
        if (carriedBps >= NARROW_BPS) {
            return;
        }
        if (seenNs != NEVER && !narrow(nowNs)) {
            pauseNs = triedNs < TRIAL_NS ? Math.min(2 * pauseNs, MAX_PAUSE_NS) : FIRST_PAUSE_NS;
        }
        seenNs = nowNs;
        triedNs = 0;
    }

    /**
     * Media came in.
     *
     * @param forNs for so long
     * @param receivedBps so many bits per second, without a queue; 0: not known
     */
    void onMedia(long forNs, long receivedBps, long nowNs) {
        triedNs += seenNs == NEVER || narrow(nowNs) ? 0 : forNs;
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
