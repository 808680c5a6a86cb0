// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.sfu.route;

import org.nhipcau.sfu.api.PictureStep;
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
    private int pathTemporal = Integer.MAX_VALUE;
    private int meanwhile = Integer.MAX_VALUE;
    private PictureStep pathStep = PictureStep.MOVING;
    private int shedCap = Integer.MAX_VALUE;
    private boolean fewestFrames;
    private boolean repairs = true;

    /** Takes what the viewer's path carries. @return whether something changed that matters to forwarding */
    boolean path(LayerChoice choice) {
        PictureStep step = choice.step();
        boolean moving = step.compareTo(PictureStep.FEW_FRAMES) >= 0;
        boolean changed = step != pathStep || moving && (choice.layer() != pathCap
                || choice.temporal() != pathTemporal || choice.meanwhile() != meanwhile);
        pathStep = step;
        if (moving) {
            pathCap = choice.layer();
            pathTemporal = choice.temporal();
            meanwhile = choice.meanwhile();
        }
        return changed;
    }

    /**
     * Before the path is divided for the first time the smallest layer must do: the key frame of a large one would be
     * under way for seconds.
     */
    void smallest() {
        pathCap = 0;
    }

    /** @param cap highest layer, {@link OverloadLevel#OFF}: nothing @return whether something changed */
    boolean shed(int cap, boolean baseFramesOnly, boolean sendsAgain) {
        boolean changed = cap != shedCap || baseFramesOnly != fewestFrames || sendsAgain != repairs;
        shedCap = cap;
        fewestFrames = baseFramesOnly;
        repairs = sendsAgain;
        return changed;
    }

    /** Nothing is forwarded as it comes. */
    boolean paused() {
        return pathStep.compareTo(PictureStep.FEW_FRAMES) < 0 || shedCap == OverloadLevel.OFF;
    }

    /** Nothing at all is sent, no still pictures either. */
    boolean off() {
        return pathStep == PictureStep.OFF || shedCap == OverloadLevel.OFF;
    }

    /** What the viewer's path carries. */
    PictureStep pathStep() {
        return pathStep;
    }

    /** Why nothing is forwarded; only while {@link #paused}. */
    DropReason reason(boolean video) {
        if (shedCap != OverloadLevel.OFF) {
            return pathStep == PictureStep.STILL ? DropReason.STILL_PICTURE : DropReason.CONSUMER_PAUSED;
        }
        return video ? DropReason.OVERLOAD_VIDEO : DropReason.OVERLOAD_AUDIO;
    }

    /** Highest layer that the viewer's path carries. */
    int pathCap() {
        return pathCap;
    }

    /** Highest temporal layer of it. */
    int pathTemporal() {
        return pathTemporal;
    }

    /** Highest temporal layer of another layer that goes on while a key frame is being waited for. */
    int meanwhile() {
        return meanwhile;
    }

    /** Highest layer that the node's load leaves; the lowest also where nothing is left of it for now. */
    int shedCap() {
        return Math.max(0, shedCap);
    }

    /** The node's load leaves nothing. */
    boolean shedOff() {
        return shedCap == OverloadLevel.OFF;
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
