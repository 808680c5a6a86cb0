// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.sfu.sim.scenario;

import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.nhipcau.sfu.bwe.EstimatorSettings;

/** Row 9 of the goal table: a dead link, and a new connection that begins with what the old one had learnt. */
class RejoinScenarioTest {
    @ParameterizedTest
    @ValueSource(ints = {30, 60})
    void shouldComeBackByANewConnectionAsTheGoalsWant(int seconds) {
        Scenario scenario = Rejoin.dead(seconds);
        for (long seed = 1; seed <= 5; seed++) {
            Outcome outcome = scenario.run(seed);
            scenario.goals().forEach((metric, goal) ->
                    assertTrue(scenario.reached(metric, outcome.get(metric)), outcome::toString));
            Outcome cold = Rejoin.play(seed, EstimatorSettings.DEFAULT, seconds, false);
            assertTrue(outcome.get(Metric.TO_500_KBPS) < cold.get(Metric.TO_500_KBPS), () -> outcome + "\n" + cold);
        }
    }
}
