// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.sfu.route;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.nhipcau.sfu.api.ConsumerSettings;
import org.nhipcau.sfu.api.MediaKind;
import org.nhipcau.sfu.buffer.PacketBuffer;
import org.nhipcau.sfu.metrics.DropReason;
import org.nhipcau.sfu.rtcp.RtcpWriter;
import org.nhipcau.sfu.rtp.HeaderExtensionReader;
import org.nhipcau.sfu.rtp.RtpPacketFlyweight;

/** A viewer that claims 200 kbit/s is sent its packets at 500 kbit/s: 1,000 bytes in 16 ms. */
class PacedSenderTest {
    private static final long MS = 1_000_000L;
    private static final int FRAME_PACKETS = 20;

    private final RoomFixture f = new RoomFixture();
    private int videoSequence;
    private int audioSequence;

    private void narrow() {
        f.publisher.addProducer(RoomFixture.producer("cam", MediaKind.VIDEO, "0", List.of(RoomFixture.VP8)), f.nowNs);
        f.publisher.addProducer(RoomFixture.producer("mic", MediaKind.AUDIO, "1", List.of(RoomFixture.OPUS)), f.nowNs);
        f.viewer.addConsumer(RoomFixture.consumer("cam", 500, List.of(RoomFixture.VIEWER_VP8)), f.nowNs);
        f.viewer.addConsumer(RoomFixture.consumer("mic", 600, List.of(RoomFixture.OPUS)), f.nowNs);
        PacketBuffer report = PacketBuffer.allocate();
        RtcpWriter writer = new RtcpWriter();
        writer.begin(report, 1_000);
        writer.remb(1, 200_000, new long[] {500}, 1);
        f.viewer.onRtcp(report, f.nowNs);
        f.viewer.onTimer(f.nowNs);
        f.viewer.release(f.nowNs);
        f.viewerSink.rtcp.clear();
    }

    /** A picture of many packets, of which the first says what it is. */
    private void picture(boolean key) {
        picture(key, FRAME_PACKETS);
    }

    private void picture(boolean key, int packets) {
        long timestamp = videoSequence * 3_000L;
        for (int i = 0; i < packets; i++) {
            byte[] payload = Arrays.copyOf(RoomFixture.vp8(key, videoSequence, videoSequence, 0), 960);
            if (i > 0) {
                payload[0] &= (byte) ~0x10;
            }
            f.publisher.onRtp(f.packet(96, videoSequence++, timestamp, 9, payload), f.nowNs);
        }
        f.queue.forward(f.nowNs);
    }

    private void sound() {
        PacketBuffer packet = PacketBuffer.allocate();
        f.header.begin(packet, true, 111, audioSequence, audioSequence++ * 960L, 10);
        f.header.extension(1, "1".getBytes(java.nio.charset.StandardCharsets.US_ASCII));
        int length = f.header.finish();
        packet.setLength(length + 60);
        f.receive(packet);
    }

    private long sent(int ssrc) {
        long count = 0;
        for (int i = 0; i < f.viewerSink.rtp.size(); i++) {
            count += f.viewerSink.packet(i).ssrc() == ssrc ? 1 : 0;
        }
        return count;
    }

    private void pass(long ms) {
        for (long i = 0; i < ms; i += 5) {
            f.nowNs += 5 * MS;
            f.viewer.release(f.nowNs);
        }
    }

    @Test
    void shouldSpreadAPictureAndLetSoundPassAtOnce() {
        narrow();
        sound();
        picture(true);
        assertTrue(sent(500) < 3, sent(500) + " packets of the picture left at once");
        long waiting = FRAME_PACKETS - sent(500);
        assertEquals(waiting, f.room.pool.inUse());
        sound();
        assertEquals(2, sent(600));
        assertEquals(600, f.viewerSink.packet(f.viewerSink.rtp.size() - 1).ssrc());
        pass(100);
        assertTrue(sent(500) >= 5 && sent(500) <= 9, sent(500) + " after 100 ms");
        pass(400);
        assertEquals(FRAME_PACKETS, sent(500));
        assertEquals(0, f.room.pool.inUse());
        assertEquals(0, f.counters.get(DropReason.PACER_OVERFLOW));
    }

    @Test
    void shouldNumberPacketsInTheOrderInWhichTheyLeave() {
        narrow();
        picture(true);
        sound();
        pass(500);
        int first = -1;
        for (int i = 0; i < f.viewerSink.rtp.size(); i++) {
            RtpPacketFlyweight packet = f.viewerSink.packet(i);
            int number = HeaderExtensionReader.transportSequence(packet, RoomFixture.VIEWER_IDS.transportCc());
            first = first < 0 ? number : first;
            assertEquals(first + i, number, "packet " + i);
        }
        assertEquals(FRAME_PACKETS + 1, f.viewerSink.rtp.size());
    }

    /** What a policy or the publisher has stopped must not come out of a queue half a second later. */
    @Test
    void shouldSendNothingThatWaitsAfterMutePauseOrRemoval() {
        for (String end : List.of("mute", "pause", "remove", "producer", "close")) {
            PacedSenderTest test = new PacedSenderTest();
            test.narrow();
            test.picture(true);
            long before = test.sent(500);
            assertTrue(test.f.room.pool.inUse() > 10, end);
            switch (end) {
                case "mute" -> test.f.room.muteProducer("cam", true, test.f.nowNs);
                case "pause" -> test.f.viewer.updateConsumer("c-cam", new ConsumerSettings(true, 2, 0, 0, 0),
                        test.f.nowNs);
                case "remove" -> test.f.viewer.removeConsumer("c-cam", test.f.nowNs);
                case "producer" -> test.f.room.removeProducer("cam", test.f.nowNs);
                default -> test.f.room.closeEndpoint(test.f.viewer, test.f.nowNs);
            }
            test.pass(1_000);
            assertEquals(before, test.sent(500), end);
            assertEquals(0, test.f.room.pool.inUse(), end);
            assertEquals(0, test.f.counters.get(DropReason.PACER_OVERFLOW), end);
        }
    }

    /** Old pictures are given up as a whole, the publisher is asked for a key frame, and with it pictures come again. */
    @Test
    void shouldGiveUpPicturesThatComeFasterThanThePathTakesThemAndBeginAnewWithAKeyFrame() {
        narrow();
        picture(true);
        for (int i = 0; i < 12; i++) {
            f.nowNs += 33 * MS;
            f.viewer.release(f.nowNs);
            picture(false);
        }
        long givenUp = f.counters.get(DropReason.PACER_OVERFLOW);
        assertTrue(givenUp >= FRAME_PACKETS, givenUp + " packets given up, less than a picture");
        pass(600);
        assertTrue(f.publisherSink.rtcp.stream().anyMatch(rtcp -> (rtcp[1] & 0xff) == 206), "no key frame asked for");
        long before = sent(500);
        picture(false);
        pass(1_000);
        assertEquals(before, sent(500), "a picture without what it refers to");
        picture(true);
        pass(1_000);
        assertEquals(before + FRAME_PACKETS, sent(500));
        assertEquals(0, f.room.pool.inUse());
    }

    /**
     * A shared screen's key frame takes longer than pictures may wait, and the publisher goes on: what follows it is
     * given up, but not the key frame that is on its way, or the next one would end in the same way, and so for ever.
     */
    @Test
    void shouldBringALargeKeyFrameToItsEndThoughNothingBehindItFits() {
        narrow();
        int large = 2 * FRAME_PACKETS;
        boolean asked = true;
        int keys = 0;
        Map<Long, Integer> packetsByTimestamp = new HashMap<>();
        for (int i = 0; i < 150; i++) {
            keys += asked ? 1 : 0;
            picture(asked, asked ? large : 1);
            pass(35);
            asked = f.publisherSink.rtcp.stream().anyMatch(rtcp -> (rtcp[1] & 0xff) == 206);
            f.publisherSink.rtcp.clear();
        }
        for (int i = 0; i < f.viewerSink.rtp.size(); i++) {
            packetsByTimestamp.merge(f.viewerSink.packet(i).timestamp(), 1, Integer::sum);
        }
        long whole = packetsByTimestamp.values().stream().filter(packets -> packets == large).count();
        assertTrue(whole > 1, whole + " of " + keys + " key frames came through in 5 s");
    }
}
