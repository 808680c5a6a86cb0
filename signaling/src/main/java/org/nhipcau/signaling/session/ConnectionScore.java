// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.signaling.session;

import livekit.LivekitModels.ConnectionQuality;
import org.nhipcau.sfu.api.MediaEvent.DirectionQuality;

/**
 * Turns the scores of a participant's links into the quality marks that clients show.
 *
 * <p>The thresholds are our taste: they put 2 % audio loss still in EXCELLENT, 10 % in POOR.
 *
 * <p>Thread: one; a mark rises only after two intervals in a row, and falls at once.
 */
public final class ConnectionScore {
    private static final double EXCELLENT_FROM = 4.0;
    private static final double GOOD_FROM = 3.3;
    /** The best score there is. */
    public static final double BEST = 4.5;
    /** The score told with POOR where the cause is not in the figures: nothing to see or hear arrives. */
    public static final double NOTHING_ARRIVES = 1.0;

    private ConnectionQuality mark = ConnectionQuality.EXCELLENT;
    private int betterIntervals;

    /** The score of both directions of a transport: the worse counts. */
    public static double of(DirectionQuality uplink, DirectionQuality downlink) {
        return Math.min(uplink.linkScore(), downlink.linkScore());
    }

    /** Takes in the score of one interval and answers the mark that now holds. */
    public ConnectionQuality update(double score) {
        ConnectionQuality now = score >= EXCELLENT_FROM ? ConnectionQuality.EXCELLENT
                : score >= GOOD_FROM ? ConnectionQuality.GOOD : ConnectionQuality.POOR;
        if (now.getNumber() <= mark.getNumber()) {
            mark = now;
            betterIntervals = 0;
        } else if (++betterIntervals >= 2) {
            mark = now;
            betterIntervals = 0;
        }
        return mark;
    }
}
