// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.bench.forward;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The pauses that a JVM's own log tells of: those of its garbage collector, whichever it is, and all stops of all
 * threads (safepoints), which are more.
 */
record GcLog(Path file) {
    private static final Pattern PAUSE = Pattern.compile("Pause .* ([0-9.]+)ms$");
    private static final Pattern SAFEPOINT = Pattern.compile("Safepoint .*Total: +([0-9]+) ns");

    static GcLog create() throws IOException {
        Path file = Files.createTempFile("nhipcau-bench", ".gc.log");
        // For a run that is broken off.
        file.toFile().deleteOnExit();
        return new GcLog(file);
    }

    /** What the JVM must be started with. */
    List<String> flags() {
        return List.of("-Xlog:gc,gc+phases,safepoint:file=" + file + "::filecount=0");
    }

    /** What was logged so far. */
    Pauses pauses() throws IOException {
        int count = 0;
        double longestMs = 0;
        double longestStopMs = 0;
        for (String line : Files.readAllLines(file)) {
            Matcher pause = PAUSE.matcher(line);
            if (pause.find()) {
                count++;
                longestMs = Math.max(longestMs, Double.parseDouble(pause.group(1)));
            }
            Matcher stop = SAFEPOINT.matcher(line);
            if (stop.find()) {
                longestStopMs = Math.max(longestStopMs, Double.parseDouble(stop.group(1)) / 1e6);
            }
        }
        return new Pauses(count, longestMs, longestStopMs);
    }

    /** Forgets what was logged so far: the warm-up. */
    void restart() throws IOException {
        // The JVM writes on at its own place; what lies before becomes a hole, which reads as an empty line.
        Files.write(file, new byte[0]);
    }

    void delete() throws IOException {
        Files.deleteIfExists(file);
    }

    /**
     * What was found.
     *
     * @param count pauses of the collector
     * @param longestMs the longest of them
     * @param longestStopMs the longest stop of all threads for any cause
     */
    record Pauses(int count, double longestMs, double longestStopMs) {}
}
