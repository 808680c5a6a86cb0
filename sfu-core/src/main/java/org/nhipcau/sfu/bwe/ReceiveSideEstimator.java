// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.sfu.bwe;

/**
 * Estimates what a publisher's uplink carries where the publisher cannot do so itself, for want of transport-wide
 * feedback: from when its packets left by their abs-send-time, and when they came in. The publisher is told by REMB.
 *
 * <p>It looks at the same things as the estimator of a viewer's path, but nobody here can probe: it rises with what
 * comes in, quickly until a first queue was seen, by 8 % a second after that, and never to more than half as much again
 * as came in. Where a queue stands it falls to somewhat less than what came out of it. The rates of rise after
 * libwebrtc {@code modules/remote_bitrate_estimator/aimd_rate_control.cc}, the rest by taste.
 *
 * <p>Spec: draft-alvestrand-rmcat-remb-03. Thread: one. A packet allocates nothing.
 */
public final class ReceiveSideEstimator {
    private static final long UPDATE_NS = 100_000_000L;
    private static final double FALL = 0.88;
    private static final long FALL_SPACING_NS = 250_000_000L;
    private static final double RISE_PER_SECOND = 0.08;
    /** Until a queue was seen for the first time. */
    private static final double FIRST_RISE_PER_SECOND = 1.0;
    private static final long MIN_RISE_BPS_PER_SECOND = 8_000;
    private static final double ABOVE_RECEIVED = 1.5;
    private static final long ABOVE_RECEIVED_BPS = 10_000;
    private static final long RECEIVED_US = 500_000;
    private static final double DRAIN_US = 800_000;
    private static final double LEAST_DRAIN = 0.5;
    private static final long REBASE_NS = 3_000_000_000L;
    private static final long NONE = Long.MIN_VALUE;

    private final TimedArrivals arrivals = new TimedArrivals();
    private final DelayTrend delay = arrivals.delay();
    private final DeliveryRate delivery = arrivals.delivery();
    private long updatedNs = NONE;
    private long fellNs = NONE;
    private long queueSinceNs = NONE;
    private boolean everQueued;
    private double estimateBps = SendSideEstimator.START_BPS;

    /**
     * Takes one packet.
     *
     * @param absSendTime 24 bits
     * @param lengthBytes from the RTP header on
     */
    public void onPacket(int absSendTime, int lengthBytes, long nowNs) {
        if (!arrivals.onPacket(absSendTime, lengthBytes, nowNs)) {
            queueSinceNs = NONE;
        }
        if (updatedNs == NONE) {
            updatedNs = nowNs;
        } else if (nowNs - updatedNs >= UPDATE_NS) {
            update(Math.min(1, (nowNs - updatedNs) / 1e9), nowNs);
            updatedNs = nowNs;
        }
    }

    private void update(double seconds, long nowNs) {
        if (delay.queued()) {
            onQueue(nowNs);
            return;
        }
        queueSinceNs = NONE;
        double limit = ABOVE_RECEIVED * delivery.overBps(RECEIVED_US) + ABOVE_RECEIVED_BPS;
        double perSecond = Math.max(MIN_RISE_BPS_PER_SECOND,
                estimateBps * (everQueued ? RISE_PER_SECOND : FIRST_RISE_PER_SECOND));
        // While a queue drains what comes in says nothing of what more would do.
        if (delay.standingUs() < delay.thresholdUs() / 2 && limit > estimateBps) {
            estimateBps = Math.clamp(estimateBps + perSecond * seconds, SendSideEstimator.MIN_BPS,
                    Math.min(limit, SendSideEstimator.MAX_BPS));
        }
    }

    private void onQueue(long nowNs) {
        everQueued = true;
        if (queueSinceNs == NONE) {
            queueSinceNs = nowNs;
        }
        long carriedBps = delivery.busyBps();
        boolean spaced = fellNs == NONE || nowNs - fellNs >= FALL_SPACING_NS;
        if (carriedBps > 0 && spaced && carriedBps * FALL < estimateBps) {
            fellNs = nowNs;
            estimateBps = Math.max(SendSideEstimator.MIN_BPS, carriedBps * FALL);
        }
        if (nowNs - queueSinceNs > REBASE_NS) {
            // Sending less has not made it shorter: it is none of the publisher's.
            delay.rebase(nowNs);
            queueSinceNs = NONE;
        }
    }

    /** Packets came lately: {@link #estimateBps} means something. */
    public boolean fresh(long nowNs) {
        return arrivals.fresh(nowNs);
    }

    /** Bits per second on the wire that may come, headers included; less than passes while a queue has to drain. */
    public long estimateBps() {
        double drain = delay.queued() ? Math.max(LEAST_DRAIN, 1 - delay.standingUs() / DRAIN_US) : 1;
        return Math.max(SendSideEstimator.MIN_BPS, (long) (estimateBps * drain));
    }
}
