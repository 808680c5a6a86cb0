// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.bench.swarm;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/**
 * Datagrams that the kernel threw away because a process did not read its sockets in time: tells loss at the swarm's
 * own sockets from loss inside the server.
 *
 * <p>Reads {@code /proc/net/udp} and the process's descriptors. Thread: any.
 */
public final class UdpDrops {
    private static final int INODE = 9;
    private static final int DROPS = 12;

    private UdpDrops() {}

    /** Drops so far at the sockets that the process has open now; NaN where that cannot be read. */
    public static double of(long pid) {
        Path own = Path.of("/proc", Long.toString(pid));
        try {
            Set<String> inodes = inodes(own.resolve("fd"));
            long drops = 0;
            for (String table : List.of("udp", "udp6")) {
                Path file = own.resolve("net").resolve(table);
                if (Files.exists(file)) {
                    drops += drops(Files.readAllLines(file), inodes);
                }
            }
            return drops;
        } catch (IOException | RuntimeException unreadable) {
            return Double.NaN;
        }
    }

    private static Set<String> inodes(Path descriptors) throws IOException {
        Set<String> inodes = new HashSet<>();
        try (Stream<Path> links = Files.list(descriptors)) {
            for (Path link : (Iterable<Path>) links::iterator) {
                String target = target(link);
                if (target.startsWith("socket:[")) {
                    inodes.add(target.substring("socket:[".length(), target.length() - 1));
                }
            }
        }
        return inodes;
    }

    private static String target(Path link) {
        try {
            return Files.readSymbolicLink(link).toString();
        } catch (IOException closedMeanwhile) {
            return "";
        }
    }

    /** Sums the drops of the sockets with these inodes in a table as the kernel prints it. */
    static long drops(List<String> table, Set<String> inodes) {
        long drops = 0;
        for (String line : table.subList(Math.min(1, table.size()), table.size())) {
            String[] fields = line.strip().split(" +");
            if (fields.length > DROPS && inodes.contains(fields[INODE])) {
                drops += Long.parseLong(fields[DROPS]);
            }
        }
        return drops;
    }
}
