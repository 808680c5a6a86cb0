// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.sfu.sim.scenario;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.nhipcau.sfu.api.ConsumerSettings;
import org.nhipcau.sfu.sim.link.Capacity;
import org.nhipcau.sfu.sim.link.LinkSettings;
import org.nhipcau.sfu.sim.link.LinkSettings.Queue;
import org.nhipcau.sfu.sim.rural.CameraSettings;
import org.nhipcau.sfu.sim.rural.SimulatedPublisher;
import org.nhipcau.sfu.sim.rural.SimulatedRoom;
import org.nhipcau.sfu.sim.rural.SimulatedViewer;

/** How often publishers on poor uplinks are asked for key frames, each of which costs as much as seconds of speech. */
class KeyframeScenarioTest {
    private static final long SEED = 7;
    private static final int BEFORE_MS = 20_000;
    private static final int HOLE_MS = 6_000;

    private final SimulatedRoom room = new SimulatedRoom(SEED);

    private String said(String what) {
        return what + "; " + room;
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void shouldNotAskIntoAHole(boolean drops) {
        LinkSettings link = LinkSettings.of(Capacity.constant(1_000), 50).queue(Queue.ofBytes(60_000))
                .outage(BEFORE_MS, HOLE_MS, drops);
        SimulatedPublisher commune = new SimulatedPublisher(room, "commune", CameraSettings.THREE_LAYERS, true, link,
                link);
        SimulatedViewer hospital = new SimulatedViewer(room, "hospital", Consultation.good(), Consultation.good())
                .watch(commune, ConsumerSettings.DEFAULT, 0).connect();
        room.run(BEFORE_MS);
        int before = commune.keyFrameRequests();
        room.run(HOLE_MS);
        assertEquals(before, commune.keyFrameRequests(), said("asked while nothing came"));
        room.run(1_500);
        int asked = commune.keyFrameRequests() - before;
        assertTrue(asked <= 1, said("asked " + asked + " times for the picture's return"));
        room.run(8_500);
        // Two layers come back to the browser one after the other, seconds later, and are switched to.
        asked = commune.keyFrameRequests() - before;
        assertTrue(asked <= 6, said("asked " + asked + " times"));
        double backMs = hospital.picture().firstFrameAfterMs(BEFORE_MS + HOLE_MS);
        assertTrue(backMs >= 0 && backMs < 1_500, said("picture after " + backMs));
        room.close();
    }
}
