// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.sfu.route;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.nhipcau.sfu.api.MediaEvent.PictureStepChanged;
import org.nhipcau.sfu.api.MediaKind;
import org.nhipcau.sfu.api.PictureStep;
import org.nhipcau.sfu.buffer.PacketBuffer;
import org.nhipcau.sfu.codec.ScalableStream.Frame;
import org.nhipcau.sfu.metrics.DropReason;
import org.nhipcau.sfu.metrics.WorkerCounters.Counter;
import org.nhipcau.sfu.route.ScalableCamera.Form;
import org.nhipcau.sfu.route.ScalableCamera.Part;
import org.nhipcau.sfu.rtcp.RtcpHandler;
import org.nhipcau.sfu.rtcp.RtcpReader;
import org.nhipcau.sfu.rtcp.RtcpWriter;
import org.nhipcau.sfu.rtp.RtpPacketFlyweight;
import org.nhipcau.sfu.rtp.RtpSamples;
import org.nhipcau.sfu.rtp.RtxPacket;
import org.nhipcau.sfu.rtp.SequenceUnwrapper;

/**
 * A viewer of a scalable stream whose link grows narrow: pictures give way step by step, nothing is sent that cannot be
 * decoded, and a still picture is the lowest spatial layer of a key picture alone, whole.
 */
class ScalableWeakLinkTest {
    private static final long MS = 1_000_000L;
    private static final long TICK_NS = 3 * MS;
    private static final int TICKS_PER_PICTURE = 11;
    /** What carries all, the lowest spatial layer, its lowest temporal layer, still pictures, sound alone. */
    private static final long WIDE_BPS = 5_000_000;
    private static final long SMALL_BPS = 240_000;
    private static final long SLOW_BPS = 90_000;
    private static final long STILL_BPS = 55_000;
    private static final long NOTHING_BPS = 12_000;

    private final RoomFixture f = new RoomFixture();
    private final RtcpReader reader = new RtcpReader();
    private final PacketBuffer sound = PacketBuffer.allocate();
    private int spoken;
    private ScalableCamera camera;
    /** When each packet left. */
    private final List<Long> times = new ArrayList<>();
    /** How the packets of a picture come in. */
    private Uplink uplink = packets -> packets;

    private interface Uplink {
        List<PacketBuffer> carry(List<PacketBuffer> packets);
    }

    /** A packet as the viewer got it. */
    private record Received(long sequence, long timestamp, boolean marker, Part part, long atNs) {}

    private void begin(Form form, int spatial, int temporal, boolean keyMode) {
        camera = new ScalableCamera(f, form, spatial, temporal, keyMode);
        f.publisher.addProducer(RoomFixture.producer("cam", MediaKind.VIDEO, "0", List.of(form.sent())), f.nowNs);
        f.viewer.addConsumer(RoomFixture.consumer("cam", 500, List.of(form.received())), f.nowNs);
        f.publisher.addProducer(RoomFixture.producer("mic", MediaKind.AUDIO, "1", List.of(RoomFixture.OPUS)), f.nowNs);
        f.viewer.addConsumer(RoomFixture.consumer("mic", 700, List.of(RoomFixture.OPUS)), f.nowNs);
    }

    private void sendSound() {
        f.header.begin(sound, false, 111, ++spoken & 0xffff, spoken * 1_584L, 88);
        f.header.extension(RoomFixture.IDS.mid(), new byte[] {'1'});
        sound.setLength(f.header.finish() + 60);
        f.publisher.onRtp(PacketBuffer.copyOf(sound.toByteArray()), f.nowNs);
    }

    private void run(long ms, long claimedBps) {
        for (long end = f.nowNs + ms * MS; f.nowNs < end; ) {
            claim(claimedBps);
            sendSound();
            for (PacketBuffer packet : uplink.carry(camera.picture())) {
                f.publisher.onRtp(packet, f.nowNs);
            }
            f.queue.forward(f.nowNs);
            for (int i = 0; i < TICKS_PER_PICTURE; i++) {
                f.nowNs += TICK_NS;
                f.viewer.onTimer(f.nowNs);
                f.publisher.onTimer(f.nowNs);
                f.viewer.release(f.nowNs);
                stamp();
            }
            hearRequests();
        }
    }

    private void stamp() {
        while (times.size() < f.viewerSink.rtp.size()) {
            times.add(f.nowNs);
        }
    }

    private void claim(long bps) {
        PacketBuffer report = PacketBuffer.allocate();
        RtcpWriter writer = new RtcpWriter();
        writer.begin(report, 1_000);
        writer.remb(1, bps, new long[] {500}, 1);
        f.viewer.onRtcp(report, f.nowNs);
    }

    private void hearRequests() {
        for (byte[] packet : f.publisherSink.rtcp) {
            reader.read(PacketBuffer.copyOf(packet), new RtcpHandler() {
                @Override
                public void pli(long senderSsrc, long mediaSsrc) {
                    camera.keyWanted = true;
                }
            });
        }
        f.publisherSink.rtcp.clear();
    }

    /** What the viewer got since a time, in the order of its numbers. */
    private List<Received> received(long fromNs) {
        List<Received> packets = new ArrayList<>();
        SequenceUnwrapper sequences = new SequenceUnwrapper();
        for (int i = 0; i < f.viewerSink.rtp.size(); i++) {
            RtpPacketFlyweight packet = f.viewerSink.packet(i);
            if (packet.ssrc() == 500) {
                packets.add(new Received(sequences.unwrap(packet.sequenceNumber()), packet.timestamp(),
                        packet.marker(), camera.partOf(packet), times.get(i)));
            }
        }
        packets.removeIf(packet -> packet.atNs < fromNs);
        packets.sort((a, b) -> Long.compare(a.sequence, b.sequence));
        return packets;
    }

    private List<PictureStep> steps() {
        return f.events.stream().filter(PictureStepChanged.class::isInstance).map(PictureStepChanged.class::cast)
                .map(PictureStepChanged::step).toList();
    }

    // The layers that came since, as in "S2T1".
    private Set<String> layersSince(long fromNs) {
        Set<String> layers = new TreeSet<>();
        for (Received packet : received(fromNs)) {
            if (packet.part != null) {
                layers.add("S" + packet.part.frame().spatial() + "T" + packet.part.frame().temporal());
            }
        }
        return layers;
    }

    private static Set<String> layers(int fromSpatial, int toSpatial, int toTemporal) {
        Set<String> layers = new TreeSet<>();
        for (int spatial = fromSpatial; spatial <= toSpatial; spatial++) {
            for (int temporal = 0; temporal <= toTemporal; temporal++) {
                layers.add("S" + spatial + "T" + temporal);
            }
        }
        return layers;
    }

    /** By frame, which of its parts the viewer got. */
    private Map<Frame, Set<Integer>> given() {
        Map<Frame, Set<Integer>> parts = new HashMap<>();
        for (Received packet : received(0)) {
            if (packet.part != null) {
                parts.computeIfAbsent(packet.part.frame(), frame -> new HashSet<>()).add(packet.part.index());
            }
        }
        return parts;
    }

    // Frames of which something was sent although they, or what they build on, were not sent whole.
    private List<Frame> undecodable() {
        Map<Frame, Set<Integer>> given = given();
        return given.keySet().stream().filter(frame -> !decodable(frame, given)).toList();
    }

    private boolean decodable(Frame frame, Map<Frame, Set<Integer>> given) {
        return given.getOrDefault(frame, Set.of()).size() == ScalableCamera.packets(frame)
                && frame.references().stream().allMatch(reference -> decodable(reference, given));
    }

    // Of what was sent nothing is still to come: no still picture is under way.
    private void runToEndOfPicture(long claimedBps) {
        List<Received> packets = received(0);
        while (packets.getLast().part != null) {
            run(33, claimedBps);
            packets = received(0);
        }
    }

    @ParameterizedTest
    @CsvSource({"VP9, 3, 3, true", "VP9, 3, 3, false", "VP9, 1, 3, false", "DESCRIBED_VP9, 3, 3, true",
        "DESCRIBED_VP9, 3, 3, false", "AV1, 3, 3, true", "AV1, 3, 3, false", "AV1, 1, 3, false", "AV1, 3, 1, true"})
    void shouldGiveWayStepByStepAndComeBack(Form form, int spatial, int temporal, boolean keyMode) {
        begin(form, spatial, temporal, keyMode);
        Set<String> all = layers(keyMode ? spatial - 1 : 0, spatial - 1, temporal - 1);
        assertEquals(all, layersAt(WIDE_BPS));
        assertEquals(layers(0, 0, temporal - 1), layersAt(SMALL_BPS));
        assertEquals(List.of(), steps());
        assertEquals(layers(0, 0, 0), layersAt(SLOW_BPS));
        PictureStep slow = temporal > 1 ? PictureStep.FEW_FRAMES : PictureStep.STILL;
        assertEquals(List.of(slow), steps());
        layersAt(STILL_BPS);
        assertEquals(PictureStep.STILL, steps().getLast());
        assertEquals(List.of(), received(f.nowNs - 5_000 * MS).stream()
                .filter(packet -> packet.part != null && !packet.part.frame().key()).toList());
        runToEndOfPicture(STILL_BPS);
        assertEquals(Set.of(), layersAt(NOTHING_BPS));
        assertEquals(PictureStep.OFF, steps().getLast());
        assertEquals(all, layersAt(WIDE_BPS));
        assertEquals(Stream.of(slow, PictureStep.STILL, PictureStep.OFF, PictureStep.MOVING).distinct().toList(),
                steps());
        assertEquals(List.of(), undecodable());
    }

    // After it has settled.
    private Set<String> layersAt(long claimedBps) {
        run(3_000, claimedBps);
        long fromNs = f.nowNs;
        run(4_000, claimedBps);
        return layersSince(fromNs);
    }

    @ParameterizedTest
    @CsvSource({"VP9, true", "VP9, false", "DESCRIBED_VP9, true", "AV1, true", "AV1, false"})
    void shouldShowTheLowestLayerOfKeyPicturesWhole(Form form, boolean keyMode) {
        begin(form, 3, 3, keyMode);
        run(4_000, STILL_BPS);
        runToEndOfPicture(STILL_BPS);
        long fromNs = f.nowNs;
        long before = f.counters.get(Counter.STILL_PICTURES_OUT);
        run(60_000, STILL_BPS);
        runToEndOfPicture(STILL_BPS);
        int pictures = checkStills(received(fromNs + 1));
        assertTrue(pictures >= 12 && pictures <= 30, pictures + " pictures in a minute");
        assertEquals(f.counters.get(Counter.STILL_PICTURES_OUT) - before, pictures);
    }

    /** The key picture's first packet is lost and comes again behind all others, or all come in any order. */
    @ParameterizedTest
    @CsvSource({"VP9, true", "VP9, false", "DESCRIBED_VP9, true", "AV1, true", "AV1, false"})
    void shouldShowTheLowestLayerAloneInWhateverOrderItCame(Form form, boolean keyMode) {
        begin(form, 3, 3, keyMode);
        run(4_000, STILL_BPS);
        runToEndOfPicture(STILL_BPS);
        long fromNs = f.nowNs;
        uplink = packets -> {
            Collections.rotate(packets, -1);
            return packets;
        };
        run(20_000, STILL_BPS);
        Random random = new Random(5);
        uplink = packets -> {
            Collections.shuffle(packets, random);
            return packets;
        };
        run(40_000, STILL_BPS);
        runToEndOfPicture(STILL_BPS);
        int pictures = checkStills(received(fromNs + 1));
        assertTrue(pictures >= 12, pictures + " pictures in a minute");
    }

    // Key frames of the lowest layer, part by part without a gap, an empty packet behind each.
    private int checkStills(List<Received> packets) {
        int pictures = 0;
        int next = 0;
        for (int i = 0; i < packets.size(); i++) {
            Received packet = packets.get(i);
            assertEquals(packets.getFirst().sequence + i, packet.sequence, "no gap");
            if (packet.part == null) {
                assertEquals(ScalableCamera.packets(packets.get(i - 1).part.frame()), next, "whole");
                pictures++;
                next = 0;
                continue;
            }
            Frame frame = packet.part.frame();
            assertTrue(frame.key() && frame.spatial() == 0, () -> frame + " shown");
            assertEquals(next++, packet.part.index());
            assertEquals(next == ScalableCamera.packets(frame), packet.marker, "only the last bears the marker");
        }
        return pictures;
    }

    /** A link that is now wide, now narrow, behind an uplink that loses packets and repairs some. */
    @ParameterizedTest
    @CsvSource({"VP9, 3, true", "VP9, 3, false", "VP9, 1, false", "AV1, 3, true", "AV1, 3, false"})
    void shouldNeverBuildOnWhatItLeftOutWhateverTheLinkDoes(Form form, int spatial, boolean keyMode) {
        long[] claims = {WIDE_BPS, 1_000_000, SMALL_BPS, SLOW_BPS, STILL_BPS, NOTHING_BPS};
        for (long seed = 1; seed <= 6; seed++) {
            ScalableWeakLinkTest run = new ScalableWeakLinkTest();
            Random random = new Random(seed);
            run.begin(form, spatial, 3, keyMode);
            LossyUplink lossy = run.new LossyUplink(random);
            run.uplink = lossy;
            for (int i = 0; i < 12; i++) {
                run.run(500 + random.nextInt(3_000), claims[random.nextInt(claims.length)]);
            }
            Map<Frame, Set<Integer>> given = run.given();
            List<Frame> wrong = given.keySet().stream()
                    .filter(frame -> frame.references().stream().anyMatch(r -> run.leftOut(r, given, lossy.troubled)))
                    .toList();
            assertEquals(List.of(), wrong, "seed " + seed);
        }
    }

    private boolean leftOut(Frame frame, Map<Frame, Set<Integer>> given, Set<Frame> troubled) {
        return !given.containsKey(frame) && !troubled.contains(frame)
                || frame.references().stream().anyMatch(reference -> leftOut(reference, given, troubled));
    }

    /** Loses one packet in fifty; every other of those comes with the picture after the next. */
    private final class LossyUplink implements Uplink {
        private final Random random;
        private final Set<Frame> troubled = new HashSet<>();
        private List<PacketBuffer> next = new ArrayList<>();
        private List<PacketBuffer> afterNext = new ArrayList<>();

        LossyUplink(Random random) {
            this.random = random;
        }

        @Override
        public List<PacketBuffer> carry(List<PacketBuffer> packets) {
            List<PacketBuffer> arriving = next;
            next = afterNext;
            afterNext = new ArrayList<>();
            for (PacketBuffer packet : packets) {
                if (random.nextInt(50) > 0) {
                    arriving.add(packet);
                } else {
                    troubled.add(camera.partOf(RtpSamples.view(packet)).frame());
                    if (random.nextBoolean()) {
                        afterNext.add(packet);
                    }
                }
            }
            return arriving;
        }
    }

    @Test
    void shouldMarkTheEndOfAPictureAlsoWhereItIsSentAgain() {
        begin(Form.VP9, 3, 3, true);
        run(4_000, STILL_BPS);
        runToEndOfPicture(STILL_BPS);
        List<Received> picture = received(0);
        Received last = picture.get(picture.size() - 2);
        PacketBuffer report = PacketBuffer.allocate();
        RtcpWriter writer = new RtcpWriter();
        writer.begin(report, 1_000);
        writer.nack(1, 500, new int[] {(int) last.sequence & 0xffff}, 0, 1);
        f.viewer.onRtcp(report, f.nowNs);
        RtpPacketFlyweight again = f.viewerSink.packet(f.viewerSink.rtp.size() - 1);
        assertEquals(501, again.ssrc(), () -> f.counters.get(DropReason.RTX_BUDGET) + " refused");
        assertEquals(RtxPacket.Result.RESTORED, RtxPacket.decapsulate(again, 102, 500));
        assertEquals(last.part, camera.partOf(again));
        assertTrue(last.marker && again.marker());
    }
}
