// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.sfu.route;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.nhipcau.sfu.api.ConsumerSettings;
import org.nhipcau.sfu.api.MediaKind;
import org.nhipcau.sfu.buffer.PacketBuffer;
import org.nhipcau.sfu.codec.Vp8PayloadDescriptor;
import org.nhipcau.sfu.rtp.RtpPacketFlyweight;

/** What holds of a viewer's stream, whatever happens to the source: losses, reordering, padding, pauses, restarts. */
class StreamRewriterPropertyTest {
    private static final ConsumerSettings PAUSED = new ConsumerSettings(true, 2, 0, 0, 0);

    @Property(tries = 200, seed = "20261121")
    void theViewersStreamHasNoHoleThatTheSourceHasNot(
            @ForAll @Size(min = 20, max = 200) List<@IntRange(min = 0, max = 19) Integer> steps,
            @ForAll @IntRange(min = 65_400, max = 65_600) int firstSequence,
            @ForAll @IntRange(min = 32_600, max = 32_800) int firstPictureId) {
        Run run = new Run(firstSequence, firstPictureId);
        for (int step : steps) {
            run.apply(step);
        }
        run.end();
    }

    /** One source and its viewer, and how many holes the viewer's numbers may have. */
    private static final class Run {
        private final RoomFixture f = new RoomFixture();
        private final List<PacketBuffer> held = new ArrayList<>();
        private int sequence;
        private int ssrc = 9;
        private long timestamp;
        private int pictureId;
        private int lostInRun;
        private boolean running;
        private int pendingLoss;

        Run(int firstSequence, int firstPictureId) {
            sequence = firstSequence;
            pictureId = firstPictureId;
            timestamp = 0xffff_ffffL - 200_000;
            f.publisher.addProducer(RoomFixture.producer("cam", MediaKind.VIDEO, "0", List.of(RoomFixture.VP8)),
                    f.nowNs);
            f.viewer.addConsumer(RoomFixture.consumer("cam", 500, List.of(RoomFixture.VIEWER_VP8)), f.nowNs);
            frame(true);
        }

        private void end() {
            releaseHeld();
            // One more packet behind them makes all holes visible.
            frame(true);
            check(lostInRun);
        }

        private void apply(int step) {
            f.nowNs += 33_000_000L;
            switch (step) {
                case 0, 1 -> lose();
                case 2 -> hold();
                case 3 -> releaseHeld();
                case 4 -> padding();
                case 5 -> pauseAndResume();
                case 6 -> restart();
                case 7 -> frame(true);
                default -> frame(false);
            }
        }

        private PacketBuffer next(boolean key) {
            timestamp += 3_000;
            return f.packet(96, sequence++ & 0xffff, timestamp & 0xffff_ffffL, ssrc,
                    RoomFixture.vp8(key, pictureId++ & 0x7fff, 0, 0));
        }

        private void frame(boolean key) {
            boolean forwarded = running || key;
            f.receive(next(key));
            if (forwarded) {
                lostInRun += running ? pendingLoss : 0;
                running = true;
            }
            pendingLoss = 0;
        }

        private void lose() {
            next(false);
            pendingLoss++;
        }

        // Late packets are held only within a run and delivered before it ends: else they are lost to the viewer.
        private void hold() {
            if (running) {
                held.add(next(false));
                pendingLoss++;
                frame(false);
            }
        }

        private void releaseHeld() {
            for (PacketBuffer late : held) {
                f.receive(late);
                lostInRun--;
            }
            held.clear();
        }

        private void padding() {
            PacketBuffer packet = f.packet(96, sequence++ & 0xffff, timestamp & 0xffff_ffffL, ssrc, new byte[] {0, 0, 3});
            packet.putByte(0, packet.getByte(0) | 0x20);
            f.receive(packet);
            lostInRun += running ? pendingLoss : 0;
            pendingLoss = 0;
        }

        private void pauseAndResume() {
            releaseHeld();
            f.viewer.updateConsumer("c-cam", PAUSED, f.nowNs);
            f.receive(next(true));
            f.viewer.updateConsumer("c-cam", ConsumerSettings.DEFAULT, f.nowNs);
            running = false;
            pendingLoss = 0;
        }

        private void restart() {
            releaseHeld();
            f.nowNs += 600_000_000L;
            ssrc++;
            sequence += 12_345;
            timestamp += 98_765_432;
            pictureId += 777;
            running = false;
            pendingLoss = 0;
            frame(true);
        }

        private void check(int holes) {
            TreeMap<Integer, RtpPacketFlyweight> sent = new TreeMap<>();
            int first = f.viewerSink.packet(0).sequenceNumber();
            for (int i = 0; i < f.viewerSink.rtp.size(); i++) {
                RtpPacketFlyweight packet = f.viewerSink.packet(i);
                int number = packet.sequenceNumber() - first & 0xffff;
                assertTrue(sent.put(number, packet) == null, "a number was sent twice");
            }
            assertEquals(holes, sent.lastKey() + 1 - sent.size(), "holes");
            int previous = -1;
            long lastTimestamp = 0;
            int lastPictureId = 0;
            Vp8PayloadDescriptor vp8 = new Vp8PayloadDescriptor();
            for (var entry : sent.entrySet()) {
                RtpPacketFlyweight packet = entry.getValue();
                vp8.wrap(packet.packet(), packet.headerLength(), packet.packet().length());
                if (previous >= 0) {
                    assertTrue((int) (packet.timestamp() - lastTimestamp) > 0, "time went back or stood still");
                }
                if (previous >= 0 && entry.getKey() == previous + 1) {
                    assertEquals(lastPictureId + 1 & 0x7fff, vp8.pictureId(), "picture id at " + entry.getKey());
                }
                previous = entry.getKey();
                lastTimestamp = packet.timestamp();
                lastPictureId = vp8.pictureId();
            }
        }
    }
}
