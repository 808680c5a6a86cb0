// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.sfu.codec;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.Random;
import org.jitsi.impl.neomedia.codec.video.vp8.DePacketizer.VP8KeyframeHeader;
import org.jitsi.impl.neomedia.codec.video.vp8.DePacketizer.VP8PayloadDescriptor;
import org.jitsi.impl.neomedia.codec.video.vp8.DePacketizer.VP8PayloadHeader;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.nhipcau.sfu.buffer.PacketBuffer;
import org.nhipcau.sfu.rtp.RtpSamples;

class Vp8PayloadReaderTest {
    private final Vp8PayloadReader reader = new Vp8PayloadReader();
    private final Vp8PayloadDescriptor descriptor = new Vp8PayloadDescriptor();
    private final FrameMark mark = new FrameMark();

    private boolean read(String hex, long timestamp) {
        return reader.read(RtpSamples.view(RtpSamples.packet(96, 1, timestamp, 2, CodecSamples.bytes(hex))), mark);
    }

    @Test
    void shouldReadTheStartOfAKeyFrame() {
        assertTrue(read(CodecSamples.VP8_KEY, 1000));
        assertTrue(mark.frameStart);
        assertTrue(mark.keyFrame);
        assertEquals(0x1234, mark.pictureId);
        assertEquals(15, mark.pictureIdBits);
        assertEquals(7, mark.tl0PicIdx);
        assertEquals(1, mark.temporalId);
        assertTrue(mark.layerSync);
        assertFalse(mark.discardable);
        assertEquals(640, mark.width);
        assertEquals(360, mark.height);
    }

    @Test
    void shouldKnowLaterPacketsOfAKeyFrameByTheirTimestamp() {
        assertTrue(read(CodecSamples.VP8_CONTINUATION, 1000));
        assertFalse(mark.keyFrame);
        assertTrue(read(CodecSamples.VP8_KEY, 1000));
        assertTrue(read(CodecSamples.VP8_CONTINUATION, 1000));
        assertTrue(mark.keyFrame);
        assertFalse(mark.frameStart);
        assertTrue(mark.discardable);
        assertEquals(127, mark.pictureId);
        assertEquals(7, mark.pictureIdBits);
        assertEquals(-1, mark.tl0PicIdx);
        assertEquals(2, mark.temporalId);
        assertTrue(read(CodecSamples.VP8_PLAIN_DELTA, 4000));
        assertTrue(mark.frameStart);
        assertFalse(mark.keyFrame);
        assertEquals(-1, mark.pictureId);
        assertEquals(0, mark.pictureIdBits);
    }

    @Test
    void shouldRefuseCutOffDescriptorsAndKeyFrames() {
        byte[] key = CodecSamples.bytes(CodecSamples.VP8_KEY);
        for (int length = 0; length < key.length - 1; length++) {
            byte[] cut = Arrays.copyOf(key, length);
            assertFalse(reader.read(RtpSamples.view(RtpSamples.packet(96, 1, 5, 2, cut)), mark), "length " + length);
            assertFalse(mark.frameStart || mark.keyFrame);
        }
        assertFalse(read("10" + "100200" + "9d012b" + "80026801", 6));
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 127, 128, 255, 256, 32766, 32767, 32768})
    void shouldRewriteNumbersWithinTheirFields(int number) {
        PacketBuffer long15 = PacketBuffer.copyOf(CodecSamples.bytes(CodecSamples.VP8_KEY));
        assertTrue(descriptor.wrap(long15, 0, long15.length()));
        descriptor.setPictureId(number);
        descriptor.setTl0PicIdx(number);
        assertTrue(descriptor.wrap(long15, 0, long15.length()));
        assertEquals(number & 0x7fff, descriptor.pictureId());
        assertEquals(number & 0xff, descriptor.tl0PicIdx());
        assertEquals(6, descriptor.length());
        assertEquals(1, descriptor.temporalId());

        PacketBuffer short7 = PacketBuffer.copyOf(CodecSamples.bytes(CodecSamples.VP8_CONTINUATION));
        assertTrue(descriptor.wrap(short7, 0, short7.length()));
        descriptor.setPictureId(number);
        descriptor.setTl0PicIdx(number);
        assertTrue(descriptor.wrap(short7, 0, short7.length()));
        assertEquals(number & 0x7f, descriptor.pictureId());
        assertEquals(-1, descriptor.tl0PicIdx());
        assertEquals(4, descriptor.length());
    }

    @Test
    void shouldAgreeWithLibjitsiOnDescriptors() {
        long seed = 7741;
        Random random = new Random(seed);
        int read = 0;
        for (int round = 0; round < 20_000; round++) {
            String name = "seed " + seed + ", round " + round;
            byte[] bytes = new byte[16];
            random.nextBytes(bytes);
            // Reserved bits zero, as an encoder leaves them.
            bytes[0] &= (byte) 0xb7;
            PacketBuffer packet = PacketBuffer.copyOf(bytes);
            assertTrue(descriptor.wrap(packet, 0, bytes.length), name);
            int size = VP8PayloadDescriptor.getSize(bytes, 0, bytes.length);
            assertEquals(size, descriptor.length(), name);
            assertEquals(VP8PayloadDescriptor.isStartOfFrame(bytes, 0), descriptor.startOfFrame(), name);
            assertEquals(VP8PayloadDescriptor.getPartitionId(bytes, 0), descriptor.partitionIndex(), name);
            boolean layers = bytes[0] < 0 && (bytes[1] & 0x30) != 0;
            if (layers && descriptor.tl0PicIdx() >= 0) {
                // It takes the byte before the last, whatever that is.
                assertEquals(VP8PayloadDescriptor.getTL0PICIDX(bytes, 0, bytes.length), descriptor.tl0PicIdx(), name);
            }
            assertEquals(VP8PayloadDescriptor.isReference(bytes, 0, bytes.length), !descriptor.nonReference(), name);
            if (descriptor.pictureIdBits() != 0) {
                assertEquals(VP8PayloadDescriptor.getPictureId(bytes, 0), descriptor.pictureId(), name);
            }
            assertEquals(VP8PayloadDescriptor.hasExtendedPictureId(bytes, 0, bytes.length),
                    descriptor.pictureIdBits() == 15, name);
            int theirLayer = VP8PayloadDescriptor.getTemporalLayerIndex(bytes, 0, bytes.length);
            assertEquals(Math.max(0, theirLayer), descriptor.temporalId(), name);
            compareRewrites(bytes, random.nextInt(0x8000), random.nextInt(256), name);
            if (descriptor.startOfFrame()) {
                bytes[size + 3] = (byte) 0x9d;
                bytes[size + 4] = 0x01;
                bytes[size + 5] = 0x2a;
                assertTrue(reader.read(RtpSamples.view(RtpSamples.packet(96, 1, round, 2, bytes)), mark), name);
                assertEquals(VP8PayloadHeader.isKeyFrame(bytes, size), mark.keyFrame, name);
                read++;
            }
        }
        assertTrue(read > 100);
    }

    private void compareRewrites(byte[] bytes, int pictureId, int tl0PicIdx, String name) {
        byte[] theirs = bytes.clone();
        PacketBuffer packet = PacketBuffer.copyOf(bytes);
        assertTrue(descriptor.wrap(packet, 0, bytes.length));
        descriptor.setTl0PicIdx(tl0PicIdx);
        VP8PayloadDescriptor.setTL0PICIDX(theirs, 0, theirs.length, tl0PicIdx);
        if (descriptor.pictureIdBits() == 15) {
            descriptor.setPictureId(pictureId);
            VP8PayloadDescriptor.setExtendedPictureId(theirs, 0, theirs.length, pictureId);
        }
        assertArrayEquals(theirs, packet.toByteArray(), name);
    }

    @Test
    void shouldAgreeWithLibjitsiOnTheHeightOfAKeyFrame() {
        byte[] key = CodecSamples.bytes(CodecSamples.VP8_KEY);
        Random random = new Random(6386);
        for (int round = 0; round < 1_000; round++) {
            key[14] = (byte) random.nextInt();
            key[15] = (byte) random.nextInt(0x40);
            assertTrue(reader.read(RtpSamples.view(RtpSamples.packet(96, 1, round, 2, key)), mark));
            assertEquals(VP8KeyframeHeader.getHeight(key, 9), mark.height);
        }
    }
}
