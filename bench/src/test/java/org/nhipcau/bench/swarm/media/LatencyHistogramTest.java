// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.bench.swarm.media;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

final class LatencyHistogramTest {
    @Test
    void shouldTellPercentilesToThreePercent() {
        LatencyHistogram histogram = new LatencyHistogram();
        for (int us = 1; us <= 100_000; us++) {
            histogram.record(us * 1_000L);
        }
        assertEquals(50_000, histogram.percentileUs(0.5), 50_000 * 0.032);
        assertEquals(99_000, histogram.percentileUs(0.99), 99_000 * 0.032);
        assertEquals(100_000, histogram.percentileUs(1), 0);
        assertEquals(100_000, histogram.maxUs());
        assertEquals(100_000, histogram.count());
    }

    @Test
    void shouldTakeEveryDuration() {
        LatencyHistogram histogram = new LatencyHistogram();
        histogram.record(-5);
        histogram.record(0);
        histogram.record(Long.MAX_VALUE);
        assertEquals(3, histogram.count());
        assertEquals(0, histogram.percentileUs(0.5));
        assertEquals(Long.MAX_VALUE / 1_000, histogram.maxUs());
    }

    @Test
    void shouldBeExactBelow64MicrosecondsAndRiseAlways() {
        double before = -1;
        for (long us = 0; us < 5_000_000; us += us < 200 ? 1 : us / 7) {
            LatencyHistogram histogram = new LatencyHistogram();
            histogram.record(us * 1_000);
            histogram.record(Long.MAX_VALUE);
            double told = histogram.percentileUs(0.5);
            assertTrue(told >= us && told <= us * 1.032, us + " was told as " + told);
            assertTrue(told >= before);
            before = told;
        }
    }

    @Test
    void shouldAddWhatOthersCounted() {
        LatencyHistogram one = new LatencyHistogram();
        LatencyHistogram other = new LatencyHistogram();
        one.record(10_000);
        other.record(30_000);
        one.add(other);
        assertEquals(2, one.count());
        assertEquals(10, one.percentileUs(0.5));
        assertEquals(30, one.percentileUs(1));
    }
}
