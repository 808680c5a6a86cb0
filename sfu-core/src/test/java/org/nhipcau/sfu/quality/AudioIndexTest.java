// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.sfu.quality;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

class AudioIndexTest {
    private static double score(double delayMs, double lossPercent) {
        return AudioIndex.score(AudioIndex.rating(delayMs, lossPercent / 100, 1));
    }

    @Test
    void shouldGiveTheScoresOfTheModelByHand() {
        double[][] known = {{150, 0, 4.19}, {150, 1, 4.04}, {150, 5, 3.43}, {150, 10, 2.82}, {150, 20, 2.04}};
        for (double[] each : known) {
            assertEquals(each[2], score(each[0], each[1]), 0.015, each[0] + " ms, " + each[1] + " %");
        }
        assertEquals(93.2 - 5 - 3.6, AudioIndex.rating(150, 0, 1), 1e-9);
        assertEquals(0.024 * 300 + 0.11 * (300 - 177.3), AudioIndex.delayPoints(300), 1e-9);
        assertEquals(90 * 10 / (10 / 2.0 + 20), AudioIndex.lossPoints(0.1, 2), 1e-9);
    }

    @Test
    void shouldFallWithDelayLossAndBursts() {
        for (int percent = 1; percent <= 100; percent++) {
            assertTrue(score(150, percent) <= score(150, percent - 1));
        }
        for (int ms = 10; ms <= 3_000; ms += 10) {
            assertTrue(score(ms, 2) <= score(ms - 10, 2));
        }
        for (double ratio = 1.1; ratio < 8; ratio += 0.1) {
            assertTrue(AudioIndex.lossPoints(0.1, ratio) > AudioIndex.lossPoints(0.1, ratio - 0.1));
        }
        assertEquals(1, score(10_000, 100));
        assertEquals(0, AudioIndex.rating(10_000, 1, 8));
        assertEquals(1, AudioIndex.score(-5));
    }

    @Test
    void shouldTellBurstsFromIndependentLoss() {
        assertEquals(1, AudioIndex.burstRatio(0, 0, 1_000));
        // A tenth lost one by one or so is what independence gives.
        assertEquals(1, AudioIndex.burstRatio(100, 90, 1_000), 1e-9);
        assertEquals(0.9 * 4, AudioIndex.burstRatio(100, 25, 1_000), 1e-9);
        assertEquals(1, AudioIndex.burstRatio(100, 1, 100), "nothing arrived: no ratio");
    }

    @Test
    void shouldTakeUnknownDelayAndJitterForNone() {
        assertEquals(40, AudioIndex.mouthToEarMs(-1, -1));
        assertEquals(40 + 100 + 20, AudioIndex.mouthToEarMs(100, 10));
    }
}
