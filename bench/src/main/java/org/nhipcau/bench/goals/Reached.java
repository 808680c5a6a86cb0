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
import java.util.stream.StreamSupport;
import org.nhipcau.bench.BenchOptions.UsageException;

/** The figures that reports of one bench hold, whichever of their runs a scenario was in. */
final class Reached {
    /** What a simulated time is that never came. */
    private static final double NEVER = 1e6;
    /** Options that say what was run. */
    private static final List<String> TELLING = List.of("--emulator", "--scenario", "--profile", "--traces", "--seeds",
            "--first-seed", "--seed", "--seconds", "--peer");

    /**
     * The middle of a figure.
     *
     * @param value infinite: never; NaN: no report has it
     * @param measured how many runs have it
     * @param runs how many were to have it
     */
    record Median(double value, int measured, int runs) {}

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
     * @throws UsageException when one cannot be read, or is of another bench or another server
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
            if (bench.equals("rural") && !reports.getLast().path("machine").path("server").asText().equals("ours")) {
                throw new UsageException(file + " is no report of our server; needed: one of a run without --peer"
                        + " (those with --peer go to --anchors)");
            }
        }
        return new Reached(bench, List.copyOf(reports));
    }

    boolean isEmpty() {
        return reports.isEmpty();
    }

    Median median(String scenario, String figure) {
        List<Double> values = new ArrayList<>();
        int runs = 0;
        for (JsonNode report : reports) {
            if (bench.equals("simulate")) {
                simulated(report, scenario, figure, values);
            } else {
                runs += measured(report, scenario, figure, values);
            }
        }
        values.sort(null);
        int count = values.size();
        double middle = count == 0 ? Double.NaN : (values.get((count - 1) / 2) + values.get(count / 2)) / 2;
        return new Median(middle, count, Math.max(count, runs));
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

    // Returns how many runs were to have the figure; one that failed has left no row.
    private static int measured(JsonNode report, String scenario, String figure, List<Double> values) {
        int rows = 0;
        boolean played = false;
        for (JsonNode row : report.path("goals")) {
            boolean same = row.path("scenario").asText().equals(scenario);
            played |= same;
            if (same && row.path("figure").asText().equals(figure)) {
                rows++;
                add(row.path("value"), values);
            }
        }
        int seeds = report.path("options").path("--seed").asText().split(",").length;
        return played ? Math.max(rows, seeds) : 0;
    }

    /** The link that a scenario was played over; empty: no report has it. */
    String profile(String scenario) {
        return reports.stream().flatMap(report -> StreamSupport.stream(report.path("runs").spliterator(), false))
                .filter(run -> run.path("scenario").asText().equals(scenario))
                .map(run -> run.path("profile").asText()).findFirst().orElse("");
    }

    /** The command of each report, with its commit; a line each. */
    List<String> commands() {
        List<String> lines = new ArrayList<>();
        for (JsonNode report : reports) {
            StringBuilder line = new StringBuilder("`./nhipcau bench ").append(bench);
            for (String option : TELLING) {
                String value = report.path("options").path(option).asText();
                // A file's name and a server's address are the machine's own.
                String shown = value.contains("://") ? "URL" : value.matches("[\\w,.-]+") ? value : "PATH";
                line.append(value.isEmpty() ? "" : ' ' + option + ' ' + shown);
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
