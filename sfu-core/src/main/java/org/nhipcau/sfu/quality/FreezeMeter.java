// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.sfu.quality;

/**
 * Estimates for how long a picture stood still, from when its frames went by.
 *
 * <p>A gap is a freeze when it is at least three times the mean of the last 30, and 150 ms longer than it (libwebrtc
 * video/video_quality_observer2.cc); then all of it counts. A gap that is still open counts as soon as it is that long.
 *
 * <p>Thread: one.
 */
public final class FreezeMeter {
    private static final int FRAMES = 30;
    /** libwebrtc video/video_quality_observer2.cc: fewer gaps make no mean. */
    private static final int LEAST_FRAMES = 5;
    private static final long EXCESS_NS = 150_000_000L;
    /** What comes this soon after a frame's first packet is of the same frame, or of another encoding of it. By taste. */
    private static final long SAME_FRAME_NS = 10_000_000L;
    private static final long NEVER = Long.MIN_VALUE;

    private final long leastGapNs;
    private final int[] gapsUs = new int[FRAMES];
    private int gaps;
    private int at;
    private long sumUs;
    private long lastNs = NEVER;
    private long frozenNs;
    private int freezes;
    private long takenNs;
    private int freezesTaken;

    /** @param leastGapNs no shorter gap is a freeze, whatever the mean; 0: the rule alone */
    public FreezeMeter(long leastGapNs) {
        this.leastGapNs = leastGapNs;
    }

    /** A frame, or a packet of one, goes by. */
    public void onFrame(long nowNs) {
        if (lastNs == NEVER) {
            lastNs = nowNs;
            return;
        }
        long gapNs = nowNs - lastNs;
        if (gapNs < SAME_FRAME_NS) {
            return;
        }
        if (isFreeze(gapNs)) {
            frozenNs += gapNs;
            freezes++;
        }
        int gapUs = (int) Math.min(gapNs / 1_000, Integer.MAX_VALUE);
        sumUs += gapUs - gapsUs[at];
        gapsUs[at] = gapUs;
        at = (at + 1) % FRAMES;
        gaps = Math.min(gaps + 1, FRAMES);
        lastNs = nowNs;
    }

    private boolean isFreeze(long gapNs) {
        if (gaps < LEAST_FRAMES) {
            return false;
        }
        long meanNs = sumUs * 1_000 / gaps;
        return gapNs >= Math.max(leastGapNs, Math.max(3 * meanNs, meanNs + EXCESS_NS));
    }

    /** No frames are due from now on, until one comes. What was frozen until now stays so. */
    public void pause(long nowNs) {
        frozenNs = totalNs(nowNs);
        lastNs = NEVER;
    }

    /** Frozen time so far, an open freeze included; never falls. */
    public long totalNs(long nowNs) {
        return frozenNs + (frozen(nowNs) ? nowNs - lastNs : 0);
    }

    /** Frozen time since the last call. */
    public long takeFrozenNs(long nowNs) {
        long value = totalNs(nowNs) - takenNs;
        takenNs += value;
        return value;
    }

    /** The picture stands still right now. */
    public boolean frozen(long nowNs) {
        return lastNs != NEVER && isFreeze(nowNs - lastNs);
    }

    /** Frames went by, and more are due. */
    public boolean running() {
        return lastNs != NEVER;
    }

    /** When the last frame went by; only while {@link #running}. */
    public long lastFrameNs() {
        return lastNs;
    }

    /** Freezes that ended since the last call. */
    public int takeFreezes() {
        int value = freezes - freezesTaken;
        freezesTaken = freezes;
        return value;
    }
}
