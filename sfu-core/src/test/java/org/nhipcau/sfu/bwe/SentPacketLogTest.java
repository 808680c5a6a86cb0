// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.sfu.bwe;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

class SentPacketLogTest {
    private static final long US = 1_000L;
    private final SentPacketLog log = new SentPacketLog();

    @Test
    void shouldHoldNothingBeforeTheFirstPacket() {
        assertEquals(0, log.capacity());
        assertEquals(-1, log.find(0));
        assertEquals(0, log.onSent(10, 5 * US));
        assertEquals(64, log.capacity());
        assertEquals(0, log.find(0));
        assertEquals(-1, log.find(1));
        assertEquals(5, log.sentUs(0));
    }

    @Test
    void shouldGrowToWhatTwoSecondsHoldAndNoFurther() {
        // 400 packets a second: 800 in two seconds.
        for (int i = 0; i < 20_000; i++) {
            long nowUs = 7_000_000_000L + i * 2_500L;
            assertEquals(i & 0xffff, log.onSent(100 + i % 1_000, nowUs * US));
            long back = Math.max(0, i - 799);
            assertEquals(back, log.find((int) back & 0xffff));
            assertEquals(7_000_000_000L + back * 2_500L, log.sentUs(back), "at " + i);
            assertEquals(100 + back % 1_000, log.lengthBytes(back));
        }
        assertEquals(1_024, log.capacity());
        assertEquals(-1, log.find(20_000 - 1_025 & 0xffff));
    }

    @Test
    void shouldBoundABurst() {
        for (int i = 0; i < 70_000; i++) {
            log.onSent(1_200, 1_000_000L);
        }
        assertEquals(SentPacketLog.CAPACITY, log.capacity());
        assertEquals(70_000 - SentPacketLog.CAPACITY, log.find(70_000 - SentPacketLog.CAPACITY & 0xffff));
        assertEquals(-1, log.find(70_000 - SentPacketLog.CAPACITY - 1 & 0xffff));
    }

    @Test
    void shouldNotGrowAfterALongRest() {
        for (int i = 0; i < 64; i++) {
            log.onSent(50, i);
        }
        long anHourNs = 3_600_000_000_000L;
        log.onSent(50, anHourNs);
        assertEquals(64, log.capacity());
        assertTrue(log.find(0) < 0);
        assertEquals(0, log.sentUs(1));
        assertEquals(anHourNs, log.lastSentNs());
    }
}
