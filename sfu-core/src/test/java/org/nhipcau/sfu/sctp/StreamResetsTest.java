// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.sfu.sctp;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.nhipcau.sfu.sctp.send.OutboundMessage;

/** Streams end and their numbers begin anew, also where packets are lost. */
class StreamResetsTest {
    private static boolean send(SctpPair.Side from, int stream, int value) {
        return from.association.send(OutboundMessage.reliable(stream, 53, false, new byte[] {(byte) value}));
    }

    @Test
    void aStreamShouldBeginAnewAfterItsReset() {
        for (long seed = 0; seed < 50; seed++) {
            SctpPair pair = new SctpPair(seed);
            pair.a.association.connect(pair.nowNs);
            pair.run(200);
            pair.lossRatio = 0.2;
            for (int round = 0; round < 3; round++) {
                for (int i = 0; i < 5; i++) {
                    assertTrue(send(pair.a, 1, 10 * round + i));
                    assertTrue(send(pair.a, 2, 100 + 10 * round + i));
                }
                pair.run(100_000);
                assertTrue(pair.a.association.resetStream(1));
                assertTrue(pair.a.association.resetStream(1), "asked twice, done once");
                pair.run(100_000);
            }
            String what = "seed " + seed;
            assertNull(pair.a.end, what);
            assertEquals(List.of(1, 1, 1), pair.b.incomingResets, what);
            assertEquals(List.of(1, 1, 1), pair.a.outgoingResets, what);
            assertEquals(List.of(0, 1, 2, 3, 4, 10, 11, 12, 13, 14, 20, 21, 22, 23, 24), pair.b.messages.stream()
                    .filter(message -> message.streamId() == 1).map(message -> (int) message.payload()[0]).toList(), what);
            assertEquals(15, pair.b.messages.stream().filter(message -> message.streamId() == 2).count(), what);
        }
    }

    @Test
    void whatWaitsOnAStreamShouldGoWithItAndWhatFollowsWait() {
        SctpPair pair = new SctpPair(1);
        pair.a.association.connect(pair.nowNs);
        pair.run(100);
        for (int i = 0; i < 3; i++) {
            pair.a.association.send(OutboundMessage.reliable(1, 53, false, new byte[60_000]));
        }
        pair.run(1);
        pair.a.association.resetStream(1);
        assertTrue(send(pair.a, 1, 7));
        pair.run(20_000);
        assertEquals(List.of(60_000, 1), pair.b.messages.stream().map(message -> message.payload().length).toList());
        assertEquals(List.of(1), pair.a.outgoingResets);
    }

    @Test
    void shouldDenyWhatIsNoResetOfTheirOwnStreams() {
        SctpPair pair = new SctpPair(1);
        pair.a.association.connect(pair.nowNs);
        byte[] init = pair.a.association.poll(pair.nowNs, true);
        int tsn = java.nio.ByteBuffer.wrap(init).getInt(28);
        pair.b.association.onPacket(init, init.length, pair.nowNs);
        byte[] initAck = pair.b.association.poll(pair.nowNs, true);
        int tag = java.nio.ByteBuffer.wrap(initAck).getInt(16);
        pair.a.association.onPacket(initAck, initAck.length, pair.nowNs);
        byte[] echo = pair.a.association.poll(pair.nowNs, true);
        pair.b.association.onPacket(echo, echo.length, pair.nowNs);
        pair.b.association.poll(pair.nowNs, true);

        assertEquals(2, answer(pair, tag, 14, tsn), "we end our streams when we want to");
        assertEquals(2, answer(pair, tag, 17, tsn + 1), "and have all there are");
        assertEquals(5, answer(pair, tag, 13, tsn + 9), "not the next number");
        assertEquals(6, answer(pair, tag, 13, tsn + 2, 0, tsn + 5, 1 << 16), "something is still to come");
        assertEquals(1, answer(pair, tag, 13, tsn + 3, 0, tsn - 1, 1 << 16));
        assertEquals(1, answer(pair, tag, 13, tsn + 3, 0, tsn - 1, 1 << 16), "the answer was lost");
        assertEquals(5, answer(pair, tag, 13, tsn + 1, 0, tsn - 1, 1 << 16), "one that was late on its way");
        assertEquals(1, answer(pair, tag, 13, tsn + 3, 0, tsn - 1, 1 << 16), "says nothing of the last one");
        assertEquals(List.of(1, 0), pair.b.incomingResets, "and it was done once");
        assertFalse(pair.b.association.ended());
    }

    private static int answer(SctpPair pair, int tag, int type, int... fields) {
        byte[] parameter = RawPacket.ints(fields);
        byte[] body = new byte[4 + parameter.length];
        body[1] = (byte) type;
        body[3] = (byte) body.length;
        System.arraycopy(parameter, 0, body, 4, parameter.length);
        byte[] packet = RawPacket.of(5000, 5001, tag, RawPacket.chunk(130, 0, body));
        pair.b.association.onPacket(packet, packet.length, pair.nowNs);
        byte[] response = pair.b.association.poll(pair.nowNs, true);
        assertEquals(130, response[12] & 0xff);
        assertEquals(16, response[17]);
        assertEquals(fields[0], java.nio.ByteBuffer.wrap(response).getInt(20));
        return java.nio.ByteBuffer.wrap(response).getInt(24);
    }
}
