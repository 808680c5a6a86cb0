// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.sfu.route;

import org.nhipcau.sfu.api.ConsumerSettings;
import org.nhipcau.sfu.metrics.DropReason;

/**
 * Chooses which layer of a video producer a viewer gets: which simulcast encoding, and which spatial and temporal
 * layers of it.
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
    /** Assumed of a key frame that nobody knows: seconds of the layer's rate. */
    private static final double TYPICAL_KEY_SECONDS = 0.3;
    /** A face that moves less often than this is better seen smaller. By taste. */
    private static final double LEAST_FPS = 9;
    private static final long STILL_INTERVAL_NS = 4_000_000_000L;

    private final ScalableSelector scalable = new ScalableSelector();
    /** Encoding being forwarded, and the one to be forwarded from its next key frame on. */
    private int current = NONE;
    private int targetEncoding = NONE;
    private int targetSpatial;
    /** Layer. */
    private int target = NONE;
    private int targetTemporal = ALL_TEMPORAL;
    /** Of the current encoding, while that is not the target. */
    private int meanwhile = ALL_TEMPORAL;
    private int currentTemporal = ALL_TEMPORAL;
    private int shedTarget = NONE;
    private boolean shed;
    private boolean fewestFrames;

    /** The encoding that the settings alone ask for. */
    static int wanted(PictureLayer[] layers, ConsumerSettings settings) {
        if (settings.maxHeight() > 0) {
            boolean known = false;
            for (PictureLayer layer : layers) {
                if (layer.height() >= settings.maxHeight() * HEIGHT_LEEWAY) {
                    return layer.index;
                }
                known |= layer.height() > 0;
            }
            if (known) {
                return layers.length - 1;
            }
        }
        int best = 0;
        for (PictureLayer layer : layers) {
            if (layer.quality() <= settings.maxQuality()) {
                best = layer.index;
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
    boolean retarget(PictureLayer[] layers, ConsumerSettings settings, NodeLimits limits, long nowNs) {
        int before = target;
        int wish = Math.min(wanted(layers, settings), limits.pathCap());
        if (!silent(layers, nowNs)) {
            target = choose(layers, Math.min(wish, limits.shedCap()), nowNs);
        }
        PictureLayer chosen = layers[target];
        targetEncoding = chosen.encoding.index;
        shed = wish > limits.shedCap();
        shedTarget = shed ? layers[choose(layers, wish, nowNs)].encoding.index : NONE;
        fewestFrames = limits.fewestFrames();
        int asked = fewestFrames ? 0 : settings.maxFps() <= 0 ? ALL_TEMPORAL
                : chosen.rates().temporalWithin(settings.maxFps(), nowNs);
        // A layer below the path's cap, for want of a better one, is cheaper with all its frames.
        targetTemporal = target < limits.pathCap() ? asked : Math.min(asked, limits.pathTemporal());
        meanwhile = Math.min(asked, limits.meanwhile());
        targetSpatial = Math.min(chosen.spatialId, chosen.encoding.layers().count() - 1);
        if (current == NONE || current == targetEncoding) {
            scalable.want(targetSpatial, targetTemporal, meanwhile);
        } else {
            scalable.want(scalable.spatial(), meanwhile, meanwhile);
        }
        return target != before;
    }

    /**
     * Fills in the steps between which the path's division may choose: of each layer that comes in, up to the wanted
     * one, the temporal layers that make sense.
     *
     * @param detail sharpness counts for more than motion, as with a shared screen
     */
    static void climb(PictureLayer[] layers, ConsumerSettings settings, NodeLimits limits, boolean detail,
            Ladder ladder, long nowNs) {
        int wish = Math.min(wanted(layers, settings), limits.shedCap());
        int lowest = choose(layers, 0, nowNs);
        boolean live = layers[lowest].live(nowNs);
        ladder.begin(keyFrameBytes(layers[lowest]), STILL_INTERVAL_NS);
        for (int i = lowest; i <= Math.max(lowest, wish); i++) {
            // What does not come in takes nothing and shows nothing; before anything came, all is yet to come.
            if (!live || layers[i].live(nowNs)) {
                climb(layers[i], settings, limits, detail || i == lowest, ladder, nowNs);
            }
        }
    }

    private static void climb(PictureLayer layer, ConsumerSettings settings, NodeLimits limits, boolean anyFps,
            Ladder ladder, long nowNs) {
        LayerRates rates = layer.rates();
        long keyFrameBytes = keyFrameBytes(layer);
        if (!layer.live(nowNs) || layer.encoding.begins(nowNs)) {
            long bps = layer.plannedBps();
            ladder.add(layer.index, ALL_TEMPORAL, bps, 0, bps, keyFrameBytes);
            return;
        }
        int top = limits.fewestFrames() ? 0 : rates.topTemporal(nowNs);
        if (settings.maxFps() > 0) {
            top = Math.min(top, rates.temporalWithin(settings.maxFps(), nowNs));
        }
        for (int temporal = 0; temporal <= top; temporal++) {
            double fps = rates.framesPerSecond(temporal, nowNs);
            if (temporal == top || anyFps || fps >= LEAST_FPS) {
                ladder.add(layer.index, temporal == top ? ALL_TEMPORAL : temporal,
                        rates.bitrateBps(temporal, nowNs), fps, rates.bitrateBps(0, nowNs), keyFrameBytes);
            }
        }
    }

    private static long keyFrameBytes(PictureLayer layer) {
        long measured = layer.keyFrameBytes();
        return measured > 0 ? measured : (long) (layer.plannedBps() * TYPICAL_KEY_SECONDS / 8);
    }

    /** The lowest encoding that comes in, for still pictures; the lowest of all where none does. */
    static PictureLayer smallest(PictureLayer[] layers, long nowNs) {
        return layers[choose(layers, 0, nowNs)];
    }

    // Nothing comes at all: what was being sent goes on when it comes again. Another layer would want a key frame then.
    private boolean silent(PictureLayer[] layers, long nowNs) {
        if (current == NONE || target == NONE || target >= layers.length) {
            return false;
        }
        for (PictureLayer layer : layers) {
            if (layer.live(nowNs)) {
                return false;
            }
        }
        return true;
    }

    // The best layer at or below the wish that is being sent; else the smallest above it; else the wish itself.
    private static int choose(PictureLayer[] layers, int wish, long nowNs) {
        for (int i = wish; i >= 0; i--) {
            if (layers[i].live(nowNs)) {
                return i;
            }
        }
        for (int i = wish + 1; i < layers.length; i++) {
            if (layers[i].live(nowNs)) {
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
        targetEncoding = NONE;
    }

    /**
     * Looks at one packet with a payload.
     *
     * @return null: forward it ({@link #current} tells whether it began a run); else why not
     */
    DropReason decide(SourcePacket packet) {
        int index = packet.encoding.index;
        if (index == targetEncoding && index != current) {
            // A key frame whose other packets went by long ago cannot be shown any more.
            if (!packet.startsKeyFrame() || packet.newest - packet.extended > StreamRewriter.MAX_GAP) {
                return DropReason.WAITING_FOR_KEYFRAME;
            }
            current = index;
            currentTemporal = targetTemporal;
            scalable.want(targetSpatial, targetTemporal, meanwhile);
            scalable.begin(packet);
            return null;
        }
        if (index != current) {
            return index == shedTarget ? DropReason.OVERLOAD_LAYER : DropReason.OTHER_LAYER;
        }
        return packet.vp8 ? temporal(packet) : scalable.decide(packet) ? null : leftOut(packet);
    }

    private DropReason leftOut(SourcePacket packet) {
        if (packet.mark.spatialId > scalable.spatial()) {
            return shed ? DropReason.OVERLOAD_LAYER : DropReason.OTHER_LAYER;
        }
        boolean above = packet.mark.temporalId > scalable.temporal();
        return !above ? DropReason.OTHER_LAYER : fewestFrames ? DropReason.OVERLOAD_LAYER : DropReason.TEMPORAL_LAYER;
    }

    private DropReason temporal(SourcePacket packet) {
        int layer = packet.mark.temporalId;
        if (packet.mark.frameStart) {
            int allowed = current == targetEncoding ? targetTemporal : meanwhile;
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

    /** The layer to be forwarded as soon as the stream allows. */
    int target() {
        return target;
    }

    /** The encoding to be forwarded from its next key frame on. */
    int targetEncoding() {
        return targetEncoding;
    }

    /** Highest temporal layer of VP8 that is forwarded. */
    int temporal() {
        return currentTemporal;
    }

    /** A key frame of the target is being waited for. */
    boolean waiting() {
        return current != targetEncoding || scalable.waiting();
    }
}
