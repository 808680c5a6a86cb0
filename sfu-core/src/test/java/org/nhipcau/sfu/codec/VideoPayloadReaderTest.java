// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.sfu.codec;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.nhipcau.sfu.api.HeaderExtensions;
import org.nhipcau.sfu.rtp.RtpSamples;

/** VP9, H264 and AV1 packets and what their readers say of them. */
class VideoPayloadReaderTest {
    private final FrameMark mark = new FrameMark();

    private boolean read(PayloadReader reader, String hex, long timestamp) {
        return reader.read(RtpSamples.view(RtpSamples.packet(96, 1, timestamp, 2, CodecSamples.bytes(hex))), mark);
    }

    private void assertRefusesCuts(PayloadReader reader, String hex, int shortest) {
        byte[] whole = CodecSamples.bytes(hex);
        for (int length = 0; length < shortest; length++) {
            byte[] cut = Arrays.copyOf(whole, length);
            assertFalse(reader.read(RtpSamples.view(RtpSamples.packet(96, 1, 9, 2, cut)), mark), "length " + length);
            assertFalse(mark.frameStart || mark.keyFrame);
        }
    }

    @Nested
    class Vp9 {
        private final PayloadReader reader = PayloadReaders.create("video/vp9", HeaderExtensions.NONE);

        @Test
        void shouldReadAKeyPictureWithItsStructureAndUpperLayer() {
            assertTrue(read(reader, CodecSamples.VP9_KEY, 1000));
            assertTrue(mark.frameStart && mark.keyFrame);
            assertEquals(0, mark.spatialId);
            assertEquals(640, mark.width);
            assertEquals(360, mark.height);
            assertTrue(read(reader, CodecSamples.VP9_KEY_UPPER, 1000));
            assertTrue(mark.frameStart && mark.keyFrame);
            assertEquals(1, mark.spatialId);
            assertTrue(read(reader, CodecSamples.VP9_KEY_UPPER, 4000));
            assertFalse(mark.keyFrame, "an upper layer alone begins no key picture");
        }

        @Test
        void shouldReadAFlexibleDeltaFrame() {
            assertTrue(read(reader, CodecSamples.VP9_FLEXIBLE, 1000));
            assertTrue(mark.frameStart);
            assertFalse(mark.keyFrame);
            assertEquals(2, mark.temporalId);
            assertTrue(mark.layerSync);
            assertEquals(0, mark.spatialId);
        }

        @Test
        void shouldReadTheMiddleOfAFrame() {
            assertTrue(read(reader, "20" + "00" + "00" + "ff", 1000));
            assertFalse(mark.frameStart);
            assertFalse(mark.keyFrame);
        }

        @Test
        void shouldRefuseWhatIsCutOffOrImpossible() {
            assertRefusesCuts(reader, CodecSamples.VP9_KEY, CodecSamples.VP9_KEY.length() / 2 - 1);
            assertRefusesCuts(reader, CodecSamples.VP9_FLEXIBLE, 5);
            assertFalse(read(reader, "10" + "ff", 1), "flexible without picture id");
            assertFalse(read(reader, "f8" + "7f" + "50" + "03" + "05" + "07" + "ff", 1), "a fourth reference");
        }
    }

    @Nested
    class H264 {
        private final PayloadReader reader = PayloadReaders.create("video/h264", HeaderExtensions.NONE);

        @Test
        void shouldReadAnAggregateThatBeginsAKeyFrame() {
            assertTrue(read(reader, CodecSamples.H264_STAP_A, 1000));
            assertTrue(mark.frameStart && mark.keyFrame);
            assertEquals(640, mark.width);
            assertEquals(480, mark.height);
            assertTrue(read(reader, CodecSamples.H264_FU_MIDDLE, 1000));
            assertFalse(mark.frameStart);
            assertTrue(mark.keyFrame);
        }

        @Test
        void shouldBeginAtTheParameterSetAndNotAgainAtTheSlice() {
            assertTrue(read(reader, CodecSamples.H264_SPS, 1000));
            assertTrue(mark.frameStart && mark.keyFrame);
            assertTrue(read(reader, "68ce3c80", 1000));
            assertFalse(mark.frameStart);
            assertTrue(mark.keyFrame);
            assertTrue(read(reader, CodecSamples.H264_FU_START, 1000));
            assertFalse(mark.frameStart);
            assertTrue(mark.keyFrame);
        }

        @Test
        void shouldBeginAtAnIdrSliceOnlyWhereParameterSetsAreOutOfBand() {
            assertTrue(read(reader, CodecSamples.H264_FU_START, 1000));
            assertTrue(mark.frameStart && mark.keyFrame);
            assertTrue(read(reader, CodecSamples.H264_SPS, 4000));
            assertTrue(read(reader, CodecSamples.H264_FU_START, 7000));
            assertFalse(mark.frameStart, "its parameter set was lost");
            assertTrue(mark.keyFrame);
        }

        @Test
        void shouldReadDeltaFramesAndWhatMayBeLeftOut() {
            assertTrue(read(reader, CodecSamples.H264_DELTA, 1000));
            assertTrue(mark.frameStart);
            assertFalse(mark.keyFrame);
            assertFalse(mark.discardable);
            assertTrue(read(reader, CodecSamples.H264_DELTA, 1000));
            assertFalse(mark.frameStart, "the frame began before");
            assertTrue(read(reader, "01" + "9a00", 4000));
            assertTrue(mark.discardable);
            assertTrue(read(reader, "0930", 7000));
            assertTrue(mark.frameStart, "access unit delimiter");
            assertFalse(mark.discardable);
        }

        @Test
        void shouldRefuseTheMalformed() {
            for (String bad : new String[] {"", "00", "1f", "78", "7800", "780000", "780005aa", "7800016778",
                "78000178", "7c", "7c85", "7cc5aa", "7c80aa", "7c98aa", "7900", "7a00", "7b00", "7d00"}) {
                assertFalse(read(reader, bad, 1), bad);
                assertFalse(mark.frameStart || mark.keyFrame);
            }
        }

        @Test
        void shouldReadSizesWithCroppingAndHighProfile() {
            BitWriter sps = new BitWriter().bits(8, 0x67).bits(8, 100).bits(16, 0x001f).golomb(0);
            sps.golomb(1).golomb(0).golomb(0).bits(1, 0).bits(1, 0);
            sps.golomb(0).golomb(0).golomb(0).golomb(4).bits(1, 0).golomb(119).golomb(67).bits(1, 1).bits(1, 1);
            sps.bits(1, 1).golomb(0).golomb(0).golomb(0).golomb(4).bits(1, 0).bits(1, 1);
            assertTrue(reader.read(RtpSamples.view(RtpSamples.packet(96, 1, 5, 2, sps.bytes())), mark));
            assertEquals(1920, mark.width);
            assertEquals(1080, mark.height);
        }

        @Test
        void shouldNotBelieveImpossibleSizes() {
            assertTrue(read(reader, "6742c01f8c", 5));
            assertEquals(0, mark.width);
            assertTrue(mark.keyFrame);
        }
    }

    @Nested
    class Av1 {
        private final PayloadReader reader = PayloadReaders.create("video/av1", extensions(12));

        private static HeaderExtensions extensions(int dependencyDescriptor) {
            return new HeaderExtensions(0, 0, 0, 0, 0, 0, 0, 0, dependencyDescriptor, 0);
        }

        private boolean read(byte[] descriptor, long timestamp) {
            return reader.read(RtpSamples.view(RtpSamples.packet(timestamp, 12, descriptor, (byte) 0x90, (byte) 1)),
                    mark);
        }

        @Test
        void shouldReadThePayloadWhereThereIsNoDescriptor() {
            assertTrue(VideoPayloadReaderTest.this.read(reader, CodecSamples.AV1_KEY, 1000));
            assertTrue(mark.frameStart && mark.keyFrame);
            assertTrue(VideoPayloadReaderTest.this.read(reader, CodecSamples.AV1_CONTINUATION, 1000));
            assertFalse(mark.frameStart);
            assertTrue(mark.keyFrame);
            assertTrue(VideoPayloadReaderTest.this.read(reader, CodecSamples.AV1_DELTA, 4000));
            assertTrue(mark.frameStart);
            assertFalse(mark.keyFrame);
            assertEquals(0, mark.temporalId);
            assertEquals(1, mark.spatialId);
            assertTrue(VideoPayloadReaderTest.this.read(reader, "10" + "0a01", 7000));
            assertTrue(mark.keyFrame, "a sequence header without N");
        }

        @Test
        void shouldRefuseMalformedPayloads() {
            for (String bad : new String[] {"", "28", "98aa", "2803", "2803aa", "20010a", "00ff", "0005aa", "108a",
                "1004", "00ffffffffff01", "10" + "8a00"}) {
                assertFalse(VideoPayloadReaderTest.this.read(reader, bad, 1), bad);
                assertFalse(mark.frameStart || mark.keyFrame);
            }
        }

        @Test
        void shouldReadLayersOfAllFramesByTheStructureOfTheKeyFrame() {
            assertTrue(read(CodecSamples.descriptorL1T3(60, 1), 1000));
            assertTrue(mark.frameStart && mark.keyFrame && mark.layerSync);
            assertFalse(mark.discardable);
            assertEquals(1280, mark.width);
            assertEquals(720, mark.height);
            assertEquals(1, mark.activeLayers);
            assertEquals(1, mark.sizedLayers);
            assertEquals(720, mark.layerHeights[0]);
            assertEquals(LayerSet.ALL, mark.needed);
            assertEquals(LayerSet.ALL, mark.switchTo);
            int[] temporal = {0, 0, 1, 2};
            for (int template = 1; template < 4; template++) {
                byte[] plain = CodecSamples.head(true, false, 60 + template & 63, 1 + template).bytes();
                assertTrue(read(plain, 1000 + template * 3000L));
                assertEquals(temporal[template], mark.temporalId);
                assertEquals(LayerSet.fromTemporal(temporal[template]), mark.needed);
                assertFalse(mark.keyFrame);
                assertTrue(mark.frameStart);
                assertEquals(template == 3, mark.discardable, "template " + template);
                assertEquals(0, mark.width);
            }
        }

        @Test
        void shouldKeepANewerStructureWhenAnOldOneComesLate() {
            assertTrue(read(CodecSamples.descriptorL1T3(10, 50), 90_000));
            assertTrue(read(CodecSamples.descriptorL1T3(60, 1), 1000));
            assertTrue(mark.keyFrame);
            assertTrue(read(CodecSamples.head(true, true, 13, 51).bytes(), 93_000));
            assertEquals(2, mark.temporalId);
        }

        @Test
        void shouldReadOwnIndicationsAndActiveTargets() {
            assertTrue(read(CodecSamples.descriptorL1T3(0, 1), 1000));
            byte[] custom = CodecSamples.head(true, true, 1, 2).bits(5, 0b01110).bits(3, 0b011).bits(6, 0b010101)
                    .bits(2, 1).bits(4, 0).bits(2, 0).bytes();
            assertTrue(read(custom, 4000));
            assertTrue(mark.discardable);
            assertFalse(mark.layerSync);
            assertEquals(LayerSet.ALL, mark.needed, "of all three, and the third stands for those above");
            assertEquals(0, mark.required);
        }

        @Test
        void shouldFallBackToThePayloadWhenTheDescriptorCannotBeFollowed() {
            byte[] unknown = CodecSamples.head(true, true, 1, 2).bytes();
            assertTrue(read(unknown, 1000));
            assertFalse(mark.frameStart, "the payload is a continuation");
            byte[] whole = CodecSamples.descriptorL1T3(0, 1);
            for (int length = 0; length < whole.length - 1; length++) {
                assertTrue(read(Arrays.copyOf(whole, length), 4000));
                assertFalse(mark.keyFrame, "length " + length);
            }
            assertTrue(read(whole, 4000));
            assertTrue(mark.keyFrame);
            assertTrue(read(CodecSamples.head(true, true, 4, 2).bytes(), 7000));
            assertFalse(mark.frameStart, "a template that the structure does not have");
        }
    }

    @Nested
    class Vp8WithDescriptor {
        private final PayloadReader reader = PayloadReaders.create("video/vp8",
                new HeaderExtensions(0, 0, 0, 0, 0, 0, 0, 0, 12, 0));

        private boolean read(byte[] descriptor, String payload, long timestamp) {
            return reader.read(RtpSamples.view(RtpSamples.packet(timestamp, 12, descriptor,
                    CodecSamples.bytes(payload))), mark);
        }

        @Test
        void shouldReadTheLayersOfPicturesThatBearNoNumbers() {
            String bareKey = "10" + "100200" + "9d012a" + "8002" + "6801" + "ff";
            assertTrue(read(CodecSamples.descriptorL1T3(0, 1), bareKey, 1000));
            assertTrue(mark.described && mark.frameStart && mark.keyFrame);
            assertEquals(-1, mark.pictureId);
            int[] temporal = {0, 0, 1, 2};
            for (int template = 1; template < 4; template++) {
                byte[] delta = CodecSamples.head(true, true, template, 1 + template).bytes();
                assertTrue(read(delta, CodecSamples.VP8_PLAIN_DELTA, 1000 + template * 3000L));
                assertTrue(mark.described && mark.frameStart);
                assertFalse(mark.keyFrame);
                assertEquals(temporal[template], mark.temporalId);
                assertEquals(LayerSet.fromTemporal(temporal[template]), mark.needed);
                assertEquals(template == 3, mark.discardable, "template " + template);
            }
        }

        @Test
        void shouldBelieveTheNumbersOfPicturesThatBearThem() {
            assertTrue(read(CodecSamples.descriptorL1T3(0, 1), CodecSamples.VP8_KEY, 1000));
            assertFalse(mark.described);
            assertEquals(0x1234, mark.pictureId);
            assertEquals(7, mark.tl0PicIdx);
            assertEquals(1, mark.temporalId, "as VP8 says, not as the descriptor does");
        }

        @Test
        void shouldReadVp8AloneUntilAStructureIsKnown() {
            byte[] unknown = CodecSamples.head(true, true, 1, 2).bytes();
            assertTrue(read(unknown, CodecSamples.VP8_PLAIN_DELTA, 1000));
            assertFalse(mark.described);
            assertEquals(LayerSet.ALL, mark.needed);
            assertFalse(read(unknown, "", 2000), "nothing but a descriptor");
        }
    }

    @Test
    void shouldKnowItsFormats() {
        assertTrue(PayloadReaders.supports("video/vp8"));
        assertFalse(PayloadReaders.supports("video/rtx"));
        assertThrows(IllegalArgumentException.class, () -> PayloadReaders.create("video/x", HeaderExtensions.NONE));
        assertTrue(PayloadReaders.create("video/vp8", HeaderExtensions.NONE) instanceof Vp8PayloadReader);
    }
}
