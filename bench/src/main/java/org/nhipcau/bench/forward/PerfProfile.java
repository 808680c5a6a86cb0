// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.bench.forward;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * Where a process's time goes down to kernel and native libraries, by Linux perf where it is installed and allowed; what
 * the flight recorder cannot see inside native calls. Compiled Java methods have their names from the JVM's own map.
 * Thread: one.
 */
final class PerfProfile implements AutoCloseable {
    private static final String LEAST_PERCENT = "0.6";

    private final long pid;
    private final Path data;
    private final Process record;

    private PerfProfile(long pid, Path data, Process record) {
        this.pid = pid;
        this.data = data;
        this.record = record;
    }

    /** Begins to sample; null when perf is missing or may not. */
    static PerfProfile start(long pid, int seconds) throws IOException, InterruptedException {
        Path data = Files.createTempFile("nhipcau-bench", ".perf");
        try {
            // cpu-clock works in virtual machines, which often have no counters.
            Process record = new ProcessBuilder("perf", "record", "-q", "-e", "cpu-clock", "-F", "499", "-p",
                    Long.toString(pid), "-o", data.toString(), "--", "sleep", Integer.toString(seconds))
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD).redirectError(ProcessBuilder.Redirect.DISCARD)
                    .start();
            if (record.waitFor(300, TimeUnit.MILLISECONDS)) {
                Files.deleteIfExists(data);
                return null;
            }
            return new PerfProfile(pid, data, record);
        } catch (IOException missing) {
            Files.deleteIfExists(data);
            return null;
        }
    }

    /** Waits for the end. @return lines for a reader: share of all samples, thread, library, function */
    List<String> lines() throws IOException, InterruptedException {
        record.waitFor();
        run(List.of(Path.of(System.getProperty("java.home"), "bin", "jcmd").toString(), Long.toString(pid),
                "Compiler.perfmap"));
        List<String> lines = new ArrayList<>(report("comm,dso"));
        lines.add("");
        lines.addAll(report("comm,dso,symbol"));
        return lines;
    }

    private List<String> report(String columns) throws IOException, InterruptedException {
        return run(List.of("perf", "report", "-q", "--stdio", "--no-children", "--sort", columns,
                "--percent-limit", LEAST_PERCENT, "-i", data.toString())).lines()
                .filter(line -> !line.isBlank()).map(String::stripTrailing).toList();
    }

    private static String run(List<String> command) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.DISCARD).start();
        String answer = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        process.waitFor();
        return answer;
    }

    @Override
    public void close() throws IOException {
        record.destroy();
        Files.deleteIfExists(data);
        // Where jcmd writes the map and perf looks for it.
        Files.deleteIfExists(Path.of("/tmp", "perf-" + pid + ".map"));
    }
}
