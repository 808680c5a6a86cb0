// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.sfu.sim.scenario;

import org.junit.jupiter.api.Test;

/** Row 10 of the goal table: a round trip of 600 ms. */
class SatelliteScenarioTest {
    @Test
    void shouldRiseOverALongRoundTrip() {
        Pins.hold(Scenarios.satellite());
    }
}
