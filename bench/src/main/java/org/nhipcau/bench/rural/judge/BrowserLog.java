// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.bench.rural.judge;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.StreamSupport;

/**
 * What one browser has counted over a run: running totals over all its connections, which go on when a stream or a
 * connection is replaced by a new one that counts from 0.
 *
 * <p>Times are ms since the link's clock began.
 */
public final class BrowserLog {
    private final String identity;
    private final JsonNode person;
    private final double startedMs;
    private final List<Point> points = new ArrayList<>();
    private final double[] framesMs;

    /**
     * The totals at a time.
     *
     * @param height of the picture that moves; 0: none
     * @param rttMs NaN: not known
     */
    public record Point(double tMs, Map<String, Double> totals, int height, double rttMs, boolean limitedByCpu) {
        double total(String counter) {
            return totals.getOrDefault(counter, 0.0);
        }
    }

    /** @param person as the driver writes it @param startedMs wall clock at the link's time 0 */
    public BrowserLog(JsonNode person, double startedMs) {
        this.person = person;
        this.startedMs = startedMs;
        this.identity = person.path("identity").asText();
        this.framesMs = StreamSupport.stream(person.path("frames").spliterator(), false)
                .mapToDouble(frame -> frame.asDouble() - startedMs).toArray();
        readSamples();
    }

    private void readSamples() {
        Map<String, Double> last = new HashMap<>();
        Map<String, Double> totals = new HashMap<>();
        int height = 0;
        for (JsonNode sample : person.path("samples")) {
            boolean limited = false;
            for (JsonNode stream : sample.path("received")) {
                double frames = add(last, totals, "received", stream);
                height = frames > 0 && stream.path("height").asInt() > 0 ? stream.path("height").asInt() : height;
            }
            for (JsonNode stream : sample.path("sent")) {
                add(last, totals, "sent", stream);
                limited |= stream.path("limitedBy").asText().equals("cpu");
            }
            points.add(new Point(sample.path("tMs").asDouble() - startedMs, Map.copyOf(totals), height,
                    sample.path("rttMs").isNumber() ? sample.path("rttMs").asDouble() : Double.NaN, limited));
        }
    }

    // Returns by how much the stream's frames grew.
    private static double add(Map<String, Double> last, Map<String, Double> totals, String way, JsonNode stream) {
        String kind = stream.path("kind").asText();
        String id = way + ' ' + kind + ' ' + stream.path("connection").asInt() + ' ' + stream.path("ssrc").asLong();
        double frames = 0;
        for (var fields = stream.fields(); fields.hasNext();) {
            var field = fields.next();
            if (!field.getValue().isNumber()) {
                continue;
            }
            double value = field.getValue().asDouble();
            double before = last.getOrDefault(id + ' ' + field.getKey(), 0.0);
            // A counter that fell has begun anew.
            double grown = value >= before ? value - before : value;
            last.put(id + ' ' + field.getKey(), value);
            totals.merge(way + '.' + kind + '.' + field.getKey(), grown, Double::sum);
            frames = field.getKey().equals("frames") ? grown : frames;
        }
        return frames;
    }

    public String identity() {
        return identity;
    }

    /** Why it could not join; empty: it could. */
    public String failure() {
        return person.path("failure").isTextual() ? person.path("failure").asText() : "";
    }

    public List<Point> points() {
        return points;
    }

    /** When frames were shown. */
    public double[] framesMs() {
        return framesMs;
    }

    public double joinedMs() {
        return person.path("joinedAtMs").asDouble() - startedMs;
    }

    /** When its first connection could carry media; NaN: none ever. */
    public double connectedMs() {
        return StreamSupport.stream(person.path("connections").spliterator(), false)
                .map(connection -> connection.path("connectedAtMs")).filter(JsonNode::isNumber)
                .mapToDouble(JsonNode::asDouble).min().orElse(Double.NaN) - startedMs;
    }

    /** How often an event of the client library happened. */
    public long events(String name) {
        return StreamSupport.stream(person.path("events").spliterator(), false)
                .filter(event -> event.path("name").asText().equals(name)).count();
    }

    /** RTP payload types with a codec's name, for example {@code rtx}. */
    public List<Integer> payloadTypes(String codec) {
        List<Integer> types = new ArrayList<>();
        person.path("payloadTypes").fields().forEachRemaining(entry -> {
            if (entry.getValue().asText().equals(codec)) {
                types.add(Integer.parseInt(entry.getKey()));
            }
        });
        return types;
    }

    /** A counter's value at a time, in a straight line between two readings. */
    double at(String counter, double tMs) {
        Point before = null;
        for (Point point : points) {
            if (point.tMs() >= tMs) {
                if (before == null || point.tMs() == before.tMs()) {
                    return point.tMs() == tMs ? point.total(counter) : 0;
                }
                double part = (tMs - before.tMs()) / (point.tMs() - before.tMs());
                return before.total(counter) + part * (point.total(counter) - before.total(counter));
            }
            before = point;
        }
        return before == null ? 0 : before.total(counter);
    }

    /** How much a counter grew. */
    public double grown(String counter, double fromMs, double toMs) {
        return at(counter, toMs) - at(counter, fromMs);
    }

    /** When a counter was first seen above 0; NaN: never. */
    double firstMs(String counter) {
        return points.stream().filter(point -> point.total(counter) > 0).mapToDouble(Point::tMs).findFirst()
                .orElse(Double.NaN);
    }

    /** The last reading. */
    public double endMs() {
        return points.isEmpty() ? 0 : points.getLast().tMs();
    }

    /** Share of the sound that was invented, in a stretch of time; NaN: nothing was played. */
    public double concealed(double fromMs, double toMs) {
        return share("received.audio.concealed", fromMs, toMs);
    }

    /** Share of the sound that was concealed by silence. */
    double silenced(double fromMs, double toMs) {
        return share("received.audio.silent", fromMs, toMs);
    }

    private double share(String counter, double fromMs, double toMs) {
        double played = grown("received.audio.samples", fromMs, toMs);
        return played <= 0 ? Double.NaN : Math.clamp(grown(counter, fromMs, toMs) / played, 0, 1);
    }
}
