// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.sfu.quality;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;

class StandingDelayTest {
    private static final long SECOND_NS = 1_000_000_000L;

    private final StandingDelay delay = new StandingDelay();

    @Test
    void shouldTellWhatPacketsTakeLongerThanTheSoonestOfAMinute() {
        assertEquals(0, delay.excessMs());
        for (int second = 0; second < 30; second++) {
            delay.add(-5_000 + second % 3, second * SECOND_NS);
        }
        delay.add(-4_600, 30 * SECOND_NS);
        assertEquals(400, delay.excessMs(), 1e-9);
        // Another way, longer for good: after a minute it is the way itself.
        for (int second = 31; second < 100; second++) {
            delay.add(-4_600, second * SECOND_NS);
        }
        assertEquals(0, delay.excessMs(), 1e-9);
        delay.forget();
        delay.add(77, 101 * SECOND_NS);
        assertEquals(0, delay.excessMs(), 1e-9);
    }
}
