// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.sfu.bwe;

/**
 * What comes in from a publisher whose packets tell when they left: how long they wait in its uplink, and how fast they
 * come out of it.
 *
 * <p>The publisher's clock wraps every 64 s, is set now and then, and may stand still while the machine sleeps:
 * <ul>
 *   <li>A packet that left before one that is here already was overtaken, and tells nothing of the queue. When for a
 *       while <em>only</em> such packets come, the clock was set back: what was measured by it is forgotten.
 *   <li>A clock that is set forward makes packets seem to come sooner than ever: the least delay follows at once.
 *   <li>After a silence a step of the clock is the one that is nearest to the time that has passed here. If packets are
 *       later by far than before it, they were held back and come ever less late, or the clock had stopped and they
 *       all come equally late: then that is no queue.
 * </ul>
 * Spec: abs-send-time, 24 bits of seconds modulo 64 in 6.18 fixed point. Thread: one. A packet allocates nothing.
 */
final class TimedArrivals {
    private static final int WRAP_BITS = 24;
    private static final int FRACTION_BITS = 18;
    private static final long SILENCE_NS = 2_000_000_000L;
    /** No path lets packets overtake each other for longer, nor so many in a row. By taste. */
    private static final long OVERTAKEN_NS = 100_000_000L;
    private static final int OVERTAKEN_PACKETS = 3;
    /** After a silence: when it is known how late packets are, and when, whether that changes. By taste. */
    private static final long LATENESS_KNOWN_NS = 300_000_000L;
    private static final long LATENESS_JUDGED_NS = 1_200_000_000L;
    /** So late are packets that were held back; and by so much that changes at least. */
    private static final long LATE_US = 500_000;
    private static final long UNCHANGED_US = 60_000;
    private static final long NONE = Long.MIN_VALUE;

    private final DelayTrend delay = new DelayTrend(EstimatorSettings.DEFAULT);
    private final DeliveryRate delivery = new DeliveryRate();
    /** Of the packet that left last. */
    private int newestSendTime;
    /** When it came in. */
    private long newestNs;
    /** When it left, since the first packet, in units of 2^-18 s. */
    private long sentTicks;
    /** Packets that left earlier and came in since. */
    private int overtaken;
    /** When the last packet came in; {@link #NONE}: none did. */
    private long lastNs = NONE;
    /** When the silence ended after which it is to be judged how late packets are; {@link #NONE}: it is judged. */
    private long resumedNs = NONE;
    /** How late they were soon after it; {@link #NONE}: not known yet. */
    private long resumedLateUs;

    /**
     * Takes one packet.
     *
     * @param absSendTime 24 bits
     * @param lengthBytes from the RTP header on
     * @return false: there was a silence before it, or its sender's clock was set, and what was measured before says
     *     nothing any more
     */
    boolean onPacket(int absSendTime, int lengthBytes, long nowNs) {
        boolean goesOn = true;
        if (lastNs == NONE) {
            newestSendTime = absSendTime;
        } else if (nowNs - lastNs >= SILENCE_NS) {
            onSilence(absSendTime, nowNs);
            goesOn = false;
        }
        int step = nearest(absSendTime - newestSendTime);
        if (step < 0 && ++overtaken >= OVERTAKEN_PACKETS && nowNs - newestNs > OVERTAKEN_NS) {
            delay.forget();
            step = 0;
            goesOn = false;
        }
        long arrivalUs = nowNs / 1_000;
        if (step >= 0) {
            newestSendTime = absSendTime;
            newestNs = nowNs;
            sentTicks += step;
            overtaken = 0;
            delay.onArrival(sentTicks * 1_000_000 >> FRACTION_BITS, arrivalUs, nowNs);
        }
        judgeLateness(nowNs);
        delivery.onArrival(arrivalUs, lengthBytes + SendSideEstimator.PACKET_OVERHEAD_BYTES,
                delay.standingUs() > delay.thresholdUs() / 2);
        lastNs = nowNs;
        return goesOn;
    }

    // Of all steps that differ by whole rounds of the clock the one that is nearest to none.
    private static int nearest(int step) {
        return step << Integer.SIZE - WRAP_BITS >> Integer.SIZE - WRAP_BITS;
    }

    private void onSilence(int absSendTime, long nowNs) {
        long passedTicks = (nowNs - lastNs) / 1_000 * (1 << FRACTION_BITS) / 1_000_000;
        sentTicks += passedTicks + nearest(absSendTime - newestSendTime - (int) passedTicks);
        newestSendTime = absSendTime;
        overtaken = 0;
        delay.resume();
        delivery.reset();
        resumedNs = nowNs;
        resumedLateUs = NONE;
    }

    private void judgeLateness(long nowNs) {
        if (resumedNs == NONE || nowNs - resumedNs < LATENESS_KNOWN_NS) {
            return;
        }
        long lateUs = delay.standingUs();
        if (resumedLateUs == NONE) {
            resumedLateUs = lateUs;
        } else if (nowNs - resumedNs >= LATENESS_JUDGED_NS) {
            resumedNs = NONE;
            if (lateUs > LATE_US && Math.abs(lateUs - resumedLateUs) < UNCHANGED_US) {
                delay.rebase(nowNs);
            }
        }
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
