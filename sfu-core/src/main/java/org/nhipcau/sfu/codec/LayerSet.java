// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.sfu.codec;

/**
 * Sets of <em>decode targets</em>, so that a forwarder asks one bit whether a viewer needs a frame.
 *
 * <p>A decode target is what a viewer gets: all up to one spatial and one temporal layer. Bit {@code 4 * spatial +
 * temporal} stands for it; of more than four temporal layers the upper ones count as the fourth.
 *
 * <pre>
 *  bit   15 14 13 12 | 11 10 9 8 | 7 6 5 4 | 3 2 1 0
 *  target   spatial 3|  spatial 2| spatial1| spatial 0, temporal 3 2 1 0 of each
 * </pre>
 */
public final class LayerSet {
    /** Spatial layers, and temporal layers of each. */
    public static final int LAYERS = 4;
    /** Every target. */
    public static final int ALL = 0xffff;
    private static final int EACH_SPATIAL = 0x1111;

    private LayerSet() {}

    /** The bit's number of a target; layers above the fourth count as the fourth. */
    public static int target(int spatial, int temporal) {
        return Math.min(spatial, LAYERS - 1) * LAYERS + Math.min(temporal, LAYERS - 1);
    }

    /** Targets of at least this temporal layer, whatever their spatial one. */
    public static int fromTemporal(int temporal) {
        return (0xf << Math.min(temporal, LAYERS - 1) & 0xf) * EACH_SPATIAL;
    }

    /** Targets of at least this spatial layer. */
    public static int fromSpatial(int spatial) {
        return ALL << LAYERS * Math.min(spatial, LAYERS - 1) & ALL;
    }

    /** Targets of this spatial layer alone. */
    public static int ofSpatial(int spatial) {
        return 0xf << LAYERS * Math.min(spatial, LAYERS - 1);
    }

    /** Targets that show no more than this one, itself included. */
    public static int within(int target) {
        int spatial = target / LAYERS;
        int temporal = target % LAYERS;
        return ((2 << temporal) - 1) * EACH_SPATIAL & (1 << LAYERS * (spatial + 1)) - 1;
    }
}
