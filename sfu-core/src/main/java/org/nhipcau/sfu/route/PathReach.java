// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.sfu.route;

/**
 * Says up to which layer a publisher's picture is of use to one viewer, by what the viewer's path carries: those that
 * it is sent, and those that it may be sent after the next probe. What lies beyond need not be encoded for it.
 *
 * <p>A layer takes about three times what the one below it takes, and a probe may double what is known of a path. So a
 * layer counts as near while it takes no more than {@link #NEAR} times what there is for the picture now: the next one
 * comes in before the path has shown that it carries it, and no upgrade waits for its encoder. It is out of reach only
 * after it was beyond that for {@link #FAR_NS} without a break, so that a path that falls for a moment finds everything
 * as it was. All by taste.
 *
 * <p>Thread: one. Control path, ten times a second.
 */
final class PathReach {
    /** How many times what the picture has a layer may take and still be of use soon. */
    static final double NEAR = 4;
    /** What was before a pause of the divisions is no part of a want without a break. */
    static final long STALE_NS = 1_000_000_000L;
    /** A layer that is out of reach for so long is given up. */
    static final long FAR_NS = 10_000_000_000L;

    private int layer = Integer.MAX_VALUE;
    private int lower;
    private long lowerSinceNs = Long.MIN_VALUE;
    private long updatedNs = Long.MIN_VALUE / 2;

    /** The path shows no limit. @return whether {@link #layer} changed */
    boolean unlimited() {
        boolean changed = layer != Integer.MAX_VALUE;
        layer = Integer.MAX_VALUE;
        lowerSinceNs = Long.MIN_VALUE;
        return changed;
    }

    /**
     * Takes what the path has for the picture now.
     *
     * @param granted the highest layer that it is sent
     * @return whether {@link #layer} rose: this is to be told at once
     */
    boolean update(PictureLayer[] layers, int granted, long roomBps, long nowNs) {
        if (nowNs - updatedNs > STALE_NS) {
            // The path was dark, or the picture off.
            lowerSinceNs = Long.MIN_VALUE;
        }
        updatedNs = nowNs;
        int near = Math.clamp(granted, 0, layers.length - 1);
        for (int i = near + 1; i < layers.length; i++) {
            if (layers[i].expectedBps(nowNs) <= roomBps * NEAR) {
                near = i;
            }
        }
        if (near >= layer || near == layers.length - 1) {
            boolean rose = near > layer;
            layer = near == layers.length - 1 ? Integer.MAX_VALUE : near;
            lowerSinceNs = Long.MIN_VALUE;
            return rose;
        }
        if (lowerSinceNs == Long.MIN_VALUE) {
            lowerSinceNs = nowNs;
            lower = near;
        }
        // Of all that was near meanwhile the highest.
        lower = Math.max(lower, near);
        if (nowNs - lowerSinceNs >= FAR_NS) {
            layer = lower;
            lowerSinceNs = Long.MIN_VALUE;
        }
        return false;
    }

    /** The highest layer that is of use; {@link Integer#MAX_VALUE}: all. */
    int layer() {
        return layer;
    }
}
