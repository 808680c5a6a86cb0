// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.sfu.route;

/**
 * Finds the rate of speech that would serve one viewer best: thinner speech sounds a little worse, and leaves room on a
 * narrow path for the copies without which much of it is lost.
 *
 * <p>Judged in points of the E-model, as {@link AudioProtection} judges its plans: what a voice of that rate suffers with
 * the best plan that fits, and what the rate itself costs. Less is wanted when it has been much better for a moment, more
 * again when it has been no worse for long: a publisher is told, and others listen to it too.
 *
 * <p>Figures: what a rate costs after ggarber/rtcscore (4.6 points for each e-fold), margins and times by taste. Rates
 * down to where Opus still sends wideband. Thread: one, the worker's that owns the room.
 */
final class SpeechRate {
    /** Below the first a voice is not thinned; of what a viewer hears, none is taken for thinner than that. */
    private static final int USUAL_BPS = 24_000;
    private static final int[] THIN_BPS = {12_000, 10_000};
    private static final double POINTS_PER_FOLD = 4.6;
    /** By so many points a thinner voice must be better. */
    private static final double MARGIN_POINTS = 1.5;
    /** For so long it must have been; the estimate dips for moments. */
    private static final long THINNER_AFTER_NS = 1_000_000_000L;
    private static final long RICHER_AFTER_NS = 20_000_000_000L;
    /** Five times a second: half a minute after it was heard a richer voice is hardly remembered. */
    private static final double USUAL_FADES = 0.98;
    /** A viewer who hears less than that hears a pause, which says nothing. */
    private static final double LEAST_FRAMES_PER_SECOND = 25;

    /** The richest voice that was heard lately, for what it would be without advice. */
    private double usualBps = USUAL_BPS;
    private int wantedBps;
    private long thinnerSinceNs = Long.MIN_VALUE;
    private long richerSinceNs = Long.MIN_VALUE;

    /**
     * Decides anew.
     *
     * @param framesPerSecond of 20 ms, of all tracks together
     * @param payloadBps of these frames
     * @param estimateBps what the path to the viewer carries
     */
    void update(AudioProtection protection, double framesPerSecond, double payloadBps, long estimateBps, long nowNs) {
        if (framesPerSecond < LEAST_FRAMES_PER_SECOND) {
            thinnerSinceNs = Long.MIN_VALUE;
            richerSinceNs = Long.MIN_VALUE;
            return;
        }
        double voices = framesPerSecond / AudioPlan.FRAMES_PER_SECOND;
        usualBps = Math.max(USUAL_BPS + (usualBps - USUAL_BPS) * USUAL_FADES, payloadBps / voices);
        int best = 0;
        double least = protection.leastPoints(usualBps * voices, estimateBps);
        double now = wantedBps == 0 ? least : Double.MAX_VALUE;
        for (int bps : THIN_BPS) {
            double points = protection.leastPoints(bps * voices, estimateBps)
                    + POINTS_PER_FOLD * Math.log(USUAL_BPS / (double) bps);
            if (points < least) {
                least = points;
                best = bps;
            }
            now = bps == wantedBps ? points : now;
        }
        consider(best, now - least, nowNs);
    }

    private void consider(int best, double gainPoints, long nowNs) {
        boolean thinner = best != 0 && (wantedBps == 0 || best < wantedBps) && gainPoints >= MARGIN_POINTS;
        boolean richer = wantedBps != 0 && (best == 0 || best > wantedBps);
        thinnerSinceNs = !thinner ? Long.MIN_VALUE : thinnerSinceNs == Long.MIN_VALUE ? nowNs : thinnerSinceNs;
        richerSinceNs = !richer ? Long.MIN_VALUE : richerSinceNs == Long.MIN_VALUE ? nowNs : richerSinceNs;
        if (thinner && nowNs - thinnerSinceNs >= THINNER_AFTER_NS
                || richer && nowNs - richerSinceNs >= RICHER_AFTER_NS) {
            wantedBps = best;
            thinnerSinceNs = Long.MIN_VALUE;
            richerSinceNs = Long.MIN_VALUE;
        }
    }

    /** Bits per second of one voice, of the codec alone; 0: as it comes. */
    int wantedBps() {
        return wantedBps;
    }
}
