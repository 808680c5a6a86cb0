// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.bench.rural;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.nhipcau.bench.BenchOptions.UsageException;
import org.nhipcau.bench.rural.judge.Metric;

/** What other servers reached over the same links, from reports of runs with {@code --peer}. */
public final class Anchors {
    private final List<JsonNode> reports;

    private Anchors(List<JsonNode> reports) {
        this.reports = reports;
    }

    /** @param files with commas between them; empty: nobody was measured @throws UsageException naming what is none */
    public static Anchors read(String files) throws UsageException {
        List<JsonNode> reports = new ArrayList<>();
        for (String file : files.isEmpty() ? new String[0] : files.split(",")) {
            JsonNode report;
            try {
                report = new ObjectMapper().readTree(Path.of(file).toFile());
            } catch (IOException unreadable) {
                throw new UsageException("--anchors: " + file + " cannot be read: " + unreadable.getMessage());
            }
            if (!report.path("machine").path("server").asText().equals("peer")) {
                throw new UsageException("--anchors: " + file + " is no report of a run with --peer");
            }
            reports.add(report);
        }
        return new Anchors(reports);
    }

    /**
     * The smallest figure of a scenario, of each server the middle one of its runs; NaN: nobody was measured.
     *
     * @param profile the link: calls over files have one scenario's name, whichever file it was
     */
    public double best(String scenario, String profile, Metric metric) {
        return reports.stream().mapToDouble(report -> median(report, scenario, profile, metric))
                .filter(value -> !Double.isNaN(value)).min().orElse(Double.NaN);
    }

    private static double median(JsonNode report, String scenario, String profile, Metric metric) {
        List<Double> values = new ArrayList<>();
        for (JsonNode run : report.path("runs")) {
            boolean same = run.path("scenario").asText().equals(scenario)
                    && run.path("profile").asText().equals(profile);
            if (same && run.path(metric.key()).isNumber()) {
                values.add(run.path(metric.key()).asDouble());
            }
        }
        values.sort(null);
        int count = values.size();
        return count == 0 ? Double.NaN : (values.get((count - 1) / 2) + values.get(count / 2)) / 2;
    }
}
