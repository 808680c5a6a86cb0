// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.sfu.sim.scenario;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.nhipcau.sfu.api.MediaEvent.PathMeasured;
import org.nhipcau.sfu.api.PathHistory;
import org.nhipcau.sfu.bwe.EstimatorSettings;
import org.nhipcau.sfu.bwe.WarmStart;
import org.nhipcau.sfu.route.PathRecord;
import org.nhipcau.sfu.sim.link.Capacity;
import org.nhipcau.sfu.sim.link.LinkSettings;

/** What one call learnt of a path is told to signaling, and the next call begins with it. */
class WarmStartScenarioTest {
    private static final long SEED = 11;

    private static PathHistory learntOn(int kbps) {
        Consultation call = new Consultation(SEED, EstimatorSettings.DEFAULT,
                LinkSettings.of(Capacity.constant(kbps), 50), true).run(20_000);
        PathHistory last = null;
        for (var event : call.room.events()) {
            if (event instanceof PathMeasured measured && measured.peerId().equals("station")) {
                last = measured.history();
            }
        }
        call.room.close();
        return last;
    }

    @Test
    void shouldTellWhatWasLearntAndBeginWithMostOfIt() {
        PathHistory narrow = learntOn(256);
        PathHistory wide = learntOn(1_000);
        assertNotNull(narrow, "seed " + SEED);
        assertTrue(narrow.known() && narrow.estimateBps() < 300_000, "seed " + SEED + ": " + narrow);
        assertTrue(wide.estimateBps() > 2 * narrow.estimateBps(), "seed " + SEED + ": " + wide);
        assertTrue(narrow.roundTripMs() >= 100 && narrow.roundTripMs() < 400, "seed " + SEED + ": " + narrow);
        assertTrue(narrow.ageMs() < 1_000, "seed " + SEED + ": " + narrow);

        WarmStart again = PathRecord.toWarmStart(narrow.older(60_000));
        assertTrue(again.usable());
        assertEquals(narrow.estimateBps(), again.estimateBps());
        assertTrue(again.ageNs() >= 60_000_000_000L);
    }

    @Test
    void shouldLeaveWhatCannotBeToTheEstimatorsJudgement() {
        for (PathHistory wrong : new PathHistory[] {PathHistory.NONE, new PathHistory(-1, 0, 0, 1, 0),
            new PathHistory(200_000, Double.NaN, Double.NaN, 1, 0), new PathHistory(200_000, 1e300, 0, 1, 0),
            new PathHistory(200_000, 50, 0, 1, Long.MAX_VALUE), new PathHistory(200_000, 50, 0, 0, -5),
            new PathHistory(Long.MAX_VALUE, 50, 0, 1, 0)}) {
            assertTrue(!PathRecord.toWarmStart(wrong).usable(), wrong.toString());
        }
    }
}
