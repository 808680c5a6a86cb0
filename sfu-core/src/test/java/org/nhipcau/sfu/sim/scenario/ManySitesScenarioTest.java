// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.sfu.sim.scenario;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.nhipcau.sfu.api.ConsumerSettings;
import org.nhipcau.sfu.sim.rural.CameraSettings;
import org.nhipcau.sfu.sim.rural.PictureRecord;
import org.nhipcau.sfu.sim.rural.SimulatedPublisher;
import org.nhipcau.sfu.sim.rural.SimulatedRoom;
import org.nhipcau.sfu.sim.rural.SimulatedViewer;

/** S1 and more: a site on a good link that watches many at once, whose sound alone is more than the first estimate. */
class ManySitesScenarioTest {
    private static final int SITES = 10;
    private static final long JOINS_AT_MS = 2_000;

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5})
    void shouldShowAllOfTenSitesWithinSixSecondsOnAGoodLink(long seed) {
        SimulatedRoom room = new SimulatedRoom(seed);
        List<SimulatedPublisher> sites = new ArrayList<>();
        for (int i = 0; i < SITES; i++) {
            sites.add(new SimulatedPublisher(room, "site-" + i, CameraSettings.THREE_LAYERS, true, Consultation.good(),
                    Consultation.good()));
        }
        room.run(JOINS_AT_MS);
        SimulatedViewer viewer = new SimulatedViewer(room, "viewer", Consultation.good(), Consultation.good());
        sites.forEach(site -> viewer.watch(site, ConsumerSettings.DEFAULT, 0));
        viewer.connect();
        room.run(20_000);
        for (PictureRecord picture : viewer.pictures()) {
            double first = picture.firstFrameAfterMs(0);
            assertTrue(first <= 6_000, () -> "first frame after " + first + " ms, seed " + seed);
            int frames = picture.frames(15_000, 20_000);
            assertTrue(frames > 120, () -> frames + " frames in five seconds, seed " + seed);
        }
        room.close();
    }
}
