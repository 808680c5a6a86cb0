// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.bench.swarm.media;

import java.util.Random;

/**
 * Decides how large the frames of one encoding are, the way a real encoder in a call makes them: around the size that
 * the bitrate allows, with jitter, lower temporal layers larger, key frames four to six times as large, and smaller
 * frames after a key frame until its excess is paid back.
 *
 * <p>Seeded: the same seed makes the same frames. Thread: one.
 */
public final class FrameShaper {
    /** Share of the mean that the temporal layers 0, 1 and 2 take, so that a pattern of 0 2 1 2 makes the mean. */
    private static final double[] LAYER_SHARE = {1.6, 0.9, 0.75};
    /** Temporal layer of each frame of the pattern. */
    private static final int[] LAYER_PATTERN = {0, 2, 1, 2};
    private static final double JITTER = 0.15;
    private static final double MIN_JITTER = 0.6;
    private static final double MAX_JITTER = 1.5;
    private static final double MIN_KEY_FACTOR = 4;
    private static final double MAX_KEY_FACTOR = 6;
    /** At most this share of a frame is held back for a key frame before. */
    private static final double REPAYMENT = 0.3;

    private final double meanBytes;
    private final boolean temporalLayers;
    private final int minBytes;
    private final Random random;
    private double debtBytes;

    /** @param minBytes no frame is smaller; the least that a frame's packets need */
    public FrameShaper(long bitrateBps, int framesPerSecond, boolean temporalLayers, int minBytes, Random random) {
        if (bitrateBps < 8 || framesPerSecond < 1 || minBytes < 1) {
            throw new IllegalArgumentException("bitrate " + bitrateBps + " bit/s, " + framesPerSecond
                    + " frames a second, at least " + minBytes + " bytes; allowed: 8, 1 and 1 at least");
        }
        this.meanBytes = bitrateBps / 8.0 / framesPerSecond;
        this.temporalLayers = temporalLayers;
        this.minBytes = minBytes;
        this.random = random;
    }

    /** Temporal layer of a frame by its distance from the last key frame. */
    public int temporalLayer(long sinceKeyFrame) {
        return temporalLayers ? LAYER_PATTERN[(int) (sinceKeyFrame & 3)] : 0;
    }

    /** Size of the next frame. */
    public int nextFrameBytes(boolean keyFrame, int temporalLayer) {
        if (keyFrame) {
            double factor = MIN_KEY_FACTOR + random.nextDouble() * (MAX_KEY_FACTOR - MIN_KEY_FACTOR);
            debtBytes += (factor - 1) * meanBytes;
            return atLeast(factor * meanBytes);
        }
        double jitter = Math.clamp(1 + random.nextGaussian() * JITTER, MIN_JITTER, MAX_JITTER);
        double bytes = meanBytes * (temporalLayers ? LAYER_SHARE[temporalLayer] : 1) * jitter;
        double repaid = Math.min(debtBytes, bytes * REPAYMENT);
        debtBytes -= repaid;
        return atLeast(bytes - repaid);
    }

    private int atLeast(double bytes) {
        return Math.max(minBytes, (int) Math.round(bytes));
    }

    /** Packets that a frame needs. */
    public static int packets(int frameBytes, int maxPacketBytes) {
        return Math.max(1, (frameBytes + maxPacketBytes - 1) / maxPacketBytes);
    }

    /** Bytes of one of a frame's packets: all equal to within one byte, the larger ones last, as libwebrtc has it. */
    public static int packetBytes(int frameBytes, int packets, int index) {
        int larger = frameBytes % packets;
        return frameBytes / packets + (index >= packets - larger ? 1 : 0);
    }
}
