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
