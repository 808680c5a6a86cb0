// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.sfu.codec;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;
import org.nhipcau.sfu.buffer.PacketBuffer;
import org.nhipcau.sfu.rtp.HeaderExtensionReader;
import org.nhipcau.sfu.rtp.RtpPacketFlyweight;
import org.nhipcau.sfu.rtp.RtpSamples;

/** Opus and RED. */
class AudioPacketTest {
    private final RedPacket red = new RedPacket();

    private static int durationUs(String hex) {
        PacketBuffer packet = PacketBuffer.copyOf(HexFormat.of().parseHex(hex));
        return OpusPacket.durationUs(packet, 0, packet.length());
    }

    @Test
    void shouldReadTheDurationOfEachOpusConfiguration() {
        int[] silk = {10_000, 20_000, 40_000, 60_000};
        int[] celt = {2_500, 5_000, 10_000, 20_000};
        for (int config = 0; config < 32; config++) {
            int expected = config < 12 ? silk[config % 4] : config < 16 ? silk[config % 2] : celt[config % 4];
            PacketBuffer packet = PacketBuffer.copyOf(new byte[] {(byte) (config << 3 | 4), 0});
            assertEquals(expected, OpusPacket.frameDurationUs(packet, 0), "config " + config);
            assertEquals(expected, OpusPacket.durationUs(packet, 0, 2));
            assertTrue(OpusPacket.stereo(packet, 0));
        }
    }

    @Test
    void shouldCountTheFramesOfAnOpusPacket() {
        assertEquals(40_000, durationUs("f9aa"));
        assertEquals(40_000, durationUs("faaa"));
        assertEquals(60_000, durationUs("fb03"));
        assertEquals(120_000, durationUs("fb06"));
        assertEquals(-1, durationUs("fb07"));
        assertEquals(-1, durationUs("fb00"));
        assertEquals(-1, durationUs("fb"));
        assertEquals(-1, durationUs(""));
        assertTrue(OpusPacket.isDtx(0) && OpusPacket.isDtx(2));
        assertFalse(OpusPacket.isDtx(3));
    }

    private RtpPacketFlyweight wrapped(byte[] payload) {
        RtpPacketFlyweight view = RtpSamples.view(RtpSamples.packet(7, 1, new byte[] {42}, payload));
        assertTrue(red.wrap(view));
        return view;
    }

    @Test
    void shouldWalkOverTheBlocks() {
        RtpPacketFlyweight view = wrapped(CodecSamples.bytes(CodecSamples.RED));
        int start = view.headerLength();
        assertTrue(red.next());
        assertEquals(111, red.payloadType());
        assertEquals(960, red.timestampOffsetTicks());
        assertEquals(start + 9, red.dataIndex());
        assertEquals(3, red.dataLength());
        assertFalse(red.primary());
        assertTrue(red.next());
        assertEquals(480, red.timestampOffsetTicks());
        assertEquals(2, red.dataLength());
        assertTrue(red.next());
        assertTrue(red.primary());
        assertEquals(0, red.timestampOffsetTicks());
        assertEquals(start + 14, red.dataIndex());
        assertEquals(4, red.dataLength());
        assertFalse(red.next());
        red.rewind();
        assertTrue(red.next());
        assertEquals(3, red.dataLength());
    }

    @Test
    void shouldMakeAPlainPacketOfThePrimaryBlock() {
        RtpPacketFlyweight view = wrapped(CodecSamples.bytes(CodecSamples.RED));
        assertEquals(111, red.primaryPayloadType());
        assertEquals(4, red.primaryLength());
        red.unwrapPrimary(view);
        assertEquals(111, view.payloadType());
        assertEquals(4, view.payloadLength());
        assertEquals(7, view.timestamp());
        assertEquals(42, HeaderExtensionReader.audioLevel(view, 1));
        byte[] bytes = view.packet().toByteArray();
        assertArrayEquals(new byte[] {(byte) 0xcc, (byte) 0xcc, (byte) 0xcc, (byte) 0xcc},
                Arrays.copyOfRange(bytes, bytes.length - 4, bytes.length));
    }

    @Test
    void shouldKeepPaddingWhenUnwrapping() {
        byte[] payload = CodecSamples.bytes("6f" + "aabb" + "0002");
        PacketBuffer packet = RtpSamples.packet(63, 1, 2, 3, payload);
        packet.putByte(0, 0xa0);
        RtpPacketFlyweight view = RtpSamples.view(packet);
        assertTrue(red.wrap(view));
        red.unwrapPrimary(view);
        assertEquals(2, view.payloadLength());
        assertEquals(2, view.paddingLength());
    }

    @Test
    void shouldTakeAnEmptyPrimaryBlockAndRefuseWhatIsCutOff() {
        assertTrue(red.wrap(RtpSamples.view(RtpSamples.packet(63, 1, 2, 3, (byte) 0x6f))));
        assertEquals(0, red.primaryLength());
        byte[] whole = CodecSamples.bytes(CodecSamples.RED);
        for (int length = 0; length < whole.length - 4; length++) {
            byte[] cut = Arrays.copyOf(whole, length);
            assertFalse(red.wrap(RtpSamples.view(RtpSamples.packet(63, 1, 2, 3, cut))), "length " + length);
        }
        assertFalse(red.wrap(RtpSamples.view(RtpSamples.packet(63, 1, 2, 3, (byte) 0xff, (byte) 0xff))));
    }
}
