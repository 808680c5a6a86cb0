// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.signaling.session;

import livekit.LivekitModels.ConnectionQuality;
import org.nhipcau.sfu.api.MediaEvent.DirectionStatistics;

/**
 * Turns loss, delay and jitter of an interval into a mean opinion score, and scores into the quality marks that
 * clients show.
 *
 * <p>Spec: ITU-T G.107 (E-model) reduced to delay and loss impairment, with the constants of Opus-like speech
 * (G.113: no equipment impairment of its own, loss robustness 20). Video loss is counted before repair, so it weighs a
 * quarter. The thresholds are our taste: they put 2 % audio loss still in EXCELLENT, 10 % in POOR.
 *
 * <p>Thread: one; a mark rises only after two intervals in a row, and falls at once.
 */
public final class ConnectionScore {
    private static final double BASE_RATING = 93.2;
    private static final double LOSS_ROBUSTNESS_PERCENT = 20;
    private static final double CODEC_DELAY_MS = 40;
    private static final double KNEE_MS = 177.3;
    private static final double VIDEO_LOSS_WEIGHT = 0.25;
    private static final double EXCELLENT_FROM = 4.0;
    private static final double GOOD_FROM = 3.3;
    /** The best score there is. */
    public static final double BEST = mos(0, 0, 0);
    /** The score told with POOR where the cause is not in the figures: nothing to see or hear arrives. */
    public static final double NOTHING_ARRIVES = 1.0;

    private ConnectionQuality mark = ConnectionQuality.EXCELLENT;
    private int betterIntervals;

    /** Score of one direction; the best where nothing was sent, since nothing suffered. */
    public static double of(DirectionStatistics direction, double roundTripTimeMs) {
        double audioLoss = Math.max(0, direction.audioLossRatio());
        double videoLoss = Math.max(0, direction.videoLossRatio()) * VIDEO_LOSS_WEIGHT;
        return mos(Math.clamp(Math.max(audioLoss, videoLoss), 0.0, 1.0), Math.max(0, roundTripTimeMs),
                Math.max(0, direction.jitterMs()));
    }

    /** Mean opinion score 1 to 4.5 of a loss ratio, round trip time and jitter. */
    static double mos(double lossRatio, double roundTripTimeMs, double jitterMs) {
        double delayMs = roundTripTimeMs / 2 + 2 * jitterMs + CODEC_DELAY_MS;
        double delayImpairment = 0.024 * delayMs + (delayMs > KNEE_MS ? 0.11 * (delayMs - KNEE_MS) : 0);
        double lossPercent = lossRatio * 100;
        double lossImpairment = 95 * lossPercent / (lossPercent + LOSS_ROBUSTNESS_PERCENT);
        double rating = Math.clamp(BASE_RATING - delayImpairment - lossImpairment, 0.0, 100.0);
        return Math.max(1, 1 + 0.035 * rating + rating * (rating - 60) * (100 - rating) * 7e-6);
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
