// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.bench.rural.link;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * What a link can carry over time: steps of rate and loss for each direction, as a CSV file tells them.
 *
 * <p>The file has comment lines with {@code #}, a head, and rows that each hold until the next one's time:
 * {@code t_ms,up_kbps,down_kbps} and perhaps {@code up_loss_pct,down_loss_pct}, {@code up_delay_ms,down_delay_ms},
 * {@code up_black,down_black}. Rates count IP bytes; 0 is a stall, -1 no limit. After its last row a file begins anew,
 * unless a comment says {@code run with --no-loop}.
 */
public final class LinkProfile {
    private static final List<String> REQUIRED = List.of("t_ms", "up_kbps", "down_kbps");
    private static final List<String> FURTHER = List.of("up_loss_pct", "down_loss_pct", "up_delay_ms", "down_delay_ms",
            "up_black", "down_black");

    private final String name;
    private final List<Row> rows;
    private final boolean loops;

    /**
     * A step. @param upKbps -1: no limit; of the losses -1: the file says nothing of losses
     */
    public record Row(long tMs, double upKbps, double downKbps, double upLossPercent, double downLossPercent) {
        public double kbps(Direction direction) {
            return direction == Direction.UP ? upKbps : downKbps;
        }

        public double lossPercent(Direction direction) {
            return direction == Direction.UP ? upLossPercent : downLossPercent;
        }
    }

    /** A profile that cannot be used; the message says where and why. */
    public static final class ProfileException extends Exception {
        private static final long serialVersionUID = 1;

        ProfileException(String message) {
            super(message);
        }
    }

    private LinkProfile(String name, List<Row> rows, boolean loops) {
        this.name = name;
        this.rows = rows;
        this.loops = loops;
    }

    /** @throws ProfileException when a line cannot be read or times do not rise */
    public static LinkProfile parse(String name, List<String> lines) throws ProfileException {
        List<Row> rows = new ArrayList<>();
        boolean loops = true;
        List<String> head = null;
        for (int i = 0; i < lines.size(); i++) {
            String line = lines.get(i).strip();
            if (line.isEmpty()) {
                continue;
            }
            if (line.startsWith("#")) {
                loops &= !line.contains("--no-loop");
            } else if (head == null) {
                head = head(name, line);
            } else {
                rows.add(row(name, i + 1, head, line, rows.isEmpty() ? null : rows.getLast()));
            }
        }
        if (rows.isEmpty()) {
            throw new ProfileException(name + ": no row");
        }
        Row first = rows.getFirst();
        // What the link is before its first row, nobody has told.
        rows.set(0, new Row(0, first.upKbps(), first.downKbps(), first.upLossPercent(), first.downLossPercent()));
        return new LinkProfile(name, List.copyOf(rows), loops && rows.size() > 1);
    }

    private static List<String> head(String name, String line) throws ProfileException {
        List<String> columns = Arrays.stream(line.split(",")).map(String::strip).toList();
        if (!columns.containsAll(REQUIRED)) {
            throw new ProfileException(name + ": the head is '" + line + "'; needed: " + String.join(",", REQUIRED));
        }
        for (String column : columns) {
            if (!REQUIRED.contains(column) && !FURTHER.contains(column)) {
                throw new ProfileException(name + ": unknown column '" + column + "'; known: "
                        + String.join(",", REQUIRED) + "," + String.join(",", FURTHER));
            }
        }
        return columns;
    }

    private static Row row(String name, int number, List<String> head, String line, Row before)
            throws ProfileException {
        String[] cells = line.split(",", -1);
        if (cells.length != head.size()) {
            throw new ProfileException(name + ", line " + number + ": " + cells.length + " values; the head has "
                    + head.size());
        }
        Map<String, Double> values = new HashMap<>();
        for (int i = 0; i < cells.length; i++) {
            try {
                double value = Double.parseDouble(cells[i].strip());
                if (!Double.isFinite(value) || value > 1e9 || value < -1) {
                    throw new NumberFormatException();
                }
                values.put(head.get(i), value);
            } catch (NumberFormatException wrong) {
                throw new ProfileException(name + ", line " + number + ": " + head.get(i) + " is '" + cells[i] + "'");
            }
        }
        long tMs = values.get("t_ms").longValue();
        if (tMs < 0 || before != null && tMs <= before.tMs()) {
            throw new ProfileException(name + ", line " + number + ": t_ms is " + tMs + "; times must rise from 0");
        }
        return new Row(tMs, values.get("up_kbps"), values.get("down_kbps"),
                values.getOrDefault("up_loss_pct", -1.0), values.getOrDefault("down_loss_pct", -1.0));
    }

    public String name() {
        return name;
    }

    /** Whether it begins anew after its last row. */
    public boolean loops() {
        return loops;
    }

    /** Rising in time, the first at 0. */
    public List<Row> rows() {
        return rows;
    }

    /** The step that holds at a time. */
    public Row at(double tMs) {
        double within = loops ? tMs % periodMs() : tMs;
        int low = 0;
        int high = rows.size() - 1;
        while (low < high) {
            int middle = (low + high + 1) / 2;
            if (rows.get(middle).tMs() <= within) {
                low = middle;
            } else {
                high = middle - 1;
            }
        }
        return rows.get(low);
    }

    // The last row is as long as the one before it.
    private long periodMs() {
        long last = rows.getLast().tMs();
        return 2 * last - rows.get(rows.size() - 2).tMs();
    }

    /** When the step after this time begins; infinite when none does. */
    public double nextChangeMs(double tMs) {
        double lap = loops ? Math.floor(tMs / periodMs()) * periodMs() : 0;
        for (Row row : rows) {
            if (lap + row.tMs() > tMs) {
                return lap + row.tMs();
            }
        }
        return loops ? lap + periodMs() : Double.POSITIVE_INFINITY;
    }

    /** Bits that could have passed; infinite where there is no limit. */
    public double capacityBits(Direction direction, double fromMs, double toMs) {
        double bits = 0;
        double t = fromMs;
        while (t < toMs) {
            double end = Math.min(toMs, nextChangeMs(t));
            double kbps = at(t).kbps(direction);
            if (kbps < 0) {
                return Double.POSITIVE_INFINITY;
            }
            bits += kbps * (end - t);
            t = end;
        }
        return bits;
    }
}
