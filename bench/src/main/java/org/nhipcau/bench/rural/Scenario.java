// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.bench.rural;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import org.nhipcau.bench.Target;
import org.nhipcau.bench.rural.judge.Metric;
import org.nhipcau.bench.rural.link.Direction;
import org.nhipcau.bench.rural.link.LinkSettings;
import org.nhipcau.bench.rural.link.Outage;

/**
 * One thing that happens to a commune station, as {@code scenarios.json} tells it: which link, what happens on it, who
 * is looked at, when, and what should be reached.
 *
 * @param title in a few words
 * @param profile a built-in profile or a file
 * @param seconds how long the call is
 * @param direction down: what the station sees is judged; up: what is seen of it
 * @param fallMs when the link becomes poor in one step; -1: it does not
 * @param riseMs when it recovers; -1 as well
 * @param others viewers on a good link beside it
 * @param download whether a TCP download runs beside the call
 * @param unmeasured what the goal table wants of it and this bench cannot tell
 */
record Scenario(String name, String title, String profile, int seconds, Direction direction, LinkSettings link,
        double fromMs, double toMs, double settleMs, double fallMs, double riseMs, int others, boolean download,
        List<Goal> goals, List<Unmeasured> unmeasured) {

    /** Whose settings and goals a link of the caller's own is judged by. */
    private static final String MODEL = "commune_3g_edge";

    /** A figure of the goal table that a run with real browsers over this bench's links does not give, and why. */
    record Unmeasured(int row, String figure, String why) {}

    /** All that are built in. */
    static List<Scenario> builtIn() throws IOException {
        try (InputStream data = Scenario.class.getResourceAsStream("scenarios.json")) {
            List<Scenario> all = new ArrayList<>();
            for (JsonNode node : new ObjectMapper().readTree(data)) {
                all.add(of(node));
            }
            return List.copyOf(all);
        }
    }

    private static Scenario of(JsonNode node) throws IOException {
        String name = node.path("name").asText();
        int seconds = node.path("seconds").asInt();
        if (name.isEmpty() || seconds < 1 || !node.path("profile").isTextual()) {
            throw new IOException("scenarios.json: a scenario needs name, profile and seconds: " + node);
        }
        JsonNode out = node.path("outage");
        Outage outage = out.isMissingNode() ? null : new Outage(out.path("atMs").asLong(),
                out.path("lengthMs").asLong(), out.path("hold").asBoolean());
        LinkSettings link = new LinkSettings(node.path("delayMs").asDouble(50), node.path("jitterMs").asDouble(0),
                node.path("queueBytes").asInt(60_000), node.path("lossPercent").asDouble(0),
                node.path("burstPackets").asDouble(1), outage);
        List<Goal> goals = new ArrayList<>();
        for (JsonNode goal : node.path("goals")) {
            Metric metric = Metric.of(goal.path("metric").asText())
                    .orElseThrow(() -> new IOException("scenarios.json: " + name + " has an unknown metric: " + goal));
            goals.add(new Goal(goal.path("row").asInt(), metric, target(name, goal),
                    goal.path("ofAnchor").asDouble(Double.NaN)));
        }
        List<Unmeasured> unmeasured = new ArrayList<>();
        for (JsonNode one : node.path("unmeasured")) {
            unmeasured.add(new Unmeasured(one.path("row").asInt(), one.path("figure").asText(),
                    one.path("why").asText()));
        }
        return new Scenario(name, node.path("title").asText(), node.path("profile").asText(), seconds,
                node.path("judged").asText("down").equals("up") ? Direction.UP : Direction.DOWN, link,
                node.path("fromMs").asDouble(5_000), node.path("toMs").asDouble(seconds * 1_000.0),
                node.path("settleMs").asDouble(0), node.path("fallMs").asDouble(-1), node.path("riseMs").asDouble(-1),
                node.path("others").asInt(0), node.path("download").asBoolean(false), List.copyOf(goals),
                List.copyOf(unmeasured));
    }

    private static Target target(String scenario, JsonNode goal) throws IOException {
        if (goal.has("atLeast")) {
            return Target.atLeast(goal.path("atLeast").asDouble());
        }
        if (goal.has("atMost")) {
            return Target.atMost(goal.path("atMost").asDouble());
        }
        if (goal.has("ofAnchor")) {
            return null;
        }
        throw new IOException("scenarios.json: " + scenario + " has a goal without atLeast, atMost, ofAnchor: " + goal);
    }

    /** A call over a link of the caller's own, judged by the goals for traces. */
    static Scenario ofFile(String file, int seconds) throws IOException {
        Scenario model = builtIn().stream().filter(each -> each.name().equals(MODEL)).findFirst()
                .orElseThrow(() -> new IOException("scenarios.json has no scenario " + MODEL));
        return new Scenario("trace", model.title(), file, seconds, model.direction(), model.link(), model.fromMs(),
                seconds * 1_000.0, model.settleMs(), -1, -1, 0, false, model.goals(), List.of());
    }

    /** What reports call the link: a built-in profile by its name, a file by its own without folder and ending. */
    String profileName() {
        return Path.of(profile).getFileName().toString().replaceAll("\\.csv$", "");
    }

    /** The same, but no longer than this; a goal that lies behind the end is then not measured. */
    Scenario atMost(int limit) {
        return limit >= seconds ? this : new Scenario(name, title, profile, limit, direction, link, fromMs,
                Math.min(toMs, limit * 1_000.0), settleMs, fallMs, riseMs, others, download, goals, unmeasured);
    }

    /** The same over a link with another delay and queue. */
    Scenario over(LinkSettings other) {
        return new Scenario(name, title, profile, seconds, direction, other, fromMs, toMs, settleMs, fallMs, riseMs,
                others, download, goals, unmeasured);
    }

    /** Stretches in which readings are to lie close, as something is timed in them: begin and end in ms. */
    List<double[]> timed() {
        List<double[]> stretches = new ArrayList<>(List.of(new double[] {0, 10_000}));
        TreeSet<Double> moments = new TreeSet<>();
        if (link.outage() != null) {
            moments.add((double) link.outage().atMs());
            moments.add((double) link.outage().endMs());
        }
        if (fallMs >= 0) {
            moments.add(fallMs);
        }
        if (riseMs >= 0) {
            moments.add(riseMs);
        }
        moments.forEach(moment -> stretches.add(new double[] {moment - 500, moment + 10_000}));
        return stretches;
    }
}
