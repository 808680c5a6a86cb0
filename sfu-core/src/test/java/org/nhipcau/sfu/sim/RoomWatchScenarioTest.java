// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.sfu.sim;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.nhipcau.sfu.api.ConsumerSettings;
import org.nhipcau.sfu.api.MediaEvent.ConsumerPaused;
import org.nhipcau.sfu.api.MediaEvent.ProducerState;
import org.nhipcau.sfu.api.MediaEvent.ProducerStateChanged;
import org.nhipcau.sfu.api.MediaEvent.QualityReport;
import org.nhipcau.sfu.api.MediaEvent.Speaker;
import org.nhipcau.sfu.api.MediaEvent.SpeakersChanged;
import org.nhipcau.sfu.api.MediaEvent.WantedQualityChanged;
import org.nhipcau.sfu.buffer.PacketBuffer;
import org.nhipcau.sfu.rtcp.RtcpWriter;

/** What the room notices of itself and tells signaling. */
class RoomWatchScenarioTest {
    private static final ConsumerSettings LOW = new ConsumerSettings(false, 0, 0, 0, 0);
    private static final ConsumerSettings PAUSED = new ConsumerSettings(true, 2, 0, 0, 0);

    private static List<ProducerState> states(SimCall call, String trackId) {
        return call.events(ProducerStateChanged.class).stream().filter(e -> e.trackId().equals(trackId))
                .map(ProducerStateChanged::state).toList();
    }

    @Test
    void shouldTellWhoSpeaksAndThatSpeechStopped() {
        SimCall call = new SimCall(1);
        SimPublisher alice = new SimPublisher(call, "alice").audio("a", "0");
        SimPublisher bob = new SimPublisher(call, "bob").audio("b", "0");
        bob.speechDbov = 60;
        alice.start();
        bob.start();
        call.run(3_000);
        List<Speaker> told = call.events(SpeakersChanged.class).stream().flatMap(e -> e.speakers().stream()).toList();
        assertFalse(told.isEmpty());
        assertTrue(told.stream().allMatch(s -> s.participantId().equals("participant-alice")), told::toString);
        assertTrue(told.getLast().active() && told.getLast().level() > 0 && told.getLast().level() * 8 % 1 == 0,
                told::toString);
        int changes = call.events(SpeakersChanged.class).size();
        assertTrue(changes <= 3, "a steady voice is told once, not " + changes + " times");
        alice.dtx = true;
        call.run(3_000);
        Speaker last = call.events(SpeakersChanged.class).getLast().speakers().getFirst();
        assertEquals(new Speaker("participant-alice", 0, false), last);
    }

    @Test
    void shouldNotCallSilenceOfDtxSilent() {
        SimCall call = new SimCall(2);
        SimPublisher alice = new SimPublisher(call, "alice").audio("a", "0").start();
        alice.dtx = true;
        call.run(10_000);
        assertEquals(List.of(ProducerState.ACTIVE), states(call, "a"));
    }

    @Test
    void shouldNoticeASenderThatStopsAndReturns() {
        SimCall call = new SimCall(3);
        SimPublisher alice = new SimPublisher(call, "alice").video("v", "0", "q", "h").start();
        call.consume(new SimViewer(call, "bob"), "v", true, ConsumerSettings.DEFAULT);
        call.run(2_000);
        alice.peer.up.cut = true;
        call.run(2_500);
        assertEquals(List.of(ProducerState.ACTIVE), states(call, "v"));
        call.run(1_500);
        assertEquals(List.of(ProducerState.ACTIVE, ProducerState.SILENT), states(call, "v"));
        alice.peer.up.cut = false;
        call.run(1_000);
        assertEquals(List.of(ProducerState.ACTIVE, ProducerState.SILENT, ProducerState.ACTIVE), states(call, "v"));
    }

    @Test
    void shouldNotCallAMutedOrUnwantedProducerSilent() {
        SimCall call = new SimCall(4);
        SimPublisher alice = new SimPublisher(call, "alice").video("v", "0", "q", "h").video("w", "1", "").start();
        call.run(1_000);
        call.room.muteProducer("v", true, call.nowNs());
        alice.peer.up.cut = true;
        call.run(20_000);
        assertFalse(states(call, "v").contains(ProducerState.SILENT));
        // Nobody watches "w": after the delay its sender is told so, and may well stop. Before that, silence counts.
        int told = states(call, "w").size();
        call.run(20_000);
        assertEquals(told, states(call, "w").size());
        assertTrue(call.events(WantedQualityChanged.class).contains(new WantedQualityChanged("room", "w", -1)));
    }

    @Test
    void shouldCallAProducerFrozenThatAnswersNoKeyFrameRequest() {
        SimCall call = new SimCall(5);
        SimPublisher alice = new SimPublisher(call, "alice").video("v", "0", "").start();
        call.run(1_000);
        alice.layers.getFirst().answersKeyRequests = false;
        SimViewer bob = new SimViewer(call, "bob");
        call.consume(bob, "v", true, ConsumerSettings.DEFAULT);
        call.run(7_000);
        assertEquals(ProducerState.FROZEN, states(call, "v").getLast());
        assertTrue(bob.tracks.get("v").packets.isEmpty(), "never a picture that does not begin with a key frame");
        // At 0, 0.5, 1.5, 3.5 and 5.5 s: after half a second, and each further time after twice as long, 2 s at most.
        assertEquals(5, alice.plis, "requests in 7 s");
        alice.layers.getFirst().answersKeyRequests = true;
        call.run(2_000);
        assertEquals(ProducerState.ACTIVE, states(call, "v").getLast());
        assertFalse(bob.tracks.get("v").packets.isEmpty());
    }

    @Test
    void shouldNotCallAProducerFrozenThatWasOutOfReach() {
        SimCall call = new SimCall(6);
        SimPublisher alice = new SimPublisher(call, "alice").video("v", "0", "").start();
        SimViewer bob = new SimViewer(call, "bob");
        call.consume(bob, "v", true, ConsumerSettings.DEFAULT);
        call.run(2_000);
        alice.peer.up.cut = true;
        alice.peer.down.cut = true;
        alice.layers.getFirst().answersKeyRequests = false;
        for (int ms = 3_000; ms < 10_000; ms += 500) {
            call.in(ms, () -> bob.requestKeyframe("v"));
        }
        call.run(10_000);
        assertEquals(ProducerState.SILENT, states(call, "v").getLast());
        alice.peer.up.cut = false;
        alice.peer.down.cut = false;
        call.run(1_000);
        alice.layers.getFirst().answersKeyRequests = true;
        call.run(2_000);
        assertEquals(List.of(ProducerState.ACTIVE, ProducerState.SILENT, ProducerState.ACTIVE), states(call, "v"));
    }

    @Test
    void shouldTellTheWantedQualityUpAtOnceAndDownAfterTheDelay() {
        SimCall call = new SimCall(6);
        new SimPublisher(call, "alice").video("v", "0", "q", "h", "f").start();
        SimViewer bob = new SimViewer(call, "bob");
        SimViewer carol = new SimViewer(call, "carol");
        call.consume(bob, "v", true, LOW);
        call.consume(carol, "v", true, new ConsumerSettings(false, 1, 0, 0, 0));
        call.run(4_000);
        assertEquals(List.of(), call.events(WantedQualityChanged.class));
        call.run(2_000);
        assertEquals(List.of(new WantedQualityChanged("room", "v", 1)), call.events(WantedQualityChanged.class));
        carol.peer.endpoint.updateConsumer("c-v", PAUSED, call.nowNs());
        bob.peer.endpoint.updateConsumer("c-v", new ConsumerSettings(false, 0, 720, 0, 0), call.nowNs());
        call.run(300);
        assertEquals(new WantedQualityChanged("room", "v", 2), call.events(WantedQualityChanged.class).getLast());
        bob.peer.endpoint.updateConsumer("c-v", PAUSED, call.nowNs());
        call.run(4_500);
        assertEquals(2, call.events(WantedQualityChanged.class).size());
        call.run(1_000);
        assertEquals(new WantedQualityChanged("room", "v", -1), call.events(WantedQualityChanged.class).getLast());
    }

    @Test
    void shouldCountLossAndRateOfBothDirections() {
        SimCall call = new SimCall(7);
        SimPublisher alice = new SimPublisher(call, "alice").video("v", "0", "").audio("a", "1");
        alice.peer.up.lossRatio = 0.2;
        alice.start();
        SimViewer bob = new SimViewer(call, "bob");
        call.consume(bob, "v", true, ConsumerSettings.DEFAULT);
        call.run(10_000);
        List<QualityReport> of = call.events(QualityReport.class).stream().filter(e -> e.peerId().equals("alice"))
                .skip(2).toList();
        assertEquals(0.2, of.stream().mapToDouble(e -> e.uplink().audioLossRatio()).average().orElse(0), 0.06);
        assertEquals(0.2, of.stream().mapToDouble(e -> e.uplink().videoLossRatio()).average().orElse(0), 0.08);
        // 30 frames of 900 bytes and the sound, a fifth of it lost.
        assertEquals(230_000, of.stream().map(QualityReport::uplink)
                .mapToLong(e -> e.audioBitrateBps() + e.videoBitrateBps()).average().orElse(0), 50_000);
        assertEquals(42, of.getLast().roundTripTimeMs(), 6);
        QualityReport viewer = call.events(QualityReport.class).stream().filter(e -> e.peerId().equals("bob"))
                .toList().getLast();
        assertEquals(42, viewer.roundTripTimeMs(), 6);
        assertEquals(-1, viewer.uplink().videoLossRatio());
        assertTrue(viewer.downlink().videoBitrateBps() > 100_000, viewer::toString);
        assertTrue(alice.feedbackPackets > 80 && alice.receiverReports > 6 && alice.referenceTimes > 6);
    }

    @Test
    void shouldStepDownOnANarrowLinkAndPauseOnlyInExtremity() {
        SimCall call = new SimCall(8);
        SimPublisher alice = new SimPublisher(call, "alice").video("v", "0", "q", "h", "f").start();
        SimViewer bob = new SimViewer(call, "bob");
        call.consume(bob, "v", true, ConsumerSettings.DEFAULT);
        call.run(3_000);
        assertEquals(2, bob.tracks.get("v").lastLayer());
        // The path takes the smallest picture and little more, says the viewer, until it says so no longer.
        for (int i = 0; i < 30; i++) {
            PacketBuffer claim = PacketBuffer.allocate();
            RtcpWriter writer = new RtcpWriter();
            writer.begin(claim, 1_200);
            writer.remb(7, 250_000, new long[] {1}, 1);
            bob.peer.sendRtcp(claim.toByteArray());
            call.run(200);
        }
        assertTrue(bob.tracks.get("v").lastLayer() < 2, call::toString);
        call.run(60_000);
        assertEquals(2, bob.tracks.get("v").lastLayer(), call::toString);
        assertEquals(List.of(), bob.play("v", 0).faults);
        long pauses = call.events(ConsumerPaused.class).stream().filter(ConsumerPaused::paused).count();
        assertTrue(pauses <= 1, pauses + " pauses");
        assertTrue(alice.layers.get(0).keyFrames > 1);
    }
}
