// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.sfu.bwe;

/**
 * Tells a queue that somebody else keeps full from one of our own, and holds a share of the path beside them.
 *
 * <p>Who gives way to every queue gets nothing beside a download: CUBIC fills the bottleneck's queue until it overflows
 * and never lets it drain. A queue of our own gets shorter when we send less, and while it stands nothing of ours
 * arrives faster than the path carries. So there are two steps:
 * <ol>
 *   <li><em>suspected</em>: pictures are held back, and the queue does not get shorter, although much more came through
 *       not long ago than comes through now;
 *   <li><em>competing</em>: two short trains, sent through the standing queue faster than what comes through
 *       now, arrived more than twice as fast as what is believed. Through a queue of our own they cannot.
 * </ol>
 * A suspicion costs a few such probes, after ever longer pauses while they fail. While competing, the queue counts as a
 * part of the path. The rate grows up to half of what the path carried alone, and loss takes a part of it, as it does
 * from the others, though less (RFC 9438 §4.6 takes 0.3; whoever sends a picture loses a layer with that). It is over
 * at once when the queue is gone, and when it grows as no queue does that others share: then it was ours.
 *
 * <pre>
 *   NONE --stands, nothing of ours feeds it--> SUSPECTED --probe arrived--> COMPETING
 *    ^ ^------- gone, or no probe arrived --------'                          |   |
 *    | '----------------- gone: tries for what is free -----------------------'   |
 *    '---------- grows by our own packets: a pause, ever longer -------------------'
 * </pre>
 * After the two modes of Copa (Arun and Balakrishnan, NSDI 2018), which looks whether the queue empties within five
 * round trips; the probe and all constants are by taste, tried in simulation.
 *
 * <p>Thread: one.
 */
final class CompetingFlow {
    private enum State { NONE, SUSPECTED, COMPETING }

    /** Beyond the time that what stands in it takes to arrive: by then a queue of ours has begun to get shorter. */
    private static final long SUSPECT_NS = 500_000_000L;
    private static final double SUSPECT_QUEUES = 1.25;
    /** A shorter queue leaves room to send in spite of it. */
    private static final long SUSPECT_US = 40_000;
    /** Falls by more than this many seconds per second: it drains. */
    private static final double DRAINS = -0.06;
    private static final double MUCH_LESS = 0.4;
    /** On what never carried more than sound and a still picture, sound alone makes a queue that stands. */
    private static final long LEAST_CARRIED_BPS = 150_000;
    private static final double CARRIED_NS = 60e9;
    private static final long CARRIED_US = 500_000;
    private static final double TRIAL_SHARE = 0.1;
    /** Jitter makes a probe look faster than it was, but not by so much twice in a row. */
    private static final double PROVES = 2;
    private static final long SUSPECT_FOR_NS = 2_500_000_000L;
    private static final long FIRST_PAUSE_NS = 2_000_000_000L;
    private static final long MAX_PAUSE_NS = 64_000_000_000L;
    private static final double FAIR_SHARE = 0.5;
    private static final double GROWTH_PER_SECOND = 0.2;
    private static final double MAX_STEP_SECONDS = 0.5;
    private static final double KEPT = 0.85;
    private static final double LOSS = 0.04;
    private static final int LOST = 3;
    private static final long LOSS_WINDOW_NS = 200_000_000L;
    /** Others' queue grows slowly once it stands. */
    private static final double GROWS = 0.25;
    private static final long GROWN_US = 80_000;
    private static final long OVERGROWN_US = 300_000;
    /** Others who were there for so long, and not longer ago than this, own the queue that comes back. */
    private static final long SURE_NS = 3_000_000_000L;
    private static final long BACK_NS = 5_000_000_000L;
    private static final long BACK_AFTER_NS = 250_000_000L;
    private static final long LONG_AGO = Long.MIN_VALUE / 2;

    private final DelayTrend delay;
    private final DeliveryRate delivery;
    private final ProbeController probes;
    private State state = State.NONE;
    private long stateNs;
    /** Since when a queue stands and does not drain; meaningful while there is one. */
    private long standsNs = LONG_AGO;
    private long peakUs;
    private double carriedBps;
    private long carriedNs;
    private long notBeforeNs = LONG_AGO;
    private long pauseNs = FIRST_PAUSE_NS;
    private long sureNs = LONG_AGO;
    private int packets;
    private int lost;
    private long lossSinceNs;
    private long loweredNs = LONG_AGO;
    private long grownNs;
    private int found;

    CompetingFlow(DelayTrend delay, DeliveryRate delivery, ProbeController probes) {
        this.delay = delay;
        this.delivery = delivery;
        this.probes = probes;
    }

    /** One packet that feedback tells of for the first time. */
    void onPacket(boolean received) {
        packets++;
        lost += received ? 0 : 1;
    }

    /** After each feedback, before the rate is decided on. */
    void onReport(double estimateBps, long nowNs) {
        if (!delay.queued()) {
            onGone(nowNs);
            return;
        }
        if (standsNs == LONG_AGO || state == State.NONE && delay.slope() < DRAINS) {
            standsNs = nowNs;
        }
        if (state == State.COMPETING && ours() || state == State.SUSPECTED && nowNs - stateNs > SUSPECT_FOR_NS) {
            fail(nowNs);
        } else if (state == State.NONE && nowNs - sureNs < BACK_NS && nowNs - standsNs > BACK_AFTER_NS) {
            enter(State.COMPETING, nowNs);
        } else if (state == State.NONE && suspicious(estimateBps, nowNs)) {
            enter(State.SUSPECTED, nowNs);
        }
        if (state != State.NONE) {
            delay.keepBase(nowNs);
        }
        carriedNs = nowNs;
        peakUs = Math.max(peakUs, delay.standingUs());
    }

    private void onGone(long nowNs) {
        if (state == State.COMPETING) {
            pauseNs = FIRST_PAUSE_NS;
            sureNs = nowNs - stateNs > SURE_NS ? nowNs : sureNs;
            probes.onFreed(nowNs);
        }
        enter(State.NONE, nowNs);
        standsNs = LONG_AGO;
        peakUs = nowNs - sureNs < BACK_NS ? peakUs : 0;
        // While a queue stands what comes through may be a share; now it is what the path has for us alone.
        double older = carriedNs == 0 ? 0 : carriedBps * Math.exp((carriedNs - nowNs) / CARRIED_NS);
        carriedBps = Math.max(delivery.overBps(CARRIED_US), older);
        carriedNs = nowNs;
    }

    private boolean suspicious(double estimateBps, long nowNs) {
        long enoughNs = SUSPECT_NS + (long) (SUSPECT_QUEUES * 1_000 * delay.standingUs());
        return nowNs - standsNs > enoughNs && nowNs > notBeforeNs && delay.standingUs() > SUSPECT_US
                && carriedBps > LEAST_CARRIED_BPS && estimateBps < carriedBps * MUCH_LESS
                // What stands does not grow so. Late feedback shows the beginning of a queue of ours after a long time.
                && delay.slope() < GROWS;
    }

    private boolean ours() {
        long grownUs = delay.standingUs() - peakUs;
        return grownUs > OVERGROWN_US || grownUs > GROWN_US && delay.slope() > GROWS;
    }

    private void fail(long nowNs) {
        enter(State.NONE, nowNs);
        standsNs = nowNs;
        sureNs = LONG_AGO;
        notBeforeNs = nowNs + pauseNs;
        pauseNs = Math.min(2 * pauseNs, MAX_PAUSE_NS);
    }

    private void enter(State next, long nowNs) {
        if (state == next) {
            return;
        }
        state = next;
        stateNs = nowNs;
        grownNs = nowNs;
        forgetLoss(nowNs);
        found += next == State.COMPETING ? 1 : 0;
        probes.trials(next == State.SUSPECTED, nowNs);
    }

    private void forgetLoss(long nowNs) {
        packets = 0;
        lost = 0;
        lossSinceNs = nowNs;
    }

    /** A probe showed this much. */
    void onProbe(long provenBps, double estimateBps, long nowNs) {
        if (state == State.SUSPECTED && provenBps > estimateBps * PROVES) {
            enter(State.COMPETING, nowNs);
        }
    }

    /** Beside others: what is claimed now, after so much before. */
    double claimBps(double estimateBps, long nowNs) {
        double seconds = Math.min(MAX_STEP_SECONDS, (nowNs - grownNs) / 1e9);
        grownNs = nowNs;
        // What is sent now is told of after so long; one overflow is answered once.
        long toldAfterNs = LOSS_WINDOW_NS + queueNs();
        boolean much = lost >= LOST && lost > packets * LOSS;
        if (much || nowNs - lossSinceNs > toldAfterNs) {
            forgetLoss(nowNs);
        }
        if (much && nowNs - loweredNs > toldAfterNs) {
            loweredNs = nowNs;
            return estimateBps * KEPT;
        }
        if (nowNs - loweredNs < 2 * toldAfterNs) {
            return estimateBps;
        }
        double grown = Math.min(estimateBps * (1 + GROWTH_PER_SECOND * seconds), carriedBps * FAIR_SHARE);
        return Math.max(estimateBps, grown);
    }

    /** The path was gone: nothing of this holds. */
    void reset(long nowNs) {
        enter(State.NONE, nowNs);
        standsNs = LONG_AGO;
        sureNs = LONG_AGO;
    }

    /** Others fill the queue. */
    boolean competing() {
        return state == State.COMPETING;
    }

    /** Others may fill the queue: what stands in it is no reason not to probe. */
    boolean suspected() {
        return state != State.NONE;
    }

    /** What probes are to be faster than: more than comes through, or the others' packets hide what they show. */
    long probeFromBps(long estimateBps) {
        return state == State.SUSPECTED ? Math.max(estimateBps, (long) (carriedBps * TRIAL_SHARE)) : estimateBps;
    }

    /** How long packets wait among those of others, in ns: a part of the path for the time being. */
    long queueNs() {
        return state == State.NONE ? 0 : delay.standingUs() * 1_000;
    }

    /** How often others were found so far. A false alarm is over soon and leaves no other trace: for tests. */
    int found() {
        return found;
    }
}
