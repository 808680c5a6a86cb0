// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.sfu.route;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

/** 30 frames a second in three temporal layers: 0 2 1 2; a packet takes 44 bytes more on the wire. */
class LayerRatesTest {
    private static final int[] TEMPORAL = {0, 2, 1, 2};
    private static final long SECOND = 1_000_000_000L;

    private final LayerRates rates = new LayerRates();
    private long nowNs = SECOND;
    private int frame;

    private void run(long ms, int bytes) {
        for (long until = nowNs + ms * 1_000_000; nowNs < until; nowNs += SECOND / 30) {
            rates.onPacket(TEMPORAL[frame % 4], true, bytes, nowNs);
            rates.onPacket(TEMPORAL[frame % 4], false, bytes, nowNs);
            frame++;
            if (frame % 3 == 0) {
                rates.bitrateBps(3, nowNs);
            }
        }
    }

    @Test
    void shouldMeasureEachTemporalLayer() {
        run(5_000, 456);
        assertEquals(240_000, rates.bitrateBps(3, nowNs), 12_000);
        assertEquals(120_000, rates.bitrateBps(1, nowNs), 8_000);
        assertEquals(60_000, rates.bitrateBps(0, nowNs), 6_000);
        assertEquals(30, rates.framesPerSecond(3, nowNs), 1.5);
        assertEquals(7.5, rates.framesPerSecond(0, nowNs), 1);
        assertEquals(2, rates.topTemporal(nowNs));
        assertEquals(1, rates.temporalWithin(15, nowNs));
        assertEquals(0, rates.temporalWithin(1, nowNs));
    }

    @Test
    void shouldBelieveARiseSoonAndAFallSlowly() {
        run(5_000, 456);
        run(1_500, 956);
        assertTrue(rates.bitrateBps(3, nowNs) > 420_000, rates.bitrateBps(3, nowNs) + " after the rise");
        run(1_500, 56);
        assertTrue(rates.bitrateBps(3, nowNs) > 250_000, rates.bitrateBps(3, nowNs) + " soon after the fall");
        run(15_000, 56);
        assertEquals(48_000, rates.bitrateBps(3, nowNs), 6_000);
    }

    @Test
    void shouldForgetAnotherStream() {
        run(2_000, 500);
        rates.reset();
        assertEquals(0, rates.bitrateBps(3, nowNs));
        assertEquals(0, rates.topTemporal(nowNs));
    }
}
