// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.sfu.route;

import org.nhipcau.sfu.api.PictureStep;

/**
 * The step on which one picture goes to one viewer, and when it may leave that step: down at once, up only after what is
 * granted has held for a while.
 *
 * <p>Down: temporal layers go first, since that needs no key frame. Another layer is turned to when even the lowest
 * temporal layer of the present one is too much, or when the want lasts. Until its key frame comes the present layer goes
 * on, with its lowest temporal layer alone.
 *
 * <p>Up: temporal layers after a moment; another layer after a hold that doubles each time the step before turned out
 * too high, and only where its key frame passes the link within a second. So a link that wavers costs a bounded number
 * of switches, whatever it does. All times by taste.
 *
 * <p>Thread: one.
 */
final class LayerChoice {
    /** A want this short costs temporal layers only. */
    static final long CONFIRM_NS = 300_000_000L;
    static final long TEMPORAL_HOLD_NS = 400_000_000L;
    static final long MIN_HOLD_NS = 500_000_000L;
    static final long MAX_HOLD_NS = 16_000_000_000L;
    /**
     * A step up that is taken back within this time was a mistake. What held for longer was right for the link as it was:
     * over a mobile link that moves by half within seconds a longer time calls nearly each step a mistake, and pictures
     * stand still for the hold that follows while the link would carry them.
     */
    static final long MISTAKE_NS = 4_000_000_000L;
    /** After so long without a step down by more than temporal layers, earlier mistakes are forgotten. */
    static final long FORGET_NS = 40_000_000_000L;
    /** A viewer that has just asked for more gets it without a hold. */
    private static final long EAGER_NS = 3_000_000_000L;
    private static final double KEY_FRAME_SECONDS = 1.0;
    /** Slower than this looks like single pictures. */
    private static final double FEW_FPS = 10;
    private static final int ALL_TEMPORAL = LayerRates.TEMPORAL_LAYERS - 1;
    private static final long NEVER = Long.MIN_VALUE;

    private boolean fresh = true;
    private int form = Ladder.OFF;
    private int layer = Integer.MAX_VALUE;
    private int temporal = ALL_TEMPORAL;
    private int meanwhile = ALL_TEMPORAL;
    private boolean fewFrames;
    /** In want for a moment: of its layer only the lowest temporal one. */
    private boolean dipped;
    private int wish;
    private long eagerUntilNs = NEVER;
    private long upSinceNs = NEVER;
    private long shortSinceNs = NEVER;
    private long holdNs = MIN_HOLD_NS;
    private long lastUpNs = NEVER;
    private long lastDownNs = NEVER;

    /** The path shows no limit: everything that is wanted. */
    void unlimited() {
        fresh = false;
        form = 0;
        layer = Integer.MAX_VALUE;
        temporal = ALL_TEMPORAL;
        meanwhile = ALL_TEMPORAL;
        fewFrames = false;
        dipped = false;
        upSinceNs = NEVER;
        shortSinceNs = NEVER;
    }

    /** Nothing was granted yet. */
    boolean fresh() {
        return fresh;
    }

    /** The rung that it stands on. */
    int held(Ladder ladder) {
        return form < 0 ? form : ladder.at(layer, temporal);
    }

    /** The viewer wants layers up to this one. */
    void wish(int newWish, long nowNs) {
        if (newWish > wish) {
            eagerUntilNs = nowNs + EAGER_NS;
        }
        wish = newWish;
    }

    /**
     * Takes what the picture may have now, and moves by as much as it should.
     *
     * @param granted rung
     * @param roomBps all that is left for this picture
     */
    void grant(Ladder ladder, int granted, long roomBps, long nowNs) {
        int held = held(ladder);
        if (fresh || granted == held) {
            fresh = false;
            upSinceNs = NEVER;
            shortSinceNs = NEVER;
            stand(ladder, granted);
        } else if (granted < held) {
            down(ladder, granted, held, roomBps, nowNs);
        } else {
            up(ladder, granted, held, roomBps, nowNs);
        }
    }

    private void down(Ladder ladder, int granted, int held, long roomBps, long nowNs) {
        upSinceNs = NEVER;
        int heldLayer = ladder.layer(Math.max(0, held));
        if (granted >= 0 && ladder.layer(granted) == heldLayer) {
            shortSinceNs = NEVER;
            stand(ladder, granted);
            return;
        }
        if (shortSinceNs == NEVER) {
            shortSinceNs = nowNs;
        }
        if (held >= 0 && nowNs - shortSinceNs < CONFIRM_NS && ladder.baseBps(heldLayer) <= roomBps) {
            dipped = true;
            return;
        }
        shortSinceNs = NEVER;
        boolean mistake = lastUpNs != NEVER && nowNs - lastUpNs < MISTAKE_NS;
        if (mistake) {
            holdNs = Math.min(MAX_HOLD_NS, holdNs * 2);
        } else if (lastDownNs == NEVER || nowNs - lastDownNs > FORGET_NS) {
            holdNs = MIN_HOLD_NS;
        }
        lastDownNs = nowNs;
        meanwhile = 0;
        place(ladder, granted);
    }

    private void up(Ladder ladder, int granted, int held, long roomBps, long nowNs) {
        shortSinceNs = NEVER;
        if (upSinceNs == NEVER) {
            upSinceNs = nowNs;
        }
        int heldLayer = ladder.layer(Math.max(0, held));
        int target = granted;
        while (held >= 0 && ladder.layer(target) > heldLayer
                && ladder.keyFrameBits(target) > roomBps * KEY_FRAME_SECONDS) {
            target = ladder.at(ladder.layer(target) - 1, ALL_TEMPORAL);
        }
        boolean another = held < 0 || ladder.layer(target) != heldLayer;
        long passedNs = nowNs - upSinceNs;
        if (another && passedNs >= (held >= 0 && nowNs < eagerUntilNs ? 0 : holdNs)) {
            upSinceNs = NEVER;
            eagerUntilNs = NEVER;
            lastUpNs = nowNs;
            meanwhile = temporal();
            place(ladder, target);
        } else if (held >= 0 && passedNs >= TEMPORAL_HOLD_NS) {
            int within = another ? ladder.at(heldLayer, ALL_TEMPORAL) : target;
            if (within > held) {
                stand(ladder, within);
            }
        }
    }

    // On the same layer: what flows now is what is chosen.
    private void stand(Ladder ladder, int rung) {
        place(ladder, rung);
        meanwhile = temporal;
    }

    private void place(Ladder ladder, int rung) {
        dipped = false;
        form = Math.min(rung, 0);
        if (rung < 0) {
            return;
        }
        layer = ladder.layer(rung);
        temporal = ladder.temporal(rung);
        int all = ladder.at(layer, ALL_TEMPORAL);
        fewFrames = rung < all && ladder.framesPerSecond(rung) < FEW_FPS
                && ladder.framesPerSecond(all) >= FEW_FPS;
    }

    PictureStep step() {
        if (form < 0) {
            return form == Ladder.STILL ? PictureStep.STILL : PictureStep.OFF;
        }
        return fewFrames ? PictureStep.FEW_FRAMES : PictureStep.MOVING;
    }

    /** Highest layer to be forwarded. */
    int layer() {
        return layer;
    }

    /** Highest temporal layer of it. */
    int temporal() {
        return dipped ? 0 : temporal;
    }

    /** Highest temporal layer of another layer that goes on until the key frame comes. */
    int meanwhile() {
        return meanwhile;
    }
}
