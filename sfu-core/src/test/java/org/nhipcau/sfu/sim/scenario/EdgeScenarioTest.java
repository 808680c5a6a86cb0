// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.sfu.sim.scenario;

import org.junit.jupiter.api.Test;

/** Row 7 of the goal table: EDGE with a round trip of 750 ms. */
class EdgeScenarioTest {
    @Test
    void shouldKeepTheVoiceIntelligible() {
        Pins.hold(Scenarios.gprs());
    }
}
