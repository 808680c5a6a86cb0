// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.sfu.sim.scenario;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.nhipcau.sfu.api.ConsumerSettings;
import org.nhipcau.sfu.sim.link.Capacity;
import org.nhipcau.sfu.sim.link.LinkSettings;
import org.nhipcau.sfu.sim.link.LinkSettings.Queue;
import org.nhipcau.sfu.sim.rural.CameraSettings;
import org.nhipcau.sfu.sim.rural.SimulatedPublisher;
import org.nhipcau.sfu.sim.rural.SimulatedRoom;
import org.nhipcau.sfu.sim.rural.SimulatedViewer;

/**
 * Holes early in a call, on paths that jitter: what little comes through at first must not be taken for what the path
 * carries, and the picture moves again within a moment.
 */
class EarlyOutageScenarioTest {
    private static final CameraSettings SMALL = new CameraSettings(List.of(
            new CameraSettings.Layer("", 2, 640, 360, 500_000)), 8);
    private static final long HOLE_MS = 5_000;
    private static final long LATE_MS = 700;
    private static final long WATCHED_MS = 2_000;
    private static final double STANDS_MS = 500;

    @ParameterizedTest
    @CsvSource({"100000, 0, 3000", "100000, 8, 3000", "100000, 20, 2500", "1000, 5, 4000", "700, 10, 3000"})
    void shouldMoveAgainSoonAfterAHole(int kbps, int jitterMs, long atMs) {
        StringBuilder late = new StringBuilder();
        for (CameraSettings camera : List.of(SMALL, CameraSettings.THREE_LAYERS)) {
            for (long seed = 1; seed <= 4; seed++) {
                SimulatedRoom room = new SimulatedRoom(seed);
                SimulatedPublisher hospital = new SimulatedPublisher(room, "hospital", camera, true,
                        Consultation.good(), Consultation.good());
                room.run(2_000);
                LinkSettings link = LinkSettings.of(Capacity.constant(kbps), 25).jitter(jitterMs)
                        .queue(Queue.ofBytes(60_000)).outage(atMs, HOLE_MS, true);
                SimulatedViewer station = new SimulatedViewer(room, "station", link, link)
                        .watch(hospital, ConsumerSettings.DEFAULT, 0).connect();
                long againMs = atMs + HOLE_MS + LATE_MS;
                room.run(againMs + WATCHED_MS + 1_000);
                double standsMs = station.picture().longestGapMs(againMs, againMs + WATCHED_MS);
                late.append(standsMs <= STANDS_MS ? "" : camera.layers().size() + " layers stand for " + standsMs
                        + " ms after that, " + room + "\n");
                room.close();
            }
        }
        assertTrue(late.isEmpty(), late::toString);
    }
}
