// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.sfu.route;

import org.nhipcau.sfu.bwe.SendSideEstimator;
import org.nhipcau.sfu.stream.RateMeter;

/**
 * What the division of one viewer's path remembers from one time to the next: what sound takes, which picture is on the
 * main screen, what would be wanted besides.
 *
 * <p>Thread: one.
 */
final class ViewerBudget {
    private static final int OVERHEAD_BITS = 8 * SendSideEstimator.PACKET_OVERHEAD_BYTES;
    /** Somebody may begin to speak at any time: thin Opus with headers. */
    private static final long LEAST_SOUND_BPS = 24_000;
    /** So fast is forgotten what sound took at most. By taste: pauses in a talk are shorter. */
    private static final double FORGET_NS = 8_000_000_000.0;
    private static final long MAIN_HOLD_NS = 5_000_000_000L;
    /** Of a picture's bytes that others build upon, in three temporal layers; the others are repaired if bytes allow. */
    private static final double BUILT_UPON = 0.6;
    /** More than half is never sent again ({@link RetransmissionBudget}): a third of all. */
    private static final double MAX_REPAIRED_LOSS = 1.0 / 3;

    private double soundPeakBps;
    private long soundNs = Long.MIN_VALUE;
    private Consumer main;
    private long mainSinceNs;
    private long dividedBps;
    private long nextStepBps;
    private long wantedBps;

    /** Measures the sound, which comes before all pictures. @return what to leave for it */
    long sound(Consumer[] consumers, long nowNs) {
        long sum = 0;
        boolean any = false;
        for (Consumer consumer : consumers) {
            if (!consumer.video() && consumer.forwarding()) {
                any = true;
                RateMeter rate = consumer.stream().rate();
                sum += rate.bitsPerSecond(nowNs) + (long) (rate.perSecond(nowNs) * OVERHEAD_BITS);
            }
        }
        double kept = soundNs == Long.MIN_VALUE ? 0 : soundPeakBps * Math.exp((soundNs - nowNs) / FORGET_NS);
        soundNs = nowNs;
        soundPeakBps = Math.max(sum, kept);
        return any ? Math.max(LEAST_SOUND_BPS, (long) soundPeakBps) : 0;
    }

    /**
     * Which part of what the path takes of pictures can be new, the rest being what is lost and sent again. Without it a
     * lossy path is given more pictures than can be repaired beside them: repairs come too late, and pictures stand.
     * What a full queue threw away is not in it: that ends as soon as the estimate has come down.
     */
    double firstTimeShare(Consumer[] consumers) {
        for (Consumer consumer : consumers) {
            if (consumer.video() && consumer.stream().rtxSsrc() != 0) {
                return firstTimeShare(consumer.endpoint.estimator().inherentLossRatio());
            }
        }
        return 1;
    }

    /** The same at a loss ratio; what is sent again is lost as often. */
    static double firstTimeShare(double lossRatio) {
        double loss = Math.min(MAX_REPAIRED_LOSS, lossRatio);
        return 1 / (1 + BUILT_UPON * loss / (1 - loss));
    }

    /**
     * Finds the picture on the main screen: what the viewer calls important, then what it shows largest, then who steers
     * the room. Among equals it stays with one, and follows who speaks, but not back and forth.
     *
     * @return null where there is none; never a shared screen
     */
    Consumer main(Consumer[] consumers, Shedder speech, long nowNs) {
        Consumer best = null;
        long bestRank = -1;
        boolean mainThere = false;
        for (Consumer consumer : consumers) {
            if (!consumer.video() || !consumer.wanted() || Shedder.screen(consumer.producer())) {
                continue;
            }
            long rank = rank(consumer) << 1 | (speech.speaksNow(consumer.producer(), nowNs) ? 1 : 0);
            if (rank > bestRank || rank == bestRank && consumer == main) {
                best = consumer;
                bestRank = rank;
            }
            mainThere |= consumer == main;
        }
        if (best != main && (!mainThere || rank(best) > rank(main) || nowNs - mainSinceNs >= MAIN_HOLD_NS)) {
            main = best;
            mainSinceNs = nowNs;
        }
        return main;
    }

    private static long rank(Consumer consumer) {
        return ((long) consumer.share().settings().priority() << 20) + ((long) consumer.share().wantedHeight() << 1)
                + (Shedder.controller(consumer.producer()) ? 1 : 0);
    }

    /** @param estimateBps of the path, when it was divided */
    void divided(long estimateBps) {
        dividedBps = estimateBps;
    }

    /** What the path carried when it was divided last; 0: it shows no limit. */
    long dividedBps() {
        return dividedBps;
    }

    void wanted(long nextBps, long allBps) {
        nextStepBps = nextBps;
        wantedBps = allBps;
    }

    /** What the path would have to carry for the next better step of a picture; 0: it carries all, or is not known. */
    long nextStepBps() {
        return nextStepBps;
    }

    /** What the path would have to carry for all that the viewer wants and that comes in; 0: not known. */
    long wantedBps() {
        return wantedBps;
    }
}
