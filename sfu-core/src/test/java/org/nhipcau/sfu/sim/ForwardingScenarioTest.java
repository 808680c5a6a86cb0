// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.sfu.sim;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.nhipcau.sfu.api.ConsumerSettings;
import org.nhipcau.sfu.api.MediaEvent.ConsumerStarted;

/** What a viewer gets over good and bad links. */
class ForwardingScenarioTest {
    private static final ConsumerSettings LOW = new ConsumerSettings(false, 0, 0, 0, 0);

    private static void assertClean(SimCall call, SimViewer.Verdict verdict) {
        assertEquals(List.of(), verdict.faults, call::toString);
        assertEquals(0, verdict.undecodable, call::toString);
        assertEquals(0, verdict.missing, call::toString);
    }

    @Test
    void shouldForwardSoundAndASingleLayerOverACleanLink() {
        SimCall call = new SimCall(1);
        new SimPublisher(call, "alice").video("cam", "0", "").audio("mic", "1").start();
        SimViewer viewer = new SimViewer(call, "bob");
        call.consume(viewer, "cam", true, ConsumerSettings.DEFAULT);
        call.consume(viewer, "mic", false, ConsumerSettings.DEFAULT);
        call.run(5_000);
        SimViewer.Verdict verdict = viewer.play("cam", 0);
        assertClean(call, verdict);
        assertTrue(verdict.frames > 140, call::toString);
        assertTrue(viewer.tracks.get("mic").packets.size() > 240, call::toString);
        assertEquals(2, call.events(ConsumerStarted.class).size());
    }

    @Test
    void shouldSwitchUpAndDownAtKeyFramesUnderLoss() {
        for (long seed = 10; seed < 16; seed++) {
            SimCall call = new SimCall(seed);
            SimPublisher alice = new SimPublisher(call, "alice").video("cam", "0", "q", "h", "f");
            alice.peer.up.lossRatio = 0.03;
            alice.peer.up.reorderRatio = 0.02;
            alice.start();
            SimViewer viewer = new SimViewer(call, "bob");
            viewer.peer.down.lossRatio = 0.05;
            viewer.peer.down.reorderRatio = 0.02;
            call.consume(viewer, "cam", true, LOW);
            call.run(3_000);
            assertEquals(0, viewer.tracks.get("cam").lastLayer(), call::toString);
            viewer.peer.endpoint.updateConsumer("c-cam", ConsumerSettings.DEFAULT, call.nowNs());
            call.run(3_000);
            assertEquals(2, viewer.tracks.get("cam").lastLayer(), call::toString);
            viewer.peer.endpoint.updateConsumer("c-cam", LOW, call.nowNs());
            call.run(3_000);
            assertEquals(Set.of(0), viewer.tracks.get("cam").layersSince(call.nowNs() - 1_000 * SimCall.MS));
            SimViewer.Verdict verdict = viewer.play("cam", 1_500 * SimCall.MS);
            assertEquals(List.of(), verdict.faults, call::toString);
            assertTrue(verdict.frames > 200, call::toString);
            assertTrue(verdict.undecodable < verdict.frames / 50, verdict.undecodable + " of " + verdict.frames + " "
                    + verdict.missing + " " + call);
        }
    }

    @Test
    void shouldStayContinuousWhenAllNumbersWrapInMidSwitch() {
        for (long seed = 20; seed < 30; seed++) {
            SimCall call = new SimCall(seed);
            SimPublisher alice = new SimPublisher(call, "alice").video("cam", "0", "q", "h", "f");
            for (SimPublisher.Layer layer : alice.layers) {
                // All wrap about three seconds from now, when the viewer switches.
                layer.sequence = 65_536 - 90 * (1 << layer.index);
                layer.pictureId = 32_768 - 90;
                layer.tl0 = 256 - 22;
                layer.timestampOffset = -(int) ((call.nowNs() + 3_000 * SimCall.MS) / 1_000 * 90 / 1_000);
            }
            alice.peer.up.reorderRatio = 0.03;
            alice.start();
            SimViewer viewer = new SimViewer(call, "bob");
            viewer.peer.down.lossRatio = 0.03;
            call.consume(viewer, "cam", true, LOW);
            call.run(2_900);
            viewer.peer.endpoint.updateConsumer("c-cam", ConsumerSettings.DEFAULT, call.nowNs());
            call.run(400);
            viewer.peer.endpoint.updateConsumer("c-cam", LOW, call.nowNs());
            call.run(4_000);
            SimViewer.Verdict verdict = viewer.play("cam", 1_000 * SimCall.MS);
            assertClean(call, verdict);
            assertEquals(2, verdict.switches, call::toString);
        }
    }

    @Test
    void shouldBeginAnewWithAKeyFrameWhenThePublisherChangesItsSsrc() {
        SimCall call = new SimCall(31);
        SimPublisher alice = new SimPublisher(call, "alice").video("cam", "0", "q", "h").start();
        SimViewer viewer = new SimViewer(call, "bob");
        call.consume(viewer, "cam", true, ConsumerSettings.DEFAULT);
        call.run(3_000);
        alice.layers.forEach(SimPublisher.Layer::restart);
        call.run(3_000);
        SimViewer.Verdict verdict = viewer.play("cam", 0);
        assertClean(call, verdict);
        assertTrue(verdict.frames > 165, verdict.frames + " " + call);
        assertEquals(Set.of(1), viewer.tracks.get("cam").layersSince(call.nowNs() - 1_000 * SimCall.MS));
    }

    @Test
    void shouldFallBackWhenTheTargetLayerStopsAndReturnWhenItComesBack() {
        SimCall call = new SimCall(32);
        SimPublisher alice = new SimPublisher(call, "alice").video("cam", "0", "q", "h", "f").start();
        SimViewer viewer = new SimViewer(call, "bob");
        call.consume(viewer, "cam", true, ConsumerSettings.DEFAULT);
        call.run(2_000);
        alice.layers.get(2).active = false;
        call.run(3_000);
        assertEquals(Set.of(1), viewer.tracks.get("cam").layersSince(call.nowNs() - 1_000 * SimCall.MS));
        alice.layers.get(2).active = true;
        alice.layers.get(2).keyWanted = true;
        call.run(1_000);
        assertEquals(Set.of(2), viewer.tracks.get("cam").layersSince(call.nowNs() - 500 * SimCall.MS));
        assertClean(call, viewer.play("cam", 0));
    }

    @Test
    void shouldForwardNothingWhileMutedAndAKeyFrameFirstAfterwards() {
        SimCall call = new SimCall(33);
        new SimPublisher(call, "alice").video("cam", "0", "q", "h", "f").start();
        SimViewer viewer = new SimViewer(call, "bob");
        call.consume(viewer, "cam", true, ConsumerSettings.DEFAULT);
        call.run(2_000);
        call.room.muteProducer("cam", true, call.nowNs());
        call.run(100);
        int before = viewer.tracks.get("cam").packets.size();
        call.run(2_000);
        assertEquals(before, viewer.tracks.get("cam").packets.size(), call::toString);
        call.room.muteProducer("cam", false, call.nowNs());
        call.run(50);
        long unmutedNs = call.nowNs();
        call.run(2_000);
        SimViewer.Packet first = viewer.tracks.get("cam").packets.values().stream()
                .filter(p -> p.atNs() > unmutedNs - 30 * SimCall.MS).findFirst().orElseThrow();
        assertTrue(first.key() && first.start() && first.index() == 0, first::toString);
        assertClean(call, viewer.play("cam", 0));
    }

    @Test
    void shouldStartWithAKeyFrameAfterThePauseOfAViewer() {
        SimCall call = new SimCall(34);
        new SimPublisher(call, "alice").video("cam", "0", "q", "h").start();
        SimViewer viewer = new SimViewer(call, "bob");
        call.consume(viewer, "cam", true, ConsumerSettings.DEFAULT);
        call.run(1_000);
        viewer.peer.endpoint.updateConsumer("c-cam", new ConsumerSettings(true, 2, 0, 0, 0), call.nowNs());
        call.run(1_000);
        int paused = viewer.tracks.get("cam").packets.size();
        viewer.peer.endpoint.updateConsumer("c-cam", ConsumerSettings.DEFAULT, call.nowNs());
        call.run(1_000);
        List<SimViewer.Packet> packets = List.copyOf(viewer.tracks.get("cam").packets.values());
        assertTrue(packets.size() > paused + 20, call::toString);
        assertTrue(packets.get(paused).key() && packets.get(paused).start(), call::toString);
        assertClean(call, viewer.play("cam", 0));
    }

    @Test
    void shouldLeaveOutTemporalLayersAboveTheWantedRate() {
        SimCall call = new SimCall(35);
        SimPublisher alice = new SimPublisher(call, "alice").video("cam", "0", "");
        alice.peer.up.lossRatio = 0.02;
        alice.peer.up.reorderRatio = 0.05;
        alice.start();
        SimViewer viewer = new SimViewer(call, "bob");
        call.consume(viewer, "cam", true, ConsumerSettings.DEFAULT);
        call.run(3_000);
        assertEquals(2, viewer.tracks.get("cam").highestTemporalSince(0));
        viewer.peer.endpoint.updateConsumer("c-cam", new ConsumerSettings(false, 2, 0, 15, 0), call.nowNs());
        call.run(3_000);
        assertEquals(1, viewer.tracks.get("cam").highestTemporalSince(call.nowNs() - 2_000 * SimCall.MS));
        viewer.peer.endpoint.updateConsumer("c-cam", new ConsumerSettings(false, 2, 0, 8, 0), call.nowNs());
        call.run(3_000);
        assertEquals(0, viewer.tracks.get("cam").highestTemporalSince(call.nowNs() - 2_000 * SimCall.MS));
        viewer.peer.endpoint.updateConsumer("c-cam", ConsumerSettings.DEFAULT, call.nowNs());
        call.run(2_000);
        assertEquals(2, viewer.tracks.get("cam").highestTemporalSince(call.nowNs() - 1_000 * SimCall.MS));
        SimViewer.Verdict verdict = viewer.play("cam", 500 * SimCall.MS);
        assertClean(call, verdict);
    }

    @Test
    void shouldCloseTheNumbersBehindPadding() {
        SimCall call = new SimCall(36);
        SimPublisher alice = new SimPublisher(call, "alice").video("cam", "0", "");
        alice.peer.up.reorderRatio = 0.1;
        alice.start();
        for (int i = 0; i < 300; i++) {
            call.in(100 + i * 10L, alice.layers.getFirst()::sendPadding);
        }
        SimViewer viewer = new SimViewer(call, "bob");
        call.consume(viewer, "cam", true, ConsumerSettings.DEFAULT);
        call.run(4_000);
        SimViewer.Verdict verdict = viewer.play("cam", 500 * SimCall.MS);
        assertClean(call, verdict);
        assertTrue(verdict.frames > 95, call::toString);
        assertTrue(viewer.tracks.get("cam").bytes < 1_000L * viewer.tracks.get("cam").packets.size(), call::toString);
    }

    @Test
    void shouldShowALateJoinerTheFirstFrameWithinASecond() {
        StringBuilder distribution = new StringBuilder();
        for (int seed = 40; seed < 60; seed++) {
            SimCall call = new SimCall(seed);
            SimPublisher alice = new SimPublisher(call, "alice").video("cam", "0", "q", "h", "f");
            alice.peer.up.lossRatio = 0.02;
            alice.start();
            call.run(3_000 + seed * 7);
            SimViewer viewer = new SimViewer(call, "bob");
            viewer.peer.down.lossRatio = 0.02;
            call.consume(viewer, "cam", true, ConsumerSettings.DEFAULT);
            call.run(1_000);
            ConsumerStarted started = call.events(ConsumerStarted.class).getFirst();
            distribution.append(started.elapsedMs()).append(' ');
            assertTrue(started.elapsedMs() < 1_000, call::toString);
        }
        System.out.println("time to the first packet of a late joiner, ms: " + distribution);
    }

    @Test
    void shouldFindANewProducerUnderTheSameTrackId() {
        SimCall call = new SimCall(61);
        SimPublisher alice = new SimPublisher(call, "alice").video("cam", "0", "q", "h").start();
        SimViewer viewer = new SimViewer(call, "bob");
        call.consume(viewer, "cam", true, ConsumerSettings.DEFAULT);
        call.run(1_000);
        call.room.removeProducer("cam", call.nowNs());
        alice.layers.forEach(l -> l.active = false);
        call.run(500);
        assertEquals(0, call.room.producerCount());
        assertEquals(1, call.room.consumerCount());
        new SimPublisher(call, "alice-2").video("cam", "0", "q", "h").start();
        call.run(2_000);
        SimViewer.Verdict verdict = viewer.play("cam", 0);
        assertClean(call, verdict);
        assertTrue(verdict.frames > 80, verdict.frames + " " + call);
    }

    @Test
    void shouldKeepSoundAndPictureInStepAcrossLayerSwitches() {
        SimCall call = new SimCall(62);
        SimPublisher alice = new SimPublisher(call, "alice").video("cam", "0", "q", "h", "f").audio("mic", "1");
        alice.peer.up.jitterNs = 30 * SimCall.MS;
        alice.start();
        SimViewer viewer = new SimViewer(call, "bob");
        call.consume(viewer, "cam", true, LOW);
        call.consume(viewer, "mic", false, ConsumerSettings.DEFAULT);
        for (int i = 0; i < 6; i++) {
            call.run(2_500);
            assertInStep(call, alice, viewer);
            viewer.peer.endpoint.updateConsumer("c-cam", i % 2 == 0 ? ConsumerSettings.DEFAULT : LOW, call.nowNs());
        }
    }

    // The moment at which a packet was made, computed from the viewer's sender reports as its player would: the same
    // error for sound and picture, whatever the error is.
    private static void assertInStep(SimCall call, SimPublisher alice, SimViewer viewer) {
        SimViewer.Track picture = viewer.tracks.get("cam");
        SimViewer.Track sound = viewer.tracks.get("mic");
        assertTrue(picture.senderReports > 0 && sound.senderReports > 0, call::toString);
        SimViewer.Packet frame = picture.packets.lastEntry().getValue();
        SimViewer.Packet word = sound.packets.lastEntry().getValue();
        // Arrival less the capture time that the reports tell, for each: capture happens at sending in this model.
        double pictureDelayMs = delayMs(picture, frame, 90_000);
        double soundDelayMs = delayMs(sound, word, 48_000);
        assertEquals(pictureDelayMs, soundDelayMs, 45, call::toString);
    }

    private static double delayMs(SimViewer.Track track, SimViewer.Packet packet, int clockRate) {
        double reportMs = (track.reportNtp >>> 32) * 1_000.0 + (track.reportNtp & 0xffff_ffffL) * 1_000.0 / (1L << 32);
        double captureNtpMs = reportMs + (packet.timestamp() - track.reportTimestamp) * 1_000.0 / clockRate;
        return packet.atNs() / 1e6 + 2_208_988_800_000.0 - captureNtpMs;
    }
}
