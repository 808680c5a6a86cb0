// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.sfu.bwe;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class ArrivalsTest {
    @Test
    void shouldBringStreamsIntoTheOrderOfSending() {
        for (long seed = 0; seed < 200; seed++) {
            Random random = new Random(seed);
            Arrivals arrivals = new Arrivals();
            arrivals.beginCongestionFeedback(1L << 20);
            TreeMap<Long, Long> expected = new TreeMap<>();
            int count = random.nextInt(300);
            for (int i = 0; i < count; i++) {
                long sequence = random.nextInt(200);
                boolean received = random.nextBoolean();
                int offset = random.nextInt(1_024);
                arrivals.addCongestionFeedback(sequence, received, offset);
                long arrival = received ? (1L << 20) * 1_000_000 / 65_536 - offset * 1_000_000L / 1_024 : Arrivals.LOST;
                expected.merge(sequence, arrival, Math::max);
            }
            arrivals.finish();
            assertEquals(expected.size(), arrivals.count(), "seed " + seed);
            int at = 0;
            for (var entry : expected.entrySet()) {
                assertEquals(entry.getKey(), arrivals.sequence(at), "seed " + seed);
                assertEquals(entry.getValue(), arrivals.arrivalUs(at), "seed " + seed);
                assertEquals(entry.getValue() != Arrivals.LOST, arrivals.received(at++), "seed " + seed);
            }
        }
    }

    @Test
    void shouldKnowThatAPacketCameThoughNotWhen() {
        Arrivals arrivals = new Arrivals();
        arrivals.beginCongestionFeedback(65_536);
        arrivals.addCongestionFeedback(1, true, 0x1ffe);
        arrivals.addCongestionFeedback(2, true, 0x1fff);
        arrivals.addCongestionFeedback(3, true, 512);
        arrivals.finish();
        assertTrue(arrivals.received(0) && arrivals.received(1));
        assertFalse(arrivals.timed(0) || arrivals.timed(1));
        assertTrue(arrivals.timed(2));
        assertEquals(500_000, arrivals.arrivalUs(2));
    }

    @Test
    void shouldTakeNoMoreThanIsRemembered() {
        Arrivals arrivals = new Arrivals();
        arrivals.beginCongestionFeedback(0);
        for (int i = 0; i < 3 * SentPacketLog.CAPACITY; i++) {
            arrivals.addCongestionFeedback(i, true, 0);
        }
        arrivals.finish();
        assertEquals(SentPacketLog.CAPACITY, arrivals.count());
    }
}
