// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.sfu.bwe;

/**
 * What comes in from a publisher whose packets tell when they left: how long they wait in its uplink, and how fast they
 * come out of it.
 *
 * <p>Spec: abs-send-time, 24 bits of seconds modulo 64 in 6.18 fixed point. Thread: one. A packet allocates nothing.
 */
final class TimedArrivals {
    private static final int WRAP_BITS = 24;
    private static final int FRACTION_BITS = 18;
    private static final long SILENCE_NS = 2_000_000_000L;
    private static final long NONE = Long.MIN_VALUE;

    private final DelayTrend delay = new DelayTrend(EstimatorSettings.DEFAULT);
    private final DeliveryRate delivery = new DeliveryRate();
    private int lastSendTime = -1;
    /** Since the first packet, in units of 2^-18 s. */
    private long sentTicks;
    private long lastNs = NONE;

    /**
     * Takes one packet.
     *
     * @param absSendTime 24 bits
     * @param lengthBytes from the RTP header on
     * @return false: there was a silence before it, and what was measured before says nothing any more
     */
    boolean onPacket(int absSendTime, int lengthBytes, long nowNs) {
        if (lastSendTime < 0) {
            lastSendTime = absSendTime;
        }
        boolean goesOn = lastNs == NONE || nowNs - lastNs < SILENCE_NS;
        if (!goesOn) {
            onSilence(absSendTime, nowNs);
        }
        int step = absSendTime - lastSendTime << Integer.SIZE - WRAP_BITS >> Integer.SIZE - WRAP_BITS;
        long arrivalUs = nowNs / 1_000;
        if (step >= 0) {
            lastSendTime = absSendTime;
            sentTicks += step;
            delay.onArrival(sentTicks * 1_000_000 >> FRACTION_BITS, arrivalUs, nowNs);
        }
        delivery.onArrival(arrivalUs, lengthBytes + SendSideEstimator.PACKET_OVERHEAD_BYTES,
                delay.standingUs() > delay.thresholdUs() / 2);
        lastNs = nowNs;
        return goesOn;
    }

    // The sender's clock wraps every 64 s: its step is the one that is nearest to the time that has passed here.
    private void onSilence(int absSendTime, long nowNs) {
        long passedTicks = (nowNs - lastNs) / 1_000 * (1 << FRACTION_BITS) / 1_000_000;
        int beyond = absSendTime - lastSendTime - (int) passedTicks << Integer.SIZE - WRAP_BITS >> Integer.SIZE - WRAP_BITS;
        lastSendTime = absSendTime;
        sentTicks += passedTicks + beyond;
        delay.resume();
        delivery.reset();
    }

    /** How long packets wait in the uplink. */
    DelayTrend delay() {
        return delay;
    }

    /** How fast they come in. */
    DeliveryRate delivery() {
        return delivery;
    }

    /** Packets came lately. */
    boolean fresh(long nowNs) {
        return lastNs != NONE && nowNs - lastNs < SILENCE_NS;
    }
}
