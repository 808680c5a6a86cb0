// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.bench.forward;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;

class HistogramTest {

    @Test
    void shouldFindPercentilesWithinThreePercent() {
        long seed = 42;
        Random random = new Random(seed);
        Histogram histogram = new Histogram();
        long[] all = new long[20_000];
        for (int i = 0; i < all.length; i++) {
            all[i] = (long) Math.exp(random.nextDouble() * 20);
            histogram.add(all[i]);
        }
        Arrays.sort(all);
        for (double share : new double[] {0.5, 0.9, 0.99, 0.999}) {
            double exact = all[(int) Math.ceil(share * all.length) - 1];
            double found = histogram.percentileNs(share);
            assertTrue(found >= exact && found <= exact * 1.04, "seed " + seed + ": " + share + " is " + exact
                    + ", found " + found);
        }
        assertEquals(all[all.length - 1], histogram.maxNs());
        assertEquals(all[all.length - 1], histogram.percentileNs(1));
        assertEquals(all.length, histogram.count());
    }

    @Test
    void shouldHoldTheSmallestTheLargestAndNone() {
        Histogram histogram = new Histogram();
        assertTrue(Double.isNaN(histogram.percentileNs(0.5)));
        histogram.add(-5);
        assertEquals(0, histogram.percentileNs(0.5));
        histogram.add(Long.MAX_VALUE);
        assertEquals(Long.MAX_VALUE, histogram.maxNs());
        assertEquals(0, histogram.percentileNs(0.5));
    }
}
