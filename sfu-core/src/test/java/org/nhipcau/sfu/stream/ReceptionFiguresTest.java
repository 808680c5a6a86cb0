// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.sfu.stream;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;

class ReceptionFiguresTest {
    private static final long MS = 1_000_000L;
    private final ReceptionFigures figures = new ReceptionFigures(90_000);

    @Test
    void shouldCountLossByIntervalAndInAll() {
        for (long s = 65_500; s < 65_600; s++) {
            if (s % 4 != 0) {
                figures.onPacket(s, s * 90, s * MS);
            }
        }
        assertEquals(24, figures.cumulativeLost());
        assertEquals(24 * 256 / 99, figures.takeFractionLost());
        assertEquals(0, figures.takeFractionLost());
        assertEquals(65_599, figures.extendedHighest());
        assertEquals(99, figures.takeExpected());
        assertEquals(24, figures.takeLost());
        assertEquals(0, figures.takeExpected());
    }

    @Test
    void shouldTakeReorderedPacketsForReceived() {
        long[] order = {10, 12, 11, 9, 13};
        for (long s : order) {
            figures.onPacket(s, 0, 0);
        }
        assertEquals(5, figures.expected());
        assertEquals(0, figures.cumulativeLost());
    }

    @Test
    void shouldTellNegativeLossOfDuplicatesAsNothingLost() {
        figures.onPacket(1, 0, 0);
        figures.onPacket(1, 0, 0);
        assertEquals(-1, figures.cumulativeLost());
        assertEquals(0, figures.takeFractionLost());
    }

    @Test
    void shouldMeasureNoJitterOfAnEvenStream() {
        for (int i = 0; i < 100; i++) {
            figures.onPacket(i, i * 3_000L, i * 100 * MS / 3);
        }
        assertEquals(0, figures.jitterTicks(), 1);
    }

    @Test
    void shouldMeasureJitterAsRfc3550Does() {
        // Arrival wavers by 10 ms from packet to packet: |D| = 10 ms = 900 ticks each time.
        for (int i = 0; i < 400; i++) {
            figures.onPacket(i, i * 3_000L, i * 100 * MS / 3 + i % 2 * 10 * MS);
        }
        assertEquals(900, figures.jitterTicks(), 20);
        assertEquals(10, figures.jitterMs(), 0.3);
    }

    @Test
    void shouldSurviveTheWrapOfTimestampsAndAJump() {
        for (int i = 0; i < 100; i++) {
            figures.onPacket(i, 0xffff_ffffL - 50 * 3_000L + i * 3_000L & 0xffff_ffffL, i * 100 * MS / 3);
        }
        assertEquals(0, figures.jitterTicks(), 2);
        figures.onPacket(100, 12_345_678L, 3_400 * MS);
        assertEquals(0, figures.jitterTicks(), 2);
    }
}
