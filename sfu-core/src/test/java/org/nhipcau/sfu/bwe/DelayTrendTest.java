// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.sfu.bwe;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

class DelayTrendTest {
    private static final long SLOT_US = 40_000;
    private static final long PATH_US = 50_000;
    private static final long LEAST_THRESHOLD_US = 18_000;

    private final DelayTrend delay = new DelayTrend(EstimatorSettings.DEFAULT);
    private long atUs = 1_000_000;

    /** Packets that arrive a slot apart and waited so long. */
    private void arrive(int packets, long waitedUs) {
        for (int i = 0; i < packets; i++) {
            delay.onArrival(atUs - PATH_US - waitedUs, atUs, atUs * 1_000);
            atUs += SLOT_US;
        }
    }

    @Test
    void shouldCallAQueueWhatIsAboveTheThreshold() {
        // The first packet that waits counts as noise too: a twentieth of it, five times, is on top of the threshold.
        for (long waitedUs : new long[] {24_000, 24_001}) {
            DelayTrendTest run = new DelayTrendTest();
            run.arrive(10, 0);
            assertEquals(LEAST_THRESHOLD_US, run.delay.thresholdUs());
            run.arrive(1, waitedUs);
            assertEquals(0, run.delay.standingUs(), "one packet may wait by chance");
            run.arrive(1, waitedUs);
            assertEquals(waitedUs, run.delay.standingUs());
            assertEquals(24_000, run.delay.thresholdUs());
            assertEquals(waitedUs > 24_000, run.delay.queued());
        }
    }

    @Test
    void shouldTakeTheLuckiestPacketOfASlot() {
        arrive(10, 0);
        for (int i = 0; i < 20; i++) {
            delay.onArrival(atUs - PATH_US - (i % 4 == 1 ? 5_000 : 70_000), atUs, atUs * 1_000);
            atUs += SLOT_US / 4;
        }
        assertEquals(5_000, delay.standingUs());
        assertEquals(70_000, delay.newestUs());
    }

    @Test
    void shouldBeginAnewWhereTheOtherClockJumps() {
        for (long jumpUs : new long[] {60_000_000, 60_000_001, -60_000_001}) {
            DelayTrendTest run = new DelayTrendTest();
            run.arrive(10, 0);
            run.arrive(2, jumpUs);
            assertEquals(jumpUs == 60_000_000 ? jumpUs : 0, run.delay.standingUs(), jumpUs + " us");
        }
    }

    @Test
    void shouldTakeALongerPathForOneInTheEnd() {
        arrive(10, 0);
        // The window in which the path was shorter ends after 15 s, the one behind it after 15 more.
        arrive(700, 100_000);
        assertEquals(100_000, delay.standingUs());
        arrive(60, 100_000);
        assertEquals(0, delay.standingUs());
        arrive(2, 0);
        assertEquals(0, delay.standingUs(), "shorter again");
        arrive(2, 30_000);
        assertEquals(30_000, delay.standingUs());
    }

    @Test
    void shouldKeepTheBaseWhereOthersFillTheQueue() {
        arrive(10, 0);
        for (int i = 0; i < 1_000; i++) {
            arrive(1, 100_000);
            delay.keepBase(atUs * 1_000);
        }
        assertEquals(100_000, delay.standingUs());
        delay.rebase(atUs * 1_000);
        assertEquals(0, delay.standingUs());
        arrive(2, 104_000);
        assertEquals(4_000, delay.standingUs());
    }

    @Test
    void shouldTellAGrowingQueueByTheSlope() {
        for (int growthUs : new int[] {760, 840}) {
            DelayTrendTest run = new DelayTrendTest();
            for (int i = 0; i < 20; i++) {
                run.arrive(1, (long) i * growthUs);
            }
            assertEquals(growthUs / 40_000.0, run.delay.slope(), 1e-9);
            assertEquals(growthUs > 800, run.delay.rising());
        }
    }

    @Test
    void shouldSayNothingOfATrendFromTwoSlots() {
        arrive(2, 0);
        assertEquals(0, delay.slope());
        for (int i = 1; i <= 8; i++) {
            arrive(1, i * 10_000L);
        }
        assertTrue(delay.rising());
        delay.resume();
        assertFalse(delay.rising(), "what lies between was an outage");
        assertEquals(80_000, delay.standingUs(), "the base is as before");
        delay.forget();
        assertFalse(delay.known());
        assertEquals(0, delay.standingUs());
    }
}
