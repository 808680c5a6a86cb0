// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.bench.swarm;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * How often and how long a JVM stood still as a whole, for collection or anything else, by its safepoint log.
 *
 * @param count safepoints; -1: not known
 */
public record Pauses(long count, double longestMs, double totalMs) {
    /** Of a process whose log nobody has. */
    public static final Pauses UNKNOWN = new Pauses(-1, Double.NaN, Double.NaN);

    private static final Pattern TOTAL = Pattern.compile("Safepoint \"[^\"]*\".*Total:\\s*(\\d+) ns");

    /** Reads a log made with {@code -Xlog:safepoint}. */
    static Pauses read(Path log) throws IOException {
        long count = 0;
        long longestNs = 0;
        long totalNs = 0;
        try (Stream<String> lines = Files.lines(log)) {
            for (String line : (Iterable<String>) lines::iterator) {
                Matcher matcher = TOTAL.matcher(line);
                if (matcher.find()) {
                    long ns = Long.parseLong(matcher.group(1));
                    count++;
                    longestNs = Math.max(longestNs, ns);
                    totalNs += ns;
                }
            }
        }
        return new Pauses(count, longestNs / 1e6, totalNs / 1e6);
    }
}
