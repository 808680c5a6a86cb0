// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.sfu.bwe;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

class TimedArrivalsTest {
    private static final long WAY_US = 30_000;
    private static final long EVERY_US = 20_000;

    private final TimedArrivals arrivals = new TimedArrivals();
    /** So that the sender's clock wraps within the first seconds. */
    private long nowUs = 62_000_000;
    private long waitedUs;

    private boolean arrive(long sentUs, long atUs) {
        return arrivals.onPacket((int) ((sentUs << 18) / 1_000_000) & 0xffffff, 100, atUs * 1_000);
    }

    // A packet each 20 ms that waits for so long; while a queue arises none comes. @return whether all went on
    private boolean run(long waitUs, long clockUs, long forUs) {
        boolean goesOn = true;
        nowUs += Math.max(0, waitUs - waitedUs);
        waitedUs = waitUs;
        for (long endUs = nowUs + forUs; nowUs < endUs; nowUs += EVERY_US) {
            goesOn &= arrive(nowUs - WAY_US - waitUs + clockUs, nowUs);
        }
        return goesOn;
    }

    private void assertWaits(long us) {
        assertEquals(us, arrivals.delay().standingUs(), 10);
    }

    @Test
    void shouldMeasureAcrossTheWrapOfTheClock() {
        assertTrue(run(0, 0, 5_000_000));
        assertWaits(0);
        assertTrue(run(200_000, 0, 1_000_000));
        assertWaits(200_000);
    }

    @Test
    void shouldReadNothingFromPacketsThatWereOvertaken() {
        run(0, 0, 1_000_000);
        run(200_000, 0, 1_000_000);
        // As where a phone goes over to another cell: what waited in the old one comes among what goes through the new.
        for (int i = 0; i < 20; i++) {
            for (int late = 0; late < 5; late++) {
                assertTrue(arrive(nowUs - 700_000 + late * EVERY_US, nowUs));
            }
            assertTrue(run(200_000, 0, EVERY_US));
            assertWaits(200_000);
        }
        // And at once, in a burst.
        for (int late = 0; late < 50; late++) {
            assertTrue(arrive(nowUs - 1_400_000 + late * EVERY_US, nowUs + late * 1_000));
        }
        nowUs += 60_000;
        assertTrue(run(200_000, 0, 100_000));
        assertWaits(200_000);
    }

    @Test
    void shouldBeginAnewWhereTheClockWasSetBack() {
        run(0, 0, 1_000_000);
        run(200_000, 0, 1_000_000);
        assertFalse(run(200_000, -10_000_000, 1_000_000), "told once");
        assertTrue(run(200_000, -10_000_000, 1_000_000));
        assertWaits(0);
        // What stood there drains: it was taken for the path's own delay, and is not any more.
        run(0, -10_000_000, 1_000_000);
        assertWaits(0);
        run(150_000, -10_000_000, 1_000_000);
        assertWaits(150_000);
    }

    @Test
    void shouldFollowAClockThatWasSetForward() {
        run(0, 0, 1_000_000);
        assertTrue(run(0, 10_000_000, 1_000_000));
        assertWaits(0);
        run(150_000, 10_000_000, 1_000_000);
        assertWaits(150_000);
    }

    @Test
    void shouldKnowAfterALongSilenceHowLatePacketsAre() {
        run(0, 0, 1_000_000);
        // Longer than the clock takes to wrap.
        nowUs += 200_000_000;
        assertFalse(run(150_000, 0, 500_000));
        assertWaits(150_000);
        assertTrue(run(0, 0, 2_000_000));
        assertWaits(0);
    }

    @Test
    void shouldTellAClockThatStoodStillFromPacketsThatWereHeldBack() {
        run(0, 0, 1_000_000);
        nowUs += 5_000_000;
        run(0, -5_000_000, 3_000_000);
        assertWaits(0);

        waitedUs = 5_000_000;
        nowUs += waitedUs;
        // Each comes a little less late than the one before.
        for (long lateUs = 5_000_000; lateUs > 4_000_000; lateUs -= 4_000) {
            run(lateUs, -5_000_000, EVERY_US);
        }
        assertTrue(arrivals.delay().standingUs() > 3_900_000, () -> "us " + arrivals.delay().standingUs());
    }
}
