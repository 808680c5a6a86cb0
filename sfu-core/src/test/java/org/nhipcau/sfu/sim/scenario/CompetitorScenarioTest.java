// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.sfu.sim.scenario;

import org.junit.jupiter.api.Test;

/** Row 11 of the goal table: a download beside the call. */
class CompetitorScenarioTest {
    @Test
    void shouldHoldItsShareBesideADownload() {
        Pins.hold(Scenarios.competitor());
    }
}
