// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.bench.forward;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;

/** Datagrams that the kernel has thrown away because a socket's buffer was full, by local port (/proc/net/udp). */
final class KernelDrops {
    private KernelDrops() {}

    /** Since these sockets were opened, all together. */
    static long of(Set<Integer> ports) throws IOException {
        long drops = 0;
        for (String table : new String[] {"/proc/net/udp", "/proc/net/udp6"}) {
            if (!Files.exists(Path.of(table))) {
                continue;
            }
            for (String line : Files.readAllLines(Path.of(table))) {
                String[] columns = line.strip().split("\\s+");
                int colon = columns.length < 13 ? -1 : columns[1].lastIndexOf(':');
                if (colon > 0 && ports.contains(Integer.parseInt(columns[1].substring(colon + 1), 16))) {
                    drops += Long.parseLong(columns[columns.length - 1]);
                }
            }
        }
        return drops;
    }
}
