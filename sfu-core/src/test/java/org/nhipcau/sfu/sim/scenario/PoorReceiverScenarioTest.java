// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.sfu.sim.scenario;

import org.junit.jupiter.api.Test;

/** Row 14 of the goal table: one poor receiver among ten good ones. */
class PoorReceiverScenarioTest {
    @Test
    void shouldNotLetOnePoorReceiverTouchTheOthers() {
        Pins.hold(Scenarios.onePoorAmongTen());
    }
}
