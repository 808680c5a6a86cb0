// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.sfu.sim;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.nhipcau.sfu.api.ConsumerSettings;
import org.nhipcau.sfu.api.MediaEvent.DirectionQuality;
import org.nhipcau.sfu.api.MediaEvent.QualityReport;
import org.nhipcau.sfu.api.QualityCause;
import org.nhipcau.sfu.metrics.WorkerCounters.Counter;
import org.nhipcau.sfu.overload.OverloadLevel;
import org.nhipcau.sfu.route.RemotePeer;

/** Whose matter it is: one fault at a time is put into a call, then several, and the label must name it. */
class QualityScenarioTest {
    private static final ConsumerSettings BEST = ConsumerSettings.DEFAULT;

    private SimCall call;
    /** A commune's station with camera and microphone. */
    private SimPublisher station;
    /** Somebody else who is heard and seen, on a good link. */
    private SimPublisher colleague;
    private SimViewer hospital;
    private SimViewer student;

    private void begin(long seed) {
        call = new SimCall(seed);
        station = new SimPublisher(call, "station").video("v", "0", "").audio("a", "1").start();
        colleague = new SimPublisher(call, "colleague").video("w", "0", "").audio("b", "1").start();
        hospital = viewer("hospital");
        student = viewer("student");
        call.run(12_000);
        for (String peer : List.of("station", "colleague")) {
            assertEquals(QualityCause.NONE, last(peer).uplink().cause(), () -> told(peer));
        }
        for (String peer : List.of("hospital", "student")) {
            assertEquals(QualityCause.NONE, last(peer).downlink().cause(), () -> told(peer));
            assertTrue(last(peer).downlink().audioScore() > 4.1, () -> told(peer));
            assertTrue(last(peer).downlink().linkScore() > 4.2, () -> told(peer));
        }
    }

    private SimViewer viewer(String name) {
        SimViewer viewer = new SimViewer(call, name);
        viewer.tellsLoss = true;
        for (String track : List.of("v", "w")) {
            call.consume(viewer, track, true, BEST);
        }
        for (String track : List.of("a", "b")) {
            call.consume(viewer, track, false, BEST);
        }
        return viewer;
    }

    private QualityReport last(String peer) {
        return call.events(QualityReport.class).stream().filter(e -> e.peerId().equals(peer)).toList().getLast();
    }

    private String told(String peer) {
        StringBuilder text = new StringBuilder(call.toString()).append('\n');
        call.events(QualityReport.class).stream().filter(e -> e.peerId().equals(peer))
                .forEach(e -> text.append(e).append('\n'));
        return text.toString();
    }

    /** How often each label was told for a direction in the seconds that pass now. */
    private Map<QualityCause, Integer> run(long ms, String peer, boolean uplink) {
        int before = call.events.size();
        call.run(ms);
        return labels(before, peer, uplink);
    }

    private Map<QualityCause, Integer> labels(int from, String peer, boolean uplink) {
        Map<QualityCause, Integer> counts = new EnumMap<>(QualityCause.class);
        call.events.subList(from, call.events.size()).stream().filter(QualityReport.class::isInstance)
                .map(QualityReport.class::cast).filter(e -> e.peerId().equals(peer))
                .forEach(e -> counts.merge((uplink ? e.uplink() : e.downlink()).cause(), 1, Integer::sum));
        return counts;
    }

    /** From some seconds after a fault on, each report names it. */
    private void assertUplink(QualityCause cause, String peer) {
        call.run(6_000);
        assertEquals(Map.of(cause, 5), run(5_000, peer, true), () -> told(peer));
    }

    private void assertDownlink(QualityCause cause, String peer) {
        assertEquals(Map.of(cause, 5), labels(lastFive(), peer, false), () -> told(peer));
    }

    private int lastFive() {
        long sinceNs = 5;
        int seen = 0;
        for (int i = call.events.size() - 1; i >= 0; i--) {
            if (call.events.get(i) instanceof QualityReport report && report.peerId().equals("hospital")
                    && ++seen == sinceNs) {
                return firstOfRound(i);
            }
        }
        throw new AssertionError("fewer than five reports");
    }

    // Reports of one moment follow one another, in the order in which the peers came.
    private int firstOfRound(int at) {
        int i = at;
        while (i > 0 && !(call.events.get(i) instanceof QualityReport r && r.peerId().equals("station"))) {
            i--;
        }
        return i;
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2})
    void shouldBlameThePublishersUplinkForItsLossAndNoViewerForIt(long seed) {
        begin(seed);
        station.peer.up.lossRatio = 0.2;
        assertUplink(QualityCause.PUBLISHER_UPLINK, "station");
        assertDownlink(QualityCause.PUBLISHER_UPLINK, "hospital");
        assertDownlink(QualityCause.PUBLISHER_UPLINK, "student");
        assertEquals(QualityCause.NONE, last("colleague").uplink().cause());
        // What the hospital is charged with is its own link's loss: none, although it misses a fifth of the sound.
        List<DirectionQuality> own = call.events(QualityReport.class).stream()
                .filter(e -> e.peerId().equals("hospital")).map(QualityReport::downlink).toList();
        double charged = own.subList(own.size() - 9, own.size()).stream()
                .mapToDouble(DirectionQuality::audioLossRatio).average().orElseThrow();
        assertEquals(0, charged, 0.01, () -> told("hospital"));
        assertTrue(last("hospital").downlink().linkScore() > 4.2, () -> told("hospital"));
        assertTrue(last("station").uplink().audioScore() < 3.2, () -> told("station"));
        station.peer.up.lossRatio = 0;
        call.run(9_000);
        assertUplink(QualityCause.NONE, "station");
        assertDownlink(QualityCause.NONE, "hospital");
    }

    @ParameterizedTest
    @ValueSource(longs = {5, 6})
    void shouldBlameAViewersDownlinkForItsLossAndNobodyElse(long seed) {
        begin(seed);
        hospital.peer.down.lossRatio = 0.2;
        assertUplink(QualityCause.NONE, "station");
        assertDownlink(QualityCause.VIEWER_DOWNLINK, "hospital");
        assertDownlink(QualityCause.NONE, "student");
        assertEquals(QualityCause.NONE, last("hospital").uplink().cause());
        assertEquals(QualityCause.NONE, last("colleague").uplink().cause());
        hospital.peer.down.lossRatio = 0;
        // The estimate takes its time to rise, and what it still holds back is that link's matter.
        call.run(60_000);
        assertUplink(QualityCause.NONE, "station");
        assertDownlink(QualityCause.NONE, "hospital");
    }

    @ParameterizedTest
    @ValueSource(longs = {9, 10})
    void shouldTellAStoppedCameraFromADeadLink(long seed) {
        begin(seed);
        station.layers.getFirst().active = false;
        assertUplink(QualityCause.CAMERA_STOPPED, "station");
        assertDownlink(QualityCause.CAMERA_STOPPED, "hospital");
        assertEquals(1, last("station").uplink().freezeRatio(), 1e-9);
        assertEquals(1, last("hospital").downlink().freezeRatio(), 1e-9);
        assertTrue(last("station").uplink().linkScore() > 4.2, () -> told("station"));
        station.layers.getFirst().active = true;
        call.run(8_000);
        assertUplink(QualityCause.NONE, "station");
        station.peer.up.cut = true;
        assertUplink(QualityCause.PUBLISHER_UPLINK, "station");
        assertDownlink(QualityCause.PUBLISHER_UPLINK, "hospital");
        assertEquals(QualityCause.NONE, last("colleague").uplink().cause());
    }

    @ParameterizedTest
    @ValueSource(longs = {13, 14})
    void shouldKnowAStoppedCameraOfAStationWithoutMicrophone(long seed) {
        begin(seed);
        call.room.muteProducer("a", true, call.nowNs());
        station.sendsAudio = false;
        call.run(8_000);
        station.layers.getFirst().active = false;
        station.reportsWhenStill = true;
        assertUplink(QualityCause.CAMERA_STOPPED, "station");
        assertDownlink(QualityCause.CAMERA_STOPPED, "hospital");
    }

    @ParameterizedTest
    @ValueSource(longs = {15, 16})
    void shouldCallNothingAFaultThatWasMeant(long seed) {
        begin(seed);
        call.room.muteProducer("v", true, call.nowNs());
        station.layers.getFirst().active = false;
        assertUplink(QualityCause.NONE, "station");
        assertDownlink(QualityCause.NONE, "hospital");
        assertEquals(-1, last("station").uplink().freezeRatio());
        station.layers.getFirst().active = true;
        call.room.muteProducer("v", false, call.nowNs());
        hospital.peer.endpoint.updateConsumer("c-v", new ConsumerSettings(true, 2, 0, 0, 0), call.nowNs());
        student.peer.endpoint.updateConsumer("c-v", new ConsumerSettings(true, 2, 0, 0, 0), call.nowNs());
        call.run(12_000);
        // Nobody looks: its sender was told, and stopped.
        station.layers.getFirst().active = false;
        assertUplink(QualityCause.NONE, "station");
        assertDownlink(QualityCause.NONE, "hospital");
    }

    @ParameterizedTest
    @ValueSource(longs = {17, 18})
    void shouldBlameTheServerForWhatItGivesUp(long seed) {
        begin(seed);
        call.room.onOverload(OverloadLevel.NO_VIDEO, call.nowNs());
        assertUplink(QualityCause.NONE, "station");
        assertDownlink(QualityCause.SERVER, "hospital");
        assertDownlink(QualityCause.SERVER, "student");
        call.room.onOverload(OverloadLevel.NONE, call.nowNs());
        call.run(10_000);
        assertUplink(QualityCause.NONE, "station");
        assertDownlink(QualityCause.NONE, "hospital");
    }

    @ParameterizedTest
    @ValueSource(longs = {19, 20})
    void shouldBlameTheServerForPacketsThatItsSocketLost(long seed) {
        begin(seed);
        // Both publishers lose as much as the socket's queue overflows by.
        station.peer.up.lossRatio = 0.15;
        colleague.peer.up.lossRatio = 0.15;
        overflow(0.15);
        assertUplink(QualityCause.SERVER, "station");
        assertDownlink(QualityCause.SERVER, "hospital");
        assertEquals(QualityCause.SERVER, last("colleague").uplink().cause());
    }

    private void overflow(double ratio) {
        long before = call.counters.get(Counter.RTP_PACKETS_IN);
        call.in(200, () -> {
            long received = call.counters.get(Counter.RTP_PACKETS_IN) - before;
            call.counters.add(Counter.RECEIVE_QUEUE_DROPS, Math.round(received * ratio / (1 - ratio)));
            overflow(ratio);
        });
    }

    @ParameterizedTest
    @ValueSource(longs = {21, 22})
    void shouldBlameEachForItsOwnWhenBothLinksAreBad(long seed) {
        begin(seed);
        station.peer.up.lossRatio = 0.1;
        hospital.peer.down.lossRatio = 0.35;
        assertUplink(QualityCause.PUBLISHER_UPLINK, "station");
        assertDownlink(QualityCause.VIEWER_DOWNLINK, "hospital");
        assertDownlink(QualityCause.PUBLISHER_UPLINK, "student");
        double charged = last("hospital").downlink().linkScore();
        assertTrue(charged < 3, () -> told("hospital"));
        assertTrue(last("student").downlink().linkScore() > 4.2, () -> told("student"));
    }

    @ParameterizedTest
    @ValueSource(longs = {31, 32})
    void shouldBlameTheWorseOfTwoBadLinks(long seed) {
        begin(seed);
        station.peer.up.lossRatio = 0.4;
        hospital.peer.down.lossRatio = 0.05;
        assertUplink(QualityCause.PUBLISHER_UPLINK, "station");
        assertDownlink(QualityCause.PUBLISHER_UPLINK, "hospital");
    }

    @ParameterizedTest
    @ValueSource(longs = {25, 26})
    void shouldSeeACameraThatStopsOnALinkThatLosesALittle(long seed) {
        begin(seed);
        station.peer.up.lossRatio = 0.02;
        call.run(6_000);
        station.layers.getFirst().active = false;
        assertUplink(QualityCause.CAMERA_STOPPED, "station");
        assertDownlink(QualityCause.CAMERA_STOPPED, "hospital");
        // The hospital's own link breaks down meanwhile: that is worse than one still picture of two.
        hospital.peer.down.lossRatio = 0.02;
        call.run(8_000);
        assertDownlink(QualityCause.CAMERA_STOPPED, "hospital");
    }

    @ParameterizedTest
    @ValueSource(longs = {27, 28})
    void shouldChargeAQueueToTheDirectionThatItStandsOn(long seed) {
        begin(seed);
        station.peer.up.delayNs = 420_000_000L;
        assertUplink(QualityCause.PUBLISHER_UPLINK, "station");
        assertEquals(QualityCause.NONE, last("station").downlink().cause(), () -> told("station"));
        station.peer.up.delayNs = 20_000_000L;
        hospital.peer.down.delayNs = 420_000_000L;
        call.run(10_000);
        assertUplink(QualityCause.NONE, "station");
        assertDownlink(QualityCause.VIEWER_DOWNLINK, "hospital");
        assertDownlink(QualityCause.NONE, "student");
    }

    @ParameterizedTest
    @ValueSource(longs = {33, 34})
    void shouldNotBlameViewersOnAnotherWorkerEither(long seed) {
        call = new SimCall(seed);
        SimCall.Part branch = call.addPart();
        station = new SimPublisher(call, "station").video("v", "0", "").audio("a", "1").start();
        branch.mirror(call.home, new RemotePeer("station", "participant-station", SimCall.PUBLISHER_IDS,
                List.of(SimCall.camera("v", "0", ""), SimCall.microphone("a", "1"))));
        call.opensOn = branch;
        hospital = new SimViewer(call, "hospital");
        hospital.tellsLoss = true;
        call.consume(hospital, "v", true, BEST);
        call.consume(hospital, "a", false, BEST);
        call.run(12_000);
        assertFar(QualityCause.NONE);
        station.peer.up.lossRatio = 0.2;
        assertFar(QualityCause.PUBLISHER_UPLINK);
        assertTrue(last("hospital").downlink().linkScore() > 4.2, () -> told("hospital"));
        station.peer.up.lossRatio = 0;
        call.run(12_000);
        assertFar(QualityCause.NONE);
        station.layers.getFirst().active = false;
        assertFar(QualityCause.CAMERA_STOPPED);
        station.layers.getFirst().active = true;
        call.run(8_000);
        hospital.peer.down.lossRatio = 0.25;
        assertFar(QualityCause.VIEWER_DOWNLINK);
        assertEquals(QualityCause.NONE, last("station").uplink().cause());
    }

    private void assertFar(QualityCause cause) {
        call.run(6_000);
        assertEquals(Map.of(cause, 5), run(5_000, "hospital", false), () -> told("hospital"));
    }

    @ParameterizedTest
    @ValueSource(longs = {29, 30})
    void shouldBlameTheLinkOfAViewerThatIsHeardNoMore(long seed) {
        begin(seed);
        hospital.peer.down.cut = true;
        hospital.peer.up.cut = true;
        assertUplink(QualityCause.NONE, "station");
        assertDownlink(QualityCause.VIEWER_DOWNLINK, "hospital");
        assertDownlink(QualityCause.NONE, "student");
    }
}
