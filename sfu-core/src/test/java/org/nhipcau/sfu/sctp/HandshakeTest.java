// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.sfu.sctp;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.nhipcau.sfu.sctp.send.OutboundMessage;

/** Each byte of the way into an association and out of it, the other side played by hand. */
class HandshakeTest {
    private static final int THEIR_TAG = 0x01020304;
    private static final int THEIR_TSN = 0x7fffffff;
    private static final byte[] EXTENSIONS = {(byte) 0xc0, 0, 0, 4, (byte) 0x80, 8, 0, 6, (byte) 130, (byte) 192, 0, 0};
    private static final long S = 1_000_000_000L;

    private SctpPair.Side side;
    private Association association;
    private long nowNs = -5;

    @BeforeEach
    void begin() {
        side = new SctpPair.Side();
        association = new Association(5000, 6000, new Random(1), side);
        side.association = association;
    }

    private void receive(int tag, byte[]... chunks) {
        byte[] packet = RawPacket.of(6000, 5000, tag, chunks);
        association.onPacket(packet, packet.length, nowNs);
    }

    private ByteBuffer poll() {
        byte[] packet = association.poll(nowNs, true);
        return packet == null ? null : ByteBuffer.wrap(packet);
    }

    private int establish() {
        receive(0, RawPacket.init(1, THEIR_TAG, 100_000, THEIR_TSN, EXTENSIONS));
        ByteBuffer initAck = poll();
        int ourTag = initAck.getInt(16);
        receive(ourTag, RawPacket.chunk(10, 0, Arrays.copyOfRange(initAck.array(), 36, 44)));
        assertNotNull(poll());
        return ourTag;
    }

    @Test
    void shouldAnswerAnInitByteForByte() {
        byte[] reported = {(byte) 0xc1, 1, 0, 5, 9, 0, 0, 0};
        byte[] parameters = Arrays.copyOf(EXTENSIONS, EXTENSIONS.length + reported.length);
        System.arraycopy(reported, 0, parameters, EXTENSIONS.length, reported.length);
        receive(0, RawPacket.init(1, THEIR_TAG, 100_000, THEIR_TSN, parameters));
        ByteBuffer answer = poll();
        int tag = answer.getInt(16);
        int tsn = answer.getInt(28);
        byte[] cookie = Arrays.copyOfRange(answer.array(), 36, 44);
        ByteBuffer expected = ByteBuffer.allocate(200);
        expected.putInt(tag).putInt(16_384).putShort((short) 0xffff).putShort((short) 0xffff).putInt(tsn);
        expected.put(new byte[] {0, 7, 0, 12}).put(cookie);
        expected.put(new byte[] {(byte) 0x80, 8, 0, 6, (byte) 130, (byte) 192, 0, 0, (byte) 0xc0, 0, 0, 4});
        expected.put(new byte[] {0, 8, 0, 9, (byte) 0xc1, 1, 0, 5, 9, 0, 0, 0});
        byte[] body = Arrays.copyOf(expected.array(), expected.position());
        assertArrayEquals(RawPacket.of(5000, 6000, THEIR_TAG, RawPacket.chunk(2, 0, body)), answer.array());
        assertTrue(tag != 0);
        assertNull(poll());
        assertEquals(0, side.established);

        receive(tag, RawPacket.chunk(10, 0, cookie), RawPacket.data(3, THEIR_TSN, 1, 0, 53, new byte[] {42}));
        assertEquals(1, side.established);
        assertEquals(1, side.messages.size());
        assertArrayEquals(RawPacket.of(5000, 6000, THEIR_TAG, RawPacket.chunk(11, 0, new byte[0])), poll().array());
        assertNull(poll(), "the acknowledgement of one packet waits");
        receive(tag, RawPacket.data(3, THEIR_TSN + 1, 1, 1, 53, new byte[] {43}));
        assertArrayEquals(RawPacket.of(5000, 6000, THEIR_TAG,
                RawPacket.chunk(3, 0, RawPacket.ints(THEIR_TSN + 1, 16_384, 0))), poll().array());
    }

    @Test
    void shouldBeginByItself() {
        association.connect(nowNs);
        ByteBuffer init = poll();
        assertEquals(0, init.getInt(4), "the tag of an INIT");
        assertEquals(1, init.get(12));
        int tag = init.getInt(16);
        assertNull(poll());
        association.onTimer(nowNs += S);
        assertArrayEquals(init.array(), poll().array(), "T1 repeats it");
        byte[] cookie = HexFormat.of().parseHex("00070009cafebabe01000000");
        receive(tag, RawPacket.init(2, THEIR_TAG, 9_000, 77, cookie));
        assertArrayEquals(RawPacket.of(5000, 6000, THEIR_TAG,
                RawPacket.chunk(10, 0, HexFormat.of().parseHex("cafebabe01"))), poll().array());
        association.onTimer(nowNs += S);
        assertEquals(10, poll().get(12), "T1 repeats the cookie");
        receive(tag, RawPacket.chunk(11, 0, new byte[0]));
        assertTrue(association.established());
        association.send(OutboundMessage.reliable(2, 53, false, new byte[] {1, 2, 3}));
        assertArrayEquals(RawPacket.of(5000, 6000, THEIR_TAG,
                RawPacket.data(3, init.getInt(28), 2, 0, 53, new byte[] {1, 2, 3})), poll().array());
    }

    @Test
    void shouldStopCallingOneWhoNeverAnswersAndTakeItsCallLater() {
        association.connect(nowNs);
        int inits = 0;
        for (int i = 0; i < 200; i++) {
            inits += poll() != null ? 1 : 0;
            association.onTimer(nowNs += S);
        }
        assertEquals(9, inits);
        assertNull(side.end);
        establish();
        assertTrue(association.established());
    }

    @Test
    void bothShouldBeAbleToBeginAtOnce() {
        association.connect(nowNs);
        int tag = poll().getInt(16);
        receive(0, RawPacket.init(1, THEIR_TAG, 100_000, THEIR_TSN, EXTENSIONS));
        ByteBuffer initAck = poll();
        assertEquals(2, initAck.get(12));
        assertEquals(tag, initAck.getInt(16), "the same tag as in our own INIT");
        receive(tag, RawPacket.init(2, THEIR_TAG, 100_000, THEIR_TSN, HexFormat.of().parseHex("0007000801020304")));
        assertEquals(10, poll().get(12));
        receive(tag, RawPacket.chunk(10, 0, Arrays.copyOfRange(initAck.array(), 36, 44)));
        assertEquals(1, side.established);
        assertEquals(11, poll().get(12));
        receive(tag, RawPacket.chunk(11, 0, new byte[0]));
        assertEquals(1, side.established);
    }

    @Test
    void shouldAnswerARepeatedCookieButNoWrongOne() {
        receive(0, RawPacket.init(1, THEIR_TAG, 100_000, THEIR_TSN, EXTENSIONS));
        ByteBuffer initAck = poll();
        int tag = initAck.getInt(16);
        byte[] cookie = Arrays.copyOfRange(initAck.array(), 36, 44);
        byte[] wrong = cookie.clone();
        wrong[7]++;
        receive(tag, RawPacket.chunk(10, 0, wrong));
        receive(tag, RawPacket.chunk(10, 0, new byte[0]));
        assertFalse(association.established());
        assertNull(poll());
        for (int i = 0; i < 3; i++) {
            receive(tag, RawPacket.chunk(10, 0, cookie));
            assertEquals(11, poll().get(12), "when the COOKIE ACK was lost");
        }
        assertEquals(1, side.established);
    }

    @Test
    void shouldPassOverWhatIsNotForIt() {
        int tag = establish();
        byte[] data = RawPacket.data(3, THEIR_TSN, 1, 0, 53, new byte[] {1});
        receive(tag + 1, data);
        receive(0, data);
        byte[] good = RawPacket.of(6000, 5000, tag, data);
        for (int i = 0; i < good.length; i++) {
            byte[] bent = good.clone();
            bent[i] ^= 1;
            association.onPacket(bent, bent.length, nowNs);
        }
        byte[] otherPort = RawPacket.of(6001, 5000, tag, data);
        association.onPacket(otherPort, otherPort.length, nowNs);
        receive(0, RawPacket.init(1, 5, 9_000, 1, EXTENSIONS), data);
        receive(tag, RawPacket.init(1, 5, 9_000, 1, EXTENSIONS));
        assertEquals(0, side.messages.size());
        assertTrue(association.ignoredPackets() >= good.length + 5);
        association.onPacket(good, good.length, nowNs);
        assertEquals(1, side.messages.size());
    }

    @Test
    void shouldRefuseARestart() {
        establish();
        receive(0, RawPacket.init(1, THEIR_TAG, 100_000, THEIR_TSN, EXTENSIONS));
        assertNull(poll(), "one that was late on its way");
        receive(0, RawPacket.init(1, 99, 100_000, 1, EXTENSIONS));
        assertArrayEquals(RawPacket.of(5000, 6000, 99, RawPacket.chunk(6, 0, new byte[] {0, 11, 0, 4})),
                poll().array());
        assertTrue(association.established());
    }

    @Test
    void shouldTakeNoInitThatSaysWhatMayNotBe() {
        for (byte[] init : new byte[][] {RawPacket.init(1, 0, 9_000, 1, EXTENSIONS),
            RawPacket.init(1, 7, 1_499, 1, EXTENSIONS), RawPacket.chunk(1, 0, new byte[15]),
            RawPacket.chunk(1, 0, RawPacket.ints(7, 9_000, 5, 1)),
            RawPacket.chunk(1, 0, RawPacket.ints(7, 9_000, 5 << 16, 1))}) {
            receive(0, init);
            assertNull(poll());
        }
        receive(0, RawPacket.init(1, 7, -1, 1, new byte[] {0, 5, 0, 3}));
        assertNotNull(poll(), "parameters of the wrong form end the reading of them, no more");
    }

    @Test
    void shouldShutDownWhenAsked() {
        int tag = establish();
        association.send(OutboundMessage.reliable(2, 53, false, new byte[] {1}));
        int tsn = poll().getInt(16);
        receive(tag, RawPacket.chunk(7, 0, RawPacket.ints(tsn - 1)));
        assertFalse(association.send(OutboundMessage.reliable(2, 53, false, new byte[] {1})));
        assertNull(poll(), "what is under way comes first");
        receive(tag, RawPacket.chunk(3, 0, RawPacket.ints(tsn, 9_000, 0)));
        assertEquals(8, poll().get(12));
        association.onTimer(nowNs += S);
        assertEquals(8, poll().get(12), "T2 repeats it");
        receive(tag, RawPacket.chunk(14, 0, new byte[0]));
        assertEquals(AssociationEnd.CLOSED_BY_PEER, side.end);
        assertNull(poll());
    }

    @Test
    void shouldHeedAnAbortOfTheOtherSideOnly() {
        int tag = establish();
        receive(tag + 1, RawPacket.chunk(6, 0, new byte[0]));
        receive(tag, RawPacket.chunk(6, 1, new byte[0]));
        assertNull(side.end);
        receive(THEIR_TAG, RawPacket.chunk(6, 1, new byte[0]));
        assertEquals(AssociationEnd.CLOSED_BY_PEER, side.end);
        begin();
        tag = establish();
        receive(tag, RawPacket.chunk(6, 0, new byte[] {0, 12, 0, 4}));
        assertEquals(AssociationEnd.CLOSED_BY_PEER, side.end);
    }

    @Test
    void shouldAnswerHeartbeatsAndTellOfWhatItDoesNotKnow() {
        int tag = establish();
        receive(tag, RawPacket.chunk(4, 0, new byte[] {0, 1, 0, 8, 1, 2, 3, 4}));
        assertArrayEquals(RawPacket.of(5000, 6000, THEIR_TAG,
                RawPacket.chunk(5, 0, new byte[] {0, 1, 0, 8, 1, 2, 3, 4})), poll().array());
        byte[] data = RawPacket.data(11, THEIR_TSN, 1, 0, 53, new byte[] {1});
        receive(tag, RawPacket.chunk(0xfe, 0, new byte[] {7}), data);
        assertEquals(1, side.messages.size(), "skipped");
        byte[] error = poll().array();
        assertEquals(3, error[12]);
        assertArrayEquals(RawPacket.chunk(9, 0, HexFormat.of().parseHex("00060009" + "fe00000507" + "000000")),
                Arrays.copyOfRange(error, 28, 44));
        receive(tag, RawPacket.chunk(0x3e, 0, new byte[] {7}),
                RawPacket.data(3, THEIR_TSN + 1, 1, 1, 53, new byte[] {1}));
        assertEquals(1, side.messages.size(), "dropped with the rest of its packet");
    }

    @Test
    void shouldEndWhenNothingIsAnsweredForTooLong() {
        establish();
        association.send(OutboundMessage.reliable(2, 53, false, new byte[] {1}));
        int sent = 0;
        for (int i = 0; i < 200 && side.end == null; i++) {
            sent += poll() != null ? 1 : 0;
            association.onTimer(nowNs += S);
        }
        assertEquals(AssociationEnd.UNREACHABLE, side.end);
        assertEquals(11, sent);
        assertEquals(6, poll().get(12));
        assertNull(poll());
    }

    @Test
    void shouldNotBelieveAnAcknowledgementOfTheFuture() {
        int tag = establish();
        association.send(OutboundMessage.reliable(2, 53, false, new byte[] {1}));
        int tsn = poll().getInt(16);
        receive(tag, RawPacket.chunk(3, 0, RawPacket.ints(tsn + 1, 9_000, 0)));
        assertEquals(AssociationEnd.PROTOCOL_VIOLATION, side.end);
    }
}
