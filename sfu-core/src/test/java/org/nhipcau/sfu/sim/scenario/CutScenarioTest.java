// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.sfu.sim.scenario;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

import org.junit.jupiter.api.Test;

/** Row 1 of the goal table: 2 Mbit/s fall to 150 kbit/s. */
class CutScenarioTest {
    @Test
    void shouldKeepSoundAndPictureWhenTheLinkIsCut() {
        Pins.hold(Scenarios.cut());
    }

    @Test
    void shouldDoSoWhereTheStationSendsOverTheSameLink() {
        Pins.hold(Scenarios.cutSending());
    }

    @Test
    void shouldBeAFunctionOfTheSeed() {
        assertEquals(Scenarios.cut().run(77).figures(), Scenarios.cut().run(77).figures());
        assertNotEquals(Scenarios.cut().run(77).figures(), Scenarios.cut().run(78).figures());
    }
}
