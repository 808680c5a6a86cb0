// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.sfu.sim.rural;

import java.util.BitSet;
import java.util.random.RandomGenerator;

/**
 * When a microphone hears speech, in frames of 20 ms, and what Opus makes of it under DTX: nothing while it is quiet,
 * but for a reminder each 400 ms.
 *
 * <p>Thread: one.
 */
final class SpeechModel {
    private static final double TALK_S = 3;
    private static final double QUIET_S = 1.2;
    private static final int REMINDER_FRAMES = 20;
    private static final int REMINDER_BYTES = 12;

    private final RandomGenerator random;
    private final boolean dtx;
    private final int usualBps;
    private double meanBytes;
    private final BitSet speech = new BitSet();
    private int next;
    private int changesAt;
    private boolean talking;
    private int quietFrames;

    /** @param dtx false: one goes on talking */
    SpeechModel(boolean dtx, int bps, RandomGenerator random) {
        this.random = random;
        this.dtx = dtx;
        this.usualBps = bps;
        limit(0);
    }

    /** Sends no more than this from the next frame on; 0: as much as it likes. */
    void limit(int maxBps) {
        meanBytes = (maxBps == 0 ? usualBps : Math.min(maxBps, usualBps)) / 8.0 / 50;
    }

    /** Of the codec alone, while there is something to hear. */
    double bps() {
        return meanBytes * 8 * 50;
    }

    /** Bytes of the next frame with its table of contents; 0: it is not sent. */
    int nextFrame() {
        int frame = next++;
        if (frame == changesAt) {
            talking = !talking;
            double seconds = -Math.log(1 - random.nextDouble()) * (talking ? TALK_S : QUIET_S);
            changesAt = dtx ? frame + 5 + (int) (seconds * 50) : Integer.MAX_VALUE;
            quietFrames = 0;
        }
        if (talking) {
            speech.set(frame);
            return (int) Math.max(20, meanBytes * (1 + 0.2 * Math.clamp(random.nextGaussian(), -3.0, 3.0)));
        }
        return quietFrames++ % REMINDER_FRAMES == 0 ? REMINDER_BYTES : 0;
    }

    /** Whether there was something to hear. */
    boolean speechAt(int frame) {
        return frame >= 0 && speech.get(frame);
    }

    boolean talking() {
        return talking;
    }
}
