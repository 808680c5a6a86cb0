// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.sfu.bwe;

import org.nhipcau.sfu.rtcp.TransportFeedbackFlyweight;

/**
 * A simple, safe estimate of what the path to one viewer carries, from whatever feedback the viewer gives: transport
 * feedback, loss of receiver reports, REMB.
 *
 * <p>It begins unassuming of any limit up to {@link #START_BPS}, falls at once to what evidently arrives when loss or a
 * standing queue shows, and rises by 8 % a second after a hold that doubles each time a rise turned out too much. It
 * never rises without feedback. Whatever a viewer claims moves its own estimate alone, within fixed bounds (V22).
 *
 * <p>The loss thresholds (2 %, 10 %, factor 1 - loss/2) after libwebrtc
 * {@code modules/congestion_controller/goog_cc/send_side_bandwidth_estimation.cc}; queue bounds and holds by taste.
 *
 * <p>Thread: one.
 */
public final class FeedbackRateEstimator {
    /** Before any evidence: room for a few good pictures, not for a flood. */
    public static final long START_BPS = 4_000_000;
    /** Never below: speech passes even then. */
    public static final long MIN_BPS = 40_000;
    /** Never above. */
    public static final long MAX_BPS = 50_000_000;

    private static final double HIGH_LOSS = 0.10;
    private static final double LOW_LOSS = 0.02;
    private static final double DECREASE = 0.85;
    private static final double RISE_PER_SECOND = 0.08;
    private static final double MIN_RISE_BPS_PER_SECOND = 15_000;
    /** With nothing being sent nothing can be learned: what one small picture takes is tried then. */
    private static final long TRIAL_BPS = 400_000;
    private static final long QUEUE_LIMIT_US = 120_000;
    private static final long QUEUE_SUSTAINED_NS = 250_000_000L;
    private static final long INTERVAL_NS = 500_000_000L;
    /** A thin stream loses two packets of ten by chance: fewer say nothing of the path. */
    private static final int INTERVAL_MIN_PACKETS = 50;
    /** Loss above this is no noise of a radio link: the path carries what arrives. */
    private static final double HEAVY_LOSS = 0.25;
    private static final long FEEDBACK_FRESH_NS = 2_000_000_000L;
    private static final long MIN_HOLD_NS = 3_000_000_000L;
    private static final long MAX_HOLD_NS = 48_000_000_000L;
    private static final long DECREASE_SPACING_NS = 400_000_000L;
    private static final double BURST_SMOOTHING = 0.4;
    private static final long BASE_DELAY_WINDOW_NS = 15_000_000_000L;

    private final SentPacketLog log;
    private double estimateBps = START_BPS;
    private long rembBps = Long.MAX_VALUE;
    private long lastFeedbackNs = Long.MIN_VALUE;
    private boolean transportFeedbackSeen;
    private long lastDecreaseNs = Long.MIN_VALUE;
    private long holdNs = MIN_HOLD_NS;
    private boolean roseSinceDecrease;
    private long lastUpdateNs = Long.MIN_VALUE;

    // One interval of transport feedback.
    private long reportedUpTo;
    private long intervalStartNs = Long.MIN_VALUE;
    private int intervalReceived;
    private int intervalLost;
    private long intervalBytes;
    private int intervalRuns;
    private boolean lastLost;

    // One-way delay against its own minimum: clocks differ by an unknown constant, and slowly drift.
    private long minDelayUs = Long.MAX_VALUE;
    private long previousMinDelayUs = Long.MAX_VALUE;
    private long minSinceNs;
    private long delayUs;
    private boolean delayKnown;
    private long queuedSinceNs = Long.MIN_VALUE;
    private double lossRatio;
    private double burstLength = 1;
    private long arrivedBps;

    /** @param log the packets sent to this viewer */
    public FeedbackRateEstimator(SentPacketLog log) {
        this.log = log;
    }

    /** Bits per second that the path seems to carry. */
    public long estimateBps() {
        return Math.min((long) estimateBps, rembBps);
    }

    /** Loss of the last interval, 0 to 1. */
    public double lossRatio() {
        return lossRatio;
    }

    /** Packets lost in a row, on average over the last intervals with loss; 1 or more. */
    public double burstLength() {
        return burstLength;
    }

    /** There has been evidence of a limit: loss, a queue or a REMB. */
    public boolean limited() {
        return lastDecreaseNs != Long.MIN_VALUE || rembBps != Long.MAX_VALUE;
    }

    /** Takes transport feedback; what it says of packets that were not sent is ignored. */
    public void onTransportFeedback(TransportFeedbackFlyweight feedback, long nowNs) {
        int walked = 0;
        boolean any = false;
        feedback.rewind();
        while (walked++ < SentPacketLog.CAPACITY && feedback.next()) {
            long sequence = log.find(feedback.sequence());
            if (sequence < 0) {
                continue;
            }
            any = true;
            boolean fresh = sequence >= reportedUpTo;
            if (feedback.received()) {
                onArrived(sequence, feedback.arrivalTimeUs(), fresh, nowNs);
            } else if (fresh) {
                intervalLost++;
                intervalRuns += lastLost ? 0 : 1;
            }
            if (fresh) {
                reportedUpTo = sequence + 1;
                lastLost = !feedback.received();
            }
        }
        if (!any) {
            return;
        }
        transportFeedbackSeen = true;
        lastFeedbackNs = nowNs;
        endInterval(nowNs);
        update(nowNs);
    }

    /**
     * Takes the loss of a receiver report; used only while there is no transport feedback, which knows more.
     *
     * @param sentBps what is being sent to the viewer
     */
    public void onLossReport(int fractionLost256, long sentBps, long nowNs) {
        if (transportFeedbackSeen) {
            return;
        }
        lossRatio += (fractionLost256 / 256.0 - lossRatio) * 0.5;
        arrivedBps = (long) (sentBps * (1 - lossRatio));
        lastFeedbackNs = nowNs;
        update(nowNs);
    }

    /** Takes a REMB; it bounds the estimate from above. */
    public void onRemb(long bitrateBps, long nowNs) {
        rembBps = Math.clamp(bitrateBps, MIN_BPS, MAX_BPS);
        lastFeedbackNs = nowNs;
    }

    /**
     * Lets a path that carries nothing at all recover: after the hold, the estimate allows one small picture, whose
     * feedback decides. Harmless to call often.
     */
    public void onTimer(long nowNs) {
        boolean idle = nowNs - log.lastSentNs() > FEEDBACK_FRESH_NS;
        if (idle && lastDecreaseNs != Long.MIN_VALUE && nowNs - lastDecreaseNs > holdNs && estimateBps < TRIAL_BPS) {
            estimateBps = TRIAL_BPS;
            roseSinceDecrease = true;
            lossRatio = 0;
            delayKnown = false;
            intervalStartNs = Long.MIN_VALUE;
        }
    }

    private void onArrived(long sequence, long arrivalUs, boolean fresh, long nowNs) {
        if (fresh) {
            intervalReceived++;
            intervalBytes += log.lengthBytes(sequence);
        }
        long delay = arrivalUs - log.sentUs(sequence);
        if (delayKnown && Math.abs(delay - delayUs) > 60_000_000L) {
            // The viewer's clock wrapped or was set: begin to measure anew.
            delayKnown = false;
        }
        if (!delayKnown) {
            delayKnown = true;
            delayUs = delay;
            minDelayUs = delay;
            previousMinDelayUs = delay;
            minSinceNs = nowNs;
        }
        delayUs += (delay - delayUs) / 8;
        minDelayUs = Math.min(minDelayUs, delay);
        if (nowNs - minSinceNs > BASE_DELAY_WINDOW_NS) {
            previousMinDelayUs = minDelayUs;
            minDelayUs = delay;
            minSinceNs = nowNs;
        }
    }

    /** How long packets seem to wait in the path, in us. */
    public long queueUs() {
        return delayKnown ? Math.max(0, delayUs - Math.min(minDelayUs, previousMinDelayUs)) : 0;
    }

    private void endInterval(long nowNs) {
        if (intervalStartNs == Long.MIN_VALUE) {
            intervalStartNs = nowNs;
            intervalReceived = 0;
            intervalLost = 0;
            intervalBytes = 0;
            return;
        }
        long lengthNs = nowNs - intervalStartNs;
        int packets = intervalReceived + intervalLost;
        if (lengthNs < INTERVAL_NS || packets < INTERVAL_MIN_PACKETS && lengthNs < 6 * INTERVAL_NS) {
            return;
        }
        lossRatio = packets == 0 ? 0 : (double) intervalLost / packets;
        if (intervalLost > 0) {
            burstLength += BURST_SMOOTHING * (intervalLost / (double) Math.max(1, intervalRuns) - burstLength);
        }
        intervalRuns = 0;
        arrivedBps = intervalBytes * 8 * 1_000 / Math.max(1, lengthNs / 1_000_000);
        intervalStartNs = nowNs;
        intervalReceived = 0;
        intervalLost = 0;
        intervalBytes = 0;
    }

    private void update(long nowNs) {
        boolean queued = queueUs() > QUEUE_LIMIT_US;
        if (!queued) {
            queuedSinceNs = Long.MIN_VALUE;
        } else if (queuedSinceNs == Long.MIN_VALUE) {
            queuedSinceNs = nowNs;
        }
        boolean standing = queued && nowNs - queuedSinceNs >= QUEUE_SUSTAINED_NS;
        long sinceUpdateNs = lastUpdateNs == Long.MIN_VALUE ? 0 : Math.min(nowNs - lastUpdateNs, FEEDBACK_FRESH_NS);
        lastUpdateNs = nowNs;
        if ((standing || lossRatio > HIGH_LOSS) && arrivedBps > 0) {
            decrease(standing, nowNs);
        } else if (lossRatio < LOW_LOSS && !queued && (lastDecreaseNs == Long.MIN_VALUE
                || nowNs - lastDecreaseNs > holdNs)) {
            roseSinceDecrease = lastDecreaseNs != Long.MIN_VALUE;
            double rise = Math.max(estimateBps * RISE_PER_SECOND, MIN_RISE_BPS_PER_SECOND);
            estimateBps = Math.min(MAX_BPS, estimateBps + rise * sinceUpdateNs / 1e9);
        }
    }

    private void decrease(boolean standing, long nowNs) {
        if (lastDecreaseNs != Long.MIN_VALUE && nowNs - lastDecreaseNs < DECREASE_SPACING_NS) {
            return;
        }
        double arrived = Math.max(arrivedBps, MIN_BPS);
        if (standing) {
            estimateBps = Math.min(estimateBps, arrived * DECREASE);
        } else if (lossRatio > HEAVY_LOSS) {
            estimateBps = Math.min(estimateBps * (1 - lossRatio / 2), arrived);
        } else {
            // While little is sent, what arrives says nothing of what the path would carry.
            estimateBps *= 1 - lossRatio / 2;
        }
        estimateBps = Math.max(MIN_BPS, estimateBps);
        if (roseSinceDecrease) {
            holdNs = Math.min(MAX_HOLD_NS, holdNs * 2);
            roseSinceDecrease = false;
        } else if (lastDecreaseNs != Long.MIN_VALUE && nowNs - lastDecreaseNs > MAX_HOLD_NS) {
            holdNs = MIN_HOLD_NS;
        }
        lastDecreaseNs = nowNs;
    }

    /** Feedback came within the last two seconds. */
    public boolean fresh(long nowNs) {
        return lastFeedbackNs != Long.MIN_VALUE && nowNs - lastFeedbackNs <= FEEDBACK_FRESH_NS;
    }
}
