// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.sfu.sim.rural;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.nhipcau.sfu.api.ConsumerSettings;
import org.nhipcau.sfu.sim.link.Capacity;
import org.nhipcau.sfu.sim.link.LinkLog;
import org.nhipcau.sfu.sim.link.LinkSettings;

/** The model of a browser's estimator, against what was published of real ones on links of a fixed rate. */
class BrowserEstimatorTest {
    private static final int SEEDS = 12;

    // TMA'23: 0.93 of 0.3 Mbit/s, 0.80 to 0.85 of 1 Mbit/s, hardly any queue. Simulcast leaves more unused, and in many
    // runs on 1 Mbit/s the second layer never stays, since its key frame alone fills the link: the model is of use as long
    // as it gets there in some runs, keeps the lowest layer in all, and never fills the queue.
    @ParameterizedTest
    @CsvSource({"300, 0.6", "1000, 0.2"})
    void shouldUseALinkOfFixedRateWithoutFillingItsQueue(long kbps, double least) {
        List<Double> utilisations = new ArrayList<>();
        double queueMs = 0;
        for (int seed = 1; seed <= SEEDS; seed++) {
            LinkLog log = run(seed, kbps);
            utilisations.add(log.utilisation(30_000, 120_000, 1e9));
            queueMs = Math.max(queueMs, log.waitedMs(null, 30_000, 120_000, 0.95));
        }
        String what = "by seed from 1: " + utilisations + ", queue " + queueMs;
        assertTrue(utilisations.stream().allMatch(one -> one >= least), what);
        assertTrue(utilisations.stream().filter(one -> one >= 0.6).count() >= SEEDS / 4, what);
        assertTrue(queueMs < 150, what);
    }

    private static LinkLog run(long seed, long kbps) {
        SimulatedRoom room = new SimulatedRoom(seed);
        LinkSettings up = LinkSettings.of(Capacity.constant(kbps), 25);
        SimulatedPublisher publisher = new SimulatedPublisher(room, "station", CameraSettings.THREE_LAYERS, true, up,
                LinkSettings.of(Capacity.constant(10_000), 25));
        LinkSettings good = LinkSettings.of(Capacity.constant(Capacity.UNLIMITED_KBPS), 10);
        new SimulatedViewer(room, "hospital", good, good).watch(publisher, ConsumerSettings.DEFAULT, 0).connect();
        room.run(120_000);
        LinkLog log = publisher.transport().up().log();
        room.close();
        return log;
    }
}
