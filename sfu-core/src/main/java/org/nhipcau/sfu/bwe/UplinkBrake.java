// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.sfu.bwe;

/**
 * Tells a publisher that measures its uplink itself to send less while a queue stands there: its own estimator learns of
 * a queue by reports that are as late as the queue is long, and keeps one of a third of a second and more, in front of
 * the voice. Here each packet's lateness is known as soon as it is in ({@link TimedArrivals}).
 *
 * <p>It only ever bounds, and only by evidence: a queue that lasts, and then what came out of it. Neither jitter nor loss
 * moves it. While the queue drains less is allowed than passes; when it is gone what passed, and then more and more
 * quickly, so that the publisher's own estimator soon decides alone.
 *
 * <p>An encoder makes no picture of less than 30 kbit/s: beside the voice even that is too much for the narrowest links.
 * Where the queue does not become shorter though the least was asked for, or is so long that nobody can talk, pictures
 * rest, and are tried again later. Where not even that helps the queue is none of the publisher's: others fill it, and
 * who gives way to them gets nothing. All is let go then, for a while.
 *
 * <pre>
 *   FREE --queue lasts--> BRAKING --gone--> EASING --far above what comes in--> FREE
 *                          |  ^                |  ^
 *                          |  '--queue lasts---'  | gone, and rested long enough
 *        long and no longer|                      |
 *   becomes shorter; at once                      |
 *               where of 1 s                      |
 *                          '------> RESTING ------'
 *
 *   BRAKING, RESTING --the queue is others'--> FREE, and let be for a while
 *   BRAKING, RESTING --silence, or the sender's clock was set--> FREE
 * </pre>
 * What comes late at one blow was held back by a hole: for a moment that is no reason to brake, nor to rest at once.
 *
 * <p>By taste: the constants, tuned in simulation. Thread: one. A packet allocates nothing.
 */
public final class UplinkBrake {
    /** Nothing is asked of the publisher. */
    public static final long NONE = Long.MAX_VALUE;
    /** A thin voice with its headers, and the smallest picture: less is not sent anyway. */
    private static final long LEAST_BPS = 60_000;

    // What counts as a queue.
    private static final long QUEUE_US = 60_000;
    private static final long LASTS_NS = 100_000_000L;
    /** No jitter is as long: it need not last. */
    private static final long LONG_QUEUE_US = 150_000;
    /** From one packet to the next no queue grows by so much: they were held back, by a hole. */
    private static final long HELD_US = 500_000;
    /** What a dead link held back comes in at once when it returns, and is soon through. */
    private static final long HELD_PASSES_NS = 1_500_000_000L;

    // How hard it brakes, and how it lets go.
    private static final double BELOW_CARRIED = 0.92;
    /** Nothing would be allowed beside a queue as long as this, were it not for {@link #LEAST_DRAIN}. */
    private static final double DRAIN_US = 800_000;
    private static final double LEAST_DRAIN = 0.3;
    /** Of the cap in a second, and as much more with each second since the queue was gone. */
    private static final double EASE = 0.12;
    /** A cap of so many times what comes in bounds nothing any more. */
    private static final double FAR_ABOVE = 3;
    private static final long RECEIVED_US = 1_000_000;

    // When pictures rest.
    /** A shorter queue is no reason to send no picture at all. */
    private static final long REST_QUEUE_US = 400_000;
    /** A voice so late is no talk any more: such a queue goes sooner without any picture. */
    private static final long REST_AT_ONCE_US = 1_000_000;
    /** In each {@link #PATIENCE_NS} a queue that drains becomes shorter to this share. */
    private static final double SHORTER = 0.75;
    private static final long PATIENCE_NS = 5_000_000_000L;
    /** Where no less can be asked for, it is known sooner that this does not help. */
    private static final long SHORT_PATIENCE_NS = 1_000_000_000L;
    /** Pictures that have to rest again so soon rest for longer. */
    private static final long AGAIN_NS = 10_000_000_000L;
    private static final long MIN_REST_NS = 4_000_000_000L;
    private static final long MAX_REST_NS = 32_000_000_000L;

    // When a queue is others'.
    /** What comes out of a queue that is the publisher's own does not become less when it sends less. */
    private static final double OWN = 0.8;
    /** Where the voice alone is so much of what the uplink carries, its queue is no stranger's. */
    private static final double VOICE_FILLS = 0.6;
    /** Loss in bursts makes what comes in dip for moments. */
    private static final long OTHERS_LAST_NS = 1_000_000_000L;
    /** What was sent since the pictures rest is told from the rest so long after it came out of the queue. */
    private static final long OWN_SHOWS_NS = 1_500_000_000L;
    /** Longer than a queue of a voice's own takes to drain. Then the path itself has become longer. */
    private static final long MOST_REST_NS = 40_000_000_000L;
    private static final long LET_BE_NS = 20_000_000_000L;
    private static final long MAX_LET_BE_NS = 160_000_000_000L;

    private static final double NS = 1e9;
    private static final long SECOND_NS = 1_000_000_000L;
    private static final long LONG_AGO = Long.MIN_VALUE / 2;

    private enum State { FREE, BRAKING, RESTING, EASING }

    private final TimedArrivals arrivals = new TimedArrivals();
    private final DelayTrend delay = arrivals.delay();
    private final NarrowUplink narrow = new NarrowUplink();
    private State state = State.FREE;
    /** Meaningful unless {@link State#FREE}. */
    private double capBps;
    /** What comes out of the queue; 0: not known. */
    private double carriedBps;
    /** The same when it began. */
    private double firstBps;
    /** Of the last packet, on the wire: so long it is on the link itself, which was faster before. */
    private int lastBits;
    private long updatedNs;
    /** What its microphones take on the wire. */
    private long voiceBps;

    /** A queue stands now, and since when. */
    private boolean queued;
    private long queueSinceNs;
    /** How long it is at most, until it has become shorter by a share; and since when. */
    private long longestUs;
    private long longestNs;
    private long easingSinceNs;

    private long restSinceNs;
    /** For so long at least. */
    private long restNs;
    /** The longest queue since then. */
    private long restLongestUs;
    /** When pictures were tried again last. */
    private long restedNs = LONG_AGO;

    /** What a hole held back may be coming in until then. */
    private long heldUntilNs = LONG_AGO;
    private long letBeUntilNs = LONG_AGO;
    /** For so long the next time. */
    private long letBeNs = LET_BE_NS;
    /** When there was no queue, or the publisher's own, or one not known to be another's, while pictures rest. */
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
        if (!goesOn) {
            carriedBps = 0;
            restedNs = state == State.RESTING ? nowNs : restedNs;
            state = state == State.EASING ? state : State.FREE;
        }
        if (!goesOn || delay.newestUs() - waitedUs > HELD_US) {
            heldUntilNs = nowNs + HELD_PASSES_NS;
        }
        lastBits = (lengthBytes + SendSideEstimator.PACKET_OVERHEAD_BYTES) * 8;
    }

    /**
     * Looks at the queue, and decides anew. About ten times a second.
     *
     * @param soundBps what its microphones take on the wire
     */
    public void update(long soundBps, long nowNs) {
        voiceBps = soundBps;
        long passedNs = Math.min(SECOND_NS, nowNs - updatedNs);
        updatedNs = nowNs;
        boolean gone = look(passedNs, nowNs);
        switch (state) {
            case FREE, EASING -> {
                if (queued && nowNs >= Math.max(letBeUntilNs, heldUntilNs) && (nowNs - queueSinceNs >= LASTS_NS
                        || delay.standingUs() > LONG_QUEUE_US)) {
                    brake(nowNs);
                } else if (state == State.EASING) {
                    ease(passedNs / NS, nowNs);
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
    private boolean look(long passedNs, long nowNs) {
        boolean fresh = arrivals.fresh(nowNs);
        boolean queuedBefore = queued;
        long ownUs = carriedBps == 0 ? 0 : (long) (lastBits * 1e6 / carriedBps);
        queued = fresh && delay.standingUs() > Math.max(QUEUE_US, delay.thresholdUs()) + ownUs;
        if (queued && !queuedBefore) {
            queueSinceNs = nowNs;
        }
        boolean gone = !fresh || delay.standingUs() < QUEUE_US / 2 + ownUs;
        if (state == State.RESTING) {
            // However long it stands, it is none of the path's own delay.
            delay.keepBase(nowNs);
        }
        // Thin speech in long packets leaves so much room that pictures need not rest: then any queue shows it again.
        if (state == State.RESTING || state == State.BRAKING && narrow(nowNs)) {
            narrow.onQueue(carriedBps, nowNs);
        } else if (fresh) {
            // What a hole held back comes in at once: that is no rate.
            boolean shows = gone && nowNs >= heldUntilNs;
            narrow.onMedia(passedNs, shows ? arrivals.delivery().overBps(RECEIVED_US) : 0, nowNs);
        }
        return gone;
    }

    private void brake(long nowNs) {
        long busyBps = arrivals.delivery().busyBps();
        if (busyBps > 0) {
            state = State.BRAKING;
            narrow.onBegin();
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
        if (delay.standingUs() > REST_AT_ONCE_US && nowNs >= heldUntilNs
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
        restLongestUs = delay.standingUs();
        longestUs = restLongestUs;
        longestNs = nowNs;
    }

    private void onResting(boolean gone, long nowNs) {
        if (gone) {
            ownNs = nowNs;
            if (nowNs - restSinceNs >= restNs) {
                letBeNs = LET_BE_NS;
                restedNs = nowNs;
                beginEasing(nowNs);
            }
            return;
        }
        restLongestUs = Math.max(restLongestUs, delay.standingUs());
        // What left since then comes in only behind the queue.
        boolean shows = nowNs - restSinceNs > restLongestUs * 1_000 + OWN_SHOWS_NS;
        boolean drains = shorterWithin(PATIENCE_NS, nowNs) && longestUs < restLongestUs * SHORTER;
        boolean own = drains || arrivals.delivery().busyBps() > carriedBps * OWN
                || voiceBps > carriedBps * VOICE_FILLS && delay.standingUs() > REST_AT_ONCE_US;
        ownNs = own || !shows ? nowNs : ownNs;
        if (nowNs - ownNs >= OTHERS_LAST_NS || nowNs - restSinceNs > MOST_REST_NS + restNs) {
            letBe(nowNs);
        }
    }

    // The queue is others', or the path has become longer: what stands there counts as the path's own for now.
    private void letBe(long nowNs) {
        release();
        narrow.onOthers();
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

    private void release() {
        state = State.FREE;
        carriedBps = 0;
    }

    /** Bits per second on the wire that may come at most; {@link #NONE}: the publisher decides. */
    public long capBps() {
        return state == State.FREE ? NONE : (long) capBps;
    }

    /** It was seen to carry hardly more than a voice: thinner speech would leave it some room. */
    public boolean narrow(long nowNs) {
        return narrow.narrow(nowNs);
    }

    /** The uplink carries the voice alone: no picture should be sent for now. */
    public boolean resting() {
        return state == State.RESTING;
    }
}
