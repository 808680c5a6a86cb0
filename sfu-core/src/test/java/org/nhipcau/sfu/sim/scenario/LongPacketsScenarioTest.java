// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.sfu.sim.scenario;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.nhipcau.sfu.api.ConsumerSettings;
import org.nhipcau.sfu.api.MediaEvent.WantedSpeechChanged;
import org.nhipcau.sfu.bwe.EstimatorSettings;
import org.nhipcau.sfu.sim.link.Capacity;
import org.nhipcau.sfu.sim.link.Flow;
import org.nhipcau.sfu.sim.link.LinkSettings;
import org.nhipcau.sfu.sim.link.LinkSettings.Queue;
import org.nhipcau.sfu.sim.rural.CameraSettings;
import org.nhipcau.sfu.sim.rural.SimulatedPublisher;
import org.nhipcau.sfu.sim.rural.SimulatedRoom;
import org.nhipcau.sfu.sim.rural.SimulatedViewer;

/** A voice in long packets, where its own uplink carries hardly more. */
class LongPacketsScenarioTest {
    private SimulatedRoom room;
    private SimulatedPublisher commune;

    private void call(Capacity up) {
        room = new SimulatedRoom(21, EstimatorSettings.DEFAULT);
        LinkSettings uplink = LinkSettings.of(up, 50).queue(Queue.ofBytes(60_000));
        commune = new SimulatedPublisher(room, "commune", CameraSettings.PAGE_LAYERS, true, uplink,
                LinkSettings.of(Capacity.constant(2_000), 50));
        new SimulatedViewer(room, "hospital", Consultation.good(), Consultation.good())
                .watch(commune, ConsumerSettings.DEFAULT, 0).connect();
    }

    private List<Integer> told() {
        return room.events().stream().filter(WantedSpeechChanged.class::isInstance)
                .map(WantedSpeechChanged.class::cast).map(WantedSpeechChanged::packetMs).toList();
    }

    private double voicePacketsPerSecond(long fromMs, long toMs) {
        return commune.transport().up().log().deliveredPackets(Flow.AUDIO, fromMs, toMs) * 1e3 / (toMs - fromMs);
    }

    @Test
    void shouldBeSentWhileTheUplinkIsNarrowAndNoLonger() {
        call(Capacity.steps(0, 64, 60_000, 2_000));
        room.run(60_000);
        assertEquals(List.of(60), told(), room::toString);
        assertEquals(50 / 3.0, voicePacketsPerSecond(40_000, 60_000), 1, room::toString);
        room.run(60_000);
        assertEquals(List.of(60, 0), told(), room::toString);
        assertEquals(50, voicePacketsPerSecond(110_000, 120_000), 1, room::toString);
        room.close();
    }

    @Test
    void shouldNotBeAskedForOnAnUplinkThatCarriesPicturesToo() {
        call(Capacity.constant(256));
        room.run(60_000);
        assertEquals(List.of(), told(), room::toString);
        room.close();
    }

    @Test
    void shouldStayAsLongAsTheUplinkIsNarrow() {
        call(Capacity.constant(64));
        room.run(180_000);
        assertFalse(told().isEmpty(), room::toString);
        assertTrue(told().size() <= 1, () -> "it flaps: " + told());
        room.close();
    }
}
