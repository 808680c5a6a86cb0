// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.bench.goals;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.nhipcau.bench.BenchOptions.UsageException;

/** The figures that reports of one bench hold, whichever of their runs a scenario was in. */
final class Reached {
    /** What a simulated time is that never came. */
    private static final double NEVER = 1e6;
    /** Options that say what was run. */
    private static final List<String> TELLING = List.of("--emulator", "--scenario", "--profile", "--traces", "--seeds",
            "--first-seed", "--seed", "--seconds");

    private final String bench;
    private final List<JsonNode> reports;

    private Reached(String bench, List<JsonNode> reports) {
        this.bench = bench;
        this.reports = reports;
    }

    /**
     * Reads reports.
     *
     * @param files with commas between them; empty: there are none
     * @throws UsageException when one cannot be read, or is of another bench
     */
    static Reached read(String bench, String files) throws UsageException {
        List<JsonNode> reports = new ArrayList<>();
        for (String file : files.isEmpty() ? new String[0] : files.split(",")) {
            try {
                reports.add(new ObjectMapper().readTree(Path.of(file).toFile()));
            } catch (IOException unreadable) {
                throw new UsageException(file + " cannot be read: " + unreadable.getMessage());
            }
            if (!reports.getLast().path("bench").asText().equals(bench)) {
                throw new UsageException(file + " is no report of bench " + bench);
            }
        }
        return new Reached(bench, List.copyOf(reports));
    }

    boolean isEmpty() {
        return reports.isEmpty();
    }

    /** The median of a figure; infinite: never; NaN: no report has it. */
    double median(String scenario, String figure) {
        List<Double> values = new ArrayList<>();
        for (JsonNode report : reports) {
            if (bench.equals("simulate")) {
                simulated(report, scenario, figure, values);
            } else {
                measured(report, scenario, figure, values);
            }
        }
        values.sort(null);
        int count = values.size();
        return count == 0 ? Double.NaN : count % 2 == 1 ? values.get(count / 2)
                : (values.get(count / 2 - 1) + values.get(count / 2)) / 2;
    }

    // The report holds medians: exactly where there is a goal, in its table all of them.
    private static void simulated(JsonNode report, String scenario, String figure, List<Double> values) {
        JsonNode exact = report.path(scenario + ": " + figure);
        if (exact.isNumber()) {
            values.add(exact.asDouble() >= NEVER ? Double.POSITIVE_INFINITY : exact.asDouble());
            return;
        }
        for (JsonNode row : report.path("scenarios")) {
            String name = row.path("figure").asText().replaceAll(" \\[.*]$", "");
            if (row.path("scenario").asText().equals(scenario) && name.equals(figure)) {
                add(row.path("median"), values);
            }
        }
    }

    private static void measured(JsonNode report, String scenario, String figure, List<Double> values) {
        for (JsonNode row : report.path("goals")) {
            if (row.path("scenario").asText().equals(scenario) && row.path("figure").asText().equals(figure)) {
                add(row.path("value"), values);
            }
        }
    }

    /** The command of each report, with its commit; a line each. */
    List<String> commands() {
        List<String> lines = new ArrayList<>();
        for (JsonNode report : reports) {
            StringBuilder line = new StringBuilder("`./nhipcau bench ").append(bench);
            for (String option : TELLING) {
                String value = report.path("options").path(option).asText();
                // A file's name is the machine's own.
                line.append(value.isEmpty() ? "" : ' ' + option + ' ' + (value.matches("[\\w,.-]+") ? value : "PATH"));
            }
            String commit = report.path("commit").asText();
            lines.add(line + "`, commit " + commit.substring(0, Math.min(7, commit.length()))
                    + (report.path("dirty").asBoolean() ? " with changes" : "") + ", "
                    + report.path("date").asText().replaceAll("T.*", ""));
        }
        return lines;
    }

    /** Runs that the machine disturbed, in which the link or the picture was another than meant; in order. */
    Set<String> disturbed() {
        Set<String> names = new TreeSet<>();
        for (JsonNode report : reports) {
            for (JsonNode run : report.path("runs")) {
                String name = run.path("scenario").asText() + ", seed " + run.path("seed").asText();
                if (run.path("disturbed").asText().equals("true")) {
                    names.add(name + ": the emulator was late");
                }
                if (run.path("limitedByCpu").asText().equals("true")) {
                    names.add(name + ": the encoder was short of CPU");
                }
            }
        }
        return names;
    }

    private static void add(JsonNode value, List<Double> values) {
        if (value.asText().equals("never")) {
            values.add(Double.POSITIVE_INFINITY);
        } else if (value.isNumber() || value.asText().matches("-?[0-9.]+")) {
            values.add(value.asDouble());
        }
    }
}
