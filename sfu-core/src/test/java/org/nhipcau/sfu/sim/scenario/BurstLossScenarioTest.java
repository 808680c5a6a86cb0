// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.sfu.sim.scenario;

import org.junit.jupiter.api.Test;

/** Row 5 of the goal table: 256 kbit/s and a fifth lost in bursts. */
class BurstLossScenarioTest {
    @Test
    void shouldBearLossInBursts() {
        Pins.hold(Scenarios.burst256());
    }
}
