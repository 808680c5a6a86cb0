// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.sfu.rtp;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.HexFormat;
import java.util.Random;
import org.jitsi.service.neomedia.RawPacket;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.nhipcau.sfu.buffer.PacketBuffer;

class RtpHeaderWriterTest {
    private final RtpHeaderWriter writer = new RtpHeaderWriter();
    private final PacketBuffer target = PacketBuffer.allocate();
    private final RtpPacketFlyweight view = new RtpPacketFlyweight();

    private void begin() {
        writer.begin(target, false, 96, 7, 9, 11);
    }

    @Test
    void shouldWriteAHeaderWithoutExtensions() {
        writer.begin(target, true, 111, 65535, 0xffff_ffffL, 0x8000_0001L);
        assertEquals(12, writer.finish());
        assertEquals("80efffffffffffff80000001", HexFormat.of().formatHex(target.toByteArray()));
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3})
    void shouldWriteTheBriefHeaderAsTheLongWayDoes(long seed) {
        Random random = new Random(seed);
        RtpHeaderWriter general = new RtpHeaderWriter();
        PacketBuffer expected = PacketBuffer.allocate();
        for (int i = 0; i < 5_000; i++) {
            boolean marker = random.nextBoolean();
            int payloadType = random.nextInt(128);
            long sequence = random.nextLong() >>> 16;
            long timestamp = random.nextInt();
            long ssrc = random.nextInt();
            int transport = 1 + random.nextInt(14);
            int time = 1 + random.nextInt(14);
            int absSendTime = random.nextInt();
            int levelId = random.nextInt(15);
            int level = random.nextInt(256);
            general.begin(expected, marker, payloadType, sequence, timestamp, ssrc);
            general.extensionShort(transport, 0);
            general.extensionMedium(time, absSendTime);
            if (levelId != 0) {
                general.extensionByte(levelId, level);
            }
            int length = general.finish();
            assertEquals(length, RtpHeaderWriter.writeBrief(target, marker, payloadType, sequence, timestamp, ssrc,
                    transport, time, absSendTime, levelId, level), "seed " + seed);
            assertArrayEquals(expected.toByteArray(), target.toByteArray(), "seed " + seed + ", packet " + i);
            assertEquals(general.dataIndex(transport), RtpHeaderWriter.BRIEF_TRANSPORT_CC_AT);
        }
    }

    @Test
    void shouldWriteTheOneByteFormAndPadItToWords() {
        begin();
        writer.extensionShort(3, 0xabcd);
        writer.extensionByte(1, 0x85);
        assertEquals(24, writer.finish());
        assertEquals("bede0002" + "31abcd" + "1085" + "000000",
                HexFormat.of().formatHex(Arrays.copyOfRange(target.toByteArray(), 12, 24)));
        assertEquals(0x90, target.getUnsignedByte(0));
        assertEquals(17, writer.dataIndex(3));
        assertEquals(20, writer.dataIndex(1));
        assertEquals(-1, writer.dataIndex(2));
    }

    @Test
    void shouldChangeToTheTwoByteFormWhenALaterElementNeedsIt() {
        begin();
        writer.extensionShort(3, 0xabcd);
        writer.extensionMedium(2, 0x010203);
        byte[] large = new byte[17];
        Arrays.fill(large, (byte) 0x55);
        writer.extension(12, large);
        assertEquals(12 + 4 + 28, writer.finish());
        assertEquals("10000007" + "0302abcd" + "0203010203" + "0c11" + "55".repeat(17),
                HexFormat.of().formatHex(Arrays.copyOfRange(target.toByteArray(), 12, 44)));
        assertEquals(18, writer.dataIndex(3));
        assertEquals(27, writer.dataIndex(12));
        assertTrue(view.wrapPlain(target));
        assertEquals(0xabcd, HeaderExtensionReader.transportSequence(view, 3));
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 14, 15, 16, 127, 128, 255})
    void shouldFindAnyId(int id) {
        begin();
        writer.extensionShort(1, 77);
        writer.extension(id == 1 ? 2 : id, new byte[] {9, 8, 7});
        assertTrue(writer.finish() > 0);
        assertTrue(view.wrapPlain(target));
        assertEquals(0x090807, target.getUnsignedMedium(view.findExtension(id == 1 ? 2 : id)));
        assertEquals(3, view.foundLength());
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 15, 16, 17, 18, 254, 255})
    void shouldKeepAnyLength(int length) {
        begin();
        writer.extension(5, new byte[length]);
        writer.extensionByte(6, 42);
        int header = writer.finish();
        assertEquals(0, header % 4);
        assertTrue(view.wrapPlain(target));
        assertEquals(header, view.headerLength());
        assertTrue(view.findExtension(5) > 0);
        assertEquals(length, view.foundLength());
        assertEquals(42, HeaderExtensionReader.audioLevel(view, 6));
    }

    @Test
    void shouldWriteNothingForAnIdThatWasNotNegotiated() {
        begin();
        writer.extensionShort(0, 1);
        writer.extension(0, new byte[3]);
        assertEquals(12, writer.finish());
        assertEquals(0x80, target.getUnsignedByte(0));
    }

    @Test
    void shouldRefuseWhatHasNoForm() {
        begin();
        writer.extension(256, new byte[1]);
        assertEquals(-1, writer.finish());
        begin();
        writer.extension(1, new byte[256]);
        assertEquals(-1, writer.finish());
        begin();
        for (int i = 0; i < 40; i++) {
            writer.extensionByte(1 + i, i);
        }
        assertEquals(-1, writer.finish());
    }

    @Test
    void shouldAnswerMinusOneWhenTheSlotIsFull() {
        begin();
        for (int id = 1; id <= 8; id++) {
            writer.extension(id, new byte[255]);
        }
        assertEquals(-1, writer.finish());
        begin();
        assertEquals(12, writer.finish());
    }

    @Test
    void shouldCarryContributingSourcesAndElementsOfAnotherPacket() {
        PacketBuffer source = PacketBuffer.copyOf(HexFormat.of().parseHex(
                "92600001000000020000000300000004" + "00000005" + "bede0002" + "21abcd" + "42010203" + "00" + "ff"));
        assertTrue(view.wrapPlain(source));
        begin();
        writer.copyContributors(view);
        writer.copyExtension(9, view, 4);
        writer.copyExtension(8, view, 7);
        writer.copyExtension(0, view, 2);
        int header = writer.finish();
        assertEquals(12 + 8 + 4 + 4, header);
        RtpPacketFlyweight copy = RtpSamples.view(target);
        assertEquals(2, copy.contributorCount());
        assertEquals(5, target.getInt(16));
        assertEquals(0x010203, HeaderExtensionReader.absSendTime(copy, 9));
        assertEquals(-1, copy.findExtension(8));
        assertEquals(96, copy.payloadType());
        assertEquals(7, copy.sequenceNumber());
    }

    @Test
    void shouldThrowWhenContributorsComeTooLate() {
        RtpPacketFlyweight source = RtpSamples.view(RtpSamples.packet(96, 1, 2, 3));
        begin();
        writer.extensionByte(1, 1);
        assertThrows(IllegalStateException.class, () -> writer.copyContributors(source));
    }

    /**
     * libjitsi knows the one-byte form: what we write, it must read. Elements have two bytes and more: it overlooks one
     * of a single byte that ends the block (it wants three bytes left for a head and its data).
     */
    @Test
    void shouldBeReadByLibjitsi() {
        long seed = 8285;
        Random random = new Random(seed);
        for (int round = 0; round < 2_000; round++) {
            String at = "seed " + seed + ", round " + round;
            int sequence = random.nextInt(65536);
            long timestamp = random.nextLong() & 0xffff_ffffL;
            long ssrc = random.nextLong() & 0xffff_ffffL;
            writer.begin(target, random.nextBoolean(), random.nextInt(128), sequence, timestamp, ssrc);
            byte[][] elements = new byte[15][];
            for (int id = 1; id < 15; id++) {
                if (random.nextInt(4) == 0) {
                    elements[id] = new byte[2 + random.nextInt(15)];
                    random.nextBytes(elements[id]);
                    writer.extension(id, elements[id]);
                }
            }
            int header = writer.finish();
            byte[] bytes = Arrays.copyOf(target.toByteArray(), header + 10);
            RawPacket theirs = new RawPacket(bytes, 0, bytes.length);
            assertFalse(theirs.isInvalid(), at);
            assertEquals(sequence, theirs.getSequenceNumber(), at);
            assertEquals(timestamp, theirs.getTimestamp(), at);
            assertEquals(ssrc, theirs.getSSRCAsLong(), at);
            assertEquals(header, theirs.getHeaderLength(), at);
            assertEquals(target.getByte(1) < 0, RawPacket.isPacketMarked(bytes, 0, bytes.length), at);
            for (int id = 1; id < 15; id++) {
                RawPacket.HeaderExtension found = theirs.getHeaderExtension((byte) id);
                assertEquals(elements[id] != null, found != null, at);
                if (found != null) {
                    assertArrayEquals(elements[id], Arrays.copyOfRange(found.getBuffer(), found.getOffset() + 1,
                            found.getOffset() + 1 + found.getExtLength()), at);
                }
            }
        }
    }
}
