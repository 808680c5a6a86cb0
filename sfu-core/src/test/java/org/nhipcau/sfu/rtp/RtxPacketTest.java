// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.sfu.rtp;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.nhipcau.sfu.buffer.PacketBuffer;

class RtxPacketTest {
    private final RtpPacketFlyweight view = new RtpPacketFlyweight();

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 127, 128, 32767, 32768, 65534, 65535})
    void shouldPutTheOriginalNumberFirstAndTakeItBack(int sequence) {
        PacketBuffer packet = RtpSamples.browserLike(true);
        packet.putShort(2, sequence);
        assertTrue(view.wrapPlain(packet));
        byte[] original = packet.toByteArray();

        assertTrue(RtxPacket.encapsulate(view, 97, 0xcafe_babeL, 0x1_0005));
        assertEquals(97, view.payloadType());
        assertEquals(5, view.sequenceNumber());
        assertEquals(0xcafe_babeL, view.ssrc());
        assertTrue(view.marker());
        assertEquals(sequence, RtxPacket.originalSequence(view));
        assertEquals(original.length + 2, packet.length());
        assertEquals("0", HeaderExtensionReader.text(view, 4));
        byte[] rtx = packet.toByteArray();
        assertArrayEquals(new byte[] {1, 2, 3, 4, 5}, Arrays.copyOfRange(rtx, rtx.length - 5, rtx.length));

        assertEquals(RtxPacket.Result.RESTORED, RtxPacket.decapsulate(view, 111, 0xdead_beefL));
        assertArrayEquals(original, packet.toByteArray());
        assertEquals(5, view.payloadLength());
    }

    @Test
    void shouldKnowAProbeByItsEmptyPayload() {
        PacketBuffer padding = PacketBuffer.copyOf(
                HexFormat.of().parseHex("a0610001000000020000000300000004"));
        padding.putByte(15, 4);
        assertTrue(view.wrapPlain(padding));
        assertEquals(RtxPacket.Result.PROBE, RtxPacket.decapsulate(view, 96, 1));
        assertTrue(view.wrapPlain(RtpSamples.packet(97, 1, 2, 3)));
        assertEquals(RtxPacket.Result.PROBE, RtxPacket.decapsulate(view, 96, 1));
        assertEquals(-1, RtxPacket.originalSequence(view));
    }

    @Test
    void shouldRefuseHalfAnOriginalNumber() {
        assertTrue(view.wrapPlain(RtpSamples.packet(97, 1, 2, 3, (byte) 9)));
        assertEquals(RtxPacket.Result.MALFORMED, RtxPacket.decapsulate(view, 96, 1));
    }

    @Test
    void shouldRestoreAPacketOfAnEmptyPayloadAndOneWithPadding() {
        assertTrue(view.wrapPlain(RtpSamples.packet(97, 1, 2, 3, (byte) 0x12, (byte) 0x34)));
        assertEquals(RtxPacket.Result.RESTORED, RtxPacket.decapsulate(view, 96, 1));
        assertEquals(0x1234, view.sequenceNumber());
        assertEquals(0, view.payloadLength());

        PacketBuffer padded = RtpSamples.packet(97, 1, 2, 3, (byte) 0x12, (byte) 0x34, (byte) 7, (byte) 0, (byte) 2);
        padded.putByte(0, 0xa0);
        assertTrue(view.wrapPlain(padded));
        assertEquals(RtxPacket.Result.RESTORED, RtxPacket.decapsulate(view, 96, 1));
        assertEquals(1, view.payloadLength());
        assertEquals(2, view.paddingLength());
    }

    @Test
    void shouldLeaveThePacketWhereThereIsNoHeadRoom() {
        PacketBuffer packet = RtpSamples.packet(96, 1, 2, 3, (byte) 4);
        packet.advance(-PacketBuffer.HEADROOM_BYTES);
        packet.putByte(0, 0x80);
        assertTrue(view.wrapPlain(packet));
        byte[] before = packet.toByteArray();
        assertFalse(RtxPacket.encapsulate(view, 97, 5, 6));
        assertArrayEquals(before, packet.toByteArray());
    }
}
