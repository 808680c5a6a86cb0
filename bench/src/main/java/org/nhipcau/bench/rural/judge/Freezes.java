// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.bench.rural.judge;

import java.util.ArrayList;
import java.util.List;

/**
 * Finds the freezes in the times at which frames were shown, by Chrome's rule: a gap is a freeze when it is at least
 * three times the mean of the last 30 gaps and at least 150 ms longer than that mean; the mean counts the gap itself.
 * Unlike Chrome's counter, a picture that never moves again is frozen until the end, and a stream that stopped is.
 *
 * <p>Spec: libwebrtc video/video_quality_observer2.cc (kMinFrameSamplesToDetectFreeze, kMinIncreaseForFreezeMs,
 * kAvgInterframeDelaysWindowSizeFrames).
 */
public final class Freezes {
    private static final int MEAN_OF_GAPS = 30;
    private static final int LEAST_GAPS = 5;
    private static final double LEAST_LONGER_MS = 150;

    private Freezes() {}

    /** A time in which the picture stood still. */
    public record Freeze(double fromMs, double toMs) {
        /** How much of a stretch of time it took. */
        public double within(double startMs, double endMs) {
            return Math.max(0, Math.min(endMs, toMs) - Math.max(startMs, fromMs));
        }
    }

    /** @param framesMs rising @param endMs when nobody looked any more */
    public static List<Freeze> find(double[] framesMs, double endMs) {
        List<Freeze> freezes = new ArrayList<>();
        double[] gaps = new double[MEAN_OF_GAPS];
        double sum = 0;
        int count = 0;
        for (int i = 1; i <= framesMs.length; i++) {
            boolean open = i == framesMs.length;
            double gap = (open ? endMs : framesMs[i]) - framesMs[i - 1];
            int slot = count % MEAN_OF_GAPS;
            sum += gap - gaps[slot];
            gaps[slot] = gap;
            count++;
            double mean = Math.floor(sum / Math.min(count, MEAN_OF_GAPS));
            if (count >= LEAST_GAPS && gap >= Math.max(3 * mean, mean + LEAST_LONGER_MS)) {
                freezes.add(new Freeze(framesMs[i - 1], framesMs[i - 1] + gap));
            }
        }
        return freezes;
    }

    /** Share of a stretch of time in which the picture stood still; before the first frame nothing counts. */
    public static double share(List<Freeze> freezes, double fromMs, double toMs) {
        return toMs <= fromMs ? Double.NaN
                : freezes.stream().mapToDouble(freeze -> freeze.within(fromMs, toMs)).sum() / (toMs - fromMs);
    }
}
