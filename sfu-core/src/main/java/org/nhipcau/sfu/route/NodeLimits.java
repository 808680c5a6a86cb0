// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.sfu.route;

import org.nhipcau.sfu.metrics.DropReason;
import org.nhipcau.sfu.overload.OverloadLevel;

/**
 * What the node allows of one track on its way to one viewer: by the viewer's path and by the node's own load, the
 * lower counts.
 *
 * <p>Thread: one.
 */
final class NodeLimits {
    private int pathCap = Integer.MAX_VALUE;
    private boolean pausedByPath;
    private int shedCap = Integer.MAX_VALUE;
    private boolean fewestFrames;
    private boolean repairs = true;

    /** @return whether something changed */
    boolean path(int cap, boolean pause) {
        boolean changed = cap != pathCap || pause != pausedByPath;
        pathCap = cap;
        pausedByPath = pause;
        return changed;
    }

    /** @param cap highest layer, {@link OverloadLevel#OFF}: nothing @return whether something changed */
    boolean shed(int cap, boolean baseFramesOnly, boolean sendsAgain) {
        boolean changed = cap != shedCap || baseFramesOnly != fewestFrames || sendsAgain != repairs;
        shedCap = cap;
        fewestFrames = baseFramesOnly;
        repairs = sendsAgain;
        return changed;
    }

    /** Nothing at all is forwarded. */
    boolean paused() {
        return pausedByPath || shedCap == OverloadLevel.OFF;
    }

    boolean pausedByPath() {
        return pausedByPath;
    }

    /** Why nothing is forwarded; only while {@link #paused}. */
    DropReason reason(boolean video) {
        return shedCap != OverloadLevel.OFF ? DropReason.CONSUMER_PAUSED
                : video ? DropReason.OVERLOAD_VIDEO : DropReason.OVERLOAD_AUDIO;
    }

    /** Highest layer that the viewer's path carries. */
    int pathCap() {
        return pathCap;
    }

    /** Highest layer that the node's load leaves; the lowest also where nothing is left of it for now. */
    int shedCap() {
        return Math.max(0, shedCap);
    }

    /** Only the lowest temporal layer. */
    boolean fewestFrames() {
        return fewestFrames;
    }

    /** Lost packets are sent again. */
    boolean repairs() {
        return repairs;
    }
}
