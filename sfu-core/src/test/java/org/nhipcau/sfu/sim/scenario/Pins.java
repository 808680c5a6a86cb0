// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.sfu.sim.scenario;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/**
 * Holds a scenario to what was reached: the median over a few fixed seeds may not be worse than the pin by more than a
 * little. When something gets better, the pins are written anew; the goals that they are on the way to stand in
 * {@link Scenarios}.
 */
final class Pins {
    /** Of three the median jumped where runs are of two kinds: the queue that a cut leaves is gone in time, or not. */
    private static final long SEEDS = 7;
    private static final String WRITE_TO = System.getProperty("nhipcau.pins", "");
    /** A change elsewhere moves every figure a little; only more than this is worse. */
    private static final double SLACK = 0.15;
    private static final Set<Metric> ALWAYS = EnumSet.of(Metric.UTILISATION, Metric.QUEUE_P95, Metric.AUDIO_CONCEALED,
            Metric.FREEZE_RATIO, Metric.FPS_P5);

    private Pins() {}

    private record Pin(String scenario, Metric metric, double value) {
        boolean holds(double median) {
            double slack = Math.abs(value) * SLACK + metric.step();
            return metric.moreIsBetter() ? median >= value - slack : median <= value + slack;
        }
    }

    static void hold(Scenario scenario) {
        List<Outcome> outcomes = new ArrayList<>();
        StringBuilder all = new StringBuilder();
        for (long seed = 1; seed <= SEEDS; seed++) {
            Outcome outcome = scenario.run(seed);
            outcomes.add(outcome);
            all.append(scenario.name()).append(' ').append(outcome).append('\n');
        }
        if (!WRITE_TO.isEmpty()) {
            write(scenario, outcomes);
            return;
        }
        List<Pin> pins = read(scenario.name());
        assertFalse(pins.isEmpty(), () -> "no pins for " + scenario.name());
        StringBuilder worse = new StringBuilder();
        for (Pin pin : pins) {
            double median = median(outcomes, pin.metric);
            if (!pin.holds(median)) {
                worse.append(String.format(Locale.ROOT, "%s: %s is %.3f %s, pinned at %.3f%n", scenario.name(),
                        pin.metric.label(), median, pin.metric.unit(), pin.value));
            }
        }
        assertTrue(worse.isEmpty(), () -> worse + "\n" + all);
    }

    private static List<Pin> read(String scenario) {
        List<Pin> pins = new ArrayList<>();
        try (BufferedReader in = new BufferedReader(new InputStreamReader(
                Pins.class.getResourceAsStream("/scenario-pins.csv"), StandardCharsets.UTF_8))) {
            for (String line = in.readLine(); line != null; line = in.readLine()) {
                String[] cells = line.split(",");
                if (cells[0].equals(scenario)) {
                    pins.add(new Pin(cells[0], Metric.valueOf(cells[1]), Double.parseDouble(cells[2])));
                }
            }
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
        return pins;
    }

    private static void write(Scenario scenario, List<Outcome> outcomes) {
        Set<Metric> pinned = EnumSet.copyOf(ALWAYS);
        pinned.addAll(scenario.goals().keySet());
        StringBuilder lines = new StringBuilder();
        for (Metric metric : pinned) {
            lines.append(String.format(Locale.ROOT, "%s,%s,%.4g%n", scenario.name(), metric, median(outcomes, metric)));
        }
        try {
            Files.writeString(Path.of(WRITE_TO), lines, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    static double median(List<Outcome> outcomes, Metric metric) {
        double[] values = outcomes.stream().mapToDouble(outcome -> outcome.get(metric)).toArray();
        Arrays.sort(values);
        return values[values.length / 2];
    }
}
