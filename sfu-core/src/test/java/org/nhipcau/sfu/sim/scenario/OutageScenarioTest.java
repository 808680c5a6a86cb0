// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.sfu.sim.scenario;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Row 8 of the goal table: the link is away for a while. */
class OutageScenarioTest {
    @ParameterizedTest
    @CsvSource({"2, false", "2, true", "5, false", "5, true", "10, false", "10, true"})
    void shouldComeBackAfterAnOutage(int seconds, boolean drops) {
        Pins.hold(Scenarios.outage(seconds, drops));
    }
}
