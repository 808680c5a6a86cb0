// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.bench.simulate;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.nhipcau.bench.Bench;
import org.nhipcau.bench.BenchOption;
import org.nhipcau.bench.BenchOptions;
import org.nhipcau.bench.BenchOptions.UsageException;
import org.nhipcau.bench.Figures;
import org.nhipcau.bench.Machine;
import org.nhipcau.bench.Report;
import org.nhipcau.bench.Target;
import org.nhipcau.sfu.sim.link.LinkProfile;
import org.nhipcau.sfu.sim.scenario.Metric;
import org.nhipcau.sfu.sim.scenario.Outcome;
import org.nhipcau.sfu.sim.scenario.Scenario;
import org.nhipcau.sfu.sim.scenario.Scenarios;
import org.nhipcau.sfu.sim.scenario.Tuning;

/** The goal table's links in virtual time, with as many seeds as one likes. */
public final class SimulateBench implements Bench {
    /** Shown of every scenario; what a scenario has a goal for comes first. */
    static final Set<Metric> ALWAYS = EnumSet.of(Metric.UTILISATION, Metric.QUEUE_P95, Metric.AUDIO_CONCEALED,
            Metric.FREEZE_RATIO, Metric.FPS_P5);

    @Override
    public String name() {
        return "simulate";
    }

    @Override
    public String shows() {
        return "what viewers on poor links see and hear, in virtual time: median and bad seeds against the goals";
    }

    @Override
    public String takes() {
        return "2 min with 20 seeds";
    }

    @Override
    public List<BenchOption> options() {
        return List.of(
                BenchOption.text("--scenario", "P,P…", "all", "scenarios by name or the beginning of it; all"),
                BenchOption.whole("--seeds", 1, 100_000, 20, "runs of each scenario"),
                BenchOption.whole("--first-seed", 0, 1_000_000_000, 1, "of the first run; the others follow"),
                BenchOption.whole("--threads", 1, 256, Runtime.getRuntime().availableProcessors(), "that run seeds"),
                BenchOption.text("--search", "C=A:B:STEP,…", null,
                        "tries values of the estimator's constants instead"),
                BenchOption.text("--traces", "DIR", null, "each NAME.csv there is a scenario NAME as well"));
    }

    @Override
    public String remarks() {
        return "Scenarios: " + Scenarios.all().stream().map(Scenario::name).collect(Collectors.joining(" "))
                + "\nConstants for --search: " + String.join(" ", Tuning.names())
                + "; every combination is tried, the result kept as bench/results/simulate-CONSTANTS.md"
                + "\nFiles of --traces have lines t_ms,up_kbps,down_kbps[,up_loss_pct,down_loss_pct]; up is from the"
                + " station to\nthe server. Judged as row 13; the seed chooses 2 min of it. With lte or 4g in its name"
                + " a link has a queue of\n250 kB and a round trip of 60 ms, otherwise 60 kB and 120 ms."
                + "\nThe figures depend on seeds and sources alone; only the speed is the machine's.";
    }

    @Override
    public List<String> smoke() {
        return List.of("--scenario", "join_256,outage_drop_5", "--seeds", "2");
    }

    @Override
    public int run(BenchOptions options, Report report) throws Exception {
        readTraces(options);
        List<Scenario> scenarios = chosen(options.text("--scenario"));
        ConstantSearch search = options.isGiven("--search") ? ConstantSearch.parse(options.text("--search")) : null;
        try (SeedRuns runs = new SeedRuns(options.whole("--threads"))) {
            if (search != null) {
                search(search, options, scenarios, runs, report);
                return 0;
            }
            for (Scenario scenario : scenarios) {
                List<Outcome> outcomes = runs.run(scenario, options.whole("--first-seed"), options.whole("--seeds"));
                report.progress(scenario.name() + " (" + scenario.link() + ")");
                show(scenario, outcomes, report);
            }
            report.figures().put("simulated seconds per CPU second", runs.secondsPerCpuSecond(), "");
        }
        report.note("bad: one seed of twenty is worse; rows as in the goal table of the rural links");
        return 0;
    }

    private static void search(ConstantSearch search, BenchOptions options, List<Scenario> scenarios, SeedRuns runs,
            Report report) throws Exception {
        int seeds = options.whole("--seeds");
        int firstSeed = options.whole("--first-seed");
        List<ConstantSearch.Trial> trials = search.run(scenarios, runs, firstSeed, seeds, report);
        for (ConstantSearch.Trial trial : trials) {
            Figures row = report.row("trials").put("values", ConstantSearch.shown(trial.values()))
                    .put("score", trial.score(), "");
            ALWAYS.forEach(metric -> row.put(metric.label(), Spread.shown(trial.means().get(metric), metric)));
        }
        Path written = SearchReport.write(Machine.results(), options.text("--search"), scenarios, firstSeed, seeds,
                trials);
        report.note("written: " + Machine.home().relativize(written));
        report.figures().put("simulated seconds per CPU second", runs.secondsPerCpuSecond(), "");
    }

    private static void readTraces(BenchOptions options) throws UsageException {
        Optional<String> directory = options.optionalText("--traces");
        if (directory.isPresent()) {
            readTraces(directory.get());
        }
    }

    /** Adds the profiles of a directory to the scenarios. @throws UsageException naming the file that is none */
    static void readTraces(String directory) throws UsageException {
        if (!Files.isDirectory(Path.of(directory))) {
            throw new UsageException("--traces is '" + directory + "'; allowed: a directory");
        }
        Set<String> taken = Scenarios.all().stream().map(Scenario::name).collect(Collectors.toSet());
        System.setProperty(LinkProfile.MEASURED_PROPERTY, directory);
        try {
            for (String name : LinkProfile.measuredNames()) {
                if (taken.contains(name)) {
                    throw new UsageException("--traces: " + name + ".csv has the name of another scenario");
                }
                if (LinkProfile.measured(name) == null) {
                    throw new UsageException("--traces: " + name + ".csv cannot be read");
                }
            }
        } catch (UsageException | IllegalArgumentException wrong) {
            System.clearProperty(LinkProfile.MEASURED_PROPERTY);
            throw new UsageException(wrong instanceof UsageException ? wrong.getMessage()
                    : "--traces: " + wrong.getMessage());
        }
    }

    /** The scenarios that a list of names or beginnings of names means. */
    static List<Scenario> chosen(String list) throws UsageException {
        List<Scenario> all = Scenarios.all();
        if (list.equals("all")) {
            return all;
        }
        List<Scenario> chosen = new ArrayList<>();
        for (String word : list.split(",", -1)) {
            List<Scenario> meant = all.stream().filter(each -> each.name().equals(word)).toList();
            if (meant.isEmpty()) {
                meant = all.stream().filter(each -> !word.isEmpty() && each.name().startsWith(word)).toList();
            }
            if (meant.isEmpty()) {
                throw new UsageException("there is no scenario '" + word + "'; known: "
                        + all.stream().map(Scenario::name).collect(Collectors.joining(" ")));
            }
            meant.stream().filter(each -> !chosen.contains(each)).forEach(chosen::add);
        }
        return chosen;
    }

    private static void show(Scenario scenario, List<Outcome> outcomes, Report report) {
        List<Metric> metrics = Arrays.stream(Metric.values()).filter(metric -> scenario.goals().containsKey(metric)
                || ALWAYS.contains(metric)).sorted((a, b) -> Boolean.compare(scenario.goals().containsKey(b),
                        scenario.goals().containsKey(a))).toList();
        for (Metric metric : metrics) {
            Spread spread = Spread.of(outcomes, metric);
            Double goal = scenario.goals().get(metric);
            String better = metric.moreIsBetter() ? "≥ " : "≤ ";
            report.row("scenarios").put("row", Integer.toString(scenario.row())).put("scenario", scenario.name())
                    .put("figure", metric.label() + (metric.unit().isEmpty() ? "" : " [" + metric.unit() + "]"))
                    .put("median", Spread.shown(spread.median(), metric)).put("bad", Spread.shown(spread.bad(), metric))
                    .put("goal", goal == null ? "" : better + Spread.shown(goal, metric))
                    .put("reached", goal == null ? "" : scenario.reached(metric, spread.median()) ? "pass" : "MISS");
            if (goal != null) {
                report.figures().put(scenario.name() + ": " + metric.label(), spread.median(), metric.unit(),
                        metric.moreIsBetter() ? Target.atLeast(goal) : Target.atMost(goal));
            }
        }
    }
}
