// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.sfu.sim.scenario;

import org.junit.jupiter.api.Test;

/** Row 6 of the goal table: 64 kbit/s and a fifth lost in bursts. */
class NarrowBurstLossScenarioTest {
    @Test
    void shouldSaveTheVoiceWhereHardlyMoreFits() {
        Pins.hold(Scenarios.burst64());
    }

    @Test
    void row6ShouldHoldItsPinsWhereReportsAreLostToo() {
        Pins.hold(Scenarios.burst64Sending());
    }
}
