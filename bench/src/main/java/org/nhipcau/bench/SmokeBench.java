// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/** A short run of every other bench, to see that it works; the figures mean little. */
final class SmokeBench implements Bench {
    private static final double NANOS_PER_SECOND = 1e9;
    /** A minute, and as much again for machines that are slow or busy with other things. */
    private static final long LIMIT_S = 180;
    /** Names the file that takes the numbers of passed, failed and skipped. */
    private static final String COUNTS = "NHIPCAU_COUNTS";

    @Override
    public String name() {
        return "smoke";
    }

    @Override
    public String shows() {
        return "that each bench works: a short run of every one, whose figures mean little";
    }

    @Override
    public String takes() {
        return "1 min per bench at most";
    }

    @Override
    public List<BenchOption> options() {
        return List.of(BenchOption.text("--only", "NAME", null, "of this bench alone"));
    }

    @Override
    public List<String> smoke() {
        return null;
    }

    @Override
    public int run(BenchOptions options, Report report) throws Exception {
        String only = options.optionalText("--only").orElse(null);
        if (only != null && BenchMain.find(only) == null) {
            throw new BenchOptions.UsageException("there is no bench '" + only + "'; known: " + BenchMain.names());
        }
        int passed = 0;
        int skipped = 0;
        List<String> failed = new ArrayList<>();
        for (Bench bench : BenchMain.BENCHES) {
            if (bench.smoke() == null || only != null && !only.equals(bench.name())) {
                continue;
            }
            if (!bench.smokeImpossible().isEmpty()) {
                report.progress(bench.name() + " is SKIPPED: " + bench.smokeImpossible());
                report.note("SKIPPED " + bench.name() + ": " + bench.smokeImpossible());
                skipped++;
                continue;
            }
            List<String> arguments = new ArrayList<>(List.of(bench.name()));
            arguments.addAll(bench.smoke());
            report.progress(String.join(" ", arguments));
            long from = System.nanoTime();
            int exit = ChildJvm.of(BenchMain.class.getName(), arguments).runToEnd(LIMIT_S);
            if (exit != 0) {
                // Real clients beside the server on a few shared cores miss a deadline now and then; a fault shows again.
                report.note(bench.name() + " ended with exit code " + exit + " at first, and was run once more");
                report.progress("once more: " + String.join(" ", arguments));
                exit = ChildJvm.of(BenchMain.class.getName(), arguments).runToEnd(LIMIT_S);
            }
            double seconds = (System.nanoTime() - from) / NANOS_PER_SECOND;
            report.row("benches").put("bench", bench.name()).put("seconds", seconds, "s").put("exit", exit, "");
            report.check(bench.name(), exit == 0, exit == ChildJvm.TOO_LONG ? "not done within " + LIMIT_S + " s"
                    : "exit code " + exit);
            passed += exit == 0 ? 1 : 0;
            if (exit != 0) {
                failed.add("bench " + String.join(" ", arguments) + ": exit code " + exit);
            }
        }
        tellCaller(passed, failed, skipped);
        return 0;
    }

    // The test command adds the counts of all its runners up and repeats what failed.
    private static void tellCaller(int passed, List<String> failed, int skipped) throws IOException {
        String file = System.getenv(COUNTS);
        if (file != null && !file.isBlank()) {
            Files.writeString(Path.of(file), passed + " " + failed.size() + " " + skipped + "\n"
                    + failed.stream().map(line -> line + "\n").collect(Collectors.joining()));
        }
    }
}
