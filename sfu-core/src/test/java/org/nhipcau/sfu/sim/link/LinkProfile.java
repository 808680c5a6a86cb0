// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.sfu.sim.link;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.Reader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * A link's two directions, read from a file of lines {@code t_ms,up_kbps,down_kbps} or
 * {@code t_ms,up_kbps,down_kbps,up_loss_pct,down_loss_pct}.
 *
 * <p>Up is from the client to the server. A line holds until the next one's time; comments begin with {@code #}; a line
 * that begins with {@code t_ms} names the columns. A profile repeats, one line's usual length after its last line.
 *
 * <p>Thread: any; does not change.
 *
 * @param durationMs until it repeats
 */
public record LinkProfile(String name, Capacity up, Capacity down, long durationMs) {
    /** Names the directory of measured profiles, which are not part of the project. */
    public static final String MEASURED_PROPERTY = "nhipcau.traces";

    /** The project's own profile of that name, without repetition. */
    public static LinkProfile synthetic(String name) {
        try (InputStream in = LinkProfile.class.getResourceAsStream("/links/" + name + ".csv")) {
            if (in == null) {
                throw new IllegalArgumentException("there is no profile " + name);
            }
            return read(name, new InputStreamReader(in, StandardCharsets.UTF_8), false);
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    /** A measured profile, without repetition; null where the directory was not named or has no such file. */
    public static LinkProfile measured(String name) {
        String directory = System.getProperty(MEASURED_PROPERTY, "");
        Path file = Path.of(directory, name + ".csv");
        if (directory.isEmpty() || !Files.isReadable(file)) {
            return null;
        }
        try (Reader in = Files.newBufferedReader(file)) {
            return read(name, in, false);
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    /** What {@link #measured} knows by name, in order: the CSV files of the directory, if it was named. */
    public static List<String> measuredNames() {
        String directory = System.getProperty(MEASURED_PROPERTY, "");
        if (directory.isEmpty()) {
            return List.of();
        }
        try (Stream<Path> files = Files.list(Path.of(directory))) {
            return files.map(file -> file.getFileName().toString()).filter(name -> name.endsWith(".csv"))
                    .map(name -> name.substring(0, name.length() - 4)).sorted().toList();
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    /**
     * Reads a profile.
     *
     * @param loops it begins anew at its end; else its last line holds for ever
     * @throws IllegalArgumentException naming the line that is wrong
     */
    public static LinkProfile read(String name, Reader in, boolean loops) throws IOException {
        List<double[]> rows = new ArrayList<>();
        BufferedReader lines = new BufferedReader(in);
        int number = 0;
        for (String line = lines.readLine(); line != null; line = lines.readLine()) {
            number++;
            String text = line.strip();
            if (!text.isEmpty() && !text.startsWith("#") && !text.startsWith("t_ms")) {
                rows.add(row(name, number, text, rows.isEmpty() ? null : rows.getLast()));
            }
        }
        if (rows.isEmpty()) {
            throw new IllegalArgumentException(name + " has no line with rates");
        }
        long lastMs = (long) rows.getLast()[0];
        long stepMs = rows.size() < 2 ? 1_000 : lastMs - (long) rows.get(rows.size() - 2)[0];
        long durationMs = lastMs + stepMs;
        long periodNs = loops ? durationMs * 1_000_000 : 0;
        return new LinkProfile(name, capacity(rows, 1, 3, periodNs), capacity(rows, 2, 4, periodNs), durationMs);
    }

    private static double[] row(String name, int number, String text, double[] before) {
        String[] cells = text.split(",");
        if (cells.length != 3 && cells.length != 5) {
            throw new IllegalArgumentException(name + " line " + number + " has " + cells.length
                    + " columns; allowed: 3 or 5");
        }
        double[] row = {0, 0, 0, -1, -1};
        for (int i = 0; i < cells.length; i++) {
            try {
                row[i] = Double.parseDouble(cells[i].strip());
            } catch (NumberFormatException wrong) {
                throw new IllegalArgumentException(name + " line " + number + " column " + (i + 1)
                        + " is not a number", wrong);
            }
            if (row[i] < 0) {
                throw new IllegalArgumentException(name + " line " + number + " column " + (i + 1) + " is negative");
            }
        }
        if (before == null ? row[0] != 0 : row[0] <= before[0]) {
            throw new IllegalArgumentException(name + " line " + number + ": times begin with 0 and ascend");
        }
        return row;
    }

    private static Capacity capacity(List<double[]> rows, int rate, int loss, long periodNs) {
        int count = rows.size();
        long[] from = new long[count];
        long[] kbps = new long[count];
        double[] lossRatio = new double[count];
        for (int i = 0; i < count; i++) {
            from[i] = (long) (rows.get(i)[0] * 1_000_000);
            kbps[i] = Math.round(rows.get(i)[rate]);
            lossRatio[i] = rows.get(i)[loss] < 0 ? -1 : rows.get(i)[loss] / 100;
        }
        return new Capacity(from, kbps, lossRatio, periodNs);
    }
}
