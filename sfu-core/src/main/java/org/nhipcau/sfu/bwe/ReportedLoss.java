// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.sfu.bwe;

/**
 * The estimate for a viewer that gives no transport feedback: only the loss in its receiver reports is known, about
 * once a second, and nothing of delay.
 *
 * <p>It begins unassuming of any limit, falls with heavy loss, and rises by 8 % a second after a hold that doubles each
 * time a rise turned out too much. The thresholds (2 %, 10 %, factor 1 - loss/2) after libwebrtc
 * {@code modules/congestion_controller/goog_cc/send_side_bandwidth_estimation.cc}; holds by taste.
 *
 * <p>Thread: one.
 */
final class ReportedLoss {
    private static final long START_BPS = 4_000_000;
    private static final double HIGH_LOSS = 0.10;
    private static final double LOW_LOSS = 0.02;
    /** Loss above this is no noise of a radio link: the path carries what arrives. */
    private static final double HEAVY_LOSS = 0.25;
    private static final double RISE_PER_SECOND = 0.08;
    private static final double MIN_RISE_BPS_PER_SECOND = 15_000;
    private static final long MIN_HOLD_NS = 3_000_000_000L;
    private static final long MAX_HOLD_NS = 48_000_000_000L;
    private static final long DECREASE_SPACING_NS = 400_000_000L;
    private static final long MAX_STEP_NS = 2_000_000_000L;
    /** With nothing being sent nothing can be learned: what one small picture takes is tried then. */
    private static final long TRIAL_BPS = 400_000;
    private static final long IDLE_NS = 2_000_000_000L;

    private double estimateBps = START_BPS;
    private double lossRatio;
    private boolean limited;
    private long lastDecreaseNs;
    private long lastReportNs = Long.MIN_VALUE;
    private long lastSentNs = Long.MIN_VALUE;
    private long holdNs = MIN_HOLD_NS;
    private boolean roseSinceDecrease;

    /** @param reported loss of the path to the viewer, 0 to 1 */
    void onReport(double reported, long sentBps, long nowNs) {
        lossRatio += (reported - lossRatio) * 0.5;
        long sinceNs = lastReportNs == Long.MIN_VALUE ? 0 : Math.min(nowNs - lastReportNs, MAX_STEP_NS);
        lastReportNs = nowNs;
        if (sentBps > 0) {
            lastSentNs = nowNs;
        }
        if (lossRatio > HIGH_LOSS && sentBps > 0) {
            decrease((long) (sentBps * (1 - lossRatio)), nowNs);
        } else if (lossRatio < LOW_LOSS && (!limited || nowNs - lastDecreaseNs > holdNs)) {
            roseSinceDecrease = limited;
            double rise = Math.max(estimateBps * RISE_PER_SECOND, MIN_RISE_BPS_PER_SECOND);
            estimateBps = Math.min(SendSideEstimator.MAX_BPS, estimateBps + rise * sinceNs / 1e9);
        }
    }

    private void decrease(long arrivedBps, long nowNs) {
        if (limited && nowNs - lastDecreaseNs < DECREASE_SPACING_NS) {
            return;
        }
        // While little is sent, what arrives says nothing of what the path would carry.
        estimateBps *= 1 - lossRatio / 2;
        if (lossRatio > HEAVY_LOSS) {
            estimateBps = Math.min(estimateBps, arrivedBps);
        }
        estimateBps = Math.max(SendSideEstimator.MIN_BPS, estimateBps);
        if (roseSinceDecrease) {
            holdNs = Math.min(MAX_HOLD_NS, holdNs * 2);
            roseSinceDecrease = false;
        } else if (limited && nowNs - lastDecreaseNs > MAX_HOLD_NS) {
            holdNs = MIN_HOLD_NS;
        }
        limited = true;
        lastDecreaseNs = nowNs;
    }

    /** Lets a path that carries nothing at all recover: after the hold, one small picture is allowed. */
    void onTimer(long nowNs) {
        boolean idle = lastSentNs == Long.MIN_VALUE || nowNs - lastSentNs > IDLE_NS;
        if (idle && limited && nowNs - lastDecreaseNs > holdNs && estimateBps < TRIAL_BPS) {
            estimateBps = TRIAL_BPS;
            roseSinceDecrease = true;
            lossRatio = 0;
        }
    }

    long estimateBps() {
        return (long) estimateBps;
    }

    double lossRatio() {
        return lossRatio;
    }

    /** There was loss that lowered the estimate. */
    boolean limited() {
        return limited;
    }
}
