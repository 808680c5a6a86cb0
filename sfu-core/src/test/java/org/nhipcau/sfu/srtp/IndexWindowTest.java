// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.sfu.srtp;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.HashSet;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Index estimation and replay, at the points where numbers wrap. */
class IndexWindowTest {
    private final IndexWindow window = new IndexWindow(1);

    @ParameterizedTest
    @ValueSource(longs = {0, 1, 127, 128, 32767, 32768, 65534, 65535})
    void shouldTakeTheFirstNumberAsItIs(long first) {
        assertEquals(first, window.estimate((int) first));
        assertTrue(window.isFresh(first));
        window.mark(first);
        assertFalse(window.isFresh(first));
        assertEquals(first + 1, window.estimate((int) (first + 1 & 0xffff)));
    }

    @ParameterizedTest
    @ValueSource(longs = {65_535, 65_536, 131_071, 131_072, 98_303, 98_304, (1L << 47) - 1, 1L << 47})
    void shouldFindTheNearestIndex(long highest) {
        window.mark(highest);
        for (long distance : new long[] {1, 100, 1000, 32_766, 32_767}) {
            assertEquals(highest + distance, window.estimate((int) (highest + distance & 0xffff)));
            assertEquals(highest - distance, window.estimate((int) (highest - distance & 0xffff)));
        }
    }

    @Test
    void shouldNotGoBelowTheFirstTurn() {
        window.mark(5);
        assertEquals(65_530, window.estimate(65_530));
    }

    @Test
    void shouldTellTheEdgesOfTheWindowApart() {
        long highest = 100_000;
        window.mark(highest);
        long oldest = highest - IndexWindow.WINDOW_PACKETS + 1;
        assertTrue(window.isFresh(oldest));
        assertFalse(window.isFresh(oldest - 1));
        window.mark(oldest);
        assertFalse(window.isFresh(oldest));
        window.mark(highest + 1);
        assertFalse(window.isFresh(oldest));
        assertTrue(window.isFresh(oldest + 1));
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 63, 64, 65, 1023, 1024, 1025, 40_000, 1L << 40})
    void shouldForgetWhatAJumpPassedOver(long jump) {
        for (long index = 0; index < 2000; index++) {
            window.mark(index);
        }
        window.mark(1999 + jump);
        for (long index = 1999 + jump - 1023; index < 1999 + jump; index++) {
            assertEquals(index > 1999, window.isFresh(index), "index " + index);
        }
    }

    @Test
    void shouldAgreeWithASetOfAllIndexes() {
        long seed = 7;
        Random random = new Random(seed);
        Set<Long> seen = new HashSet<>();
        long highest = 60_000;
        window.mark(highest);
        seen.add(highest);
        for (int i = 0; i < 200_000; i++) {
            long index = Math.max(0, highest + random.nextInt(1200) - 1150 + (random.nextInt(5000) == 0 ? 5000 : 0));
            boolean fresh = index > highest - IndexWindow.WINDOW_PACKETS && !seen.contains(index);
            assertEquals(fresh, window.isFresh(index), "seed " + seed + " step " + i);
            assertEquals(index, window.estimate((int) index & 0xffff));
            if (fresh) {
                window.mark(index);
                seen.add(index);
                highest = Math.max(highest, index);
            }
            assertEquals(highest, window.highest());
        }
    }
}
