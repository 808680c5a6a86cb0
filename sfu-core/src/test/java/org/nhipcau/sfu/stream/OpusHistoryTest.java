// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.sfu.stream;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.nhipcau.sfu.rtp.RtpPacketFlyweight;
import org.nhipcau.sfu.rtp.RtpSamples;

class OpusHistoryTest {
    private static final long SECOND_NS = 1_000_000_000L;
    private final OpusHistory history = new OpusHistory();
    private long nowNs = SECOND_NS;

    private void store(long sequence, byte... payload) {
        RtpPacketFlyweight packet = RtpSamples.view(RtpSamples.packet(111, (int) sequence & 0xffff,
                sequence * 960 & 0xffff_ffffL, 7, payload));
        history.store(sequence, packet, 30, nowNs);
    }

    @Test
    void shouldKeepNothingUntilSomebodyNeedsIt() {
        store(1, (byte) 0x78, (byte) 1);
        assertEquals(-1, history.find(1));
        assertNull(history.bytes());
        history.keepUntil(nowNs + SECOND_NS);
        store(2, (byte) 0x78, (byte) 2);
        int slot = history.find(2);
        assertEquals(2, history.length(slot));
        assertEquals(2, history.bytes()[history.start(slot) + 1]);
        assertEquals(1_920, history.timestamp(slot));
        assertEquals(960, history.durationTicks(slot));
        assertEquals(30, history.level(slot));
        nowNs += SECOND_NS + 1;
        store(3, (byte) 0x78, (byte) 3);
        assertEquals(-1, history.find(3));
    }

    @Test
    void shouldReachAsFarBackAsRedundancyCan() {
        history.keepUntil(nowNs);
        for (long s = 65_500; s < 65_600; s++) {
            store(s, (byte) 0x78, (byte) s);
        }
        for (long s = 65_599; s > 65_599 - 17; s--) {
            assertTrue(history.find(s) >= 0, "packet " + s);
            assertEquals((byte) s, history.bytes()[history.start(history.find(s)) + 1]);
        }
        assertEquals(-1, history.find(65_500));
    }

    @Test
    void shouldRefuseWhatIsNoOpusOrTooLarge() {
        history.keepUntil(nowNs);
        store(1);
        store(2, (byte) 0x7b);
        store(3, new byte[OpusHistory.MAX_PACKET_BYTES + 1]);
        for (int s = 1; s <= 3; s++) {
            assertEquals(-1, history.find(s), "packet " + s);
        }
    }

    @Test
    void shouldWipeWhatIsOverAndBeUsableAgain() {
        history.keepUntil(nowNs + 10 * SECOND_NS);
        store(1, (byte) 0x78, (byte) 99);
        byte[] bytes = history.bytes();
        int start = history.start(history.find(1));
        history.trim(nowNs + SECOND_NS);
        assertEquals(99, bytes[start + 1]);
        history.trim(nowNs + SECOND_NS + 1);
        assertEquals(0, bytes[start + 1], "overwritten, not only forgotten");
        assertEquals(-1, history.find(1));
        store(2, (byte) 0x78, (byte) 98);
        assertEquals(-1, history.find(1));
        assertTrue(history.find(2) >= 0);
        bytes = history.bytes();
        start = history.start(history.find(2));
        history.purge();
        assertEquals(0, bytes[start + 1]);
        assertNull(history.bytes());
    }
}
