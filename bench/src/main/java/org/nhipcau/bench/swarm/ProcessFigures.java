// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.bench.swarm;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;

/**
 * What a process uses, as {@code /proc} tells it; every figure is NaN where there is no such file system, or the
 * process is gone or belongs to another user.
 *
 * <p>Thread: any.
 */
public final class ProcessFigures {
    /** The kernel counts process times in hundredths of a second on every platform that Java runs on. */
    private static final double TICKS_PER_SECOND = 100;
    private static final int UTIME = 11;
    private static final int STIME = 12;

    private final Path directory;

    public ProcessFigures(long pid) {
        directory = Path.of("/proc", Long.toString(pid));
    }

    /** CPU time of all its threads so far, in user and kernel mode. */
    public double cpuSeconds() {
        return cpuSeconds(directory.resolve("stat"));
    }

    /** CPU time so far of those threads whose names begin so. */
    public double cpuSeconds(String threadName) {
        try (Stream<Path> tasks = Files.list(directory.resolve("task"))) {
            return tasks.filter(task -> comm(task).startsWith(threadName))
                    .mapToDouble(task -> cpuSeconds(task.resolve("stat"))).filter(s -> !Double.isNaN(s)).sum();
        } catch (IOException | java.io.UncheckedIOException gone) {
            return Double.NaN;
        }
    }

    private static String comm(Path task) {
        try {
            return Files.readString(task.resolve("comm")).strip();
        } catch (IOException ended) {
            return "";
        }
    }

    private static double cpuSeconds(Path stat) {
        try {
            String text = Files.readString(stat);
            // The name in parentheses may hold anything; the fields are counted behind it.
            String[] fields = text.substring(text.lastIndexOf(')') + 2).split(" ");
            return (Long.parseLong(fields[UTIME]) + Long.parseLong(fields[STIME])) / TICKS_PER_SECOND;
        } catch (IOException | RuntimeException gone) {
            return Double.NaN;
        }
    }

    /** Resident memory. */
    public double residentBytes() {
        return statusKilobytes("VmRSS:") * 1_024;
    }

    /** Threads of the operating system. */
    public double threads() {
        return statusKilobytes("Threads:");
    }

    private double statusKilobytes(String name) {
        try (Stream<String> lines = Files.lines(directory.resolve("status"))) {
            return lines.filter(line -> line.startsWith(name)).findFirst()
                    .map(line -> Double.parseDouble(line.substring(name.length()).strip().split("\\s")[0]))
                    .orElse(Double.NaN);
        } catch (IOException | java.io.UncheckedIOException gone) {
            return Double.NaN;
        }
    }

    /** Open descriptors: sockets, files and the like. */
    public double descriptors() {
        try (Stream<Path> open = Files.list(directory.resolve("fd"))) {
            return open.count();
        } catch (IOException | java.io.UncheckedIOException gone) {
            return Double.NaN;
        }
    }
}
