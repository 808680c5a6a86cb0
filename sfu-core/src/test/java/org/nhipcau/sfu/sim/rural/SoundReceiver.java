// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.sfu.sim.rural;

import java.util.Arrays;

/**
 * A viewer's playout of one voice, in frames of 20 ms: an adaptive buffer after NetEq's model, and the account of what
 * was heard, what was made up, and where the voice stood still.
 *
 * <p>The buffer aims at the 95 % quantile of how late packets come against the fastest of the last two seconds; a frame
 * that is missing while later ones are there is made up and passed over; with nothing there the voice stands, and what
 * was made up then stands for what is missing when it goes on. Too much in the buffer is played faster. Constants after
 * libwebrtc {@code modules/audio_coding/neteq/delay_manager.cc} (0.983, 0.95, 2 s) and {@code decision_logic.cc}.
 *
 * <p>Thread: one. Owns: a ring of what has come in.
 */
final class SoundReceiver {
    static final long FRAME_NS = 20_000_000L;
    private static final double FRAME_MS = FRAME_NS / 1e6;
    private static final int RING = 4_096;
    private static final int BUCKETS = 100;
    private static final double FORGET = 0.983;
    private static final double QUANTILE = 0.95;
    private static final int HISTORY_FRAMES = 100;
    /** More than this in the buffer is thrown away. */
    private static final int MAX_BUFFER_FRAMES = 200;
    /** A frame that is missing is waited for no longer than this, when later ones are there. */
    private static final int MAX_WAIT_FRAMES = 5;
    /** Of the page's {@code sound.ts}, in frames: 60 ms more at a time, 160 at most, each three seconds. */
    private static final double WAIT_STEP = 3;
    private static final double MAX_WAIT_STEPS = 8;
    private static final int WAIT_TICKS = 150;
    private static final double MUCH_MADE_UP = 0.01;
    private static final double LITTLE_MADE_UP = 0.002;
    private static final long CALM_NS = 20_000_000_000L;
    private static final double FASTER = 0.12;
    private static final double MUCH_FASTER = 0.5;

    private final SpeechModel truth;
    private final SoundRecord record;
    private double minDelayFrames;
    private long heardTicks;
    private long madeUpTicks;
    private int waitTicks;
    private long calmSinceNs;
    private final long[] have = new long[RING];
    private final double[] late = new double[BUCKETS];
    private final long[] recentNs = new long[HISTORY_FRAMES];
    private int recent;
    private double targetFrames = 2;
    private double level;
    private double position = -1;
    private long newest = -1;
    private int madeUp;

    /** @param minDelayMs the buffer never aims below this */
    SoundReceiver(SpeechModel truth, SoundRecord record, long minDelayMs) {
        this.truth = truth;
        this.record = record;
        this.minDelayFrames = minDelayMs * 1e6 / FRAME_NS;
        Arrays.fill(have, -1);
        late[1] = 1;
    }

    /** A frame came in, by itself or as a copy in another's packet. @param primary it tells of the path's delay */
    void onFrame(int frame, boolean primary, long nowNs) {
        boolean first = newest < 0;
        if (first) {
            position = frame;
        }
        if (frame < (long) position - 1 && !first) {
            // Too late to be heard.
            if (primary) {
                noteDelay(frame, nowNs);
            }
            return;
        }
        have[frame & RING - 1] = frame;
        newest = Math.max(newest, frame);
        if (primary) {
            noteDelay(frame, nowNs);
        }
        if (newest - position > MAX_BUFFER_FRAMES) {
            position = newest - targetFrames;
        }
    }

    private void noteDelay(int frame, long nowNs) {
        long delayNs = nowNs - frame * FRAME_NS;
        recentNs[recent++ % HISTORY_FRAMES] = delayNs;
        long fastest = delayNs;
        for (int i = Math.min(recent, HISTORY_FRAMES) - 1; i >= 0; i--) {
            fastest = Math.min(fastest, recentNs[i]);
        }
        int bucket = (int) Math.min(BUCKETS - 1, (delayNs - fastest) / FRAME_NS);
        for (int i = 0; i < BUCKETS; i++) {
            late[i] *= FORGET;
        }
        late[bucket] += 1 - FORGET;
        double sum = 0;
        int quantile = 0;
        while (quantile < BUCKETS - 1 && (sum += late[quantile]) < QUANTILE) {
            quantile++;
        }
        targetFrames = Math.max(minDelayFrames, quantile + 1.0);
    }

    /** Plays the next 20 ms. */
    void onTick(long nowNs) {
        if (newest < 0) {
            return;
        }
        adaptWait(nowNs);
        double buffered = newest + 1 - position;
        level += (buffered - level) * 0.1;
        int frame = (int) position;
        if (!has(frame) && truth.speechAt(frame) && newest > frame) {
            frame = passOver(frame);
        }
        if (has(frame)) {
            record.onTick(truth.speechAt(frame) ? SoundRecord.HEARD : SoundRecord.QUIET, buffered * FRAME_MS, nowNs);
            madeUp = 0;
            heardTicks++;
            position += 1 + faster(buffered);
        } else if (!truth.speechAt(frame)) {
            record.onTick(SoundRecord.QUIET, 0, nowNs);
            madeUp = 0;
            quiet(frame);
        } else {
            record.onTick(newest > frame ? SoundRecord.MADE_UP : SoundRecord.STOOD, 0, nowNs);
            madeUp++;
            madeUpTicks++;
        }
    }

    // As the page does: while much is made up, wait longer for copies; shorter again when it has been calm.
    private void adaptWait(long nowNs) {
        if (++waitTicks < WAIT_TICKS) {
            return;
        }
        double share = madeUpTicks / (double) Math.max(1, heardTicks + madeUpTicks);
        waitTicks = 0;
        heardTicks = 0;
        madeUpTicks = 0;
        if (share > LITTLE_MADE_UP) {
            calmSinceNs = nowNs;
        }
        if (share > MUCH_MADE_UP) {
            minDelayFrames = Math.min(MAX_WAIT_STEPS, minDelayFrames + WAIT_STEP);
        } else if (nowNs - calmSinceNs >= CALM_NS) {
            minDelayFrames = Math.max(0, minDelayFrames - WAIT_STEP);
            calmSinceNs = nowNs;
        }
    }

    private boolean has(int frame) {
        return have[frame & RING - 1] == frame;
    }

    // What was made up since the last frame heard stands for those that are missing; nobody waits for long.
    private int passOver(int missing) {
        int next = missing + 1;
        while (next <= newest && !has(next) && truth.speechAt(next)) {
            next++;
        }
        if (madeUp < next - missing && madeUp < MAX_WAIT_FRAMES) {
            return missing;
        }
        position = next;
        return next;
    }

    // In a pause the buffer is set right without anybody noticing.
    private void quiet(int frame) {
        double ahead = newest + 1 - position;
        if (newest > frame && truth.speechAt((int) newest) && ahead < targetFrames) {
            return;
        }
        position += newest > frame && ahead > targetFrames + 1 ? 2 : 1;
    }

    private double faster(double buffered) {
        double high = Math.max(targetFrames, targetFrames * 0.75 + 1);
        if (buffered > 4 * high) {
            return MUCH_FASTER;
        }
        return level > high + 0.5 && buffered > high ? FASTER : level < targetFrames * 0.75 - 0.5 ? -FASTER : 0;
    }
}
