// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.sfu.route;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.nhipcau.sfu.api.HeaderExtensions;
import org.nhipcau.sfu.codec.PayloadReader;
import org.nhipcau.sfu.codec.PayloadReaders;
import org.nhipcau.sfu.codec.ScalableStream;
import org.nhipcau.sfu.codec.ScalableStream.Frame;
import org.nhipcau.sfu.rtp.RtpSamples;

/**
 * What a viewer of a scalable stream is sent can always be decoded, whatever is wanted, lost or late: no frame that it is
 * given builds, however indirectly, on one that was left out on purpose.
 */
class ScalableSelectorPropertyTest {
    private static final int DESCRIPTOR_ID = 9;
    private static final int PACKETS_PER_FRAME = 2;
    private static final HeaderExtensions IDS = new HeaderExtensions(0, 0, 0, 0, 0, 0, 0, 0, DESCRIPTOR_ID, 0);

    /** A packet on its way. */
    private record Sent(SourcePacket packet, Frame frame, boolean last, boolean lastOfPicture) {}

    /** A stream, packet by packet, read as the publisher's side reads it. */
    private static List<Sent> packets(int spatial, int temporal, boolean keyMode, boolean described, int pictures,
            Set<Integer> keyPictures) {
        ScalableStream stream = new ScalableStream(spatial, temporal, keyMode);
        PayloadReader reader = PayloadReaders.create("video/vp9", described ? IDS : HeaderExtensions.NONE);
        List<Sent> sent = new ArrayList<>();
        for (int picture = 0; picture < pictures; picture++) {
            for (Frame frame : stream.picture(keyPictures.contains(picture))) {
                for (int i = 0; i < PACKETS_PER_FRAME; i++) {
                    boolean last = i == PACKETS_PER_FRAME - 1;
                    boolean ends = last && frame.spatial() == spatial - 1;
                    byte[] payload = stream.vp9(frame, i == 0, last);
                    long timestamp = 1_000 + picture * 3_000L;
                    SourcePacket packet = new SourcePacket();
                    packet.rtp.wrapPlain(described
                            ? RtpSamples.packet(timestamp, DESCRIPTOR_ID, stream.descriptor(frame, i == 0, last), payload)
                            : RtpSamples.packet(98, sent.size(), timestamp, 2, payload));
                    packet.rtp.setMarker(ends);
                    packet.readExtensions(IDS);
                    packet.extended = sent.size();
                    assertTrue(reader.read(packet.rtp, packet.mark));
                    sent.add(new Sent(packet, frame, last, ends));
                }
            }
        }
        return sent;
    }

    /** One viewer: decides, and keeps what it was given and what was left out. */
    private static final class Viewer {
        final ScalableSelector selector = new ScalableSelector();
        final Set<Frame> given = new HashSet<>();
        final Set<Frame> leftOut = new HashSet<>();
        final List<Sent> packets = new ArrayList<>();
        final List<Boolean> markers = new ArrayList<>();
        boolean begun;
        long newest = -1;

        void receive(Sent sent) {
            SourcePacket packet = sent.packet();
            newest = Math.max(newest, packet.extended);
            packet.newest = newest;
            boolean forward;
            if (begun) {
                forward = selector.decide(packet);
            } else {
                begun = packet.startsKeyFrame();
                forward = begun;
                if (begun) {
                    selector.begin(packet);
                }
            }
            if (!begun) {
                return;
            }
            (forward ? given : leftOut).add(sent.frame());
            if (forward) {
                packets.add(sent);
                markers.add(packet.rtp.marker());
            }
        }

        void check(String what) {
            for (Frame frame : given) {
                assertFalse(restsOnLeftOut(frame), () -> what + ": " + name(frame) + " builds on a frame left out of "
                        + frame.references().stream().map(Viewer::name).toList());
            }
        }

        private static String name(Frame frame) {
            return "picture " + frame.picture() + " S" + frame.spatial() + "T" + frame.temporal();
        }

        private boolean restsOnLeftOut(Frame frame) {
            for (Frame reference : frame.references()) {
                // What was given in part and left out in part has changed hands between: it cannot be decoded either.
                if (leftOut.contains(reference) || restsOnLeftOut(reference)) {
                    return true;
                }
            }
            return false;
        }
    }

    @ParameterizedTest
    @CsvSource({"1,2,false", "1,3,false", "2,1,false", "2,2,false", "3,3,false", "3,1,false", "2,2,true", "3,1,true",
        "3,3,true"})
    void shouldNeverSendWhatCannotBeDecodedAndReachWhatIsWanted(int spatial, int temporal, boolean keyMode) {
        int targets = spatial * temporal;
        int pictures = 14;
        for (boolean described : new boolean[] {false, true}) {
            List<Sent> stream = packets(spatial, temporal, keyMode, described, pictures, Set.of(0, 9));
            for (int first = 0; first < targets; first++) {
                for (int second = 0; second < targets; second++) {
                    for (int third = 0; third < targets; third++) {
                        for (int at = 1; at < 8; at++) {
                            int[] wishes = {first, second, third};
                            int[] when = {0, at, at + 2};
                            run(stream, wishes, when, temporal, spatial, described);
                        }
                    }
                }
            }
        }
    }

    private static void run(List<Sent> stream, int[] wishes, int[] when, int temporal, int spatial,
            boolean described) {
        Viewer viewer = new Viewer();
        int step = 0;
        for (Sent sent : stream) {
            while (step < wishes.length && sent.frame().picture() >= when[step]) {
                viewer.selector.want(wishes[step] / temporal, wishes[step] % temporal, 3);
                step++;
            }
            viewer.receive(sent);
        }
        String what = "wishes " + List.of(wishes[0], wishes[1], wishes[2]) + " from " + when[1]
                + (described ? ", described" : "");
        viewer.check(what);
        int wanted = wishes[2];
        int top = wanted / temporal;
        // Behind the key picture all is as wanted: one frame of the layer for each picture of its temporal layers.
        for (Sent sent : stream) {
            Frame frame = sent.frame();
            boolean expected = frame.spatial() == top && frame.temporal() <= wanted % temporal;
            if (frame.picture() >= 9 && (expected || frame.spatial() > top)) {
                assertEquals(expected, viewer.given.contains(frame), () -> what + ": " + frame);
            }
        }
        checkMarkers(viewer, what);
        assertEquals(List.of(), viewer.leftOut.stream().filter(viewer.given::contains).toList(), what + ": in halves");
        assertTrue(top < spatial);
    }

    // The last packet given of each picture bears the marker, no other does.
    private static void checkMarkers(Viewer viewer, String what) {
        for (int i = 0; i < viewer.packets.size(); i++) {
            boolean ends = i + 1 == viewer.packets.size()
                    || viewer.packets.get(i + 1).frame().picture() != viewer.packets.get(i).frame().picture();
            Frame frame = viewer.packets.get(i).frame();
            assertEquals(ends, viewer.markers.get(i), () -> what + ": marker of " + frame);
        }
    }

    @Test
    void shouldGoDownAtOnceWhereLowerLayersAreSentAlongAndAtTheKeyPictureElse() {
        for (boolean keyMode : new boolean[] {false, true}) {
            List<Sent> stream = packets(3, 1, keyMode, true, 8, Set.of(0, 6));
            Viewer viewer = new Viewer();
            viewer.selector.want(2, 0, 0);
            for (Sent sent : stream) {
                if (sent.frame().picture() == 3) {
                    viewer.selector.want(0, 0, 0);
                }
                viewer.receive(sent);
                if (sent.frame().picture() == 4) {
                    assertEquals(keyMode ? 2 : 0, viewer.selector.spatial());
                    assertEquals(keyMode, viewer.selector.waiting());
                }
            }
            assertEquals(0, viewer.selector.spatial());
            assertFalse(viewer.selector.waiting());
            long lower = viewer.given.stream().filter(f -> f.picture() == 2 && f.spatial() < 2).count();
            assertEquals(keyMode ? 0 : 2, lower, "lower layers between key pictures");
        }
    }

    @ParameterizedTest
    @CsvSource({"1,3,false", "2,2,false", "3,3,false", "3,3,true"})
    void shouldNeverBuildOnWhatWasLeftOutWhateverIsLostOrLate(int spatial, int temporal, boolean keyMode) {
        for (long seed = 1; seed <= 4_000; seed++) {
            Random random = new Random(seed);
            Set<Integer> keys = new HashSet<>(Set.of(0));
            for (int i = 0; i < 3; i++) {
                keys.add(random.nextInt(30));
            }
            List<Sent> stream = packets(spatial, temporal, keyMode, random.nextBoolean(), 30, keys);
            List<Sent> arrived = new ArrayList<>(stream);
            arrived.removeIf(sent -> sent.packet().extended > 0 && random.nextInt(20) == 0);
            for (int i = 0; i < 12; i++) {
                // Some come late: a retransmission, or another way through the network.
                int from = 1 + random.nextInt(arrived.size() - 12);
                Collections.rotate(arrived.subList(from, from + 1 + random.nextInt(11)), -1);
            }
            Viewer viewer = new Viewer();
            for (Sent sent : arrived) {
                if (random.nextInt(12) == 0) {
                    viewer.selector.want(random.nextInt(spatial), random.nextInt(temporal), random.nextInt(temporal));
                }
                viewer.receive(sent);
            }
            viewer.check("seed " + seed);
        }
    }

    @Test
    void shouldNumberWhatItSendsWithoutHolesOtherThanLosses() {
        for (long seed = 1; seed <= 2_000; seed++) {
            Random random = new Random(seed);
            RoomFixture room = new RoomFixture();
            room.publisher.addProducer(RoomFixture.producer("v", org.nhipcau.sfu.api.MediaKind.VIDEO, "0",
                    List.of(RoomFixture.codec("video/VP9", 98, 99))), room.nowNs);
            room.viewer.addConsumer(RoomFixture.consumer("v", 5_000,
                    List.of(RoomFixture.codec("video/VP9", 102, 103))), room.nowNs);
            ScalableStream stream = new ScalableStream(3, 3, random.nextBoolean());
            int sequence = 100;
            int lost = 0;
            for (int picture = 0; picture < 20; picture++) {
                if (random.nextInt(4) == 0) {
                    room.viewer.updateConsumer("c-v", new org.nhipcau.sfu.api.ConsumerSettings(false,
                            random.nextInt(3), 0, 0, 0), room.nowNs);
                }
                for (Frame frame : stream.picture(picture == 0 || random.nextInt(6) == 0)) {
                    sequence++;
                    if (picture > 0 && random.nextInt(25) == 0) {
                        lost++;
                        continue;
                    }
                    room.receive(room.packet(98, sequence, 9_000 + picture * 3_000L, 77,
                            stream.vp9(frame, true, true)));
                }
                room.nowNs += 33_000_000;
            }
            List<Integer> numbers = new ArrayList<>();
            for (int i = 0; i < room.viewerSink.rtp.size(); i++) {
                numbers.add(room.viewerSink.packet(i).sequenceNumber());
            }
            int missing = numbers.getLast() - numbers.getFirst() + 1 - numbers.size();
            assertTrue(missing >= 0 && missing <= lost, "seed " + seed + ": " + missing + " of " + lost + " " + numbers);
            assertEquals(numbers.size(), new HashSet<>(numbers).size(), "seed " + seed);
        }
    }

    @Test
    void shouldKnowTheLayersOfAStream() {
        RoomFixture room = new RoomFixture();
        room.publisher.addProducer(RoomFixture.producer("v", org.nhipcau.sfu.api.MediaKind.VIDEO, "0",
                List.of(RoomFixture.codec("video/VP9", 98, 99))), room.nowNs);
        room.viewer.addConsumer(RoomFixture.consumer("v", 5_000,
                List.of(RoomFixture.codec("video/VP9", 102, 103))), room.nowNs);
        ScalableStream stream = new ScalableStream(3, 3, true);
        int sequence = 1;
        for (int picture = 0; picture < 60; picture++) {
            for (Frame frame : stream.picture(picture == 0)) {
                byte[] payload = stream.vp9(frame, true, true);
                byte[] sized = java.util.Arrays.copyOf(payload, 100 << 2 * frame.spatial());
                room.receive(room.packet(98, sequence++, 9_000 + picture * 3_000L, 77, sized));
            }
            room.nowNs += 33_000_000;
        }
        PictureLayer[] layers = room.room.producer("v").layers();
        assertEquals(List.of(180, 360, 720), List.of(layers[0].height(), layers[1].height(), layers[2].height()));
        assertEquals(List.of(0, 1, 2), List.of(layers[0].quality(), layers[1].quality(), layers[2].quality()));
        assertTrue(layers[2].live(room.nowNs));
        Map<Integer, Integer> sizes = Map.of(0, 100, 1, 400, 2, 1_600);
        for (int i = 0; i < 3; i++) {
            double expected = (sizes.get(i) + 64) * 8 * 30;
            LayerRates rates = layers[i].rates();
            assertEquals(expected, rates.bitrateBps(3, room.nowNs), expected / 6, "layer " + i);
            assertEquals(expected / 4, rates.bitrateBps(0, room.nowNs), expected / 6);
            assertEquals(30, rates.framesPerSecond(3, room.nowNs), 2);
        }
        assertEquals(2, layers[0].rates().topTemporal(room.nowNs));
        for (Frame frame : stream.picture(true).subList(0, 1)) {
            room.receive(room.packet(98, sequence++, 900_000, 77, stream.vp9(frame, true, true)));
        }
        room.nowNs += 1_000_000_000;
        room.receive(room.packet(98, sequence, 990_000, 77, stream.vp9(stream.picture(false).getFirst(), true, true)));
        room.nowNs += 500_000_000;
        assertTrue(layers[0].live(room.nowNs));
        assertFalse(layers[2].live(room.nowNs), "upper layers that came no more");
    }
}
