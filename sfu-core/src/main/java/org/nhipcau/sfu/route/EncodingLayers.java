// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.sfu.route;

import java.util.Arrays;
import org.nhipcau.sfu.codec.FrameMark;
import org.nhipcau.sfu.codec.LayerSet;

/**
 * What is known of the spatial layers within one encoding: how many there are, whether they come, their sizes, and the
 * rates of their temporal layers.
 *
 * <p>A rate counts what a viewer of that layer must be sent, so it holds whether upper layers build on lower ones in
 * every picture (L3T3) or in key pictures only (L3T3_KEY).
 *
 * <p>Thread: one. Owns: its meters, those of upper layers taken when such a layer is first seen.
 */
final class EncodingLayers {
    private static final int LAYERS = LayerSet.LAYERS;

    private final LayerRates[] rates = new LayerRates[LAYERS];
    private final int[] heights = new int[LAYERS];
    private final long[] lastNs = new long[LAYERS];
    private int count = 1;
    private int active = 1;

    EncodingLayers() {
        rates[0] = new LayerRates();
    }

    /** Takes note of one packet. @return whether the number of spatial layers changed */
    boolean onPacket(FrameMark mark, int lengthBytes, long nowNs) {
        int before = count;
        active = mark.activeLayers > 0 ? mark.activeLayers : active;
        if (mark.sizedLayers > 0) {
            System.arraycopy(mark.layerHeights, 0, heights, 0, mark.sizedLayers);
            Arrays.fill(heights, mark.sizedLayers, LAYERS, 0);
            count = mark.sizedLayers;
            // A key picture: its upper layers are on their way.
            Arrays.fill(lastNs, 0, Math.min(active, LAYERS), nowNs);
        }
        int spatial = Math.min(mark.spatialId, LAYERS - 1);
        active = Math.max(active, spatial + 1);
        count = Math.clamp(active, count, LAYERS);
        lastNs[spatial] = nowNs;
        for (int s = 0; s < count; s++) {
            if ((mark.needed >>> LayerSet.target(s, mark.temporalId) & 1) != 0) {
                ratesOf(s).onPacket(mark.temporalId, mark.frameStart && spatial == s, lengthBytes, nowNs);
            }
        }
        return count != before;
    }

    private LayerRates ratesOf(int spatial) {
        if (rates[spatial] == null) {
            rates[spatial] = new LayerRates();
        }
        return rates[spatial];
    }

    /** Another stream takes the place of the one that all this was learnt from. */
    void reset() {
        count = 1;
        active = 1;
        Arrays.fill(heights, 0);
        rates[0].reset();
        Arrays.fill(rates, 1, LAYERS, null);
    }

    /** Nothing came for a while: what was measured before says nothing any more. */
    void forgetRates() {
        for (LayerRates rate : rates) {
            if (rate != null) {
                rate.reset();
            }
        }
    }

    /** Spatial layers, 1 to 4. */
    int count() {
        return count;
    }

    /** The layer is being sent: the sender does not deny it, and it or one above it came lately. */
    boolean active(int spatial, long patienceNs, long nowNs) {
        for (int s = spatial; s < Math.min(active, count); s++) {
            if (nowNs - lastNs[s] < patienceNs) {
                return true;
            }
        }
        return false;
    }

    /** Pixels, 0 unknown. @param whole of the uppermost layer, for where sizes are not told */
    int height(int spatial, int whole) {
        return heights[spatial] > 0 ? heights[spatial] : whole >> Math.max(0, count - 1 - spatial);
    }

    /** What a viewer takes who gets up to a spatial layer. */
    LayerRates rates(int spatial) {
        return ratesOf(Math.min(spatial, count - 1));
    }
}
