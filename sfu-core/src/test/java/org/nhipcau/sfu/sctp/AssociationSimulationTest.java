// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.sfu.sctp;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.nhipcau.sfu.sctp.receive.Receiver;
import org.nhipcau.sfu.sctp.send.OutboundMessage;
import org.nhipcau.sfu.sctp.send.Sender;

/**
 * Two associations over bad links, by seeds: nothing reliable is lost, doubled or out of order. More seeds:
 * {@code -Dnhipcau.sctp.seeds=5000}.
 */
class AssociationSimulationTest {
    private static final int SEEDS = Integer.getInteger("nhipcau.sctp.seeds", 200);

    @Test
    void everyReliableMessageShouldArriveOnceAndInOrder() {
        for (long seed = 0; seed < SEEDS; seed++) {
            Random choice = new Random(seed ^ 0x5eed);
            SctpPair pair = new SctpPair(seed);
            pair.lossRatio = choice.nextInt(4) * 0.08;
            pair.doubledRatio = choice.nextInt(3) * 0.1;
            pair.jitterNs = choice.nextInt(3) * 30 * SctpPair.MS;
            pair.a.association.connect(pair.nowNs);
            if (choice.nextBoolean()) {
                pair.b.association.connect(pair.nowNs);
            }
            List<byte[]> fromA = new ArrayList<>();
            List<byte[]> fromB = new ArrayList<>();
            int count = 1 + choice.nextInt(60);
            for (int i = 0; i < count; i++) {
                offer(pair, pair.a, fromA, choice);
                if (choice.nextInt(3) == 0) {
                    offer(pair, pair.b, fromB, choice);
                }
                pair.run(choice.nextInt(40));
            }
            for (int i = 0; i < 6_000 && !arrived(pair, fromA, fromB); i++) {
                pair.run(500);
            }
            String what = "seed " + seed + ", loss " + pair.lossRatio;
            assertNull(pair.a.end, what);
            assertNull(pair.b.end, what);
            assertStreams(fromA, pair.b, what);
            assertStreams(fromB, pair.a, what);
            assertTrue(pair.a.mostHeld <= Receiver.MAX_HELD_BYTES && pair.b.mostHeld <= Receiver.MAX_HELD_BYTES, what);
            assertEquals(1, pair.a.established, what);
            assertEquals(1, pair.b.established, what);
        }
    }

    private static boolean arrived(SctpPair pair, List<byte[]> fromA, List<byte[]> fromB) {
        return pair.b.messages.size() >= fromA.size() && pair.a.messages.size() >= fromB.size()
                && pair.a.association.bufferedBytes() == 0 && pair.b.association.bufferedBytes() == 0;
    }

    // The first two bytes tell the stream, the next four the number on it.
    private static void offer(SctpPair pair, SctpPair.Side from, List<byte[]> sent, Random choice) {
        int length = switch (choice.nextInt(4)) {
            case 0 -> 6;
            case 1 -> 6 + choice.nextInt(1_400);
            case 2 -> 6 + choice.nextInt(9_000);
            default -> choice.nextInt(8) == 0 ? 65_535 : 6 + choice.nextInt(200);
        };
        byte[] payload = new byte[length];
        choice.nextBytes(payload);
        int stream = choice.nextInt(4);
        payload[0] = 0;
        payload[1] = (byte) stream;
        int number = sent.size();
        for (int i = 0; i < 4; i++) {
            payload[2 + i] = (byte) (number >> 24 - 8 * i);
        }
        // Of the last stream the messages may overtake each other.
        if (from.association.send(OutboundMessage.reliable(stream, 53, stream == 3, payload))) {
            sent.add(payload);
        } else {
            assertTrue(from.association.bufferedBytes() + length > Sender.MAX_BYTES);
        }
    }

    private static int number(byte[] payload) {
        return (payload[2] & 0xff) << 24 | (payload[3] & 0xff) << 16 | (payload[4] & 0xff) << 8 | payload[5] & 0xff;
    }

    private static void assertStreams(List<byte[]> sent, SctpPair.Side at, String what) {
        assertEquals(sent.size(), at.messages.size(), what);
        Map<Integer, Integer> last = new HashMap<>();
        Set<Integer> seen = new HashSet<>();
        for (SctpPair.Side.Message message : at.messages) {
            int number = number(message.payload());
            assertTrue(seen.add(number), what + ": twice " + number);
            assertEquals(message.payload()[1], message.streamId(), what);
            assertArrayEquals(sent.get(number), message.payload(), what);
            if (message.streamId() != 3) {
                assertTrue(last.getOrDefault(message.streamId(), -1) < number, what + ": out of order " + number);
            }
            last.put(message.streamId(), number);
        }
    }

    @Test
    void whatIsGivenUpShouldHoldUpNothingBehindIt() {
        for (long seed = 0; seed < SEEDS; seed++) {
            Random choice = new Random(seed ^ 0xabad);
            SctpPair pair = new SctpPair(seed);
            pair.a.association.connect(pair.nowNs);
            pair.run(100);
            pair.lossRatio = 0.3;
            pair.jitterNs = choice.nextInt(2) * 30 * SctpPair.MS;
            int sent = 40;
            for (int i = 0; i < sent; i++) {
                byte[] payload = new byte[1 + choice.nextInt(5_000)];
                payload[0] = (byte) i;
                pair.a.association.send(OutboundMessage.partiallyReliable(1, 53, choice.nextBoolean(), payload,
                        choice.nextInt(2), pair.nowNs + 400 * SctpPair.MS));
                pair.run(20);
            }
            pair.run(60_000);
            pair.lossRatio = 0;
            pair.a.association.send(OutboundMessage.reliable(1, 53, false, new byte[] {99}));
            pair.a.association.send(OutboundMessage.reliable(2, 53, false, new byte[] {98}));
            pair.run(30_000);
            String what = "seed " + seed;
            assertNull(pair.a.end, what);
            assertNull(pair.b.end, what);
            List<Integer> got = pair.b.messages.stream().map(message -> (int) message.payload()[0]).toList();
            assertTrue(got.contains(99) && got.contains(98), what + ": " + got);
            assertEquals(got.size(), new HashSet<>(got).size(), what);
            assertEquals(0, pair.a.association.bufferedBytes(), what);
            assertEquals(0, pair.b.association.heldBytes(), what);
        }
    }

    @Test
    void aSlowReaderShouldHoldUpItsSenderWithinItsMemory() {
        SctpPair pair = new SctpPair(7);
        pair.b.slowReader = true;
        pair.a.association.connect(pair.nowNs);
        int sent = 0;
        for (int i = 0; i < 4_000; i++) {
            while (pair.a.association.send(OutboundMessage.reliable(1, 53, false, new byte[4_000]))) {
                sent++;
            }
            pair.run(5);
        }
        assertNull(pair.a.end);
        assertNull(pair.b.end, "one that probes is no attacker");
        assertTrue(pair.b.mostHeld <= Receiver.WINDOW_BYTES + Receiver.MAX_ANNOUNCED_BYTES, "" + pair.b.mostHeld);
        int before = pair.b.messages.size();
        while (!pair.b.retained.isEmpty()) {
            pair.b.association.release(pair.b.retained.remove());
        }
        pair.b.slowReader = false;
        pair.run(20_000);
        assertTrue(pair.b.messages.size() > before);
        assertEquals(sent, pair.b.messages.size(), "all came in the end");
        assertEquals(0, pair.b.association.heldBytes());
    }

    @Test
    void shouldCarryAMegabyteOverALossyPathAtAReasonablePace() {
        SctpPair pair = new SctpPair(3);
        pair.lossRatio = 0.02;
        pair.a.association.connect(pair.nowNs);
        int left = 100;
        long began = pair.nowNs;
        while (pair.b.messages.size() < 100 && pair.nowNs - began < 120_000 * SctpPair.MS) {
            if (left > 0 && pair.a.association.send(OutboundMessage.reliable(1, 53, false, new byte[10_000]))) {
                left--;
            }
            pair.step();
        }
        assertEquals(100, pair.b.messages.size());
        assertTrue(pair.packets < 2_500, "packets " + pair.packets);
    }
}
