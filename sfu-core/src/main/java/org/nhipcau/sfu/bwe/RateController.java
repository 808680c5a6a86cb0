// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.sfu.bwe;

/**
 * Decides from delay, delivery, loss and probes what the path carries, and how fast pictures may leave at this moment.
 *
 * <p>The two are kept apart. The <em>estimate</em> is what the path carries: where packets queue, the rate at which they
 * come out at the other end; it is measured, so it does not fall below the path however long the queue is. The
 * <em>pace</em> is lower than that while a queue has to drain, down to nothing.
 *
 * <p>The estimate rises by evidence only: a probe that arrived, or media that arrived faster than was believed. It
 * falls where a queue stands and more is believed than comes out, and where a policer drops. It does not fall by loss
 * with flat delays, nor by silence.
 *
 * <p>A queue that nothing we do makes shorter is none of ours: the path became longer, or others fill it. After
 * {@link #REBASE_NS} it counts as part of the path. Where others are seen to fill it, {@link CompetingFlow} decides.
 *
 * <p>By taste: the constants, tuned in simulation. Thread: one.
 */
final class RateController {
    /** What a busy link delivered bounds growth by so much, for so long: beyond it only probes look. */
    private static final double BELOW_CEILING = 0.98;
    private static final long CEILING_NS = 8_000_000_000L;
    private static final double CEILING_SPREAD = 0.15;
    private static final double CEILING_WEIGHT = 0.4;
    private static final long FLAT_US = 8_000;
    private static final long EVIDENCE_US = 400_000;
    private static final long EVIDENCE_BITS = 200_000;
    /** A shorter queue than jitter makes is believed where it lasts. */
    private static final long SIMMERING_US = 9_000;
    private static final long SIMMERING_NS = 350_000_000L;
    /** It takes no more than this at once: jitter looks like it, and little is sent where the picture waits. */
    private static final double SIMMERING_SHARE = 0.9;
    private static final long REBASE_NS = 1_500_000_000L;
    private static final double UNCHANGED = 0.15;
    private static final long UNCHANGED_US = 6_000;
    private static final long AFTER_CONGESTION_NS = 300_000_000L;
    private static final double LOSSY_FROM = 0.4;
    private static final double LOSSY_UNTIL = 0.3;
    private static final long LOSSY_BPS = 250_000;
    private static final long LATELY_NS = 20_000_000_000L;
    private static final long POLICED_PAUSE_NS = 20_000_000_000L;

    private final DelayTrend delay;
    private final DeliveryRate delivery;
    private final LossModel loss;
    private final ProbeController probes;
    private final EstimatorSettings settings;
    private final CompetingFlow competing;
    private double estimateBps = SendSideEstimator.START_BPS;
    private boolean congested;
    private boolean lossy;
    private boolean everCongested;
    private long queueSinceNs;
    private long congestedNs;
    private long queueBeforeUs;
    private long flatNs;
    private double ceilingBps;
    private long ceilingNs = Long.MIN_VALUE / 2;

    RateController(DelayTrend delay, DeliveryRate delivery, LossModel loss, ProbeController probes,
            EstimatorSettings settings) {
        this.settings = settings;
        this.delay = delay;
        this.delivery = delivery;
        this.loss = loss;
        this.probes = probes;
        this.competing = new CompetingFlow(delay, delivery, probes);
    }

    void start(long bps) {
        estimateBps = Math.clamp(bps, SendSideEstimator.MIN_BPS, SendSideEstimator.MAX_BPS);
    }

    /** After each feedback. */
    void onReport(long nowNs) {
        competing.onReport(estimateBps, nowNs);
        if (competing.competing()) {
            congested = false;
            congestedNs = nowNs;
            estimateBps = Math.max(SendSideEstimator.MIN_BPS, competing.claimBps(estimateBps, nowNs));
            return;
        }
        boolean simmering = simmering(nowNs);
        if (delay.queued() || simmering) {
            onQueue(nowNs);
        } else {
            congested = false;
            double arrived = delivery.overBps(evidenceUs()) / (1 - loss.inherentRatio());
            if (nowNs - ceilingNs < CEILING_NS) {
                arrived = Math.min(arrived, ceilingBps * BELOW_CEILING);
            }
            if (delay.standingUs() < delay.thresholdUs() / 2 && arrived > estimateBps) {
                estimateBps = Math.min(arrived, SendSideEstimator.MAX_BPS);
            }
            if (loss.policed()) {
                estimateBps = Math.max(SendSideEstimator.MIN_BPS, Math.min(estimateBps,
                        delivery.overBps(2 * EVIDENCE_US)));
                loss.onRateLowered();
                probes.cancel(POLICED_PAUSE_NS, nowNs);
            }
        }
    }

    // So long that one packet more or less does not matter.
    private long evidenceUs() {
        return Math.clamp((long) (EVIDENCE_BITS * 1e6 / estimateBps), EVIDENCE_US, 4 * EVIDENCE_US);
    }

    // A queue too short to be told from jitter at once, that does not go: a little too much is sent.
    private boolean simmering(long nowNs) {
        if (delay.standingUs() < Math.max(SIMMERING_US, delay.thresholdUs() / 2)) {
            flatNs = nowNs;
        }
        return nowNs - flatNs > SIMMERING_NS;
    }

    private void onQueue(long nowNs) {
        boolean begins = !congested;
        if (begins) {
            congested = true;
            everCongested = true;
            queueSinceNs = nowNs;
            queueBeforeUs = delay.standingUs();
        }
        congestedNs = nowNs;
        if (!competing.suspected()) {
            probes.onCongestion((long) estimateBps, AFTER_CONGESTION_NS, nowNs);
        }
        long busyBps = delivery.busyBps();
        if (busyBps > 0) {
            double carried = ceiling(busyBps / (1 - loss.inherentRatio()), begins, nowNs) * settings.headroom();
            if (!delay.queued()) {
                carried = Math.max(carried, estimateBps * SIMMERING_SHARE);
            }
            if (carried < estimateBps && (begins || delay.rising())) {
                estimateBps = Math.max(SendSideEstimator.MIN_BPS, carried);
            }
        } else if (begins) {
            // Too little has arrived to measure: with the next feedback.
            congested = false;
        }
        if (nowNs - queueSinceNs > REBASE_NS) {
            long change = Math.abs(delay.standingUs() - queueBeforeUs);
            if (change < queueBeforeUs * UNCHANGED + UNCHANGED_US && !competing.suspected()) {
                delay.rebase(nowNs);
            }
            queueSinceNs = nowNs;
            queueBeforeUs = delay.standingUs();
        }
    }

    // What was measured, beside what was measured lately: one packet more or less makes 5 % and more of a difference.
    private double ceiling(double measuredBps, boolean anew, long nowNs) {
        boolean same = nowNs - ceilingNs < CEILING_NS && Math.abs(measuredBps / ceilingBps - 1) < CEILING_SPREAD;
        double measured = same ? ceilingBps + (measuredBps - ceilingBps) * CEILING_WEIGHT : measuredBps;
        if (anew || delay.rising()) {
            ceilingBps = measured;
            ceilingNs = nowNs;
        }
        return measured;
    }

    /** A probe showed that more passes. */
    void onProbe(ProbeController.Verdict verdict, long nowNs) {
        if (verdict == ProbeController.Verdict.MORE || verdict == ProbeController.Verdict.SOMEWHAT_MORE) {
            competing.onProbe(probes.provenBps(), estimateBps, nowNs);
        }
        if (verdict == ProbeController.Verdict.MORE) {
            ceilingNs = Long.MIN_VALUE / 2;
            estimateBps = Math.clamp(probes.provenBps() * settings.headroom(), estimateBps, SendSideEstimator.MAX_BPS);
        } else if (verdict == ProbeController.Verdict.SOMEWHAT_MORE) {
            estimateBps = Math.clamp(probes.provenBps() * settings.headroom() * settings.headroom(), estimateBps,
                    SendSideEstimator.MAX_BPS);
        }
    }

    long estimateBps() {
        return (long) estimateBps;
    }

    /** What is of use of it: where the radio loses about half of all packets, only a small picture can be repaired. */
    long usefulBps() {
        lossy = loss.inherentRatio() > (lossy ? LOSSY_UNTIL : LOSSY_FROM);
        return lossy ? Math.min((long) estimateBps, LOSSY_BPS) : (long) estimateBps;
    }

    /**
     * How fast pictures may leave while so much is believed; less than that while a queue drains.
     *
     * @param mostQueueUs the queue is no longer than this by now, whatever reports said
     */
    long paceBps(long believedBps, long mostQueueUs) {
        if (competing.competing()) {
            return believedBps;
        }
        long toldUs = delay.queued() ? delay.standingUs() : Math.min(delay.standingUs(), delay.latestUs());
        long queueUs = Math.min(toldUs, mostQueueUs);
        // Jitter looks like a short queue: what is held back for it can never show that more passes.
        long flatUs = delay.queued() ? FLAT_US : Math.max(FLAT_US, delay.thresholdUs() / 2);
        if (queueUs < flatUs) {
            return (long) (believedBps * settings.pace());
        }
        return (long) (believedBps * Math.max(0, 1 - (queueUs - flatUs) / (settings.drainMs() * 1_000)));
    }

    /** A queue that others fill, or may. */
    CompetingFlow competing() {
        return competing;
    }

    /** A queue of our making stands in the path. */
    boolean congested() {
        return competing.competing() || congested && !competing.suspected();
    }

    /** A queue of our making stood in the path within the last while. */
    boolean congestedLately(long nowNs) {
        return everCongested && nowNs - congestedNs < LATELY_NS;
    }

    /** There was congestion at some time. */
    boolean everCongested() {
        return everCongested;
    }
}
