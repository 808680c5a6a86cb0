// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.sfu.codec;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.nhipcau.sfu.buffer.PacketBuffer;

/** Frames of several packets in one, read back by an independent reader of RFC 6716 §3.2. */
class OpusRepacketizerTest {
    private final OpusRepacketizer repacketizer = new OpusRepacketizer();
    private final PacketBuffer target = PacketBuffer.allocate();

    private boolean add(String hex) {
        byte[] packet = HexFormat.of().parseHex(hex);
        return repacketizer.add(packet, 0, packet.length);
    }

    private String written() {
        target.clear();
        target.setLength(repacketizer.length() + 3);
        int end = repacketizer.write(target, 3);
        assertEquals(repacketizer.length() + 3, end);
        return HexFormat.of().formatHex(target.toByteArray(), 3, end);
    }

    private String merged(String... packets) {
        repacketizer.begin();
        for (String packet : packets) {
            assertTrue(add(packet), packet);
        }
        return written();
    }

    @Test
    void shouldWriteEachCode() {
        assertEquals("78aabb", merged("78aabb"));
        assertEquals("79aabbccdd", merged("78aabb", "78ccdd"));
        assertEquals("7a01aaccdd", merged("78aa", "78ccdd"));
        assertEquals("7b03aabbcc", merged("78aa", "78bb", "78cc"));
        assertEquals("7b830102aabbbbcc", merged("78aa", "78bbbb", "78cc"));
    }

    @Test
    void shouldReadEachCodeAndLeavePaddingOut() {
        assertEquals("79aabb", merged("79aabb"));
        assertEquals("7a01aabbcc", merged("7a01aabbcc"));
        assertEquals("7b03aabbcc", merged("7b03aabbcc"));
        assertEquals("7b830101aabbcccc", merged("7b830101aabbcccc"));
        assertEquals("79aabb", merged("7b4202aabb0000"));
        assertEquals("78aa", merged("7b41" + "ff00" + "aa" + "00".repeat(254)));
        assertEquals("7a01aabbbb", merged("7bc20101aabbbb00"));
    }

    @Test
    void shouldPutSilenceAmongSpeech() {
        assertEquals("7b83" + "0100" + "aa" + "cc", merged("78aa", "78", "78cc"));
        assertEquals("7b03", merged("78", "78", "78"));
    }

    @Test
    void shouldTellLongFramesInTwoBytes() {
        String merged = merged("78" + "aa".repeat(300), "78bb");
        assertEquals("7a" + "fc0c" + "aa".repeat(300) + "bb", merged);
        assertEquals(merged, merged(merged));
    }

    @Test
    void shouldRefuseWhatDoesNotGoTogether() {
        repacketizer.begin();
        assertTrue(add("78aa"));
        assertFalse(add("70aa"), "another configuration");
        assertFalse(add("7caa"), "stereo");
        assertFalse(add(""), "empty");
        assertEquals(1, repacketizer.frames());
        assertEquals("78aa", written());
        for (int i = 1; i < 6; i++) {
            assertTrue(add("78bb"));
        }
        assertFalse(add("78cc"), "120 ms are the most");
        assertEquals(6, repacketizer.frames());
    }

    @Test
    void shouldRefuseWhatIsNotWellFormed() {
        List<String> malformed = List.of("79aa", "7a", "7a05aa", "7afc", "7b", "7b00", "7b07", "7b03aabb", "7b8201",
                "7b820500", "7b41", "7b4105aa", "7b41ff", "7bc3", "78" + "aa".repeat(1_276));
        repacketizer.begin();
        for (String packet : malformed) {
            assertFalse(add(packet), packet);
            assertEquals(0, repacketizer.frames(), packet);
        }
        assertEquals(0, repacketizer.length());
    }

    @Test
    void shouldKeepEveryFrameWhateverTheirSizes() {
        long seed = 20_261_122;
        Random random = new Random(seed);
        for (int round = 0; round < 5_000; round++) {
            String where = "seed " + seed + " round " + round;
            int toc = random.nextInt(64) << 2;
            int frames = Math.min(1 + random.nextInt(6), 120_000 / OpusPacket.frameDurationUs(toc));
            boolean sameSize = random.nextBoolean();
            List<byte[]> sent = new ArrayList<>();
            repacketizer.begin();
            for (int i = 0; i < frames; i++) {
                byte[] packet = new byte[1 + (sameSize && i > 0 ? sent.getFirst().length : random.nextInt(300))];
                random.nextBytes(packet);
                packet[0] = (byte) toc;
                sent.add(Arrays.copyOfRange(packet, 1, packet.length));
                assertTrue(repacketizer.add(packet, 0, packet.length), where);
            }
            byte[] whole = HexFormat.of().parseHex(written());
            assertEquals(frames * OpusPacket.frameDurationUs(toc),
                    OpusPacket.durationUs(PacketBuffer.copyOf(whole), 0, whole.length), where);
            List<byte[]> read = read(whole);
            assertEquals(frames, read.size(), where);
            for (int i = 0; i < frames; i++) {
                assertArrayEquals(sent.get(i), read.get(i), where);
            }
        }
    }

    // Written from the RFC without a look at the class under test; no padding.
    private static List<byte[]> read(byte[] packet) {
        int code = packet[0] & 3;
        int at = 1;
        int count = code == 0 ? 1 : 2;
        boolean variable = code == 2;
        if (code == 3) {
            count = packet[at] & 0x3f;
            variable = packet[at++] < 0;
        }
        int[] lengths = new int[count];
        int told = 0;
        for (int i = 0; variable && i < count - 1; i++) {
            int length = packet[at++] & 0xff;
            if (length >= 252) {
                length += 4 * (packet[at++] & 0xff);
            }
            lengths[i] = length;
            told += length;
        }
        if (variable) {
            lengths[count - 1] = packet.length - at - told;
        } else {
            Arrays.fill(lengths, (packet.length - at) / count);
        }
        List<byte[]> frames = new ArrayList<>();
        for (int length : lengths) {
            frames.add(Arrays.copyOfRange(packet, at, at + length));
            at += length;
        }
        assertEquals(packet.length, at);
        return frames;
    }

    @Test
    void shouldWriteRedundancyThatItsReaderTakesApart() {
        RedWriter writer = new RedWriter();
        target.clear();
        target.setLength(12 + 4 + 4 + 1 + 3 + 2 + 4);
        target.putByte(0, 0x80);
        target.putByte(1, 63);
        writer.begin(target, 12);
        writer.redundant(111, RedWriter.MAX_OFFSET_TICKS, 3);
        writer.redundant(111, 960, 2);
        writer.primary(111);
        assertEquals(21, writer.dataIndex());
        org.nhipcau.sfu.rtp.RtpPacketFlyweight view = new org.nhipcau.sfu.rtp.RtpPacketFlyweight();
        RedPacket red = new RedPacket();
        assertTrue(view.wrapPlain(target) && red.wrap(view));
        assertTrue(red.next());
        assertEquals(16_383, red.timestampOffsetTicks());
        assertEquals(3, red.dataLength());
        assertTrue(red.next());
        assertEquals(960, red.timestampOffsetTicks());
        assertEquals(24, red.dataIndex());
        assertTrue(red.next() && red.primary());
        assertEquals(4, red.dataLength());
        assertFalse(RedWriter.expressible(16_384, 3));
        assertFalse(RedWriter.expressible(0, 3));
        assertFalse(RedWriter.expressible(-960, 3));
        assertFalse(RedWriter.expressible(960, 0));
        assertFalse(RedWriter.expressible(960, 1_024));
        assertTrue(RedWriter.expressible(1, 1_023));
    }
}
