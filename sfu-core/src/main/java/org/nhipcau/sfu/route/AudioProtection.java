// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.sfu.route;

/**
 * Decides how one viewer's sound is protected, by the loss that this viewer measured, how long its bursts are, and what
 * its path carries.
 *
 * <p>Each {@link AudioPlan} is judged by what it takes from the viewer, in points of the E-model: sound that is missed,
 * delay that is added, and the share of the path that the pictures lose. A plan that does not fit the path is out of the
 * question, so on a falling rate copies go before anything else, then headers (longer packets), and sound itself never.
 * On a good path nothing is added.
 *
 * <p>More protection begins at once; less only when it has been better for a while. So one quiet second amid a storm
 * changes nothing, and nothing flaps.
 *
 * <p>Figures: ITU-T G.107 in its short form, with the robustness of a good concealment (Ie 5, Bpl 20) as rural-link
 * planning takes for Opus; what a bit costs by taste, so that lone 24 kbps speech goes into 40 ms packets below about
 * 130 kbps.
 *
 * <p>Thread: one, the worker's that owns the room. Owns: the figures of what passed.
 */
final class AudioProtection {
    private static final long INTERVAL_NS = 200_000_000L;
    /** For so long a lighter plan must have been the better one. Loss on radio links comes in spells of seconds. */
    private static final long LIGHTEN_AFTER_NS = 4_000_000_000L;
    /** By so many points a plan must be better to take the place of another. */
    private static final double MARGIN_POINTS = 0.2;
    /** By so much less may be missed for a heavier plan to begin at once. */
    private static final double MUCH_LESS = 0.7;
    /** Of the path for sound, at most: the rest carries reports, and pictures of few bits. */
    private static final double MAX_SHARE = 0.9;
    /** A plan in use may stay up to this share, so that a rate on the edge does not flap. */
    private static final double MAX_SHARE_STAYING = 1.0;
    private static final double EFFECT_OF_LOSS = 90;
    private static final double ROBUSTNESS_PERCENT = 20;
    private static final double POINTS_PER_MS = 0.024;
    private static final double POINTS_PER_PATH = 8;
    /** How fast a loss that is over is forgotten: halved in about three seconds. */
    private static final double FORGET = 0.955;
    private static final double SMOOTH = 0.2;
    /** A queue that copies of sound fill makes the sound itself late. By simulation: what is let be, how fast it goes. */
    private static final double TOLERATED_QUEUE_US = 30_000;
    private static final double DRAINED_WITHIN_US = 500_000;
    private static final double MOST_FOR_DRAINING = 0.5;
    /** By so many frames the mean of what a packet holds must differ from what is reckoned with. */
    private static final double ANOTHER_LENGTH = 0.6;
    /** Longer bursts are outages, against which no copy helps. */
    private static final double MAX_BURST = 20;

    /** Not to be departed from; null: it is chosen. */
    private final AudioPlan fixed;
    private AudioPlan plan;
    private long intervalStartNs = Long.MIN_VALUE;
    private int packets;
    private int frames;
    private int payloadBytes;
    private double framesPerSecond;
    private double packetsPerSecond;
    /** Frames that a packet holds as it comes. */
    private int held = 1;
    private double payloadBps;
    private double lossRatio;
    private double burstLength = 1;
    private long lighterSinceNs = Long.MIN_VALUE;
    private boolean merged;
    private final SpeechRate speech = new SpeechRate();

    /** @param fixed what to do whatever is measured, for comparisons; null: to be chosen */
    AudioProtection(AudioPlan fixed) {
        this.fixed = fixed;
        this.plan = fixed == null ? AudioPlan.PLAIN : fixed;
    }

    /**
     * What sound with its copies may count with: what a path carries, less what its queue takes to drain.
     *
     * @param queueUs how long each packet waits in the path at least
     */
    static long roomBps(long estimateBps, long queueUs) {
        double draining = Math.clamp((queueUs - TOLERATED_QUEUE_US) / DRAINED_WITHIN_US, 0, MOST_FOR_DRAINING);
        return (long) (estimateBps * (1 - draining));
    }

    /** Counts packets of one track on their way to the viewer, before they are protected. */
    void onPackets(SourcePacket[] batch, int count) {
        int bytes = 0;
        int sum = 0;
        for (int i = 0; i < count; i++) {
            bytes += batch[i].rtp.payloadLength();
            sum += batch[i].frames;
        }
        onPackets(count, sum, bytes);
    }

    /** Counts packets, and the frames of 20 ms in them, of any track. */
    void onPackets(int count, int framesInThem, int bytes) {
        packets += count;
        frames += framesInThem;
        payloadBytes += bytes;
    }

    /** Whether it is time to {@link #update}. */
    boolean due(long nowNs) {
        return intervalStartNs == Long.MIN_VALUE || nowNs - intervalStartNs >= INTERVAL_NS;
    }

    /**
     * Decides anew.
     *
     * @param measuredLoss share of the packets lost on the way to the viewer lately, 0 to 1
     * @param measuredBurst packets lost in a row, on average; 1 or more
     * @param estimateBps what the path to the viewer carries, of which {@link #roomBps}
     */
    void update(double measuredLoss, double measuredBurst, long estimateBps, long nowNs) {
        measureRate(nowNs);
        // What is not a number counts as nothing.
        double loss = measuredLoss > 0 ? Math.min(1, measuredLoss) : 0;
        double burst = measuredBurst > 1 ? Math.min(MAX_BURST, measuredBurst) : 1;
        lossRatio = Math.max(loss, lossRatio * FORGET);
        burstLength = loss > 0 ? burstLength + SMOOTH * (burst - burstLength) : burstLength;
        if (fixed == null) {
            choose(estimateBps, nowNs);
        }
        speech.update(this, framesPerSecond, payloadBps, estimateBps, nowNs);
    }

    private void measureRate(long nowNs) {
        if (intervalStartNs != Long.MIN_VALUE) {
            double seconds = (nowNs - intervalStartNs) / 1e9;
            boolean first = framesPerSecond == 0;
            framesPerSecond += (first ? 1 : SMOOTH) * (frames / seconds - framesPerSecond);
            packetsPerSecond += (first ? 1 : SMOOTH) * (packets / seconds - packetsPerSecond);
            payloadBps += (first ? 1 : SMOOTH) * (payloadBytes * 8 / seconds - payloadBps);
        }
        measureHeld();
        intervalStartNs = nowNs;
        packets = 0;
        frames = 0;
        payloadBytes = 0;
    }

    // Of packets longer than any plan's, as many as the longest plan's. Microphones that differ make it no whole number.
    private void measureHeld() {
        double mean = packetsPerSecond <= 0 ? 1 : framesPerSecond / packetsPerSecond;
        if (Math.abs(mean - held) > ANOTHER_LENGTH) {
            held = (int) Math.clamp(Math.round(mean), 1, AudioPlan.MAX_FRAMES_PER_PACKET);
        }
    }

    private double cost(AudioPlan candidate, double bps) {
        return candidate.costBps(framesPerSecond, bps, held);
    }

    private void choose(long estimateBps, long nowNs) {
        AudioPlan best = null;
        double bestPoints = Double.MAX_VALUE;
        AudioPlan cheapest = AudioPlan.PLAIN;
        double lowestCost = Double.MAX_VALUE;
        for (int i = 0; i < AudioPlan.ALL.size(); i++) {
            AudioPlan candidate = AudioPlan.ALL.get(i);
            if (!candidate.suits(held)) {
                continue;
            }
            double cost = cost(candidate, payloadBps);
            if (cost < lowestCost) {
                lowestCost = cost;
                cheapest = candidate;
            }
            double points = points(candidate, payloadBps, estimateBps);
            if (cost <= estimateBps * MAX_SHARE && points < bestPoints) {
                bestPoints = points;
                best = candidate;
            }
        }
        consider(best == null ? cheapest : best, estimateBps, nowNs);
    }

    private void consider(AudioPlan best, long estimateBps, long nowNs) {
        boolean tooMuch = cost(plan, payloadBps) > estimateBps * MAX_SHARE_STAYING;
        boolean saves = best.residualLoss(lossRatio, burstLength)
                < plan.residualLoss(lossRatio, burstLength) * MUCH_LESS;
        boolean better = points(best, payloadBps, estimateBps) < points(plan, payloadBps, estimateBps) - MARGIN_POINTS;
        if (best == plan || !tooMuch && !better && plan.suits(held)) {
            lighterSinceNs = Long.MIN_VALUE;
            return;
        }
        if (lighterSinceNs == Long.MIN_VALUE) {
            lighterSinceNs = nowNs;
        }
        if (tooMuch || saves || nowNs - lighterSinceNs >= LIGHTEN_AFTER_NS) {
            merged = plan.framesPerPacket() > 1;
            plan = best;
            lighterSinceNs = Long.MIN_VALUE;
        }
    }

    private double points(AudioPlan candidate, double bps, long estimateBps) {
        return lossPoints(candidate.residualLoss(lossRatio, burstLength))
                + POINTS_PER_MS * candidate.delayMs(held)
                + POINTS_PER_PATH * cost(candidate, bps) / Math.max(1, estimateBps);
    }

    private static double lossPoints(double missedRatio) {
        double missedPercent = 100 * missedRatio;
        return EFFECT_OF_LOSS * missedPercent / (missedPercent + ROBUSTNESS_PERCENT);
    }

    /**
     * What sound of a rate would suffer at least, in points of the E-model. Of what does not fit the path, the rest is
     * taken for lost.
     *
     * @param bps of the codec alone, all tracks together
     */
    double leastPoints(double bps, long estimateBps) {
        double least = Double.MAX_VALUE;
        for (int i = 0; i < AudioPlan.ALL.size(); i++) {
            AudioPlan candidate = AudioPlan.ALL.get(i);
            if (candidate.suits(held)) {
                double tooMuch = 1 - estimateBps * MAX_SHARE / cost(candidate, bps);
                double points = points(candidate, bps, estimateBps) + (tooMuch > 0 ? lossPoints(tooMuch) : 0);
                least = Math.min(least, points);
            }
        }
        return least;
    }

    /** The rate of speech that would serve this viewer best, bits per second of one voice; 0: as it comes. */
    int wantedSpeechBps() {
        return speech.wantedBps();
    }

    /** What to do now. */
    AudioPlan plan() {
        return plan;
    }

    /** Frames may wait for others to go together with; also shortly after that ended. */
    boolean merging() {
        return plan.framesPerPacket() > 1 || merged;
    }

    /** Packets lost in a row on average, as the decision sees it. */
    double burstLength() {
        return burstLength;
    }

    /** Loss as the decision sees it: rising at once, forgotten slowly. */
    double lossRatio() {
        return lossRatio;
    }
}
