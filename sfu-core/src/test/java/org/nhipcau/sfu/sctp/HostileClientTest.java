// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.sfu.sctp;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.nhipcau.sfu.sctp.send.OutboundMessage;

/** What a client may write that nobody else would, played by hand: it neither throws, nor stays, nor costs much. */
class HostileClientTest {
    private static final int THEIR_TAG = 0x01020304;
    private static final int THEIR_TSN = -3;
    private static final byte[] EXTENSIONS = HexFormat.of().parseHex("c0000004" + "8008000682c00000");

    private final SctpPair.Side side = new SctpPair.Side();
    private final Association association = new Association(5000, 6000, new Random(1), side);
    private int tag;
    private int tsn = THEIR_TSN;

    @BeforeEach
    void establish() {
        side.association = association;
        receive(0, RawPacket.init(1, THEIR_TAG, 100_000, THEIR_TSN, EXTENSIONS));
        ByteBuffer initAck = ByteBuffer.wrap(association.poll(0, true));
        tag = initAck.getInt(16);
        receive(tag, RawPacket.chunk(10, 0, Arrays.copyOfRange(initAck.array(), 36, 44)));
        association.poll(0, true);
        assertTrue(association.established());
    }

    private void receive(int verificationTag, byte[]... chunks) {
        byte[] packet = RawPacket.of(6000, 5000, verificationTag, chunks);
        association.onPacket(packet, packet.length, 0);
    }

    private static byte[] forward(int cumulative, int... streamsAndNumbers) {
        int[] fields = new int[1 + streamsAndNumbers.length / 2];
        fields[0] = cumulative;
        for (int i = 1; i < fields.length; i++) {
            fields[i] = streamsAndNumbers[2 * i - 2] << 16 | streamsAndNumbers[2 * i - 1] & 0xffff;
        }
        return RawPacket.chunk(192, 0, RawPacket.ints(fields));
    }

    private void say(int ssn, int value) {
        receive(tag, RawPacket.data(3, tsn++, 1, ssn, 53, new byte[] {(byte) value}));
    }

    @Test
    void v31ANumberHalfOfAllAwayShouldBeNoStepForward() {
        for (int off = 0; off < 3; off++) {
            receive(tag, forward(THEIR_TSN - 1 + Integer.MIN_VALUE + off));
        }
        say(0, 7);
        assertEquals(1, side.messages.size());
        assertNull(side.end);
    }

    @Test
    void v31MessagesBeforeTheirTurnShouldComeInOrderOverTheWrapOfTheirNumbers() {
        receive(tag, forward(tsn++, 1, 0x7fff));
        receive(tag, forward(tsn++, 1, 0xfffc));
        say(0xffff, 3);
        say(1, 5);
        say(0xfffe, 2);
        say(0, 4);
        assertEquals(List.of(), side.messages);
        say(0xfffc, 9);
        say(0x8000, 9);
        receive(tag, forward(tsn++, 1, 0xffff));
        assertEquals(List.of(2, 3, 4, 5), side.messages.stream().map(message -> (int) message.payload()[0]).toList());
        say(3, 7);
        say(2, 6);
        assertEquals(List.of(2, 3, 4, 5, 6, 7),
                side.messages.stream().map(message -> (int) message.payload()[0]).toList());
        assertEquals(0, association.heldBytes());
        assertNull(side.end);
    }

    @Test
    void v31OneSackAndOneForwardTsnShouldBeReadOfAPacket() {
        association.send(OutboundMessage.reliable(2, 53, false, new byte[] {1}));
        int ours = ByteBuffer.wrap(association.poll(0, true)).getInt(16);
        byte[] old = RawPacket.chunk(3, 0, RawPacket.ints(ours - 1, 9_000, 0));
        byte[] sack = RawPacket.chunk(3, 0, RawPacket.ints(ours, 9_000, 0));
        receive(tag, old, sack, RawPacket.data(3, tsn++, 1, 0, 53, new byte[] {1}));
        assertEquals(1, association.bufferedBytes());
        assertEquals(1, side.messages.size(), "what else is in the packet is read");
        receive(tag, sack);
        assertEquals(0, association.bufferedBytes());
        receive(tag, forward(tsn), forward(tsn + 1));
        tsn++;
        say(1, 2);
        assertEquals(2, side.messages.size());
    }

    @Test
    void v31AMessageInVeryManyPartsShouldEndTheAssociation() {
        for (int i = 0; i < 256; i++) {
            receive(tag, RawPacket.data(i == 0 ? 2 : 0, tsn++, 1, 0, 53, new byte[1]));
        }
        assertNull(side.end);
        receive(tag, RawPacket.data(1, tsn++, 1, 0, 53, new byte[1]));
        assertEquals(AssociationEnd.OUT_OF_ROOM, side.end);
    }

    @Test
    void v32StreamsThatTheClientTakesNoNoteOfTheEndOfShouldEndTheAssociation() {
        for (int i = 0; i < StreamResets.MAX_WAITING; i++) {
            assertTrue(association.resetStream(i));
        }
        association.poll(0, true);
        for (int i = 0; i < StreamResets.MAX_WAITING; i++) {
            assertTrue(association.resetStream(1_000 + i), "while the first ones are under way");
        }
        assertNull(side.end);
        association.resetStream(2_000);
        assertEquals(AssociationEnd.OUT_OF_ROOM, side.end);
    }
}
