// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.sfu.sim.rural;

import java.util.random.RandomGenerator;

/**
 * The sizes of the frames of one layer, as a real-time encoder makes them: a base that is larger than what hangs on it,
 * movement that comes and goes, key frames several times as large, paid back by the frames behind them.
 *
 * <p>Shares of the temporal layers (40, 20, 40 %) after libwebrtc
 * {@code modules/video_coding/codecs/vp8/default_temporal_layers.cc}; spread and correlation by taste.
 *
 * <p>Thread: one.
 */
final class EncoderModel {
    private static final double[] SHARE = {1.6, 0.8, 0.8};
    private static final double NOISE = 0.15;
    private static final double MOVEMENT = 0.25;
    /** Of one frame on the next: a second of memory. */
    private static final double MEMORY = 1 - 1.0 / CameraSettings.FPS;

    private final RandomGenerator random;
    private final double keyFactor;
    private double bps;
    private double movement;
    private double debtBytes;

    EncoderModel(double bps, double keyFactor, RandomGenerator random) {
        this.random = random;
        this.keyFactor = keyFactor;
        this.bps = bps;
    }

    void setBps(double newBps) {
        bps = newBps;
    }

    double bps() {
        return bps;
    }

    /** Bytes of the next frame. */
    int nextFrame(boolean key, int temporal) {
        double mean = bps / 8 / CameraSettings.FPS;
        movement = movement * MEMORY + Math.sqrt(1 - MEMORY * MEMORY) * MOVEMENT * random.nextGaussian();
        double noise = 1 + NOISE * Math.clamp(random.nextGaussian(), -3.0, 3.0);
        double size;
        if (key) {
            size = mean * keyFactor * noise;
        } else {
            // What was overdrawn is paid back over about half a second, what was saved is spent again.
            double owed = Math.clamp(debtBytes / (bps / 8 / 2), -0.25, 0.4);
            size = mean * SHARE[temporal] * Math.exp(movement) * noise * (1 - owed);
        }
        debtBytes = Math.clamp(debtBytes + size - mean, -bps / 8, 2 * bps / 8);
        return (int) Math.max(20, size);
    }
}
