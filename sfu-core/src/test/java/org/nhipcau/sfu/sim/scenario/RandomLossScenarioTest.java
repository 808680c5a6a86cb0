// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.sfu.sim.scenario;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Row 4 of the goal table: packets lost one by one. */
class RandomLossScenarioTest {
    @ParameterizedTest
    @ValueSource(ints = {10, 20, 30})
    void shouldBearRandomLoss(int percent) {
        Pins.hold(Scenarios.loss(percent));
    }
}
