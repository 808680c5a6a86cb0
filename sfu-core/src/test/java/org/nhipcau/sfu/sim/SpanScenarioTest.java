// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.sfu.sim;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.nhipcau.sfu.api.ConsumerParameters;
import org.nhipcau.sfu.api.ConsumerSettings;
import org.nhipcau.sfu.api.HeaderExtensions;
import org.nhipcau.sfu.api.MediaEvent.QualityReport;
import org.nhipcau.sfu.api.MediaEvent.ProducerState;
import org.nhipcau.sfu.api.MediaEvent.ProducerStateChanged;
import org.nhipcau.sfu.api.MediaEvent.SpeakersChanged;
import org.nhipcau.sfu.api.MediaEvent.WantedQualityChanged;
import org.nhipcau.sfu.api.MediaEvent.WantedSpeechChanged;
import org.nhipcau.sfu.api.ProducerParameters;
import org.nhipcau.sfu.buffer.PacketBuffer;
import org.nhipcau.sfu.metrics.DropReason;
import org.nhipcau.sfu.metrics.WorkerCounters.Counter;
import org.nhipcau.sfu.overload.OverloadLevel;
import org.nhipcau.sfu.route.RemotePeer;
import org.nhipcau.sfu.rtcp.RtcpWriter;

/** A room that spans two workers: its viewers must not notice. */
class SpanScenarioTest {
    private static final ConsumerSettings LOW = new ConsumerSettings(false, 0, 0, 0, 0);
    private static final ConsumerSettings PAUSED = new ConsumerSettings(true, 2, 0, 0, 0);

    /** Alice publishes on the home worker; viewers are on it and on a branch. */
    private static final class Span {
        final SimCall call;
        final SimCall.Part branch;
        final SimPublisher alice;
        final List<ProducerParameters> tracks = new ArrayList<>();
        final List<SimViewer> near = new ArrayList<>();
        final List<SimViewer> far = new ArrayList<>();

        Span(long seed, int pipeSlots, String... rids) {
            call = new SimCall(seed);
            branch = call.addPart();
            call.home.pipeSlots = pipeSlots;
            branch.pipeSlots = pipeSlots;
            alice = new SimPublisher(call, "alice").video("cam", "0", rids).audio("mic", "1");
            tracks.add(SimCall.camera("cam", "0", rids));
            tracks.add(SimCall.microphone("mic", "1"));
            tell();
        }

        Span(long seed, String... rids) {
            this(seed, 256, rids);
        }

        void tell() {
            branch.mirror(call.home, new RemotePeer("alice", "participant-alice", SimCall.PUBLISHER_IDS, tracks));
        }

        SimViewer viewer(SimCall.Part part, String name, ConsumerSettings settings) {
            call.opensOn = part;
            SimViewer viewer = new SimViewer(call, name);
            call.opensOn = call.home;
            call.consume(viewer, "cam", true, settings);
            call.consume(viewer, "mic", false, ConsumerSettings.DEFAULT);
            (part == branch ? far : near).add(viewer);
            return viewer;
        }

        /** So many packets that 16-bit numbers alone do not tell where the next one belongs. */
        void passOver40000() {
            for (int i = 0; i < 2; i++) {
                alice.layers.forEach(layer -> layer.sequence += 20_000);
                call.run(200);
            }
        }

        List<SimViewer> all() {
            List<SimViewer> all = new ArrayList<>(near);
            all.addAll(far);
            return all;
        }
    }

    private static void assertClean(SimCall call, SimViewer.Verdict verdict) {
        assertEquals(List.of(), verdict.faults, call::toString);
        assertEquals(0, verdict.undecodable, call::toString);
        assertEquals(0, verdict.missing, call::toString);
    }

    private static Set<Long> framePackets(SimViewer viewer, long sinceNs, long untilNs) {
        Set<Long> found = new HashSet<>();
        for (SimViewer.Packet packet : viewer.tracks.get("cam").packets.values()) {
            if (packet.atNs() >= sinceNs && packet.atNs() < untilNs && !packet.empty()) {
                found.add((long) packet.layer() << 48 | (long) packet.frame() << 8 | packet.index());
            }
        }
        return found;
    }

    @Test
    void shouldGiveEveryViewerOnBothWorkersEachPacketOnceInOrder() {
        for (long seed = 100; seed < 106; seed++) {
            Span span = new Span(seed, "q", "h", "f");
            for (int i = 0; i < 3; i++) {
                span.viewer(span.call.home, "near" + i, ConsumerSettings.DEFAULT);
                span.viewer(span.branch, "far" + i, ConsumerSettings.DEFAULT);
            }
            span.alice.start();
            span.call.run(5_000);
            Set<Long> packets = null;
            for (SimViewer viewer : span.all()) {
                SimViewer.Verdict verdict = viewer.play("cam", 0);
                assertClean(span.call, verdict);
                assertTrue(verdict.frames > 130, verdict.frames + " frames, " + span.call);
                assertEquals(0, viewer.tracks.get("cam").duplicates, span.call::toString);
                assertEquals(0, viewer.tracks.get("mic").duplicates, span.call::toString);
                assertTrue(viewer.tracks.get("mic").packets.size() > 230, span.call::toString);
                // A second in the middle, from one packet of the near viewer to another.
                Set<Long> own = framePackets(viewer, 0, span.call.nowNs());
                assertTrue(own.size() > 400, span.call::toString);
                if (packets == null) {
                    packets = own;
                } else {
                    Set<Long> differing = new HashSet<>(packets);
                    differing.removeIf(own::contains);
                    // Where they began and what is still on the way may differ, nothing in between.
                    assertTrue(differing.size() < 20, differing.size() + " differ, " + span.call);
                }
            }
            long in = span.call.home.counters.get(Counter.RTP_PACKETS_IN);
            long piped = span.call.home.counters.get(Counter.PIPED_PACKETS);
            assertTrue(piped <= in && piped > in * 9 / 10, "one copy for the worker, not one per viewer: " + piped
                    + " of " + in + ", " + span.call);
            assertEquals(0, span.branch.counters.get(Counter.RTP_PACKETS_IN));
            assertEquals(0, span.call.home.counters.get(DropReason.PIPE_FULL));
        }
    }

    @Test
    void shouldRepairLossOfTheViewersOnTheirOwnWorker() {
        for (long seed = 110; seed < 114; seed++) {
            Span span = new Span(seed, "q", "h", "f");
            SimViewer far = span.viewer(span.branch, "far", ConsumerSettings.DEFAULT);
            span.alice.start();
            span.call.run(1_000);
            span.alice.peer.up.lossRatio = 0.03;
            span.alice.peer.up.reorderRatio = 0.02;
            far.peer.down.lossRatio = 0.05;
            span.call.run(8_000);
            SimViewer.Verdict verdict = far.play("cam", 1_500 * SimCall.MS);
            assertEquals(List.of(), verdict.faults, span.call::toString);
            assertTrue(verdict.frames > 150, span.call::toString);
            assertTrue(verdict.undecodable < verdict.frames / 50, verdict.undecodable + " of " + verdict.frames + ", "
                    + span.call);
            assertTrue(span.branch.counters.get(Counter.RTX_PACKETS_OUT) > 20, span.call::toString);
            assertEquals(0, span.branch.counters.get(Counter.NACKS_SENT), "the publisher's worker repairs the way in");
            assertTrue(span.call.home.counters.get(Counter.RTX_PACKETS_IN) > 20, span.call::toString);
        }
    }

    @Test
    void shouldCarryAKeyFrameRequestToThePublisher() {
        Span span = new Span(120, "");
        SimViewer far = span.viewer(span.branch, "far", ConsumerSettings.DEFAULT);
        span.alice.start();
        span.call.run(3_000);
        int before = span.alice.layers.getFirst().keyFrames;
        far.requestKeyframe("cam");
        span.call.run(300);
        assertEquals(before + 1, span.alice.layers.getFirst().keyFrames, span.call::toString);
        assertClean(span.call, far.play("cam", 0));
    }

    @Test
    void shouldStartALateViewerWithinMoments() {
        for (long seed = 130; seed < 134; seed++) {
            Span span = new Span(seed, "q", "h", "f");
            span.viewer(span.call.home, "near", ConsumerSettings.DEFAULT);
            span.alice.start();
            span.call.run(3_000);
            SimViewer far = span.viewer(span.branch, "far", ConsumerSettings.DEFAULT);
            long joinedNs = span.call.nowNs();
            span.call.run(1_000);
            long firstNs = far.tracks.get("cam").packets.firstEntry().getValue().atNs();
            assertTrue(firstNs - joinedNs < 250 * SimCall.MS, (firstNs - joinedNs) / SimCall.MS + " ms, " + span.call);
            assertClean(span.call, far.play("cam", 0));
        }
    }

    @Test
    void shouldSwitchLayersOnTheBranchAtKeyFrames() {
        for (long seed = 140; seed < 144; seed++) {
            Span span = new Span(seed, "q", "h", "f");
            SimViewer far = span.viewer(span.branch, "far", LOW);
            span.alice.start();
            span.call.run(3_000);
            assertEquals(0, far.tracks.get("cam").lastLayer(), span.call::toString);
            far.peer.endpoint.updateConsumer("c-cam", ConsumerSettings.DEFAULT, span.call.nowNs());
            span.call.run(3_000);
            assertEquals(2, far.tracks.get("cam").lastLayer(), span.call::toString);
            far.peer.endpoint.updateConsumer("c-cam", LOW, span.call.nowNs());
            span.call.run(3_000);
            assertEquals(Set.of(0), far.tracks.get("cam").layersSince(span.call.nowNs() - 1_000 * SimCall.MS));
            assertClean(span.call, far.play("cam", 0));
            assertTrue(span.branch.counters.get(Counter.LAYER_SWITCHES) >= 2, span.call::toString);
            // The publisher gives up a layer: what is left of it is shown.
            far.peer.endpoint.updateConsumer("c-cam", ConsumerSettings.DEFAULT, span.call.nowNs());
            span.call.run(2_000);
            span.alice.layers.get(2).active = false;
            span.call.run(4_000);
            assertEquals(1, far.tracks.get("cam").lastLayer(), span.call::toString);
            assertEquals(List.of(), far.play("cam", 0).faults, span.call::toString);
        }
    }

    @Test
    void shouldTellThePublisherWhatIsWantedOnAllWorkersTogether() {
        Span span = new Span(150, "q", "h", "f");
        SimViewer near = span.viewer(span.call.home, "near", LOW);
        SimViewer far = span.viewer(span.branch, "far", LOW);
        span.alice.start();
        span.call.run(8_000);
        assertEquals(List.of(0), wanted(span.call), "told once, when the delay was over");
        far.peer.endpoint.updateConsumer("c-cam", ConsumerSettings.DEFAULT, span.call.nowNs());
        span.call.run(500);
        assertEquals(List.of(0, 2), wanted(span.call));
        far.peer.endpoint.updateConsumer("c-cam", PAUSED, span.call.nowNs());
        span.call.run(8_000);
        assertEquals(List.of(0, 2, 0), wanted(span.call));
        long piped = videoPiped(span);
        span.call.run(1_000);
        assertEquals(piped, videoPiped(span), "what nobody wants there does not cross");
        near.peer.endpoint.removeConsumer("c-cam", span.call.nowNs());
        span.call.run(8_000);
        assertEquals(List.of(0, 2, 0, -1), wanted(span.call));
    }

    // Of the packets that crossed, those that are no sound.
    private static long videoPiped(Span span) {
        return span.branch.counters.get(DropReason.CONSUMER_PAUSED) + span.branch.counters.get(DropReason.OTHER_LAYER);
    }

    private static List<Integer> wanted(SimCall call) {
        return call.events(WantedQualityChanged.class).stream().map(WantedQualityChanged::maxQuality).toList();
    }

    @Test
    void shouldMuteAndUnmuteOnAllWorkers() {
        for (long seed = 160; seed < 164; seed++) {
            Span span = new Span(seed, "q", "h", "f");
            SimViewer near = span.viewer(span.call.home, "near", ConsumerSettings.DEFAULT);
            SimViewer far = span.viewer(span.branch, "far", ConsumerSettings.DEFAULT);
            span.alice.start();
            span.call.run(3_000);
            span.call.room.muteProducer("cam", true, span.call.nowNs());
            span.branch.room.muteProducer("cam", true, span.call.nowNs());
            // One cycle of both workers, and what is on the links.
            span.call.run(30);
            int before = far.tracks.get("cam").packets.size();
            long piped = span.call.home.counters.get(Counter.PIPED_PACKETS);
            span.call.run(1_000);
            assertEquals(before, far.tracks.get("cam").packets.size(), span.call::toString);
            assertEquals(piped + 50, span.call.home.counters.get(Counter.PIPED_PACKETS), 2, "sound alone crosses");
            span.passOver40000();
            span.call.room.muteProducer("cam", false, span.call.nowNs());
            span.branch.room.muteProducer("cam", false, span.call.nowNs());
            span.call.run(2_000);
            for (SimViewer viewer : List.of(near, far)) {
                assertTrue(viewer.tracks.get("cam").packets.size() > before + 100, span.call::toString);
                assertEquals(List.of(), viewer.play("cam", 0).faults, span.call::toString);
                assertEquals(0, viewer.play("cam", 0).undecodable, span.call::toString);
            }
        }
    }

    @Test
    void shouldForwardNothingMoreOnceTheHomeMuted() {
        Span span = new Span(165, "");
        SimViewer far = span.viewer(span.branch, "far", ConsumerSettings.DEFAULT);
        span.alice.start();
        span.call.run(3_000);
        // The branch has not heard of it yet, but the packets' source has dried up.
        span.call.room.muteProducer("cam", true, span.call.nowNs());
        span.call.run(30);
        int before = far.tracks.get("cam").packets.size();
        span.call.run(1_000);
        assertEquals(before, far.tracks.get("cam").packets.size(), span.call::toString);
    }

    @Test
    void shouldStopAndStartAgainWithAnotherProducerUnderTheTrack() {
        Span span = new Span(170, "");
        SimViewer near = span.viewer(span.call.home, "near", ConsumerSettings.DEFAULT);
        SimViewer far = span.viewer(span.branch, "far", ConsumerSettings.DEFAULT);
        span.alice.start();
        span.call.run(2_000);
        span.call.room.removeProducer("cam", span.call.nowNs());
        span.branch.room.removeProducer("cam", span.call.nowNs());
        span.call.run(50);
        int before = far.tracks.get("cam").packets.size();
        span.call.run(1_000);
        assertEquals(before, far.tracks.get("cam").packets.size(), span.call::toString);
        assertEquals(0, span.branch.cacheMemory.lentBytes(), "the mirrored stream's packets are forgotten");
        span.alice.layers.clear();
        span.alice.video("cam", "0", "");
        span.tell();
        span.call.run(2_000);
        for (SimViewer viewer : List.of(near, far)) {
            assertTrue(viewer.tracks.get("cam").packets.size() > before + 30, span.call::toString);
            assertEquals(List.of(), viewer.play("cam", 0).faults, span.call::toString);
        }
    }

    @Test
    void shouldFollowAPublisherThatStartsItsStreamsAnew() {
        Span span = new Span(175, "q", "h", "f");
        SimViewer far = span.viewer(span.branch, "far", ConsumerSettings.DEFAULT);
        span.alice.start();
        span.call.run(3_000);
        span.alice.layers.forEach(SimPublisher.Layer::restart);
        span.call.run(3_000);
        SimViewer.Verdict verdict = far.play("cam", 0);
        assertEquals(List.of(), verdict.faults, span.call::toString);
        assertTrue(verdict.frames > 150, span.call::toString);
    }

    @Test
    void shouldDropByRuleWhenThePipeIsFullAndRecover() {
        for (long seed = 180; seed < 184; seed++) {
            Span span = new Span(seed, 64, "q", "h", "f");
            SimViewer near = span.viewer(span.call.home, "near", ConsumerSettings.DEFAULT);
            SimViewer far = span.viewer(span.branch, "far", ConsumerSettings.DEFAULT);
            span.alice.start();
            span.call.run(3_000);
            span.branch.stalled = true;
            span.call.run(800);
            assertTrue(span.call.home.counters.get(DropReason.PIPE_FULL) > 50, span.call::toString);
            int plis = span.alice.plis;
            span.branch.resume();
            span.call.run(3_000);
            assertTrue(span.alice.plis > plis, "what was lost in the pipe is asked anew by a key frame, " + span.call);
            assertClean(span.call, near.play("cam", 0));
            SimViewer.Verdict verdict = far.play("cam", 0);
            assertEquals(List.of(), verdict.faults, span.call::toString);
            long recent = span.call.nowNs() - 2_000 * SimCall.MS;
            Set<Long> missing = framePackets(near, recent, span.call.nowNs() - 500 * SimCall.MS);
            missing.removeAll(framePackets(far, 0, span.call.nowNs()));
            assertEquals(Set.of(), missing, span.call::toString);
            // Sound is given up after pictures: 40 packets of 800 ms fit beside them.
            int sound = near.tracks.get("mic").packets.size() - far.tracks.get("mic").packets.size();
            assertTrue(Math.abs(sound) < 40, sound + " packets of sound lost, " + span.call);
        }
    }

    @Test
    void shouldNumberRightAfterALongPauseWithoutViewers() {
        Span span = new Span(190, "");
        SimViewer far = span.viewer(span.branch, "far", ConsumerSettings.DEFAULT);
        span.alice.start();
        span.call.run(2_000);
        far.peer.endpoint.updateConsumer("c-cam", PAUSED, span.call.nowNs());
        span.call.run(1_000);
        int before = far.tracks.get("cam").packets.size();
        span.passOver40000();
        far.peer.endpoint.updateConsumer("c-cam", ConsumerSettings.DEFAULT, span.call.nowNs());
        span.call.run(2_000);
        assertTrue(far.tracks.get("cam").packets.size() > before + 50, span.call::toString);
        assertClean(span.call, far.play("cam", 0));
    }

    @Test
    void shouldNeverGiveAParticipantTheirOwnTracks() {
        Span span = new Span(200, "");
        span.call.opensOn = span.branch;
        SimViewer second = new SimViewer(span.call, "second");
        // Her second transport: the same participant, on the other worker.
        var own = span.branch.room.openEndpoint("alice-2", "participant-alice", second.peer);
        own.configure(SimCall.VIEWER_IDS);
        own.onConnected(span.call.nowNs());
        var refused = own.addConsumer(new ConsumerParameters("c", "cam", "4", 77, 78, "cname",
                List.of(SimCall.VIEWER_VP8), ConsumerSettings.DEFAULT), span.call.nowNs());
        assertNotEquals(new org.nhipcau.sfu.api.MediaReply.Done(), refused);
        // Also when the consumer was there before the producer.
        own.addConsumer(new ConsumerParameters("d", "later", "5", 87, 88, "cname", List.of(SimCall.VIEWER_VP8),
                ConsumerSettings.DEFAULT), span.call.nowNs());
        span.alice.video("later", "2", "");
        span.tracks.add(SimCall.camera("later", "2", ""));
        span.tell();
        span.alice.start();
        span.call.run(2_000);
        assertEquals(0, span.branch.counters.get(Counter.RTP_PACKETS_OUT), span.call::toString);
        assertEquals(0, span.call.home.counters.get(Counter.PIPED_PACKETS), "nobody there wants it");
    }

    @Test
    void shouldTellEachThingOnce() {
        Span span = new Span(210, "");
        span.viewer(span.call.home, "near", ConsumerSettings.DEFAULT);
        span.viewer(span.branch, "far", ConsumerSettings.DEFAULT);
        span.alice.start();
        span.call.run(5_050);
        assertEquals(1, span.call.events(ProducerStateChanged.class).stream()
                .filter(e -> e.trackId().equals("cam") && e.state() == ProducerState.ACTIVE).count());
        assertEquals(1, span.call.events(ProducerStateChanged.class).stream()
                .filter(e -> e.trackId().equals("mic") && e.state() == ProducerState.ACTIVE).count());
        long speaking = span.call.events(SpeakersChanged.class).stream().flatMap(e -> e.speakers().stream())
                .filter(speaker -> speaker.active()).count();
        assertTrue(speaking >= 1 && speaking <= 3, speaking + " times: the level settles in one or two steps");
        List<String> peers = span.call.events(QualityReport.class).stream().map(QualityReport::peerId).toList();
        for (String peer : List.of("alice", "near", "far")) {
            assertEquals(5, peers.stream().filter(peer::equals).count(), peer);
        }
        span.alice.sendsAudio = false;
        span.call.run(5_000);
        assertEquals(1, span.call.events(ProducerStateChanged.class).stream()
                .filter(e -> e.state() == ProducerState.SILENT).count());
    }

    @Test
    void shouldKeepTheClocksOfAPublisherInStepOnBothWorkers() {
        Span span = new Span(220, "");
        SimViewer near = span.viewer(span.call.home, "near", ConsumerSettings.DEFAULT);
        SimViewer far = span.viewer(span.branch, "far", ConsumerSettings.DEFAULT);
        span.alice.start();
        span.call.run(6_000);
        SimViewer.Track a = near.tracks.get("cam");
        SimViewer.Track b = far.tracks.get("cam");
        assertTrue(a.senderReports > 2 && b.senderReports > 2, span.call::toString);
        double betweenS = (b.reportNtp - a.reportNtp) / 4294967296.0;
        int expected = a.reportTimestamp + (int) Math.round(betweenS * 90_000);
        assertEquals(expected, b.reportTimestamp, 90 * 5, "5 ms");
    }

    @Test
    void shouldForgetEverythingWhenABranchEnds() {
        Span span = new Span(230, "q", "h", "f");
        SimViewer far = span.viewer(span.branch, "far", ConsumerSettings.DEFAULT);
        span.alice.start();
        span.call.run(2_000);
        assertTrue(span.branch.cacheMemory.lentBytes() > 0);
        span.branch.room.closeEndpoint(far.peer.endpoint, span.call.nowNs());
        span.branch.room.close(span.call.nowNs());
        span.call.run(100);
        assertEquals(0, span.branch.cacheMemory.lentBytes());
        long piped = span.call.home.counters.get(Counter.PIPED_PACKETS);
        span.call.run(1_000);
        assertEquals(piped, span.call.home.counters.get(Counter.PIPED_PACKETS), "nothing crosses to nobody");
    }

    @Test
    void shouldStopTheOtherSideAlsoWhenItsWordWasLost() {
        Span span = new Span(240, 16, "");
        SimViewer far = span.viewer(span.branch, "far", ConsumerSettings.DEFAULT);
        span.alice.start();
        span.call.run(2_000);
        // The way back is full just then: home reads nothing while key frames are asked for.
        span.call.home.stalled = true;
        for (int i = 0; i < 40; i++) {
            far.requestKeyframe("cam");
            span.call.run(600);
        }
        span.branch.room.close(span.call.nowNs());
        span.call.run(100);
        span.call.home.resume();
        span.call.run(200);
        long piped = span.call.home.counters.get(Counter.PIPED_PACKETS);
        span.call.run(1_000);
        assertEquals(piped, span.call.home.counters.get(Counter.PIPED_PACKETS), span.call::toString);
        assertTrue(span.branch.counters.get(DropReason.PIPE_STALE) > 0, span.call::toString);
    }

    @Test
    void shouldKeepTheSpeakerOfAnotherWorkerWhenAnOverloadedBranchKeepsSpeechOnly() {
        Span span = new Span(260, "");
        SimPublisher silent = new SimPublisher(span.call, "silent").audio("mic-2", "0");
        silent.speechDbov = 90;
        span.branch.mirror(span.call.home, new RemotePeer("silent", "participant-silent", SimCall.PUBLISHER_IDS,
                List.of(SimCall.microphone("mic-2", "0"))));
        SimViewer far = span.viewer(span.branch, "far", ConsumerSettings.DEFAULT);
        span.call.consume(far, "mic-2", false, ConsumerSettings.DEFAULT);
        span.alice.start();
        silent.start();
        span.call.run(3_000);
        span.branch.room.onOverload(OverloadLevel.SPEECH_ONLY, span.call.nowNs());
        span.call.run(100);
        int spoken = far.tracks.get("mic").packets.size();
        int hushed = far.tracks.get("mic-2").packets.size();
        span.call.run(2_000);
        assertTrue(far.tracks.get("mic").packets.size() > spoken + 95, span.call::toString);
        assertTrue(far.tracks.get("mic-2").packets.size() < hushed + 5, span.call::toString);
        span.branch.room.onOverload(OverloadLevel.NONE, span.call.nowNs());
        span.call.run(4_000);
        assertTrue(far.tracks.get("mic-2").packets.size() > hushed + 80, span.call::toString);
    }

    @Test
    void shouldTellOfThinSpeechThatAViewerOnTheBranchNeeds() {
        Span span = new Span(270, "");
        span.call.opensOn = span.branch;
        SimViewer far = new SimViewer(span.call, "far");
        span.call.consumeProtected(far, "mic");
        span.alice.start();
        claim(span.call, far, 24_000);
        span.call.run(8_000);
        List<WantedSpeechChanged> told = span.call.events(WantedSpeechChanged.class);
        assertEquals(1, told.size(), span.call::toString);
        assertEquals("mic", told.getFirst().trackId());
        assertTrue(told.getFirst().maxBitrateBps() > 0 && told.getFirst().maxBitrateBps() <= 12_000, told::toString);
    }

    // The viewer claims so much of its path, each 200 ms.
    private static void claim(SimCall call, SimViewer viewer, long bps) {
        RtcpWriter writer = new RtcpWriter();
        PacketBuffer out = PacketBuffer.allocate();
        writer.begin(out, 1_200);
        writer.remb(7, bps, new long[] {1}, 1);
        viewer.peer.sendRtcp(out.toByteArray());
        call.in(200, () -> claim(call, viewer, bps));
    }

    @Test
    void shouldTakeRenegotiatedExtensions() {
        Span span = new Span(250, "");
        SimViewer far = span.viewer(span.branch, "far", ConsumerSettings.DEFAULT);
        span.alice.start();
        span.call.run(1_000);
        HeaderExtensions other = new HeaderExtensions(1, 2, 3, 4, 5, 6, 7, 9, 0, 0);
        span.alice.peer.endpoint.configure(other);
        span.branch.mirror(span.call.home, new RemotePeer("alice", "participant-alice", other, span.tracks));
        span.call.run(1_000);
        assertClean(span.call, far.play("cam", 0));
        assertTrue(far.play("cam", 0).frames > 50);
    }
}
