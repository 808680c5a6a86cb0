// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.sfu.sim.scenario;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.nhipcau.sfu.sim.link.LinkProfile;

/**
 * Row 13 of the goal table: links as they were measured. The profiles are not part of the project: the directory that
 * holds them is named by {@code -Dnhipcau.traces}.
 */
class MeasuredScenarioTest {
    @ParameterizedTest
    @CsvSource({"umts_driving_tmobile, false", "hsdpa_car_rural_norway, false", "lte_train_ghent, true"})
    void shouldBearMeasuredLinks(String name, boolean fourth) {
        LinkProfile profile = LinkProfile.measured(name);
        assumeTrue(profile != null, "no directory of measured links is named by -D"
                + LinkProfile.MEASURED_PROPERTY);
        Pins.hold(Scenarios.trace(profile, fourth));
    }
}
