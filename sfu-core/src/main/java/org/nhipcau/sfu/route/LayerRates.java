// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.sfu.route;

import org.nhipcau.sfu.bwe.SendSideEstimator;
import org.nhipcau.sfu.stream.RateMeter;

/**
 * Measures what the temporal layers of one encoding take: bits on the wire and frames per second, as they come in.
 *
 * <p>A layer that grows counts nearly at once, one that shrinks only slowly: a scene that stands still for a second
 * leaves no room that would last. Constants by taste.
 *
 * <p>Thread: one. Owns: its meters.
 */
final class LayerRates {
    static final int TEMPORAL_LAYERS = 4;
    private static final double RISE_NS = 400_000_000.0;
    private static final double FALL_NS = 3_000_000_000.0;
    private static final long STEP_NS = 50_000_000L;

    private final RateMeter[] meters = new RateMeter[TEMPORAL_LAYERS];
    private final double[] smoothBps = new double[TEMPORAL_LAYERS];
    private long smoothedNs = Long.MIN_VALUE;

    LayerRates() {
        for (int i = 0; i < TEMPORAL_LAYERS; i++) {
            meters[i] = new RateMeter();
        }
    }

    /** Counts one packet with a payload. @param lengthBytes from RTP upward; rates count what the wire adds */
    void onPacket(int temporalId, boolean frameStart, int lengthBytes, long nowNs) {
        meters[temporalId & TEMPORAL_LAYERS - 1].add(frameStart ? 1 : 0,
                lengthBytes + SendSideEstimator.PACKET_OVERHEAD_BYTES, nowNs);
    }

    /** Bits per second of the temporal layers up to one; 0 before the first packet. */
    long bitrateBps(int topTemporal, long nowNs) {
        smooth(nowNs);
        double sum = 0;
        for (int layer = 0; layer <= topTemporal && layer < TEMPORAL_LAYERS; layer++) {
            sum += smoothBps[layer];
        }
        return (long) sum;
    }

    /** Frames begun per second in the temporal layers up to one. */
    double framesPerSecond(int topTemporal, long nowNs) {
        double sum = 0;
        for (int layer = 0; layer <= topTemporal && layer < TEMPORAL_LAYERS; layer++) {
            sum += meters[layer].perSecond(nowNs);
        }
        return sum;
    }

    /** The highest temporal layer that frames of the last second belong to; the base layer at least. */
    int topTemporal(long nowNs) {
        for (int layer = TEMPORAL_LAYERS - 1; layer > 0; layer--) {
            if (meters[layer].perSecond(nowNs) > 0) {
                return layer;
            }
        }
        return 0;
    }

    /** The highest temporal layer that stays within a frame rate; the base layer at least. */
    int temporalWithin(int maxFps, long nowNs) {
        double sum = 0;
        int fitting = 0;
        for (int layer = 0; layer < TEMPORAL_LAYERS; layer++) {
            sum += meters[layer].perSecond(nowNs);
            // A tenth of leeway: rates are measured over a second and a viewer asks for round numbers.
            if (sum > maxFps * 1.1 + 0.5) {
                break;
            }
            fitting = layer;
        }
        return fitting;
    }

    private void smooth(long nowNs) {
        if (smoothedNs != Long.MIN_VALUE && nowNs - smoothedNs < STEP_NS) {
            return;
        }
        double passedNs = smoothedNs == Long.MIN_VALUE ? Double.MAX_VALUE : nowNs - smoothedNs;
        double rise = 1 - Math.exp(-passedNs / RISE_NS);
        double fall = 1 - Math.exp(-passedNs / FALL_NS);
        for (int layer = 0; layer < TEMPORAL_LAYERS; layer++) {
            double gap = meters[layer].bitsPerSecond(nowNs) - smoothBps[layer];
            smoothBps[layer] += gap * (gap > 0 ? rise : fall);
        }
        smoothedNs = nowNs;
    }

    /** Another stream comes: nothing of the old one counts. */
    void reset() {
        for (int layer = 0; layer < TEMPORAL_LAYERS; layer++) {
            meters[layer].reset();
            smoothBps[layer] = 0;
        }
        smoothedNs = Long.MIN_VALUE;
    }
}
