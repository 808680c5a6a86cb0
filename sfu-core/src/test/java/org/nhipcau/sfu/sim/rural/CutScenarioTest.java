// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.sfu.sim.rural;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Map;
import org.junit.jupiter.api.Test;

/** Rows 1 and 2 of the goal table: 2 Mbit/s fall to 150 kbit/s and come back. */
class CutScenarioTest {
    @Test
    void shouldKeepWhatWasReachedWhenTheLinkIsCut() {
        Pins.hold(Scenarios.cut(), Map.of(
                Metric.UTILISATION, 0.85,
                Metric.AUDIO_CONCEALED, 15.5,
                Metric.QUEUE_P95, 3_200.0,
                Metric.TO_500_KBPS, 27_000.0));
    }

    @Test
    void shouldBeAFunctionOfTheSeed() {
        assertEquals(Scenarios.cut().run(77).toString(), Scenarios.cut().run(77).toString());
    }
}
