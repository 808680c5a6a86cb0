// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.sfu.route;

import org.nhipcau.sfu.api.ConsumerSettings;
import org.nhipcau.sfu.metrics.DropReason;

/**
 * Chooses which encoding of a video producer a viewer gets, and which temporal layers of it.
 *
 * <p>The <em>target</em> follows what the viewer wants, what its path carries and what the publisher really sends; the
 * <em>current</em> encoding follows the target, but only at a key frame. Until that comes the current one goes on.
 * Temporal layers are taken up only where the stream says one may, and given up only between frames.
 *
 * <p>Thread: one.
 */
final class LayerSelector {
    static final int NONE = -1;
    private static final int ALL_TEMPORAL = 3;
    private static final double HEIGHT_LEEWAY = 0.9;
    /** Assumed of a layer whose rate nobody knows, by quality. By taste, after what browsers send. */
    private static final long[] TYPICAL_BPS = {150_000, 500_000, 1_700_000};
    /** The same of a key frame: seconds of the layer's rate. */
    private static final double TYPICAL_KEY_SECONDS = 0.3;
    /** A face that moves less often than this is better seen smaller. By taste. */
    private static final double LEAST_FPS = 9;
    private static final long STILL_INTERVAL_NS = 4_000_000_000L;

    private int current = NONE;
    private int target = NONE;
    private int targetTemporal = ALL_TEMPORAL;
    /** Of the current encoding, while that is not the target. */
    private int meanwhile = ALL_TEMPORAL;
    private int currentTemporal = ALL_TEMPORAL;
    private int shedTarget = NONE;
    private boolean fewestFrames;

    /** The encoding that the settings alone ask for. */
    static int wanted(Encoding[] encodings, ConsumerSettings settings) {
        if (settings.maxHeight() > 0) {
            boolean known = false;
            for (Encoding encoding : encodings) {
                if (encoding.height() >= settings.maxHeight() * HEIGHT_LEEWAY) {
                    return encoding.index;
                }
                known |= encoding.height() > 0;
            }
            if (known) {
                return encodings.length - 1;
            }
        }
        int best = 0;
        for (Encoding encoding : encodings) {
            if (encoding.quality() <= settings.maxQuality()) {
                best = encoding.index;
            }
        }
        return best;
    }

    /**
     * Chooses the target anew.
     *
     * @param limits of the viewer's path and of the node's load
     * @return whether the target changed
     */
    boolean retarget(Encoding[] encodings, ConsumerSettings settings, NodeLimits limits, long nowNs) {
        int before = target;
        int wish = Math.min(wanted(encodings, settings), limits.pathCap());
        target = choose(encodings, Math.min(wish, limits.shedCap()), nowNs);
        shedTarget = wish > limits.shedCap() ? choose(encodings, wish, nowNs) : NONE;
        fewestFrames = limits.fewestFrames();
        int asked = fewestFrames ? 0 : settings.maxFps() <= 0 ? ALL_TEMPORAL
                : encodings[target].rates().temporalWithin(settings.maxFps(), nowNs);
        // A layer below the path's cap, for want of a better one, is cheaper with all its frames.
        targetTemporal = target < limits.pathCap() ? asked : Math.min(asked, limits.pathTemporal());
        meanwhile = Math.min(asked, limits.meanwhile());
        return target != before;
    }

    /**
     * Fills in the steps between which the path's division may choose: of each layer that comes in, up to the wanted
     * one, the temporal layers that make sense.
     *
     * @param detail sharpness counts for more than motion, as with a shared screen
     */
    static void climb(Encoding[] encodings, ConsumerSettings settings, NodeLimits limits, boolean detail,
            Ladder ladder, long nowNs) {
        int wish = Math.min(wanted(encodings, settings), limits.shedCap());
        int lowest = choose(encodings, 0, nowNs);
        boolean live = encodings[lowest].live(nowNs);
        ladder.begin(keyFrameBytes(encodings[lowest]), STILL_INTERVAL_NS);
        for (int i = lowest; i <= Math.max(lowest, wish); i++) {
            // What does not come in takes nothing and shows nothing; before anything came, all is yet to come.
            if (!live || encodings[i].live(nowNs)) {
                climb(encodings[i], settings, limits, detail || i == lowest, ladder, nowNs);
            }
        }
    }

    private static void climb(Encoding encoding, ConsumerSettings settings, NodeLimits limits, boolean anyFps,
            Ladder ladder, long nowNs) {
        LayerRates rates = encoding.rates();
        long keyFrameBytes = keyFrameBytes(encoding);
        if (!encoding.live(nowNs)) {
            ladder.add(encoding.index, ALL_TEMPORAL, expectedBps(encoding), 0, expectedBps(encoding), keyFrameBytes);
            return;
        }
        int top = limits.fewestFrames() ? 0 : rates.topTemporal(nowNs);
        if (settings.maxFps() > 0) {
            top = Math.min(top, rates.temporalWithin(settings.maxFps(), nowNs));
        }
        for (int temporal = 0; temporal <= top; temporal++) {
            double fps = rates.framesPerSecond(temporal, nowNs);
            if (temporal == top || anyFps || fps >= LEAST_FPS) {
                ladder.add(encoding.index, temporal == top ? ALL_TEMPORAL : temporal,
                        rates.bitrateBps(temporal, nowNs), fps, rates.bitrateBps(0, nowNs), keyFrameBytes);
            }
        }
    }

    private static long expectedBps(Encoding encoding) {
        long announced = encoding.parameters().maxBitrateBps();
        return announced > 0 ? announced : TYPICAL_BPS[Math.clamp(encoding.quality(), 0, 2)];
    }

    private static long keyFrameBytes(Encoding encoding) {
        long measured = encoding.keyFrame().bytes();
        return measured > 0 ? measured : (long) (expectedBps(encoding) * TYPICAL_KEY_SECONDS / 8);
    }

    /** The lowest encoding that comes in, for still pictures; the lowest of all where none does. */
    static Encoding smallest(Encoding[] encodings, long nowNs) {
        return encodings[choose(encodings, 0, nowNs)];
    }

    // The best layer at or below the wish that is being sent; else the smallest above it; else the wish itself.
    private static int choose(Encoding[] encodings, int wish, long nowNs) {
        for (int i = wish; i >= 0; i--) {
            if (encodings[i].live(nowNs)) {
                return i;
            }
        }
        for (int i = wish + 1; i < encodings.length; i++) {
            if (encodings[i].live(nowNs)) {
                return i;
            }
        }
        return wish;
    }

    /** Nothing is being forwarded any more: the next packet forwarded must start a key frame. */
    void stop() {
        current = NONE;
    }

    /** Forgets what it knew of the producer's encodings. */
    void reset() {
        current = NONE;
        target = NONE;
    }

    /**
     * Looks at one packet with a payload.
     *
     * @return null: forward it ({@link #current} tells whether it began a run); else why not
     */
    DropReason decide(SourcePacket packet) {
        int index = packet.encoding.index;
        if (index == target && index != current) {
            // A key frame whose other packets went by long ago cannot be shown any more.
            if (!packet.startsKeyFrame() || packet.newest - packet.extended > StreamRewriter.MAX_GAP) {
                return DropReason.WAITING_FOR_KEYFRAME;
            }
            current = index;
            currentTemporal = targetTemporal;
            return null;
        }
        if (index != current) {
            return index == shedTarget ? DropReason.OVERLOAD_LAYER : DropReason.OTHER_LAYER;
        }
        return temporal(packet);
    }

    private DropReason temporal(SourcePacket packet) {
        if (!packet.vp8) {
            return null;
        }
        int layer = packet.mark.temporalId;
        if (packet.mark.frameStart) {
            int allowed = current == target ? targetTemporal : meanwhile;
            if (packet.mark.keyFrame) {
                currentTemporal = allowed;
            } else if (currentTemporal > allowed && packet.extended == packet.newest) {
                currentTemporal = allowed;
            } else if (layer > currentTemporal && layer <= allowed && packet.mark.layerSync) {
                currentTemporal = layer;
            }
        }
        return layer <= currentTemporal ? null
                : fewestFrames ? DropReason.OVERLOAD_LAYER : DropReason.TEMPORAL_LAYER;
    }

    /** The encoding being forwarded, {@link #NONE} while waiting for a first key frame. */
    int current() {
        return current;
    }

    /** The encoding to be forwarded from its next key frame on. */
    int target() {
        return target;
    }

    /** Highest temporal layer forwarded. */
    int temporal() {
        return currentTemporal;
    }

    /** A key frame of the target is being waited for. */
    boolean waiting() {
        return current != target;
    }
}
