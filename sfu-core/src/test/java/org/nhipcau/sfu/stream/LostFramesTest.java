// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.sfu.stream;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

class LostFramesTest {
    private final LostFrames lost = new LostFrames();

    @Test
    void shouldPlaceTheOnlyMissingPacketWhateverItsTime() {
        lost.onPacket(100, 0);
        lost.onPacket(102, 20_000);
        assertTrue(lost.anyMissing());
        assertEquals(101, lost.sequenceOf(19_040, 1, 0));
        assertEquals(-1, lost.sequenceOf(0, 1, 0), "received");
        assertEquals(-1, lost.sequenceOf(20_000, 1, 0), "received");
        assertEquals(-1, lost.sequenceOf(-960, 1, 0), "before all that is known");
        assertEquals(-1, lost.sequenceOf(20_960, 1, 0), "after all that is known");
    }

    @Test
    void shouldPlaceAsManyCopiesAsAreMissingInTheirOrder() {
        lost.onPacket(100, 0);
        lost.onPacket(103, 9_600);
        assertTrue(lost.between(7_680, 8_640));
        assertEquals(101, lost.sequenceOf(7_680, 2, 0));
        assertEquals(102, lost.sequenceOf(8_640, 2, 1));
    }

    @Test
    void shouldPlaceByEvenDistancesWhereSomeHaveNoCopy() {
        lost.onPacket(100, 0);
        lost.onPacket(104, 4 * 960);
        assertEquals(102, lost.sequenceOf(2 * 960, 1, 0));
        assertEquals(-1, lost.sequenceOf(1_000, 1, 0), "not on the grid");
    }

    @Test
    void shouldNotGuessInAPauseOfTheEncoder() {
        lost.onPacket(100, 0);
        lost.onPacket(104, 19_200 + 960);
        assertEquals(-1, lost.sequenceOf(19_200, 1, 0));
    }

    @Test
    void shouldNotTakePaddingForLostSound() {
        lost.onPacket(100, 0);
        lost.onPadding(101);
        lost.onPadding(103);
        lost.onPacket(104, 1_920);
        assertTrue(lost.anyMissing());
        assertEquals(102, lost.sequenceOf(960, 1, 0));
        lost.onPacket(102, 960);
        assertFalse(lost.anyMissing());
        // Two of three at even distances, padding among them.
        lost.onPadding(106);
        lost.onPacket(109, 1_920 + 4 * 960);
        assertEquals(105, lost.sequenceOf(1_920 + 960, 1, 0));
        assertEquals(107, lost.sequenceOf(1_920 + 2 * 960, 1, 0));
        assertEquals(108, lost.sequenceOf(1_920 + 3 * 960, 1, 0));
        assertEquals(-1, lost.sequenceOf(1_920 + 4 * 960, 1, 0));
    }

    @Test
    void shouldLookFurtherBackThanThePacketBefore() {
        lost.onPacket(100, 0);
        lost.onPacket(102, 1_920);
        lost.onPacket(103, 2_880);
        assertEquals(101, lost.sequenceOf(960, 1, 0));
        lost.onPacket(101, 960);
        assertFalse(lost.anyMissing());
        assertEquals(-1, lost.sequenceOf(960, 1, 0));
    }

    @Test
    void shouldWorkAcrossBothWraps() {
        lost.onPacket(65_535, -1_920);
        lost.onPacket(65_538, 960);
        assertEquals(65_536, lost.sequenceOf(-960, 2, 0));
        assertEquals(65_537, lost.sequenceOf(0, 2, 1));
    }

    @Test
    void shouldMissNothingBeforeTheFirstPacketNorInAGapBeyondItsMemory() {
        lost.onPacket(100, 0);
        assertFalse(lost.anyMissing());
        lost.onPacket(101, 960);
        assertFalse(lost.anyMissing());
        lost.onPacket(5_000, 4_900 * 960);
        assertEquals(-1, lost.sequenceOf(4_899 * 960, 1, 0));
    }

    @Test
    void shouldSurviveTimesThatMakeNoSense() {
        lost.onPacket(100, 5_000);
        lost.onPacket(102, 5_000);
        lost.onPacket(106, 4_000);
        lost.onPacket(109, 5_001);
        for (int timestamp : new int[] {5_000, 4_999, 4_000, Integer.MIN_VALUE, Integer.MAX_VALUE, 0}) {
            long found = lost.sequenceOf(timestamp, 3, 2);
            assertTrue(found == -1 || found > 100 && found < 109, timestamp + ": " + found);
        }
    }
}
