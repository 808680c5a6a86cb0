// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.sfu.sim.scenario;

import java.util.EnumMap;
import java.util.Map;
import java.util.function.LongFunction;

/**
 * One link and what happens on it, to be run with any seed, and what the goal table wants of it.
 *
 * <p>Thread: any; a run is one thread's.
 *
 * @param name as given on the command line
 * @param row of the goal table
 * @param link what it is, for people
 */
public record Scenario(String name, int row, String link, Map<Metric, Double> goals, LongFunction<Outcome> runner) {
    public Scenario {
        goals = new EnumMap<>(goals);
    }

    public Outcome run(long seed) {
        return runner.apply(seed);
    }

    /** Whether a figure is as the goal table wants it; also where it wants nothing. */
    public boolean reached(Metric metric, double value) {
        Double goal = goals.get(metric);
        return goal == null || (metric.moreIsBetter() ? value >= goal : value <= goal);
    }
}
