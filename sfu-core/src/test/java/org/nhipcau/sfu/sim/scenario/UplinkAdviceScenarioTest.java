// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.sfu.sim.scenario;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.nhipcau.sfu.api.ConsumerSettings;
import org.nhipcau.sfu.api.QualityCause;
import org.nhipcau.sfu.bwe.WarmStart;
import org.nhipcau.sfu.sim.link.Capacity;
import org.nhipcau.sfu.sim.link.Flow;
import org.nhipcau.sfu.sim.link.LinkLog;
import org.nhipcau.sfu.sim.link.LinkSettings;
import org.nhipcau.sfu.sim.link.LinkSettings.Queue;
import org.nhipcau.sfu.sim.link.TcpCompetitor;
import org.nhipcau.sfu.sim.rural.CameraSettings;
import org.nhipcau.sfu.sim.rural.SimulatedPublisher;
import org.nhipcau.sfu.sim.rural.SimulatedRoom;
import org.nhipcau.sfu.sim.rural.SimulatedViewer.Feedback;
import org.nhipcau.sfu.sim.rural.SimulatedViewer;

/** What publishers are told of their uplinks, and what of their uplinks' trouble reaches the viewers. */
class UplinkAdviceScenarioTest {
    private static final long SEED = 5;

    private final SimulatedRoom room = new SimulatedRoom(SEED);

    private SimulatedPublisher hospital(CameraSettings camera, boolean measures, LinkSettings up) {
        return new SimulatedPublisher(room, "hospital", camera, true, measures, up, Consultation.good());
    }

    private SimulatedViewer viewer(String name, SimulatedPublisher of, LinkSettings down) {
        LinkSettings up = LinkSettings.of(Capacity.constant(10_000), down.delayNs() / 1_000_000);
        return new SimulatedViewer(room, name, up, down).watch(of, ConsumerSettings.DEFAULT, 0).connect();
    }

    private static double kbps(LinkLog log, long fromMs, long toMs) {
        return log.deliveredBytes(null, fromMs, toMs) * 8.0 / (toMs - fromMs);
    }

    private String said(String what) {
        return what + "; " + room;
    }

    @Test
    void shouldMakeTheOnlySizeOfAPictureSmallEnoughToMove() {
        SimulatedPublisher hospital = hospital(CameraSettings.ONE_LAYER, true, Consultation.good());
        room.run(2_000);
        LinkSettings narrow = LinkSettings.of(Capacity.steps(0, 300, 40_000, 4_000), 50).queue(Queue.ofBytes(60_000));
        SimulatedViewer station = viewer("station", hospital, narrow);
        room.run(40_000);
        assertTrue(hospital.rembBps() < 420_000, said("told " + hospital.rembBps()));
        assertTrue(station.picture().framesPerSecond(15_000, 40_000, 0.1) >= 12,
                said("frames " + station.picture().framesPerSecond(15_000, 40_000, 0.1)));
        assertTrue(station.sound().concealedPercent(15_000, 40_000) < 1, said("sound"));
        room.run(20_000);
        assertTrue(hospital.rembBps() > 2_000_000, said("told " + hospital.rembBps()));
        assertTrue(kbps(station.transport().down().log(), 55_000, 60_000) > 1_200, said("the picture is as it was"));
        room.close();
    }

    @Test
    void shouldMakeTheSmallestLayerSmallerWhereEvenThatIsTooMuch() {
        SimulatedPublisher hospital = hospital(CameraSettings.THREE_LAYERS, true, Consultation.good());
        room.run(2_000);
        LinkSettings narrow = LinkSettings.of(Capacity.steps(0, 150, 40_000, 4_000), 50).queue(Queue.ofBytes(60_000));
        SimulatedViewer station = viewer("station", hospital, narrow);
        room.run(60_000);
        assertTrue(station.picture().framesPerSecond(15_000, 40_000, 0.1) >= 12,
                said("frames " + station.picture().framesPerSecond(15_000, 40_000, 0.1)));
        double againMs = station.picture().layerAfterMs(40_000, 2);
        // 4 s until the next probe, for those that find nothing become ever rarer, up to 8 s; half a second until probes
        // have doubled up to what is wanted, and two layers that come back one after the other.
        assertTrue(againMs >= 0 && againMs < 7_000, said("best layer after " + againMs));
        room.close();
    }

    @Test
    void shouldMakeTheBestLayerFitWithAllItsFrames() {
        SimulatedPublisher hospital = hospital(CameraSettings.THREE_LAYERS, true, Consultation.good());
        room.run(2_000);
        LinkSettings narrow = LinkSettings.of(Capacity.steps(0, 1_500, 40_000, 6_000), 50).queue(Queue.ofBytes(60_000));
        SimulatedViewer station = viewer("station", hospital, narrow);
        room.run(40_000);
        // The two layers below take 600 kbit/s, the best one 1,500 if nothing is asked.
        assertTrue(hospital.rembBps() > 1_500_000 && hospital.rembBps() < 2_000_000,
                said("told " + hospital.rembBps()));
        assertTrue(station.picture().meanLayer(15_000, 40_000) > 1.95,
                said("layer " + station.picture().meanLayer(15_000, 40_000)));
        assertTrue(station.picture().framesPerSecond(15_000, 40_000, 0.1) >= 25,
                said("frames " + station.picture().framesPerSecond(15_000, 40_000, 0.1)));
        room.run(10_000);
        assertTrue(hospital.rembBps() > 2_200_000, said("told " + hospital.rembBps()));
        assertTrue(kbps(station.transport().down().log(), 45_000, 50_000) > 1_500, said("the picture is as it was"));
        room.close();
    }

    @Test
    void shouldMakeTheBestLayerNoSmallerForOneOfSeveralWhoWantIt() {
        SimulatedPublisher hospital = hospital(CameraSettings.THREE_LAYERS, true, Consultation.good());
        viewer("poor", hospital, LinkSettings.of(Capacity.constant(1_500), 50).queue(Queue.ofBytes(60_000)));
        viewer("good", hospital, Consultation.good());
        room.run(30_000);
        assertEquals(Double.MAX_VALUE, hospital.lowestRembBps(), said("told"));
        room.close();
    }

    @Test
    void shouldNotLiftTheCapWhereThePathCarriesNotEvenTheSound() {
        SimulatedPublisher hospital = hospital(CameraSettings.ONE_LAYER, true, Consultation.good());
        room.run(2_000);
        LinkSettings narrow = LinkSettings.of(Capacity.steps(0, 300, 20_000, 16), 50).queue(Queue.ofBytes(60_000));
        viewer("station", hospital, narrow);
        room.run(20_000);
        assertTrue(hospital.rembBps() < 420_000, said("told " + hospital.rembBps()));
        for (int i = 0; i < 20; i++) {
            room.run(1_000);
            assertTrue(hospital.rembBps() < 420_000, said("told " + hospital.rembBps()));
        }
        room.close();
    }

    @Test
    void shouldAskNothingWhileOneViewerCarriesAll() {
        SimulatedPublisher hospital = hospital(CameraSettings.ONE_LAYER, true, Consultation.good());
        viewer("poor", hospital, LinkSettings.of(Capacity.constant(200), 50).queue(Queue.ofBytes(60_000)));
        viewer("good", hospital, Consultation.good());
        room.run(30_000);
        assertEquals(Double.MAX_VALUE, hospital.lowestRembBps(), said("told"));
        room.close();
    }

    @ParameterizedTest
    @ValueSource(ints = {250, 700, 1_600})
    void shouldTellAPublisherThatMeasuresNothingWhatItsUplinkCarries(int carriedKbps) {
        LinkSettings up = LinkSettings.of(Capacity.constant(carriedKbps), 50).jitter(5).queue(Queue.ofBytes(60_000));
        SimulatedPublisher hospital = hospital(CameraSettings.ONE_LAYER, false, up);
        SimulatedViewer viewer = viewer("viewer", hospital, Consultation.good());
        room.run(60_000);
        LinkLog log = hospital.transport().up().log();
        assertTrue(log.waitedMs(null, 15_000, 60_000, 0.95) < 200,
                said("queue p95 " + log.waitedMs(null, 15_000, 60_000, 0.95)));
        double used = kbps(log, 20_000, 60_000);
        assertTrue(used > 0.5 * Math.min(carriedKbps, 1_600), said("used " + used));
        assertTrue(viewer.sound().concealedPercent(15_000, 60_000) < 1, said("sound"));
        room.close();
    }

    @Test
    void shouldGiveUpLayersThatNoPathCarriesAndHaveThemBackInTime() {
        SimulatedPublisher hospital = hospital(CameraSettings.THREE_LAYERS, true, Consultation.good());
        room.run(2_000);
        LinkSettings cut = LinkSettings.of(Capacity.steps(0, 3_000, 20_000, 200, 50_000, 3_000), 50)
                .queue(Queue.ofBytes(60_000));
        SimulatedViewer station = viewer("station", hospital, cut);
        room.run(70_000);
        LinkLog uplink = hospital.transport().up().log();
        assertTrue(kbps(uplink, 15_000, 20_000) > 1_800, said("all layers " + kbps(uplink, 15_000, 20_000)));
        assertTrue(kbps(uplink, 42_000, 50_000) < 900, said("spared " + kbps(uplink, 42_000, 50_000)));
        double againMs = station.picture().layerAfterMs(50_000, 2);
        assertTrue(againMs >= 0 && againMs < 4_000, said("best layer after " + againMs));
        room.close();
    }

    @Test
    void shouldBrakeAStationWhoseUplinkIsCutBeforeItsVoiceWaits() {
        LinkSettings cut = LinkSettings.of(Capacity.steps(0, 2_000, 30_000, 150, 60_000, 2_000), 50)
                .queue(Queue.ofBytes(60_000));
        SimulatedPublisher commune = hospital(CameraSettings.THREE_LAYERS, true, cut);
        SimulatedViewer viewer = viewer("viewer", commune, Consultation.good());
        room.run(29_000);
        assertEquals(Double.MAX_VALUE, commune.lowestRembBps(), said("told before the cut"));
        room.run(61_000);
        LinkLog log = commune.transport().up().log();
        assertTrue(log.waitedMs(Flow.AUDIO, 37_000, 60_000, 0.95) < 200,
                said("voice waits " + log.waitedMs(Flow.AUDIO, 37_000, 60_000, 0.95)));
        assertTrue(kbps(log, 37_000, 60_000) > 115, said("used " + kbps(log, 37_000, 60_000)));
        assertTrue(viewer.picture().freezeRatio(37_000, 60_000) < 0.1,
                said("freezes " + viewer.picture().freezeRatio(37_000, 60_000)));
        // Its own estimator finds the rate again; nothing that it was told holds it back.
        assertTrue(commune.rembBps() > 2_000_000, said("told " + commune.rembBps()));
        assertTrue(kbps(log, 85_000, 90_000) > 600, said("again " + kbps(log, 85_000, 90_000)));
        room.close();
    }

    @Test
    void shouldLetTheCameraRestWhereTheUplinkCarriesTheVoiceAlone() {
        LinkSettings narrow = LinkSettings.of(Capacity.steps(0, 64, 60_000, 1_000), 50).queue(Queue.ofBytes(60_000));
        SimulatedPublisher commune = hospital(CameraSettings.THREE_LAYERS, true, narrow);
        SimulatedViewer viewer = viewer("viewer", commune, Consultation.good());
        room.run(120_000);
        LinkLog log = commune.transport().up().log();
        assertTrue(log.waitedMs(Flow.AUDIO, 30_000, 60_000, 0.95) < 1_500,
                said("voice waits " + log.waitedMs(Flow.AUDIO, 30_000, 60_000, 0.95)));
        assertTrue(viewer.sound().concealedPercent(30_000, 60_000) < 2,
                said("concealed " + viewer.sound().concealedPercent(30_000, 60_000)));
        assertTrue(viewer.picture().framesPerSecond(105_000, 120_000, 0.5) > 15,
                said("frames " + viewer.picture().framesPerSecond(105_000, 120_000, 0.5)));
        room.close();
    }

    @Test
    void shouldTellNothingToAStationOnAGoodLinkThatJittersAndLoses() {
        LinkSettings fair = LinkSettings.of(Capacity.constant(8_000), 40).jitter(15).loss(0.05);
        SimulatedPublisher station = hospital(CameraSettings.THREE_LAYERS, true, fair);
        viewer("viewer", station, Consultation.good());
        room.run(60_000);
        assertEquals(Double.MAX_VALUE, station.lowestRembBps(), said("told"));
        room.close();
    }

    @Test
    void shouldLeaveAStationWhatItHasBesideAnUpload() {
        LinkSettings shared = LinkSettings.of(Capacity.constant(1_900), 25).queue(Queue.ofMs(500));
        SimulatedPublisher station = hospital(CameraSettings.THREE_LAYERS, true, shared);
        SimulatedViewer viewer = viewer("viewer", station, Consultation.good());
        room.run(10_000);
        new TcpCompetitor(room.clock(), station.transport().up(), station.transport().down()).start();
        room.run(80_000);
        // Its own estimator gives way to the upload; of the little that it keeps nothing may be lost.
        LinkLog log = station.transport().up().log();
        double video = log.deliveredBytes(Flow.VIDEO, 20_000, 90_000) * 8.0 / 70_000;
        assertTrue(video > 25, said("video " + video));
        assertTrue(viewer.picture().freezeRatio(20_000, 90_000) < 0.4,
                said("freezes " + viewer.picture().freezeRatio(20_000, 90_000)));
        room.close();
    }

    @Test
    void shouldNotChargeViewersWithThePublishersLoss() {
        SimulatedPublisher commune = hospital(CameraSettings.THREE_LAYERS, true,
                LinkSettings.of(Capacity.constant(Capacity.UNLIMITED_KBPS), 30).loss(0.12));
        SimulatedViewer numbered = viewer("numbered", commune, Consultation.good());
        SimulatedViewer blind = new SimulatedViewer(room, "blind", Feedback.REPORTS_ONLY, Consultation.good(),
                Consultation.good()).watch(commune, ConsumerSettings.DEFAULT, 0).connect();
        room.run(40_000);
        WarmStart path = numbered.transport().endpoint().toWarmStart(room.clock().nowNs());
        assertTrue(path.lossRatio() < 0.02, said("loss " + path));
        assertTrue(path.estimateBps() > 2_000_000, said("estimate " + path));
        for (String viewer : List.of("numbered", "blind")) {
            assertNotEquals(QualityCause.VIEWER_DOWNLINK, room.quality(viewer).downlink().cause(), said(viewer));
        }
        assertTrue(numbered.picture().meanLayer(20_000, 40_000) > 1.5,
                said("layer " + numbered.picture().meanLayer(20_000, 40_000)));
        room.close();
    }
}
