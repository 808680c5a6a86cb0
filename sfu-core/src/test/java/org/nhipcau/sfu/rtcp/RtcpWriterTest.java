// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.sfu.rtcp;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import java.util.TreeSet;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.nhipcau.sfu.buffer.PacketBuffer;

class RtcpWriterTest {
    private final RtcpWriter writer = new RtcpWriter();
    private final RtcpReader reader = new RtcpReader();
    private final RecordingHandler handler = new RecordingHandler();
    private final PacketBuffer packet = PacketBuffer.allocate();

    @BeforeEach
    void begin() {
        writer.begin(packet, 1200);
    }

    private List<String> read() {
        assertEquals(0, packet.length() % 4);
        assertTrue(reader.read(packet, handler));
        return handler.calls;
    }

    private String hex() {
        return HexFormat.of().formatHex(packet.toByteArray());
    }

    @Test
    void shouldComposeACompoundPacket() {
        assertTrue(writer.senderReport(1, -1, 0xffff_ffffL, 2, 3));
        assertTrue(writer.reportBlock(4, 255, -5, 0x1_0003, 6, 7, 8));
        assertTrue(writer.reportBlock(5, 0, 9_000_000, 1, 2, 3, 4));
        assertTrue(writer.sdesCname(1, "abc".getBytes(StandardCharsets.US_ASCII)));
        assertTrue(writer.pli(1, 4));
        assertTrue(writer.fir(1, 4, 258));
        assertTrue(writer.remb(1, 123_456, new long[] {4, 5, 6}, 2));
        assertTrue(writer.receiverReferenceTime(1, 77));
        assertTrue(writer.dlrr(1, 9, 10, 11));
        assertTrue(writer.dlrr(1, 12, 13, 14));
        assertTrue(writer.dlrr(2, 12, 13, 14));
        assertTrue(writer.bye(1));
        assertEquals(List.of("sr 1 18446744073709551615 4294967295 2 3", "block 1 4 255 -5 65539 6 7 8",
                "block 1 5 0 8388607 1 2 3 4", "pli 1 4", "fir 1 4 2", "remb 1 123456 2", "for 4", "for 5", "rrtr 1 77",
                "dlrr 1 9 10 11", "dlrr 1 12 13 14", "dlrr 2 12 13 14", "bye 1"), read());
        assertEquals(packet.length(), writer.length());
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 4, 5, 254, 255})
    void shouldEndACnameWithZerosUpToAWord(int length) {
        assertTrue(writer.sdesCname(7, "x".repeat(length).getBytes(StandardCharsets.US_ASCII)));
        int words = packet.length() / 4;
        assertEquals(words - 1, packet.getUnsignedShort(2));
        assertTrue(packet.length() - (10 + length) >= 1 && packet.length() - (10 + length) <= 4);
        for (int i = 10 + length; i < packet.length(); i++) {
            assertEquals(0, packet.getByte(i));
        }
        assertEquals(length, packet.getUnsignedByte(9));
    }

    @Test
    void shouldRefuseWhatTheCallerMayNotAsk() {
        assertThrows(IllegalArgumentException.class, () -> writer.sdesCname(1, new byte[0]));
        assertThrows(IllegalArgumentException.class, () -> writer.sdesCname(1, new byte[256]));
        assertThrows(IllegalArgumentException.class, () -> writer.remb(1, -1, new long[0], 0));
        assertThrows(IllegalStateException.class, () -> writer.reportBlock(1, 2, 3, 4, 5, 6, 7));
        writer.receiverReport(1);
        writer.pli(1, 2);
        assertThrows(IllegalStateException.class, () -> writer.reportBlock(1, 2, 3, 4, 5, 6, 7));
    }

    @Test
    void shouldStopAt31Blocks() {
        assertTrue(writer.receiverReport(1));
        for (int i = 0; i < 31; i++) {
            assertTrue(writer.reportBlock(i, 0, 0, 0, 0, 0, 0));
        }
        assertFalse(writer.reportBlock(31, 0, 0, 0, 0, 0, 0));
        assertEquals(32, read().size());
    }

    @Test
    void shouldLeaveOutWholePartsThatDoNotFit() {
        writer.begin(packet, 27);
        assertTrue(writer.receiverReport(1));
        assertFalse(writer.reportBlock(1, 2, 3, 4, 5, 6, 7));
        assertFalse(writer.senderReport(1, 2, 3, 4, 5));
        assertTrue(writer.pli(1, 2));
        assertFalse(writer.bye(1));
        assertFalse(writer.dlrr(1, 2, 3, 4));
        assertEquals(0, writer.nack(1, 2, new int[] {1}, 0, 1));
        assertEquals("80c9000100000001" + "81ce00020000000100000002", hex());
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 127, 128, 32767, 32768, 65534, 65535})
    void shouldPackANackAcrossTheWrap(int first) {
        int[] lost = {first, first + 1, first + 16, first + 17, first + 40};
        assertEquals(5, writer.nack(1, 2, lost, 0, 5));
        assertEquals(List.of("nack 1 2 " + first + " 32769", "nack 1 2 " + (first + 17 & 0xffff) + " 0",
                "nack 1 2 " + (first + 40 & 0xffff) + " 0"), read());
    }

    @Test
    void shouldNackAnySetOfNumbers() {
        long seed = 4585;
        Random random = new Random(seed);
        for (int round = 0; round < 500; round++) {
            int base = random.nextInt(65536);
            TreeSet<Integer> offsets = new TreeSet<>();
            int spread = 1 + random.nextInt(3000);
            for (int i = random.nextInt(200); i >= 0; i--) {
                offsets.add(random.nextInt(spread));
            }
            int[] lost = offsets.stream().mapToInt(offset -> base + offset & 0xffff).toArray();
            TreeSet<Integer> found = new TreeSet<>();
            for (int from = 0; from < lost.length;) {
                writer.begin(packet, 200);
                int taken = writer.nack(1, 2, lost, from, lost.length - from);
                assertTrue(taken > 0);
                from += taken;
                assertTrue(reader.read(packet, new RtcpHandler() {
                    @Override
                    public void nack(long senderSsrc, long mediaSsrc, int pid, int blp) {
                        found.add(pid - base & 0xffff);
                        for (int bit = 0; bit < 16; bit++) {
                            if ((blp >>> bit & 1) != 0) {
                                found.add(pid + bit + 1 - base & 0xffff);
                            }
                        }
                    }
                }));
            }
            assertEquals(offsets, found, "seed " + seed + ", round " + round);
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {0, 1, 0x3ffff, 0x40000, 300_000, 2_500_000, 10_000_000_000L, Long.MAX_VALUE})
    void shouldKeep18BitsOfABitrate(long bitrateBps) {
        assertTrue(writer.remb(1, bitrateBps, new long[0], 0));
        int exponent = Math.max(0, 64 - Long.numberOfLeadingZeros(bitrateBps) - 18);
        assertEquals(List.of("remb 1 " + (bitrateBps >>> exponent << exponent) + " 0"), read());
    }
}
