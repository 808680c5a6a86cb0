// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.sfu.sim.scenario;

import org.junit.jupiter.api.Test;

/** Row 3 of the goal table: a rate that changes each minute. */
class StepsScenarioTest {
    @Test
    void shouldFollowTheStepsOfTheLink() {
        Pins.hold(Scenarios.steps());
    }
}
