// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.sfu.stream;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;

class RateMeterTest {
    private static final long MS = 1_000_000L;

    @Test
    void shouldMeasureTheLastSecondAndForgetTheOneBefore() {
        RateMeter meter = new RateMeter();
        for (int ms = 0; ms < 3_000; ms += 10) {
            meter.add(ms < 1_500 ? 1_000 : 100, ms * MS);
        }
        assertEquals(80_000, meter.bitsPerSecond(2_999 * MS), 3_000);
        assertEquals(100, meter.perSecond(2_999 * MS), 3);
        assertEquals(0, meter.bitsPerSecond(10_000 * MS));
    }

    @Test
    void shouldNotTakeASinglePacketForABurst() {
        RateMeter meter = new RateMeter();
        meter.add(1_000, 5 * MS);
        assertEquals(40_000, meter.bitsPerSecond(5 * MS));
        meter.reset();
        assertEquals(0, meter.bitsPerSecond(6 * MS));
    }
}
