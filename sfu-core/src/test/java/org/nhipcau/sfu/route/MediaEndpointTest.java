// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.sfu.route;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.nhipcau.sfu.api.CodecParameters;
import org.nhipcau.sfu.api.ConsumerParameters;
import org.nhipcau.sfu.api.ConsumerSettings;
import org.nhipcau.sfu.api.EncodingParameters;
import org.nhipcau.sfu.api.MediaKind;
import org.nhipcau.sfu.api.MediaReply;
import org.nhipcau.sfu.api.MediaReply.Reason;
import org.nhipcau.sfu.api.ProducerParameters;
import org.nhipcau.sfu.api.TrackSource;
import org.nhipcau.sfu.buffer.PacketBuffer;
import org.nhipcau.sfu.metrics.DropReason;
import org.nhipcau.sfu.metrics.WorkerCounters.Counter;
import org.nhipcau.sfu.rtcp.RtcpHandler;
import org.nhipcau.sfu.rtcp.RtcpReader;
import org.nhipcau.sfu.rtcp.RtcpWriter;
import org.nhipcau.sfu.rtp.HeaderExtensionReader;
import org.nhipcau.sfu.rtp.RtpPacketFlyweight;

class MediaEndpointTest {
    private final RoomFixture f = new RoomFixture();

    private static void assertRefused(Reason reason, MediaReply reply) {
        assertEquals(reason, assertInstanceOf(MediaReply.Refused.class, reply).reason());
    }

    private void audio(List<CodecParameters> produced,
            List<CodecParameters> accepted) {
        f.publisher.addProducer(RoomFixture.producer("mic", MediaKind.AUDIO, "0", produced), f.nowNs);
        f.viewer.addConsumer(RoomFixture.consumer("mic", 500, accepted), f.nowNs);
    }

    private void video() {
        f.publisher.addProducer(RoomFixture.producer("cam", MediaKind.VIDEO, "0", List.of(RoomFixture.VP8)), f.nowNs);
        f.viewer.addConsumer(RoomFixture.consumer("cam", 500, List.of(RoomFixture.VIEWER_VP8)), f.nowNs);
    }

    /** V15: the two-byte form allows elements of no bytes; this one ends where the packet does. */
    @Test
    void shouldTakeAnEmptyAudioLevelForNone() {
        audio(List.of(RoomFixture.OPUS), List.of(RoomFixture.OPUS));
        PacketBuffer in = PacketBuffer.allocate();
        f.header.begin(in, true, 111, 1, 960, 9);
        f.header.extension(1, "000000000000".getBytes(StandardCharsets.US_ASCII));
        f.header.extension(4, new byte[0]);
        int length = f.header.finish();
        assertEquals(12 + 4 + 2 + 12 + 2, length, "the element ends the packet");
        in.setLength(length);
        f.publisher.addProducer(RoomFixture.producer("mic", MediaKind.AUDIO, "000000000000", List.of(RoomFixture.OPUS)),
                f.nowNs);
        f.receive(in);
        assertEquals(1, f.counters.get(DropReason.EMPTY_PAYLOAD));
    }

    /** A still screen is sent once a second: a late packet must not make viewers change to another layer. */
    @Test
    void shouldCallAStillScreenLive() {
        for (TrackSource source : new TrackSource[] {TrackSource.SCREEN_SHARE, TrackSource.CAMERA}) {
            boolean screen = source == TrackSource.SCREEN_SHARE;
            f.publisher.addProducer(new ProducerParameters(source.name(), MediaKind.VIDEO, source, screen ? "0" : "1",
                    List.of(RoomFixture.codec("video/VP8", screen ? 96 : 98, -1)),
                    List.of(new EncodingParameters("", screen ? 9 : 10, 0, 0, 0, 0, 0)), false), f.nowNs);
            Encoding encoding = f.room.producer(source.name()).encodings()[0];
            f.receive(f.packet(screen ? 96 : 98, 1, 0, screen ? 9 : 10, RoomFixture.vp8(true, 1, 1, 0)));
            assertTrue(encoding.live(f.nowNs + 1_000_000_000L), source::name);
            assertEquals(screen, encoding.live(f.nowNs + 1_600_000_000L), source::name);
            assertEquals(false, encoding.live(f.nowNs + 3_000_000_000L), source::name);
        }
    }

    /** Sound is remembered for 128 packets only: a run that begins further back than that reserves no numbers. */
    @Test
    void shouldBeginWithAPacketThatIsLateByMoreThanItRemembers() {
        for (int late : new int[] {127, 128, 129, 200, 400}) {
            RoomFixture room = new RoomFixture();
            room.publisher.addProducer(RoomFixture.producer("mic", MediaKind.AUDIO, "0", List.of(RoomFixture.OPUS)),
                    room.nowNs);
            room.receive(room.packet(111, 1, 960, 9, new byte[20]));
            room.receive(room.packet(111, 1 + late + 1, 0, 9, new byte[20]));
            room.viewer.addConsumer(RoomFixture.consumer("mic", 500, List.of(RoomFixture.OPUS)), room.nowNs);
            room.receive(room.packet(111, 2, 1_920, 9, new byte[20]));
            room.receive(room.packet(111, 1 + late + 2, 0, 9, new byte[20]));
            int distance = room.viewerSink.packet(1).sequenceNumber() - room.viewerSink.packet(0).sequenceNumber();
            assertEquals(late < 128 ? late + 1 : 1, distance, "late by " + late);
        }
    }

    @Test
    void shouldCountASwitchOfLayersOnlyWhereLayersSwitch() {
        audio(List.of(RoomFixture.OPUS), List.of(RoomFixture.OPUS));
        for (int i = 0; i < 3; i++) {
            f.receive(f.packet(111, i, 960 * i, 9, new byte[20]));
            f.room.muteProducer("mic", true, f.nowNs);
            f.room.muteProducer("mic", false, f.nowNs);
        }
        assertEquals(3, f.viewerSink.rtp.size());
        assertEquals(0, f.counters.get(Counter.LAYER_SWITCHES));
    }

    @Test
    void shouldRebuildHeaderAndExtensionsForTheViewer() {
        audio(List.of(RoomFixture.OPUS), List.of(RoomFixture.codec("audio/opus", 109, -1)));
        PacketBuffer in = PacketBuffer.allocate();
        f.header.begin(in, true, 111, 4_000, 77_000, 9);
        f.header.extension(1, "0".getBytes(StandardCharsets.US_ASCII));
        f.header.extension(2, "rid".getBytes(StandardCharsets.US_ASCII));
        f.header.extensionByte(4, 0x95);
        f.header.extensionShort(5, 1_234);
        f.header.extensionMedium(6, 0x123456);
        f.header.extension(7, new byte[] {1, 2, 3, 4, 5, 6, 7, 8});
        f.header.extensionMedium(8, 0x00a00b);
        int length = f.header.finish();
        in.setLength(length + 3 + 4);
        in.putMedium(length, 0xabcdef);
        in.putInt(length + 3, 4);
        in.putByte(0, in.getByte(0) | 0x20);
        f.receive(in);
        RtpPacketFlyweight out = f.viewerSink.packet(0);
        assertEquals(109, out.payloadType());
        assertEquals(500, out.ssrc());
        assertEquals(77_000, out.timestamp());
        assertTrue(out.marker());
        assertEquals(3, out.payloadLength());
        assertEquals(0, out.paddingLength());
        assertTrue(HeaderExtensionReader.textEquals(out, 11, "7".getBytes(StandardCharsets.US_ASCII)));
        assertEquals(0x95, HeaderExtensionReader.audioLevel(out, 12));
        assertEquals(0, HeaderExtensionReader.transportSequence(out, 13));
        assertEquals(HeaderExtensionReader.toAbsSendTime(f.nowNs), HeaderExtensionReader.absSendTime(out, 14));
        assertEquals(0x0102_0304_0506_0708L, out.packet().getLong(out.findExtension(10)));
        assertEquals(0x00a00b, out.packet().getUnsignedMedium(out.findExtension(9)));
        for (int id = 1; id < 8; id++) {
            assertEquals(-1, out.findExtension(id), "extension " + id);
        }
    }

    @Test
    void shouldForwardALargeDependencyDescriptorInTheTwoByteForm() {
        audio(List.of(RoomFixture.OPUS), List.of(RoomFixture.OPUS));
        PacketBuffer in = PacketBuffer.allocate();
        byte[] descriptor = new byte[60];
        new Random(1).nextBytes(descriptor);
        f.header.begin(in, true, 111, 1, 1, 9);
        f.header.extension(1, "0".getBytes(StandardCharsets.US_ASCII));
        f.header.extension(9, descriptor);
        in.setLength(f.header.finish() + 5);
        f.receive(in);
        RtpPacketFlyweight out = f.viewerSink.packet(0);
        int at = out.findExtension(8);
        byte[] copied = new byte[60];
        out.packet().getBytes(at, copied, 0, 60);
        assertArrayEquals(descriptor, copied);
        assertEquals(5, out.payloadLength());
    }

    @Test
    void shouldOpenRedundancyWhereItComesIn() {
        audio(List.of(RoomFixture.RED, RoomFixture.OPUS), List.of(RoomFixture.codec("audio/opus", 109, -1)));
        f.room.openEndpoint("carol", "carol", f.publisherSink);
        byte[] red = {(byte) (0x80 | 111), 0, 0, 2, 111, 5, 6, 7, 8, 9};
        f.receive(f.packet(63, 1, 960, 9, red));
        RtpPacketFlyweight out = f.viewerSink.packet(0);
        assertEquals(109, out.payloadType());
        byte[] payload = new byte[out.payloadLength()];
        out.packet().getBytes(out.headerLength(), payload, 0, payload.length);
        assertArrayEquals(new byte[] {7, 8, 9}, payload);

        f.viewer.removeConsumer("c-mic", f.nowNs);
        f.viewer.addConsumer(RoomFixture.consumer("mic", 600, List.of(RoomFixture.codec("audio/red", 50, -1),
                RoomFixture.codec("audio/opus", 109, -1))), f.nowNs);
        f.receive(f.packet(63, 2, 1_920, 9, red));
        RtpPacketFlyweight passed = f.viewerSink.packet(1);
        assertEquals(109, passed.payloadType(), "on a good path nothing is added");
        assertEquals(3, passed.payloadLength());
    }

    @Test
    void shouldDropMalformedRedAndGoOn() {
        audio(List.of(RoomFixture.RED, RoomFixture.OPUS), List.of(RoomFixture.OPUS));
        f.receive(f.packet(63, 1, 960, 9, new byte[] {(byte) (0x80 | 111), 0, 3, (byte) 255, 111, 5}));
        f.receive(f.packet(111, 2, 960, 9, new byte[] {1}));
        assertEquals(1, f.viewerSink.rtp.size());
    }

    @Test
    void shouldTellTheMidUntilTheViewerReportsAndThenWithKeyFramesOnly() {
        video();
        int id = RoomFixture.VIEWER_IDS.mid();
        f.receive(f.packet(96, 1, 0, 9, RoomFixture.vp8(true, 5, 5, 0)));
        f.nowNs += 2_000_000_000L;
        f.receive(f.packet(96, 2, 3_000, 9, RoomFixture.vp8(false, 6, 6, 0)));
        assertTrue(f.viewerSink.packet(0).findExtension(id) >= 0);
        assertTrue(f.viewerSink.packet(1).findExtension(id) >= 0);
        PacketBuffer report = PacketBuffer.allocate();
        RtcpWriter writer = new RtcpWriter();
        writer.begin(report, 1_000);
        writer.receiverReport(1);
        writer.reportBlock(500, 0, 0, f.viewerSink.packet(1).sequenceNumber(), 0, 0, 0);
        f.viewer.onRtcp(report, f.nowNs);
        f.receive(f.packet(96, 3, 6_000, 9, RoomFixture.vp8(false, 7, 7, 0)));
        f.receive(f.packet(96, 4, 9_000, 9, RoomFixture.vp8(true, 8, 8, 0)));
        assertEquals(-1, f.viewerSink.packet(2).findExtension(id));
        assertEquals(4, f.viewerSink.packet(1).headerLength() - f.viewerSink.packet(2).headerLength());
        assertTrue(f.viewerSink.packet(3).findExtension(id) >= 0);
    }

    private void nack(long ssrc, int sequence) {
        PacketBuffer out = PacketBuffer.allocate();
        RtcpWriter writer = new RtcpWriter();
        writer.begin(out, 1_000);
        writer.nack(1, ssrc, new int[] {sequence & 0xffff}, 0, 1);
        f.viewer.onRtcp(out, f.nowNs);
    }

    @Test
    void shouldFillTheHoleOfALatePacketThatTheViewerDoesNotWant() {
        video();
        f.viewer.updateConsumer("c-cam", new ConsumerSettings(false, 2, 0, 1, 0), f.nowNs);
        long at = f.nowNs;
        // A second of two layers, so that the rates are known: the wanted one frame a second leaves the base layer.
        for (int i = 0; i < 40; i++) {
            f.nowNs = at + i * 33_000_000L;
            f.receive(f.packet(96, i, i * 3_000L, 9, RoomFixture.vp8(i == 0, i, i / 2, i % 2)));
            f.viewer.onTimer(f.nowNs);
        }
        int before = f.viewerSink.rtp.size();
        f.receive(f.packet(96, 40, 120_000, 9, RoomFixture.vp8(false, 40, 20, 0)));
        f.receive(f.packet(96, 42, 126_000, 9, RoomFixture.vp8(false, 42, 21, 0)));
        f.receive(f.packet(96, 41, 123_000, 9, RoomFixture.vp8(false, 41, 20, 1)));
        assertEquals(before + 3, f.viewerSink.rtp.size());
        RtpPacketFlyweight filler = f.viewerSink.packet(before + 2);
        assertEquals(0, filler.payloadLength());
        assertEquals(1, filler.paddingLength());
        assertEquals(f.viewerSink.packet(before).sequenceNumber() + 1, filler.sequenceNumber());
        // Its number is taken for good.
        nack(500, filler.sequenceNumber());
        assertEquals(before + 3, f.viewerSink.rtp.size());
        assertEquals(1, f.counters.get(DropReason.RTX_NOT_CACHED));
    }

    @Test
    void shouldBindByPayloadTypeWhereNoMidIsTold() {
        video();
        PacketBuffer in = PacketBuffer.allocate();
        f.header.begin(in, true, 96, 1, 1, 77);
        int length = f.header.finish();
        byte[] payload = RoomFixture.vp8(true, 1, 1, 0);
        in.setLength(length + payload.length);
        in.putBytes(length, payload, 0, payload.length);
        f.receive(in);
        assertEquals(1, f.viewerSink.rtp.size());
    }

    @Test
    void shouldAskByFirWhereOnlyFirWasNegotiated() {
        var fir = new CodecParameters("video/VP8", 96, 90_000, 0, Map.of(), -1, true, false, true, false, true);
        f.publisher.addProducer(RoomFixture.producer("cam", MediaKind.VIDEO, "0", List.of(fir)), f.nowNs);
        f.viewer.addConsumer(RoomFixture.consumer("cam", 500, List.of(RoomFixture.VIEWER_VP8)), f.nowNs);
        f.receive(f.packet(96, 1, 0, 9, RoomFixture.vp8(false, 5, 5, 0)));
        int[] firs = {0};
        f.publisherSink.rtcp.forEach(bytes -> new RtcpReader().read(PacketBuffer.copyOf(bytes), new RtcpHandler() {
            @Override
            public void fir(long senderSsrc, long mediaSsrc, int sequence) {
                firs[0] += mediaSsrc == 9 ? 1 : 0;
            }
        }));
        assertEquals(1, firs[0]);
    }

    @Test
    void shouldRefuseWrongCommandsAndChangeNothing() {
        video();
        assertRefused(Reason.CONFLICT, f.viewer.addConsumer(RoomFixture.consumer("cam", 900,
                List.of(RoomFixture.VIEWER_VP8)), f.nowNs));
        ConsumerParameters sameSsrc = new ConsumerParameters("other", "cam", "7", 501, 0, "c",
                List.of(RoomFixture.VIEWER_VP8), ConsumerSettings.DEFAULT);
        assertRefused(Reason.CONFLICT, f.viewer.addConsumer(sameSsrc, f.nowNs));
        for (long ssrc : new long[] {0, -1, 1L << 32}) {
            assertRefused(Reason.INVALID, f.viewer.addConsumer(new ConsumerParameters("other", "cam", "7", ssrc, 0, "c",
                    List.of(RoomFixture.VIEWER_VP8), ConsumerSettings.DEFAULT), f.nowNs));
        }
        assertRefused(Reason.INVALID, f.viewer.addConsumer(new ConsumerParameters("other", "cam", "7", 8, 0, "c",
                List.of(), ConsumerSettings.DEFAULT), f.nowNs));
        assertRefused(Reason.NOT_FOUND, f.viewer.updateConsumer("none", ConsumerSettings.DEFAULT, f.nowNs));
        assertRefused(Reason.NOT_FOUND, f.room.muteProducer("none", true, f.nowNs));
        assertRefused(Reason.CONFLICT, f.viewer.addProducer(RoomFixture.producer("cam", MediaKind.VIDEO, "0",
                List.of(RoomFixture.VP8)), f.nowNs));
        assertRefused(Reason.CONFLICT, f.publisher.addProducer(RoomFixture.producer("two", MediaKind.VIDEO, "0",
                List.of(RoomFixture.VP8)), f.nowNs));
        assertRefused(Reason.INVALID, f.publisher.addProducer(RoomFixture.producer("two", MediaKind.VIDEO, "1",
                List.of(RoomFixture.codec("video/H263", 34, -1))), f.nowNs));
        assertRefused(Reason.INVALID, f.publisher.addProducer(RoomFixture.producer("two", MediaKind.VIDEO, "1",
                List.of(RoomFixture.VP8, RoomFixture.VP8)), f.nowNs));
        EncodingParameters one = new EncodingParameters("", 9, 9, 0, 0, 0, 0);
        assertRefused(Reason.CONFLICT, f.publisher.addProducer(new ProducerParameters("two", MediaKind.VIDEO,
                TrackSource.CAMERA, "1", List.of(RoomFixture.VP8), List.of(one), false), f.nowNs));
        assertEquals(1, f.room.producerCount());
        assertEquals(1, f.room.consumerCount());
        assertInstanceOf(MediaReply.Done.class, f.viewer.removeConsumer("none", f.nowNs));
        assertInstanceOf(MediaReply.Done.class, f.room.removeProducer("none", f.nowNs));
    }

    @Test
    void shouldLeaveNothingBehindWhenEndpointsClose() {
        video();
        f.receive(f.packet(96, 1, 0, 9, RoomFixture.vp8(true, 5, 5, 0)));
        f.room.closeEndpoint(f.publisher, f.nowNs);
        f.room.closeEndpoint(f.publisher, f.nowNs);
        assertEquals(0, f.room.producerCount());
        assertEquals(1, f.room.consumerCount());
        nack(500, f.viewerSink.packet(0).sequenceNumber());
        assertEquals(1, f.counters.get(DropReason.RTX_NOT_CACHED));
        f.room.closeEndpoint(f.viewer, f.nowNs);
        assertEquals(0, f.room.consumerCount());
        assertEquals(Long.MAX_VALUE, f.viewer.onTimer(f.nowNs));
        f.room.onTimer(f.nowNs);
    }

    @Test
    void shouldSurviveAnyBytes() {
        video();
        long seed = 8;
        Random random = new Random(seed);
        byte[] valid = f.packet(96, 1, 0, 9, RoomFixture.vp8(true, 5, 5, 0)).toByteArray();
        for (int i = 0; i < 50_000; i++) {
            byte[] bytes = Arrays.copyOf(valid, 1 + random.nextInt(valid.length));
            for (int m = 0; m < 1 + i % 5; m++) {
                bytes[random.nextInt(bytes.length)] = (byte) random.nextInt();
            }
            if (bytes.length > 12 && i % 3 != 0) {
                bytes[0] = valid[0];
                bytes[2] = (byte) (i >> 8);
                bytes[3] = (byte) i;
            }
            f.nowNs += 1_000_000;
            f.receive(PacketBuffer.copyOf(bytes));
            if (i % 100 == 0) {
                f.publisher.onTimer(f.nowNs);
                f.viewer.onTimer(f.nowNs);
                f.room.onTimer(f.nowNs);
                f.viewerSink.rtp.clear();
                f.viewerSink.rtcp.clear();
                f.publisherSink.rtcp.clear();
            }
        }
        assertTrue(f.counters.get(Counter.RTP_PACKETS_OUT) > 1_000, f.counters.get(Counter.RTP_PACKETS_OUT)
                + " sent, seed " + seed);
        assertTrue(f.counters.get(DropReason.RTP_MALFORMED) > 1_000);
    }

    /** A report has 31 blocks at most: more streams need several, and each block tells its stream's loss. */
    @Test
    void shouldReportTheLossOfMoreStreamsThanOneReportHolds() {
        RoomFixture fixture = new RoomFixture();
        int producers = 12;
        for (int p = 0; p < producers; p++) {
            List<EncodingParameters> layers = new ArrayList<>();
            for (int layer = 0; layer < 3; layer++) {
                layers.add(new EncodingParameters("qhf".substring(layer, layer + 1),
                        1_000 + 10 * p + layer, 0, layer, 0, 0, 0));
            }
            fixture.publisher.addProducer(new ProducerParameters("cam" + p,
                    MediaKind.VIDEO, TrackSource.UNKNOWN, "m" + p,
                    List.of(RoomFixture.VP8), layers, false), fixture.nowNs);
        }
        // Two of four packets come: half is lost of every stream.
        for (int sequence : new int[] {0, 3}) {
            for (int p = 0; p < producers; p++) {
                for (int layer = 0; layer < 3; layer++) {
                    fixture.receive(fixture.packet(96, sequence, 0, 1_000 + 10 * p + layer,
                            RoomFixture.vp8(false, sequence, 0, 0)));
                }
            }
        }
        fixture.publisherSink.rtcp.clear();
        fixture.publisher.onTimer(fixture.nowNs);
        Map<Long, Integer> lost = new TreeMap<>();
        for (byte[] packet : fixture.publisherSink.rtcp) {
            assertTrue(new RtcpReader().read(
                    PacketBuffer.copyOf(packet), new RtcpHandler() {
                        @Override
                        public void reportBlock(long sender, long ssrc, int fractionLost, int cumulative, long highest,
                                long jitter, long lastReport, long delay) {
                            lost.put(ssrc, fractionLost);
                        }
                    }));
        }
        assertEquals(3 * producers, lost.size());
        lost.forEach((ssrc, fraction) -> assertEquals(128, fraction, "of " + ssrc));
    }
}
