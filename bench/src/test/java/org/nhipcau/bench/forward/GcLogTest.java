// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.bench.forward;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class GcLogTest {

    @Test
    void shouldFindThePausesOfEachCollector(@TempDir Path directory) throws Exception {
        Path file = directory.resolve("log");
        Files.writeString(file, String.join("\n",
                "[0.5s][info][gc,phases] GC(0) Y: Pause Mark Start (Major) 0.009ms",
                "[0.5s][info][gc,phases] GC(0) Y: Concurrent Mark 3.331ms",
                "[1.2s][info][gc       ] GC(1) Pause Young (Normal) (G1 Evacuation Pause) 24M->4M(256M) 3.142ms",
                "[1.3s][info][safepoint] Safepoint \"Cleanup\", Time since last: 1008 ns, Reaching safepoint: 1 ns, "
                        + "Cleanup: 1 ns, At safepoint: 2 ns, Leaving safepoint: 1 ns, Total:   4500000 ns, Threads: 0",
                ""));
        assertEquals(new GcLog.Pauses(2, 3.142, 4.5), new GcLog(file).pauses());
    }

    @Test
    void shouldReadWhatThisJvmWrites() throws Exception {
        GcLog log = GcLog.create();
        try {
            Process process = new ProcessBuilder(command(log)).redirectErrorStream(true).start();
            process.getInputStream().readAllBytes();
            assertEquals(0, process.waitFor());
            assertEquals(true, log.pauses().count() > 0, "a collection was asked for");
            log.restart();
            assertEquals(new GcLog.Pauses(0, 0, 0), log.pauses());
        } finally {
            log.delete();
        }
    }

    private static java.util.List<String> command(GcLog log) {
        java.util.List<String> command = new java.util.ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(log.flags());
        command.addAll(java.util.List.of("-XX:+UseSerialGC", "-cp", System.getProperty("java.class.path"),
                Collects.class.getName()));
        return command;
    }

    /** A program that asks for one collection. */
    static final class Collects {
        public static void main(String[] arguments) {
            System.gc();
        }
    }
}
