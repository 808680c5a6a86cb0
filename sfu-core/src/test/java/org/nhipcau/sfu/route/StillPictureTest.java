// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.sfu.route;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.nhipcau.sfu.api.ConsumerSettings;
import org.nhipcau.sfu.api.MediaEvent.PictureStepChanged;
import org.nhipcau.sfu.api.MediaKind;
import org.nhipcau.sfu.api.PictureStep;
import org.nhipcau.sfu.buffer.PacketBuffer;
import org.nhipcau.sfu.bwe.TwccRecorder;
import org.nhipcau.sfu.codec.Vp8PayloadDescriptor;
import org.nhipcau.sfu.metrics.DropReason;
import org.nhipcau.sfu.metrics.WorkerCounters.Counter;
import org.nhipcau.sfu.rtcp.RtcpHandler;
import org.nhipcau.sfu.rtcp.RtcpReader;
import org.nhipcau.sfu.rtcp.RtcpWriter;
import org.nhipcau.sfu.rtp.HeaderExtensionReader;
import org.nhipcau.sfu.rtp.RtpPacketFlyweight;

/** A camera of 30 pictures a second in packets of 1,000 bytes, for a viewer that claims 60 kbit/s. */
class StillPictureTest {
    private static final long MS = 1_000_000L;
    private static final int KEY_PACKETS = 5;
    /** An empty one behind the picture tells that it is complete. */
    private static final int PACKETS = KEY_PACKETS + 1;

    private final RoomFixture f = new RoomFixture();
    private final RtcpReader reader = new RtcpReader();
    private int sequence = 65_000;
    private int picture;
    private boolean keyWanted = true;
    private boolean answers = true;
    private int asked;
    private int lostPacket = -1;
    private long ssrc = 9;
    private final TwccRecorder recorder = new TwccRecorder();
    /** The viewer tells what came. */
    private boolean reports;
    private int reported;

    @BeforeEach
    void narrow() {
        f.publisher.addProducer(RoomFixture.producer("cam", MediaKind.VIDEO, "0", List.of(RoomFixture.VP8)), f.nowNs);
        f.viewer.addConsumer(RoomFixture.consumer("cam", 500, List.of(RoomFixture.VIEWER_VP8)), f.nowNs);
    }

    private void claim(long bps) {
        PacketBuffer report = PacketBuffer.allocate();
        RtcpWriter writer = new RtcpWriter();
        writer.begin(report, 1_000);
        writer.remb(1, bps, new long[] {500}, 1);
        f.viewer.onRtcp(report, f.nowNs);
    }

    private void run(long ms, long bps) {
        for (long i = 0; i < ms; i += 33) {
            claim(bps);
            send();
            f.nowNs += 33 * MS;
            f.viewer.onTimer(f.nowNs);
            f.publisher.onTimer(f.nowNs);
            f.viewer.release(f.nowNs);
            hearRequests();
            report();
        }
    }

    private void report() {
        for (; reports && reported < f.viewerSink.rtp.size(); reported++) {
            recorder.onPacket(HeaderExtensionReader.transportSequence(f.viewerSink.packet(reported),
                    RoomFixture.VIEWER_IDS.transportCc()), f.nowNs);
        }
        if (reports && recorder.nextDeadlineNs() <= f.nowNs) {
            PacketBuffer report = PacketBuffer.allocate();
            RtcpWriter writer = new RtcpWriter();
            writer.begin(report, 1_000);
            recorder.write(writer, 1, 500, f.nowNs);
            f.viewer.onRtcp(report, f.nowNs);
        }
    }

    private void send() {
        boolean key = keyWanted;
        keyWanted = false;
        picture++;
        for (int i = 0; i < (key ? KEY_PACKETS : 1); i++) {
            byte[] payload = Arrays.copyOf(RoomFixture.vp8(key, picture & 0x7fff, picture & 0xff, 0), 1_000);
            if (i > 0) {
                payload[0] &= (byte) ~0x10;
            }
            PacketBuffer packet = f.packet(96, sequence & 0xffff, picture * 2_970L, (int) ssrc, payload);
            boolean last = !key || i == KEY_PACKETS - 1;
            packet.putByte(1, last ? 0x80 | 96 : 96);
            if (!key || i != lostPacket) {
                f.publisher.onRtp(packet, f.nowNs);
            }
            sequence++;
        }
        f.queue.forward(f.nowNs);
    }

    private void hearRequests() {
        for (byte[] packet : f.publisherSink.rtcp) {
            reader.read(PacketBuffer.copyOf(packet), new RtcpHandler() {
                @Override
                public void pli(long senderSsrc, long mediaSsrc) {
                    asked++;
                    keyWanted |= answers;
                }
            });
        }
        f.publisherSink.rtcp.clear();
        f.viewerSink.rtcp.clear();
    }

    private List<RtpPacketFlyweight> sent() {
        List<RtpPacketFlyweight> packets = new ArrayList<>();
        for (int i = 0; i < f.viewerSink.rtp.size(); i++) {
            if (f.viewerSink.packet(i).ssrc() == 500) {
                packets.add(f.viewerSink.packet(i));
            }
        }
        return packets;
    }

    private PictureStep told() {
        return f.events.stream().filter(PictureStepChanged.class::isInstance).map(PictureStepChanged.class::cast)
                .map(PictureStepChanged::step).reduce(PictureStep.MOVING, (before, after) -> after);
    }

    @Test
    void shouldSendWholeKeyFramesAsOneContinuousStream() {
        run(1_000, 60_000);
        f.viewerSink.rtp.clear();
        run(60_000, 60_000);
        assertEquals(PictureStep.STILL, told());
        List<RtpPacketFlyweight> packets = sent();
        // The one that was under way in the beginning does not count.
        while (packets.getFirst().payloadLength() > 0) {
            packets.removeFirst();
        }
        packets.removeFirst();
        int pictures = packets.size() / PACKETS;
        assertTrue(pictures >= 12 && pictures <= 30, pictures + " pictures in a minute");
        assertEquals(f.counters.get(Counter.STILL_PICTURES_OUT), pictures, 1);
        Vp8PayloadDescriptor vp8 = new Vp8PayloadDescriptor();
        long before = packets.get(0).timestamp() - 1;
        for (int i = 0; i < packets.size(); i++) {
            RtpPacketFlyweight packet = packets.get(i);
            assertEquals(packets.get(0).sequenceNumber() + i & 0xffff, packet.sequenceNumber(), "no gap, none twice");
            int part = i % PACKETS;
            if (part == KEY_PACKETS) {
                assertEquals(0, packet.payloadLength());
                continue;
            }
            assertTrue(vp8.wrap(packet.packet(), packet.headerLength(), packet.headerLength() + 1_000));
            assertEquals(part == 0, vp8.startOfFrame());
            assertEquals(part == KEY_PACKETS - 1, packet.marker());
            long passed = (int) (packet.timestamp() - before);
            assertTrue(part > 0 ? passed == 0 : passed > 0 && passed <= 5 * 90_000, passed + " ticks at " + i);
            before = packet.timestamp();
        }
    }

    /** Sound waits behind a packet at most: no two leave together, whatever the link. */
    @Test
    void shouldLeaveRoomForSoundBetweenItsPackets() {
        run(3_000, 60_000);
        f.viewerSink.rtp.clear();
        int most = 0;
        for (int i = 0; i < 300; i++) {
            int before = sent().size();
            run(100, 60_000);
            most = Math.max(most, sent().size() - before);
        }
        assertTrue(most >= 1 && most <= 2, most + " packets within 100 ms");
    }

    @Test
    void shouldComeThroughWhereSoundFillsThePath() {
        run(3_000, 60_000);
        long before = f.counters.get(Counter.STILL_PICTURES_OUT);
        f.viewerSink.rtp.clear();
        for (int i = 0; i < 1_000; i++) {
            f.viewer.outlet().onDataSent(800, f.nowNs);
            run(33, 60_000);
        }
        long pictures = f.counters.get(Counter.STILL_PICTURES_OUT) - before;
        assertTrue(pictures >= 6 && pictures <= 16, pictures + " pictures in half a minute");
        assertEquals(pictures * PACKETS, sent().size(), PACKETS, "none waits, none is given up");
        assertEquals(0, f.counters.get(DropReason.PACER_OVERFLOW));
    }

    @Test
    void shouldAskNoMoreOftenThanAPublisherThatOthersWatchCanBear() {
        run(1_000, 60_000);
        asked = 0;
        run(60_000, 60_000);
        int alone = asked;
        assertTrue(alone >= 10 && alone <= 31, alone + " requests in a minute");
        MediaEndpoint other = f.room.openEndpoint("carol", "carol", new RoomFixture.Sink());
        other.configure(RoomFixture.VIEWER_IDS);
        other.onConnected(f.nowNs);
        other.addConsumer(RoomFixture.consumer("cam", 700, List.of(RoomFixture.VIEWER_VP8)), f.nowNs);
        run(1_000, 60_000);
        asked = 0;
        f.viewerSink.rtp.clear();
        run(60_000, 60_000);
        assertTrue(asked <= 15, asked + " requests in a minute while another sees it move");
        assertTrue(sent().size() >= 12 * PACKETS, sent().size() + " packets");
    }

    /** Nothing is heard of what was sent: the pacer keeps pictures back, and still ones would go past it. */
    @Test
    void shouldWaitInItsMiddleWhileThePacerIsHeldAndGoOnAfterwards() {
        reports = true;
        run(10_000, 60_000);
        assertEquals(PictureStep.STILL, told());
        while (sent().getLast().payloadLength() > 0) {
            run(33, 60_000);
        }
        while (sent().getLast().payloadLength() == 0) {
            run(33, 60_000);
        }
        reports = false;
        while (!f.viewer.outlet().held()) {
            run(33, 60_000);
        }
        int before = sent().size();
        RtpPacketFlyweight last = sent().getLast();
        assertTrue(last.payloadLength() > 0 && !last.marker(), "in the middle of a picture");
        for (int i = 0; i < 8; i++) {
            run(33, 60_000);
            assertTrue(f.viewer.outlet().held());
            assertEquals(before, sent().size(), "a packet into the silence, after " + i * 33 + " ms");
        }
        assertFalse(f.viewer.outage().dark(), "the picture would not go on");
        reports = true;
        run(1_500, 60_000);
        assertFalse(f.viewer.outlet().held());
        List<RtpPacketFlyweight> whole = sent().stream().filter(p -> p.timestamp() == last.timestamp()).toList();
        assertEquals(PACKETS, whole.size());
        assertTrue(whole.get(KEY_PACKETS - 1).marker());
        assertEquals(last.sequenceNumber() + 1 & 0xffff, sent().get(before).sequenceNumber());
    }

    @Test
    void shouldNeverShowAPictureThatLacksAPacket() {
        run(2_500, 60_000);
        f.viewerSink.rtp.clear();
        lostPacket = 3;
        run(20_000, 60_000);
        assertTrue(sent().size() <= PACKETS, sent().size() + " packets of torn pictures");
        lostPacket = -1;
        run(10_000, 60_000);
        assertTrue(sent().size() > PACKETS);
    }

    @Test
    void shouldRepeatItsPacketsWhenTheCacheHasForgottenThem() {
        run(10_000, 60_000);
        int missing = sent().getLast().sequenceNumber() - 2 & 0xffff;
        answers = false;
        f.nowNs += f.room.config.packetCacheMs() * MS + MS;
        int before = f.viewerSink.rtp.size();
        ask(missing);
        for (int i = 0; i < 100; i++) {
            f.nowNs += 5 * MS;
            f.viewer.release(f.nowNs);
        }
        assertEquals(before + 1, f.viewerSink.rtp.size());
        assertEquals(501, f.viewerSink.packet(before).ssrc());
    }

    private void ask(int... missing) {
        PacketBuffer report = PacketBuffer.allocate();
        RtcpWriter writer = new RtcpWriter();
        writer.begin(report, 1_000);
        writer.nack(1, 500, missing, 0, missing.length);
        f.viewer.onRtcp(report, f.nowNs);
    }

    private long repaired() {
        return f.viewerSink.rtp.size() - sent().size();
    }

    @Test
    void shouldLetSoundWaitBehindFewRepairsWhateverIsAskedFor() {
        run(10_000, 60_000);
        while (sent().getLast().payloadLength() > 0) {
            run(33, 60_000);
        }
        int last = sent().getLast().sequenceNumber() - 1;
        int[] whole = new int[KEY_PACKETS];
        for (int i = 0; i < KEY_PACKETS; i++) {
            whole[i] = last - KEY_PACKETS + 1 + i & 0xffff;
        }
        long before = repaired();
        long pictures = f.counters.get(Counter.STILL_PICTURES_OUT);
        ask(whole);
        long atOnce = repaired() - before;
        assertTrue(atOnce >= 1 && atOnce <= 3, atOnce + " at once");
        for (int i = 0; i < 40; i++) {
            ask(whole);
            run(250, 60_000);
        }
        assertTrue(repaired() - before > atOnce, "the rest as it is paid for, until the next picture comes");
        assertTrue(f.counters.get(Counter.STILL_PICTURES_OUT) > pictures, "nor does the next one wait for long");
    }

    @Test
    void shouldGiveItsCopiesBackWhateverEndsIt() {
        for (String end : List.of("mute", "pause", "remove", "producer", "restart", "close", "move")) {
            StillPictureTest run = new StillPictureTest();
            run.narrow();
            run.run(10_000, 60_000);
            assertTrue(run.f.room.pool.inUse() > 0, end);
            long nowNs = run.f.nowNs;
            switch (end) {
                case "mute" -> run.f.room.muteProducer("cam", true, nowNs);
                case "pause" -> run.f.viewer.updateConsumer("c-cam", new ConsumerSettings(true, 2, 0, 0, 0), nowNs);
                case "remove" -> run.f.viewer.removeConsumer("c-cam", nowNs);
                case "producer" -> run.f.room.removeProducer("cam", nowNs);
                case "close" -> run.f.room.closeEndpoint(run.f.viewer, nowNs);
                case "restart" -> {
                    run.ssrc = 10;
                    run.answers = false;
                    run.run(200, 60_000);
                }
                default -> {
                    run.run(4_000, 3_000_000);
                    assertEquals(PictureStep.MOVING, run.told());
                }
            }
            assertEquals(0, run.f.room.pool.inUse(), end);
        }
    }
}
