// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.sfu.sim.scenario;

import org.junit.jupiter.api.Test;

/** Row 2 of the goal table: the rate comes back after a cut. */
class ReturnScenarioTest {
    @Test
    void shouldRiseWhenTheLinkComesBack() {
        Pins.hold(Scenarios.back());
    }
}
