// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.sfu.bwe;

/**
 * Tells a publisher that measures its uplink itself to send less while a queue stands there: its own estimator learns of
 * a queue by reports that are as late as the queue is long, and keeps one of a third of a second and more, in front of
 * the voice. Here each packet's lateness is known as soon as it is in.
 *
 * <p>It only ever bounds, and only by evidence: a queue that lasts, and then what came out of it. Neither jitter nor loss
 * moves it. While the queue drains less is allowed than passes; when it is gone what passed, and then more and more
 * quickly, so that the publisher's own estimator soon decides alone.
 *
 * <p>An encoder makes no picture of less than 30 kbit/s: beside the voice even that is too much for the narrowest links.
 * Where the queue does not become shorter though the least was asked for, pictures rest, and are tried again later. Where
 * not even that helps the queue is none of the publisher's: others fill it, and who gives way to them gets nothing. All
 * is let go then, for a while.
 *
 * <pre>
 *   free --queue lasts--> braking --gone--> easing --far above what comes in--> free
 *                         |    ^--queue------'  ^
 *                         |                     | rested
 *                         '-not shorter-> resting --not shorter--> free, and let be for a while
 * </pre>
 * By taste: the constants, tuned in simulation. Thread: one.
 */
public final class UplinkBrake {
    /** Nothing is asked of the publisher. */
    public static final long NONE = Long.MAX_VALUE;
    /** A thin voice with its headers, and the smallest picture: less is not sent anyway. */
    static final long LEAST_BPS = 60_000;
    static final long QUEUE_US = 60_000;
    static final long PATIENCE_NS = 5_000_000_000L;
    static final long LET_BE_NS = 20_000_000_000L;
    /** A shorter queue is no reason to send no picture at all. */
    static final long REST_QUEUE_US = 400_000;
    /** A voice so late is no talk any more: such a queue goes sooner without any picture. */
    static final long REST_AT_ONCE_US = 1_000_000;
    /** No jitter is as long. */
    private static final long LONG_QUEUE_US = 150_000;
    private static final long LASTS_NS = 100_000_000L;
    private static final double DRAIN_US = 800_000;
    private static final double LEAST_DRAIN = 0.3;
    private static final double BELOW_CARRIED = 0.92;
    /** Per second, and as much more with each second since the queue was gone. */
    private static final double EASE = 0.12;
    private static final double FAR_ABOVE = 3;
    private static final long RECEIVED_US = 1_000_000;
    private static final double SHORTER = 0.75;
    /** Pictures that have to rest again so soon rest for longer. */
    private static final long AGAIN_NS = 10_000_000_000L;
    private static final long MIN_REST_NS = 4_000_000_000L;
    private static final long MAX_REST_NS = 32_000_000_000L;
    /** Longer than a queue of a voice's own takes to drain. Then the path itself has become longer. */
    private static final long MOST_REST_NS = 40_000_000_000L;
    /** From one packet to the next no queue grows by so much: they were held back, by a hole. */
    private static final long HELD_US = 500_000;
    /** What comes out of a queue that is the publisher's own does not become less when it sends less. */
    private static final double OWN = 0.8;
    /** Where the voice alone is so much of what the uplink carries, its queue is no stranger's. */
    private static final double VOICE_FILLS = 0.6;
    /** Where no less can be asked for, it is known sooner that this does not help. */
    private static final long SHORT_PATIENCE_NS = 1_000_000_000L;
    /** Beside a voice of 24 kbit/s with its headers, an uplink of less has no room for the smallest picture. */
    private static final long NARROW_BPS = 100_000;
    private static final long NARROW_HOLDS_NS = 30_000_000_000L;
    /** Each time it proves narrow again soon after, it is held for so for twice as long, up to this. */
    private static final long NARROW_HOLDS_AT_MOST_NS = 480_000_000_000L;
    /** Loss in bursts makes what comes in dip for moments. */
    private static final long OTHERS_LAST_NS = 1_000_000_000L;
    private static final long OWN_SHOWS_NS = 1_500_000_000L;
    /** What a dead link held back comes in at once when it returns, and is soon through. */
    private static final long AFTER_SILENCE_NS = 1_500_000_000L;
    private static final long MAX_LET_BE_NS = 160_000_000_000L;
    private static final double NS = 1e9;

    private enum State { FREE, BRAKING, RESTING, EASING }

    private final TimedArrivals arrivals = new TimedArrivals();
    private final DelayTrend delay = arrivals.delay();
    private State state = State.FREE;
    private double capBps;
    /** What comes out of the queue; 0: not known. */
    private double carriedBps;
    /** The same when it began. */
    private double firstBps;
    /** Of the last packet, on the wire: so long it is on the link itself, which was faster before. */
    private int lastBits;
    private boolean queued;
    private long queueSinceNs;
    private long longestUs;
    private long longestNs;
    private long easingSinceNs;
    private long updatedNs;
    private long restSinceNs;
    private long restLagUs;
    private long restedNs = Long.MIN_VALUE / 2;
    private long restNs;
    private long letBeUntilNs = Long.MIN_VALUE;
    private long letBeNs = LET_BE_NS;
    private long narrowNs = Long.MIN_VALUE / 2;
    private long narrowHoldsNs = NARROW_HOLDS_NS;
    private long voiceBps;
    private long ownNs;

    /**
     * Takes one packet.
     *
     * @param absSendTime 24 bits
     * @param lengthBytes from the RTP header on
     */
    public void onPacket(int absSendTime, int lengthBytes, long nowNs) {
        long waitedUs = delay.newestUs();
        boolean goesOn = arrivals.onPacket(absSendTime, lengthBytes, nowNs);
        if (!goesOn && state != State.EASING) {
            release();
        }
        if (!goesOn || delay.newestUs() - waitedUs > HELD_US) {
            letBeUntilNs = Math.max(letBeUntilNs, nowNs + AFTER_SILENCE_NS);
        }
        lastBits = (lengthBytes + SendSideEstimator.PACKET_OVERHEAD_BYTES) * 8;
    }

    /**
     * About ten times a second.
     *
     * @param soundBps what its microphones take on the wire
     */
    public void update(long soundBps, long nowNs) {
        voiceBps = soundBps;
        double seconds = Math.min(1, (nowNs - updatedNs) / NS);
        updatedNs = nowNs;
        boolean gone = look(nowNs);
        switch (state) {
            case FREE, EASING -> {
                if (queued && nowNs >= letBeUntilNs && (nowNs - queueSinceNs >= LASTS_NS
                        || delay.standingUs() > LONG_QUEUE_US)) {
                    brake(nowNs);
                } else if (state == State.EASING) {
                    ease(seconds, nowNs);
                }
            }
            case BRAKING -> {
                if (gone) {
                    letBeNs = LET_BE_NS;
                    beginEasing(nowNs);
                } else {
                    onQueue(nowNs);
                }
            }
            case RESTING -> onResting(gone, nowNs);
        }
    }

    // @return whether there is no queue any more
    private boolean look(long nowNs) {
        boolean fresh = arrivals.fresh(nowNs);
        boolean queuedBefore = queued;
        long ownUs = carriedBps == 0 ? 0 : (long) (lastBits * 1e6 / carriedBps);
        queued = fresh && delay.standingUs() > Math.max(QUEUE_US, delay.thresholdUs()) + ownUs;
        if (queued && !queuedBefore) {
            queueSinceNs = nowNs;
        }
        if (state == State.RESTING) {
            // However long it stands, it is none of the path's own delay.
            delay.keepBase(nowNs);
        }
        noteNarrow(nowNs);
        return !fresh || delay.standingUs() < QUEUE_US / 2 + ownUs;
    }

    // Thin speech in long packets leaves so much room that pictures need not rest: then any queue shows what it carries.
    private void noteNarrow(long nowNs) {
        boolean held = narrow(nowNs);
        if ((state == State.RESTING || state == State.BRAKING && held) && carriedBps < NARROW_BPS) {
            if (!held) {
                boolean again = nowNs - narrowNs < 2 * narrowHoldsNs;
                narrowHoldsNs = again ? Math.min(2 * narrowHoldsNs, NARROW_HOLDS_AT_MOST_NS) : NARROW_HOLDS_NS;
            }
            narrowNs = nowNs;
        } else if (arrivals.delivery().overBps(RECEIVED_US) > 2 * NARROW_BPS) {
            narrowHoldsNs = NARROW_HOLDS_NS;
        }
    }

    private void brake(long nowNs) {
        long busyBps = arrivals.delivery().busyBps();
        if (busyBps > 0) {
            state = State.BRAKING;
            firstBps = busyBps;
            longestUs = 0;
            longestNs = nowNs;
            onQueue(nowNs);
        }
    }

    private void onQueue(long nowNs) {
        long busyBps = arrivals.delivery().busyBps();
        carriedBps = busyBps > 0 ? busyBps : carriedBps;
        double drain = Math.max(LEAST_DRAIN, 1 - delay.standingUs() / DRAIN_US);
        capBps = Math.max(LEAST_BPS, carriedBps * BELOW_CARRIED * drain);
        boolean again = nowNs - restedNs < AGAIN_NS;
        boolean least = carriedBps * BELOW_CARRIED <= LEAST_BPS;
        boolean shorter = shorterWithin(least ? SHORT_PATIENCE_NS : PATIENCE_NS, nowNs);
        if (delay.standingUs() > REST_AT_ONCE_US && nowNs >= letBeUntilNs
                || delay.standingUs() > REST_QUEUE_US && (again || !shorter)) {
            rest(again, nowNs);
        } else if (nowNs - longestNs >= PATIENCE_NS && (least || carriedBps < firstBps * OWN)) {
            letBe(nowNs);
        }
    }

    private void rest(boolean again, long nowNs) {
        state = State.RESTING;
        // Who cannot be told to send no picture at all is told to send the smallest.
        capBps = LEAST_BPS;
        restNs = again ? Math.clamp(restNs * 2, MIN_REST_NS, MAX_REST_NS) : 0;
        restSinceNs = nowNs;
        restLagUs = delay.standingUs();
        longestUs = restLagUs;
        longestNs = nowNs;
    }

    private void onResting(boolean gone, long nowNs) {
        if (gone) {
            if (nowNs - restSinceNs >= restNs) {
                letBeNs = LET_BE_NS;
                restedNs = nowNs;
                beginEasing(nowNs);
            }
            return;
        }
        restLagUs = Math.max(restLagUs, delay.standingUs());
        // What left since then comes in only behind the queue.
        boolean shows = nowNs - restSinceNs > restLagUs * 1_000 + OWN_SHOWS_NS;
        boolean drains = shorterWithin(PATIENCE_NS, nowNs) && longestUs < restLagUs * SHORTER;
        boolean own = drains || arrivals.delivery().busyBps() > carriedBps * OWN
                || voiceBps > carriedBps * VOICE_FILLS && delay.standingUs() > REST_AT_ONCE_US;
        ownNs = own || !shows ? nowNs : ownNs;
        if (nowNs - ownNs >= OTHERS_LAST_NS || nowNs - restSinceNs > MOST_REST_NS + restNs) {
            letBe(nowNs);
        }
    }

    private void release() {
        state = State.FREE;
        carriedBps = 0;
    }

    private void letBe(long nowNs) {
        release();
        delay.rebase(nowNs);
        letBeUntilNs = nowNs + letBeNs;
        letBeNs = Math.min(letBeNs * 2, MAX_LET_BE_NS);
    }

    // The queue has become shorter by a share in each such time.
    private boolean shorterWithin(long patienceNs, long nowNs) {
        longestUs = Math.max(longestUs, delay.standingUs());
        if (delay.standingUs() < longestUs * SHORTER) {
            longestUs = delay.standingUs();
            longestNs = nowNs;
        }
        return nowNs - longestNs < patienceNs;
    }

    private void beginEasing(long nowNs) {
        state = State.EASING;
        easingSinceNs = nowNs;
        capBps = Math.max(LEAST_BPS, carriedBps * BELOW_CARRIED);
    }

    private void ease(double seconds, long nowNs) {
        capBps += capBps * EASE * (1 + (nowNs - easingSinceNs) / NS) * seconds;
        if (capBps > FAR_ABOVE * Math.max(LEAST_BPS, arrivals.delivery().overBps(RECEIVED_US))) {
            release();
        }
    }

    /** Bits per second on the wire that may come at most; {@link #NONE}: the publisher decides. */
    public long capBps() {
        return state == State.FREE ? NONE : (long) capBps;
    }

    /** It was seen lately to carry hardly more than a voice: thinner speech would leave it some room. */
    public boolean narrow(long nowNs) {
        return nowNs - narrowNs < narrowHoldsNs;
    }

    /** The uplink carries the voice alone: no picture should be sent for now. */
    public boolean resting() {
        return state == State.RESTING;
    }
}
