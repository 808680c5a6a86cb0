// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.sfu.bwe;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

/** What a busy link carries, told from when packets came in. */
class DeliveryRateTest {
    private static final long MS = 1_000;

    private final DeliveryRate rate = new DeliveryRate();
    private long atUs = 77_000_000;

    private void spaced(int packets, int wireBytes, long spaceUs) {
        for (int i = 0; i < packets; i++) {
            atUs += spaceUs;
            rate.onArrival(atUs, wireBytes, true);
        }
    }

    @Test
    void shouldMeasureABusyLink() {
        spaced(20, 640, 20 * MS);
        assertEquals(256_000, rate.busyBps());
    }

    @Test
    void shouldNotMeasureByAGapThatOnePacketEnds() {
        spaced(20, 640, 20 * MS);
        // The receiver stood still for 0.3 s, and takes in what came meanwhile: reported so far are two packets of it.
        spaced(1, 640, 300 * MS);
        spaced(1, 640, 0);
        assertEquals(-1, rate.busyBps());
        spaced(12, 640, 0);
        assertEquals(-1, rate.busyBps());
        // With all of it and what follows the rate is that of the whole time.
        spaced(4, 640, 20 * MS);
        assertEquals(256_000, rate.busyBps(), 26_000);
    }

    @Test
    void shouldMeasureALinkThatFell() {
        spaced(20, 640, 20 * MS);
        spaced(2, 640, 170 * MS);
        assertTrue(rate.busyBps() > 0 && rate.busyBps() < 100_000, "believed after two packets: " + rate.busyBps());
        spaced(6, 640, 170 * MS);
        assertEquals(30_000, rate.busyBps(), 3_000);
    }
}
