// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.sfu.sim.rural;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * Holds a scenario to what was reached: the median over a few fixed seeds may not be worse than the pin. When something
 * gets better, the pin is tightened; the goal that it is on the way to stands beside it in {@link Scenarios}.
 */
final class Pins {
    private static final long SEEDS = 3;

    private Pins() {}

    static void hold(Scenario scenario, Map<Metric, Double> pins) {
        List<Outcome> outcomes = new ArrayList<>();
        for (long seed = 1; seed <= SEEDS; seed++) {
            outcomes.add(scenario.run(seed));
        }
        StringBuilder worse = new StringBuilder();
        pins.forEach((metric, pin) -> {
            double median = median(outcomes, metric);
            if (Double.isNaN(median) || (metric.moreIsBetter() ? median < pin : median > pin)) {
                worse.append(String.format(Locale.ROOT, "%s %s is %.3f %s, pinned at %.3f%n", scenario.name(),
                        metric.label(), median, metric.unit(), pin));
            }
        });
        StringBuilder all = new StringBuilder();
        outcomes.forEach(outcome -> all.append(scenario.name()).append(' ').append(outcome).append('\n'));
        System.out.print(all);
        assertTrue(worse.isEmpty(), () -> worse + "\n" + all);
    }

    static double median(List<Outcome> outcomes, Metric metric) {
        double[] values = outcomes.stream().mapToDouble(outcome -> outcome.get(metric)).toArray();
        Arrays.sort(values);
        return values[values.length / 2];
    }
}
