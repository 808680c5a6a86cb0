// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.bench;

import java.util.ArrayList;
import java.util.List;

/** A short run of every other bench, to see that it works; the figures mean little. */
final class SmokeBench implements Bench {
    private static final double NANOS_PER_SECOND = 1e9;

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
            report.progress("there is no bench '" + only + "'; known: " + BenchMain.names());
            return BenchMain.USAGE;
        }
        for (Bench bench : BenchMain.BENCHES) {
            if (bench.smoke() == null || only != null && !only.equals(bench.name())) {
                continue;
            }
            List<String> arguments = new ArrayList<>(List.of(bench.name()));
            arguments.addAll(bench.smoke());
            report.progress(String.join(" ", arguments));
            long from = System.nanoTime();
            int exit = ChildJvm.of(BenchMain.class.getName(), arguments).runToEnd();
            double seconds = (System.nanoTime() - from) / NANOS_PER_SECOND;
            report.row("benches").put("bench", bench.name()).put("seconds", seconds, "s").put("exit", exit, "");
            report.check(bench.name(), exit == 0, "exit code " + exit);
        }
        return 0;
    }
}
