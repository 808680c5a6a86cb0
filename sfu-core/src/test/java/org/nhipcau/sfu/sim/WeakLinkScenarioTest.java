// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.sfu.sim;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.nhipcau.sfu.api.ConsumerSettings;
import org.nhipcau.sfu.api.MediaEvent.ConsumerPaused;
import org.nhipcau.sfu.api.MediaEvent.PictureStepChanged;
import org.nhipcau.sfu.api.PictureStep;
import org.nhipcau.sfu.buffer.PacketBuffer;
import org.nhipcau.sfu.rtcp.RtcpWriter;

/** Viewers that claim less and less: pictures give way step by step, sound never, and nobody else notices. */
class WeakLinkScenarioTest {
    private static final long MS = SimCall.MS;
    private static final ConsumerSettings ALL = ConsumerSettings.DEFAULT;

    private final RtcpWriter writer = new RtcpWriter();
    private long claimedBps;

    // The viewer claims so much of its path, each 200 ms.
    private void claim(SimCall call, SimViewer viewer) {
        PacketBuffer out = PacketBuffer.allocate();
        writer.begin(out, 1_200);
        writer.remb(7, claimedBps, new long[] {1}, 1);
        viewer.peer.sendRtcp(out.toByteArray());
        call.in(200, () -> claim(call, viewer));
    }

    private static List<PictureStep> steps(SimCall call) {
        return call.events(PictureStepChanged.class).stream().map(PictureStepChanged::step).toList();
    }

    private static long soundBetween(SimViewer viewer, long fromNs, long toNs) {
        return viewer.tracks.get("mic").packets.values().stream().filter(p -> p.atNs() >= fromNs && p.atNs() < toNs)
                .count();
    }

    // When the last packet of each key frame came.
    private static List<Long> wholePictures(SimViewer viewer, long fromNs) {
        List<Long> times = new ArrayList<>();
        viewer.tracks.get("cam").packets.values().stream()
                .filter(p -> p.atNs() >= fromNs && p.key() && p.marker()).forEach(p -> times.add(p.atNs()));
        return times;
    }

    @Test
    void shouldGiveWayStepByStepAndComeBack() {
        for (long seed = 40; seed < 46; seed++) {
            SimCall call = new SimCall(seed);
            new SimPublisher(call, "alice").video("cam", "0", "q", "h").audio("mic", "1").start();
            SimViewer bob = new SimViewer(call, "bob");
            call.consume(bob, "cam", true, ALL);
            call.consume(bob, "mic", false, ALL);
            claimedBps = 2_000_000;
            claim(call, bob);
            call.run(4_000);
            assertEquals(1, bob.tracks.get("cam").lastLayer(), call::toString);
            claimedBps = 200_000;
            call.run(4_000);
            assertEquals(0, bob.tracks.get("cam").lastLayer(), call::toString);
            claimedBps = 135_000;
            call.run(4_000);
            assertEquals(List.of(PictureStep.FEW_FRAMES), steps(call), call::toString);
            claimedBps = 80_000;
            call.run(4_000);
            long stillNs = call.nowNs();
            call.run(60_000);
            assertEquals(List.of(PictureStep.FEW_FRAMES, PictureStep.STILL), steps(call), call::toString);
            long before = stillNs;
            for (long at : wholePictures(bob, stillNs)) {
                assertTrue(at - before <= 5_000 * MS, (at - before) / MS + " ms without a picture, " + call);
                before = at;
            }
            assertTrue(call.nowNs() - before <= 5_000 * MS, call::toString);
            assertEquals(3_000, soundBetween(bob, stillNs, call.nowNs()), 5, call.toString());
            claimedBps = 15_000;
            call.run(5_000);
            assertEquals(PictureStep.OFF, steps(call).getLast(), call::toString);
            assertEquals(List.of(true), call.events(ConsumerPaused.class).stream().map(ConsumerPaused::paused).toList());
            claimedBps = 2_000_000;
            call.run(3_500);
            assertEquals(PictureStep.MOVING, steps(call).getLast(), call::toString);
            assertEquals(1, bob.tracks.get("cam").lastLayer(), call::toString);
            SimViewer.Verdict verdict = bob.play("cam", 0);
            assertEquals(List.of(), verdict.faults, call::toString);
            assertTrue(verdict.undecodable <= verdict.frames / 50, verdict.undecodable + " of " + verdict.frames
                    + " undecodable, " + call);
        }
    }

    @Test
    void shouldShowPicturesAlsoWhereTheLinkLosesPackets() {
        for (long seed = 50; seed < 55; seed++) {
            SimCall call = new SimCall(seed);
            new SimPublisher(call, "alice").video("cam", "0", "q", "h").audio("mic", "1").start();
            SimViewer bob = new SimViewer(call, "bob");
            call.consume(bob, "cam", true, ALL);
            call.consume(bob, "mic", false, ALL);
            claimedBps = 80_000;
            claim(call, bob);
            call.run(4_000);
            bob.peer.down.lossRatio = 0.08;
            long fromNs = call.nowNs();
            call.run(60_000);
            SimViewer.Verdict verdict = bob.play("cam", 2_000 * MS);
            assertEquals(List.of(), verdict.faults, call::toString);
            int pictures = wholePictures(bob, fromNs).size();
            assertTrue(pictures >= 12, pictures + " pictures in a minute, " + call);
            assertTrue(verdict.undecodable <= pictures / 8, verdict.undecodable + " torn ones, " + call);
        }
    }

    /** Two cameras of one size on a path that carries them small: the one that counts more keeps its layer, and loses it with that. */
    @Test
    void shouldKeepTheLayerOfWhatCountsMoreAmongPicturesOfOneSize() {
        ConsumerSettings first = new ConsumerSettings(false, 2, 0, 0, 1);
        for (long seed = 70; seed < 74; seed++) {
            SimCall call = new SimCall(seed);
            new SimPublisher(call, "alice").video("one", "0", "q", "h").start();
            new SimPublisher(call, "carol").video("two", "1", "q", "h").start();
            SimViewer bob = new SimViewer(call, "bob");
            call.consume(bob, "one", true, ALL);
            call.consume(bob, "two", true, first);
            claimedBps = 2_000_000;
            claim(call, bob);
            call.run(4_000);
            assertEquals(List.of(1, 1), layers(bob), call::toString);
            claimedBps = 420_000;
            call.run(6_000);
            assertEquals(List.of(0, 1), layers(bob), call::toString);
            bob.peer.endpoint.updateConsumer("c-two", ALL, call.nowNs());
            bob.peer.endpoint.updateConsumer("c-one", first, call.nowNs());
            call.run(6_000);
            assertEquals(List.of(1, 0), layers(bob), call::toString);
        }
    }

    private static List<Integer> layers(SimViewer viewer) {
        return List.of(viewer.tracks.get("one").lastLayer(), viewer.tracks.get("two").lastLayer());
    }

    /** What the good viewers get, packet by packet, is what they get where nobody is poor, key frames apart. */
    @Test
    void shouldNotChangeWhatOthersGet() {
        for (long seed = 60; seed < 64; seed++) {
            List<String> among = good(seed, 60_000);
            List<String> apart = good(seed, 5_000_000);
            assertEquals(apart, among, "seed " + seed);
        }
    }

    private List<String> good(long seed, long poorBps) {
        SimCall call = new SimCall(seed);
        SimPublisher alice = new SimPublisher(call, "alice").video("cam", "0", "q", "h", "f").audio("mic", "1").start();
        SimViewer good = new SimViewer(call, "good");
        SimViewer poor = new SimViewer(call, "poor");
        for (SimViewer viewer : List.of(good, poor)) {
            call.consume(viewer, "cam", true, ALL);
            call.consume(viewer, "mic", false, ALL);
        }
        claimedBps = poorBps;
        claim(call, poor);
        call.run(60_000);
        assertTrue(alice.plis <= 20, alice.plis + " key frames asked for in a minute, " + call);
        SimViewer.Verdict verdict = good.play("cam", 0);
        assertEquals(List.of(), verdict.faults);
        assertEquals(0, verdict.undecodable);
        assertEquals(poorBps < 100_000 ? 0 : 2, poor.tracks.get("cam").lastLayer(), call::toString);
        // Of each frame: layer, number, temporal layer. A frame may be larger, where a key frame was asked for.
        return good.tracks.get("cam").packets.values().stream().filter(p -> p.index() == 0)
                .map(p -> p.layer() + "/" + p.frame()).toList();
    }
}
