// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.bench.goals;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.nhipcau.bench.Bench;
import org.nhipcau.bench.BenchOption;
import org.nhipcau.bench.BenchOptions;
import org.nhipcau.bench.BenchOptions.UsageException;
import org.nhipcau.bench.Machine;
import org.nhipcau.bench.Report;
import org.nhipcau.bench.rural.Anchors;
import org.nhipcau.bench.rural.judge.Metric;

/** Writes the goal table with what simulation and browsers reached of it; measures nothing by itself. */
public final class GoalsBench implements Bench {
    @Override
    public String name() {
        return "goals";
    }

    @Override
    public String shows() {
        return "the goal table of rural calls, filled in from reports of simulate and rural";
    }

    @Override
    public String takes() {
        return "1 s";
    }

    @Override
    public List<BenchOption> options() {
        return List.of(
                BenchOption.text("--simulated", "FILE,FILE…", null, "reports (--json) of bench simulate"),
                BenchOption.text("--browser", "FILE,FILE…", null, "reports of bench rural on our server"),
                BenchOption.text("--anchors", "FILE,FILE…", null, "reports of bench rural --peer, one for each server"),
                BenchOption.output("--to", "the page to write, instead of bench/results/rural-goals.md"));
    }

    @Override
    public String remarks() {
        return "First, for example:\n  ./nhipcau bench simulate --seeds 12 --json simulated.json"
                + "\n  ./nhipcau bench rural --emulator PATH --json browser.json\nthen:"
                + "\n  ./nhipcau bench goals --simulated simulated.json --browser browser.json"
                + "\nRuns of some scenarios each may be given as several files; what none of them has is written as not"
                + " measured.";
    }

    @Override
    public List<String> smoke() {
        return null;
    }

    @Override
    public boolean reports() {
        return false;
    }

    @Override
    public int run(BenchOptions options, Report report) throws Exception {
        Reached simulated = Reached.read("simulate", options.optionalText("--simulated").orElse(""));
        Reached browser = Reached.read("rural", options.optionalText("--browser").orElse(""));
        if (simulated.isEmpty() && browser.isEmpty()) {
            throw new UsageException("no report is given; needed: --simulated, --browser or both");
        }
        Anchors anchors = Anchors.read(options.optionalText("--anchors").orElse(""));
        GoalPage page = new GoalPage(simulated, browser, (scenario, figure) -> Metric.of(figure)
                .map(metric -> anchors.best(scenario, browser.profile(scenario), metric)).orElse(Double.NaN));
        Path to = Path.of(options.optionalText("--to").orElse(Machine.results().resolve("rural-goals.md").toString()))
                .toAbsolutePath();
        Files.createDirectories(to.getParent());
        report.progress("written: " + Files.writeString(to, page.text(GoalTable.rows())));
        return 0;
    }
}
