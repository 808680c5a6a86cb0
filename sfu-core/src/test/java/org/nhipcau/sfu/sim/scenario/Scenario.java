// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.sfu.sim.scenario;

import java.util.EnumMap;
import java.util.Map;
import org.nhipcau.sfu.bwe.EstimatorSettings;

/**
 * One link and what happens on it, to be run with any seed, and what the goal table wants of it.
 *
 * <p>Thread: any; a run is one thread's.
 *
 * @param name as given on the command line
 * @param row of the goal table
 * @param link what it is, for people
 */
public record Scenario(String name, int row, String link, Map<Metric, Double> goals, Runner runner) {
    /** What is so far off is simply bad. */
    private static final double MAX_DOUBLINGS = 4;

    public Scenario {
        goals = new EnumMap<>(goals);
    }

    /** Runs it once. */
    public interface Runner {
        /** @param constants of the estimator of each peer */
        Outcome run(long seed, EstimatorSettings constants);
    }

    /** Runs it with the server's own constants. */
    public Outcome run(long seed) {
        return run(seed, EstimatorSettings.DEFAULT);
    }

    public Outcome run(long seed, EstimatorSettings constants) {
        return runner.run(seed, constants);
    }

    /** How far a run stays from the goals: the mean over them of the doublings that are missing; 0: all reached. */
    public double distance(Outcome outcome) {
        double sum = 0;
        for (Map.Entry<Metric, Double> goal : goals.entrySet()) {
            Metric metric = goal.getKey();
            // A goal of nothing at all, and a value of it, count as the smallest difference that means anything.
            double wanted = Math.max(metric.step(), goal.getValue());
            double got = Math.max(metric.step(), outcome.get(metric));
            double ratio = metric.moreIsBetter() ? wanted / got : got / wanted;
            sum += Math.clamp(Math.log(ratio) / Math.log(2), 0, MAX_DOUBLINGS);
        }
        return goals.isEmpty() ? 0 : sum / goals.size();
    }

    /** Whether a figure is as the goal table wants it; also where it wants nothing. */
    public boolean reached(Metric metric, double value) {
        Double goal = goals.get(metric);
        return goal == null || (metric.moreIsBetter() ? value >= goal : value <= goal);
    }
}
