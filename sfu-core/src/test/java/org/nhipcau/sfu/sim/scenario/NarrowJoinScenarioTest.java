// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.sfu.sim.scenario;

import org.junit.jupiter.api.Test;

/** Row 12 of the goal table: joining over 256 kbit/s. */
class NarrowJoinScenarioTest {
    @Test
    void shouldBeginGentlyOnANarrowLink() {
        Pins.hold(Scenarios.join());
    }

    @Test
    void shouldBeginGentlyWhereReportsWaitBehindTheOwnCamera() {
        Pins.hold(Scenarios.joinSending());
    }
}
