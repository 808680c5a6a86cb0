// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.sfu.sim.scenario;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.nhipcau.sfu.sim.link.LinkProfile;

/** Row 13 of the goal table: links as they are thought to be at commune stations. */
class CommuneScenarioTest {
    @ParameterizedTest
    @CsvSource({"commune_3g_edge, false", "commune_3g_fair, false", "commune_4g_fringe, true",
            "commune_4g_evening, true", "commune_handover_4g3g, true"})
    void shouldBearTheLinksOfCommunes(String name, boolean fourth) {
        Pins.hold(Scenarios.trace(LinkProfile.synthetic(name), fourth));
    }
}
