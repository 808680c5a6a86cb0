// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.bench.goals;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.StreamSupport;

/** What calls over poor rural links should reach, row by row, and which figure of which scenario shows it. */
public final class GoalTable {
    private GoalTable() {}

    /**
     * A row.
     *
     * @param number 0: of what holds in all the others
     * @param link in a few words
     */
    public record Row(int number, String link, List<Wanted> goals) {}

    /**
     * One goal of a row.
     *
     * @param goal in words, with its bound and unit
     */
    public record Wanted(String goal, Source simulated, Source browser) {}

    /**
     * Where a goal's figure comes from.
     *
     * @param figure as the report names it
     * @param scenarios all of them must reach the bound
     * @param atLeast true: the figure must not be smaller; false: not larger
     * @param bound of the figure; where {@code ofAnchor}, the share of what the best other server reaches
     * @param not why it is not measured; empty: it is
     */
    public record Source(String figure, List<String> scenarios, boolean atLeast, double bound, boolean ofAnchor,
            String not) {

        boolean reached(double value, double limit) {
            return atLeast ? value >= limit : value <= limit;
        }
    }

    /** The rows in their order, the last for what holds in all. */
    public static List<Row> rows() throws IOException {
        try (InputStream data = GoalTable.class.getResourceAsStream("goal-table.json")) {
            List<Row> rows = new ArrayList<>();
            for (JsonNode row : new ObjectMapper().readTree(data)) {
                List<Wanted> goals = new ArrayList<>();
                for (JsonNode goal : row.path("goals")) {
                    goals.add(new Wanted(goal.path("goal").asText(), source(goal.path("simulated")),
                            source(goal.path("browser"))));
                }
                rows.add(new Row(row.path("row").asInt(), row.path("link").asText(), List.copyOf(goals)));
            }
            return List.copyOf(rows);
        }
    }

    private static Source source(JsonNode node) throws IOException {
        if (node.has("not")) {
            return new Source("", List.of(), false, Double.NaN, false, node.path("not").asText());
        }
        for (String bound : List.of("atLeast", "atMost", "ofAnchor")) {
            if (node.has(bound)) {
                return new Source(node.path("figure").asText(),
                        StreamSupport.stream(node.path("scenarios").spliterator(), false).map(JsonNode::asText).toList(),
                        bound.equals("atLeast"), node.path(bound).asDouble(), bound.equals("ofAnchor"), "");
            }
        }
        throw new IOException("goal-table.json: neither a bound nor a reason: " + node);
    }
}
