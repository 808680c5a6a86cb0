// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.sfu.sim.scenario;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Row 15 of the goal table: the commune sends. */
class CommuneUplinkScenarioTest {
    @ParameterizedTest
    @ValueSource(strings = {"commune_3g_edge", "commune_3g_fair"})
    void shouldShowTheCommuneToTheHospital(String name) {
        Pins.hold(Scenarios.uplink(name));
    }

    @Test
    void shouldKeepTheVoiceInTimeWhereTheUplinkIsCut() {
        Pins.hold(Scenarios.uplinkCut());
    }

    @Test
    void shouldKeepTheVoiceInTimeWhereTheUplinkCarriesLittleElse() {
        Pins.hold(Scenarios.uplink64());
    }
}
