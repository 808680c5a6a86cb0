// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.sfu.codec;

/**
 * What a key frame's dependency descriptor says about all frames after it: templates of frames, and which decode targets
 * each of them concerns.
 *
 * <p>Indications are packed two bits for each decode target, the first in the lowest bits: 0 not present, 1
 * discardable, 2 switch, 3 required.
 *
 * <p>Spec: RTP Payload Format For AV1, appendix A.4 and A.8.4. Thread: the packet owner's. Reused.
 */
final class TemplateStructure {
    static final int MAX_TEMPLATES = 64;
    static final int MAX_DECODE_TARGETS = 32;
    private static final int SWITCH = 2;
    private static final int REQUIRED = 3;

    boolean known;
    long timestamp;
    int idOffset;
    int templates;
    int decodeTargets;
    int chains;
    long activeDecodeTargets;
    boolean sized;
    final int[] widths = new int[LayerSet.LAYERS];
    final int[] heights = new int[LayerSet.LAYERS];
    final byte[] temporalIds = new byte[MAX_TEMPLATES];
    final byte[] spatialIds = new byte[MAX_TEMPLATES];
    final long[] indications = new long[MAX_TEMPLATES];
    final boolean[] independent = new boolean[MAX_TEMPLATES];
    /** Layers of each decode target: the highest of all frames that concern it. */
    private final byte[] targetSpatial = new byte[MAX_DECODE_TARGETS];
    private final byte[] targetTemporal = new byte[MAX_DECODE_TARGETS];
    /** The {@link LayerSet} that each decode target stands for. */
    private final int[] sets = new int[MAX_DECODE_TARGETS];
    private int activeLayers;

    /** Finds out what the decode targets stand for, when all templates are read. */
    void index() {
        for (int i = 0; i < decodeTargets; i++) {
            targetSpatial[i] = 0;
            targetTemporal[i] = 0;
            sets[i] = 0;
            for (int template = 0; template < templates; template++) {
                if ((indications[template] >>> 2 * i & 3) != 0) {
                    targetSpatial[i] = (byte) Math.max(targetSpatial[i], spatialIds[template]);
                    targetTemporal[i] = (byte) Math.max(targetTemporal[i], temporalIds[template]);
                }
            }
        }
        for (int spatial = 0; spatial < LayerSet.LAYERS; spatial++) {
            for (int temporal = 0; temporal < LayerSet.LAYERS; temporal++) {
                sets[nearest(spatial, temporal)] |= 1 << LayerSet.target(spatial, temporal);
            }
        }
        activeLayers = 0;
        activate((1L << decodeTargets) - 1);
    }

    // The decode target that shows most without exceeding the layers; where all exceed them, the one that does least.
    private int nearest(int spatial, int temporal) {
        int best = 0;
        int bestRank = Integer.MIN_VALUE;
        for (int i = 0; i < decodeTargets; i++) {
            int rank = rank(targetSpatial[i], spatial) * 32 + rank(targetTemporal[i], temporal);
            if (rank > bestRank) {
                best = i;
                bestRank = rank;
            }
        }
        return best;
    }

    private static int rank(int layer, int wanted) {
        // The fourth of our layers stands for all above.
        return layer <= wanted || wanted == LayerSet.LAYERS - 1 ? layer : -layer;
    }

    /** Takes note of which decode targets are being sent. */
    void activate(long targets) {
        if (targets == activeDecodeTargets && activeLayers > 0) {
            return;
        }
        activeDecodeTargets = targets;
        activeLayers = 0;
        for (int i = 0; i < decodeTargets; i++) {
            if ((targets >>> i & 1) != 0) {
                activeLayers = Math.max(activeLayers, targetSpatial[i] + 1);
            }
        }
    }

    /** Spatial layers that are being sent. */
    int activeLayers() {
        return activeLayers;
    }

    /** Targets that a frame with these indications belongs to. */
    int needed(long given) {
        return atLeast(given, 1);
    }

    /** Targets of which later frames build on it. */
    int required(long given) {
        return atLeast(given, SWITCH);
    }

    private int atLeast(long given, int indication) {
        int set = 0;
        for (int i = 0; i < decodeTargets; i++) {
            set |= (given >>> 2 * i & 3) >= indication ? sets[i] : 0;
        }
        return set;
    }

    /** Targets that may be begun behind it. */
    int switchTo(long given) {
        return atLeast(given, SWITCH) & ~atLeast(given, REQUIRED);
    }

    void tellSizes(FrameMark mark) {
        if (!sized) {
            return;
        }
        int layers = spatialIds[templates - 1] + 1;
        mark.sizedLayers = layers;
        mark.width = 0;
        mark.height = 0;
        for (int i = 0; i < layers; i++) {
            mark.layerWidths[i] = widths[i];
            mark.layerHeights[i] = heights[i];
            mark.width = Math.max(mark.width, widths[i]);
            mark.height = Math.max(mark.height, heights[i]);
        }
    }
}
