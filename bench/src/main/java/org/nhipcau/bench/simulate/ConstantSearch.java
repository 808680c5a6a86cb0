// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.bench.simulate;

import java.math.BigDecimal;
import java.math.MathContext;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import org.nhipcau.bench.BenchOptions.UsageException;
import org.nhipcau.bench.Report;
import org.nhipcau.sfu.bwe.EstimatorSettings;
import org.nhipcau.sfu.sim.scenario.Metric;
import org.nhipcau.sfu.sim.scenario.Outcome;
import org.nhipcau.sfu.sim.scenario.Scenario;
import org.nhipcau.sfu.sim.scenario.Tuning;

/**
 * Tries out constants of the estimator on scenarios: every combination of the values given, with the same seeds, and
 * how far each stays from the goals.
 *
 * <p>The distance of a figure from its goal counts in doublings: 0 where the goal is reached, 1 where a queue is twice
 * as long as it should be. The score is the mean over scenarios, seeds and goals; less is better.
 *
 * <p>Thread: the caller's.
 */
final class ConstantSearch {
    private static final int MAX_COMBINATIONS = 2_000;

    private final List<Axis> axes;

    /** One constant and the values to try. */
    record Axis(String constant, List<Double> values) {}

    /** What one combination came to. */
    record Trial(Map<String, Double> values, double score, Map<Metric, Double> means) {}

    private ConstantSearch(List<Axis> axes) {
        this.axes = axes;
    }

    /** @param text {@code NAME=FROM:TO:STEP}, with commas between several */
    static ConstantSearch parse(String text) throws UsageException {
        List<Axis> axes = new ArrayList<>();
        long combinations = 1;
        for (String word : text.split(",")) {
            Axis axis = axis(word);
            if (axes.stream().anyMatch(each -> each.constant.equals(axis.constant))) {
                throw new UsageException("--search has " + axis.constant + " twice");
            }
            axes.add(axis);
            combinations *= axis.values.size();
        }
        if (combinations > MAX_COMBINATIONS) {
            throw new UsageException("--search means " + combinations + " combinations; allowed: " + MAX_COMBINATIONS);
        }
        return new ConstantSearch(axes);
    }

    private static Axis axis(String word) throws UsageException {
        String[] sides = word.split("=", -1);
        String[] numbers = sides.length == 2 ? sides[1].split(":", -1) : new String[0];
        if (numbers.length != 3) {
            throw new UsageException("--search is '" + word + "'; allowed: NAME=FROM:TO:STEP, with commas between"
                    + " several");
        }
        if (!Tuning.names().contains(sides[0])) {
            throw new UsageException("there is no constant '" + sides[0] + "'; known: "
                    + String.join(" ", Tuning.names()));
        }
        try {
            double from = Double.parseDouble(numbers[0]);
            double to = Double.parseDouble(numbers[1]);
            double step = Double.parseDouble(numbers[2]);
            if (!(step > 0) || !(to >= from)) {
                throw new UsageException("--search is '" + word + "'; FROM must not be above TO, STEP above 0");
            }
            if ((to - from) / step > MAX_COMBINATIONS) {
                throw new UsageException("--search is '" + word + "'; that is more than " + MAX_COMBINATIONS
                        + " values");
            }
            List<Double> values = new ArrayList<>();
            for (int i = 0; from + i * step <= to + step * 1e-6; i++) {
                values.add(from + i * step);
            }
            return new Axis(sides[0], values);
        } catch (NumberFormatException notANumber) {
            throw new UsageException("--search is '" + word + "'; allowed: numbers");
        }
    }

    List<Map<String, Double>> combinations() {
        List<Map<String, Double>> all = new ArrayList<>(List.of(Map.of()));
        for (Axis axis : axes) {
            List<Map<String, Double>> more = new ArrayList<>();
            for (Map<String, Double> begun : all) {
                for (double value : axis.values) {
                    Map<String, Double> longer = new LinkedHashMap<>(begun);
                    longer.put(axis.constant, value);
                    more.add(longer);
                }
            }
            all = more;
        }
        return all;
    }

    /** Runs all combinations. @return best first; the one with today's values is among them, with no values named */
    List<Trial> run(List<Scenario> scenarios, SeedRuns runs, long firstSeed, int seeds, Report report)
            throws InterruptedException {
        List<Map<String, Double>> all = new ArrayList<>(List.of(Map.of()));
        all.addAll(combinations());
        List<Trial> trials = new ArrayList<>();
        for (Map<String, Double> values : all) {
            EstimatorSettings settings = EstimatorSettings.DEFAULT;
            for (Map.Entry<String, Double> value : values.entrySet()) {
                settings = Tuning.with(settings, value.getKey(), value.getValue());
            }
            Trial trial = trial(values, settings, scenarios, runs, firstSeed, seeds);
            trials.add(trial);
            report.progress(String.format(Locale.ROOT, "%s: score %.4f", shown(values), trial.score));
        }
        trials.sort(Comparator.comparingDouble(Trial::score));
        return trials;
    }

    private static Trial trial(Map<String, Double> values, EstimatorSettings settings, List<Scenario> scenarios,
            SeedRuns runs, long firstSeed, int seeds) throws InterruptedException {
        double score = 0;
        Map<Metric, Double> sums = new LinkedHashMap<>();
        for (Scenario scenario : scenarios) {
            List<Outcome> outcomes = runs.run(scenario, settings, firstSeed, seeds);
            for (Outcome outcome : outcomes) {
                score += scenario.distance(outcome) / scenarios.size() / seeds;
            }
            for (Metric metric : SimulateBench.ALWAYS) {
                sums.merge(metric, Spread.of(outcomes, metric).median() / scenarios.size(), Double::sum);
            }
        }
        return new Trial(values, score, sums);
    }

    static String shown(Map<String, Double> values) {
        return values.isEmpty() ? "as they are" : values.entrySet().stream()
                .map(each -> each.getKey() + " " + new BigDecimal(each.getValue(), new MathContext(4))
                        .stripTrailingZeros().toPlainString())
                .collect(Collectors.joining(", "));
    }
}
