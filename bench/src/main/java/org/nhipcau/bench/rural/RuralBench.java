// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.bench.rural;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.nhipcau.bench.Bench;
import org.nhipcau.bench.BenchOption;
import org.nhipcau.bench.BenchOptions;
import org.nhipcau.bench.BenchOptions.UsageException;
import org.nhipcau.bench.Figures;
import org.nhipcau.bench.Machine;
import org.nhipcau.bench.Report;
import org.nhipcau.bench.Target;
import org.nhipcau.bench.rural.judge.Judge;
import org.nhipcau.bench.rural.judge.Metric;
import org.nhipcau.bench.rural.judge.RunPlot;
import org.nhipcau.bench.rural.link.LinkProfile;
import org.nhipcau.bench.rural.link.LinkSettings;
import org.nhipcau.bench.swarm.ServerAddress;

/** What a commune station on a poor link sees and hears, and what is seen of it, with real browsers. */
public final class RuralBench implements Bench {
    /** An emulator that was further behind its clock has made another link than the one asked for. */
    private static final double DISTURBED_MS = 5;
    private static final int TRACE_SECONDS = 120;
    private static final int LONGEST_SECONDS = 3_600;

    @Override
    public String name() {
        return "rural";
    }

    @Override
    public String shows() {
        return "what real browsers see and hear over poor links: goals of rural calls, pass or miss";
    }

    @Override
    public String takes() {
        return "50 min; 1 to 2 min with one profile";
    }

    @Override
    public List<BenchOption> options() {
        return List.of(
                BenchOption.text("--profile", "P,P…", null, "only these: scenarios, profiles (all scenarios with it),"
                        + " or CSV files"),
                BenchOption.wholes("--seed", 0, Integer.MAX_VALUE, "1", "of losses and jitter; each is a run"),
                BenchOption.text("--emulator", "PATH|tc", null, "linklab's program (otherwise NHIPCAU_LINKLAB, then the"
                        + " path), or the kernel's netem"),
                BenchOption.text("--peer", "ws://HOST:PORT", null, "another server on this machine instead of ours"),
                BenchOption.text("--key", "KEY", null, "API key of that server"),
                BenchOption.secret("--secret", "SECRET", "its secret"),
                BenchOption.whole("--seconds", 10, LONGEST_SECONDS, LONGEST_SECONDS, "end each call after this time at"
                        + " most; a call over a CSV file is so long, otherwise " + TRACE_SECONDS + " s"),
                BenchOption.decimal("--delay", 0, 5_000, 60, "one way, in ms, of a CSV file's link"),
                BenchOption.whole("--queue-bytes", 1_500, 100_000_000, 60_000, "of a CSV file's link"),
                BenchOption.text("--anchors", "FILE,FILE…", null, "reports (--json) of runs with --peer, one for each"
                        + " server: some goals are half of what the best of them reached"),
                BenchOption.text("--plots", "DIR", null, "where the pictures go, instead of bench/results/rural"));
    }

    @Override
    public String remarks() {
        String figures = Arrays.stream(Metric.values()).map(metric -> String.format("  %-28s %-9s %s", metric.key(),
                metric.unit(), metric.meaning())).collect(Collectors.joining("\n"));
        return "Needs root on Linux, Chromium, Node.js, and linklab (one C file, which this project does not contain:"
                + "\ncc -O2 -o linklab linklab.c -lm) or tc with netem. A peer listens on " + RuralRun.SERVER_ADDRESS
                + " or another address of this machine\nthat is not loopback, and announces it; the station has "
                + RuralRun.STATION_ADDRESS + ".\n\nScenarios: " + scenarioNames()
                + "\n\nGoals: rows as in the goal table of the rural links, 0 for what holds in every row. What a run"
                + " cannot tell\nis printed as not measured; without --anchors, goals that are a share of the best other"
                + " server's figure\nhave no anchor measured.\n\nFigures (runs[] of the JSON):\n" + figures;
    }

    private static String scenarioNames() {
        try {
            return Scenario.builtIn().stream().map(Scenario::name).collect(Collectors.joining(" "));
        } catch (IOException broken) {
            throw new IllegalStateException(broken);
        }
    }

    @Override
    public List<String> smoke() {
        return List.of("--profile", "join_256", "--plots", Machine.results().resolve("quick").toString());
    }

    @Override
    public String smokeImpossible() {
        try {
            List<String> missing = Requirements.find(Optional.empty()).missing(false);
            return missing.isEmpty() ? "" : "missing: " + String.join("; ", missing);
        } catch (UsageException wrong) {
            return wrong.getMessage();
        }
    }

    @Override
    public int run(BenchOptions options, Report report) throws Exception {
        boolean netem = options.optionalText("--emulator").equals(Optional.of("tc"));
        List<Scenario> scenarios = chosen(options);
        ServerAddress peer = peer(options);
        Anchors anchors = Anchors.read(options.optionalText("--anchors").orElse(""));
        Requirements programs = Requirements.find(options.optionalText("--emulator"));
        List<String> missing = programs.missing(netem);
        if (!missing.isEmpty()) {
            throw new UsageException("this machine cannot run it; missing: " + String.join("; ", missing));
        }
        Path folder = Files.createTempDirectory("nhipcau-rural");
        try {
            report.progress("writes what camera and microphone show");
            TestMedia.writeCamera(folder.resolve("camera.y4m"));
            TestMedia.writeVoice(folder.resolve("voice.wav"));
            report.environment("emulator", netem ? "netem" : "linklab");
            report.environment("server", peer == null ? "ours" : "peer");
            report.onlyInFile("runs");
            RuralRun run = new RuralRun(programs, netem, peer, folder, report::progress);
            Path plots = Path.of(options.optionalText("--plots")
                    .orElse(Machine.results().resolve("rural").toString()));
            for (Scenario scenario : scenarios) {
                for (int seed : options.wholes("--seed")) {
                    play(run, scenario, seed, anchors, folder, plots, report);
                }
            }
        } finally {
            delete(folder);
        }
        return 0;
    }

    private static ServerAddress peer(BenchOptions options) throws UsageException, IOException {
        boolean named = options.optionalText("--peer").isPresent();
        if (named != options.optionalText("--key").isPresent()
                || named != options.optionalText("--secret").isPresent()) {
            throw new UsageException("--peer, --key and --secret belong together");
        }
        if (!named) {
            return null;
        }
        try {
            ServerAddress address = new ServerAddress(URI.create(options.optionalText("--peer").orElseThrow()),
                    options.optionalText("--key").orElseThrow(), options.optionalText("--secret").orElseThrow());
            if (InetAddress.getByName(address.url().getHost()).isLoopbackAddress()) {
                throw new UsageException("--peer is on a loopback address, which the station behind the link cannot"
                        + " reach; allowed: another address of this machine");
            }
            return address;
        } catch (IllegalArgumentException wrong) {
            throw new UsageException("--peer: " + wrong.getMessage());
        }
    }

    private static List<Scenario> chosen(BenchOptions options) throws UsageException, IOException {
        List<Scenario> all = Scenario.builtIn();
        int limit = options.whole("--seconds");
        List<Scenario> chosen = new ArrayList<>();
        for (String word : options.optionalText("--profile").map(text -> text.split(",")).orElse(new String[0])) {
            List<Scenario> meant = all.stream().filter(each -> each.name().equals(word)).toList();
            if (meant.isEmpty()) {
                meant = all.stream().filter(each -> each.profile().equals(word)).toList();
            }
            chosen.addAll(meant.isEmpty() ? List.of(trace(word, options)) : meant);
        }
        if (options.optionalText("--profile").isEmpty()) {
            chosen.addAll(all);
        }
        return chosen.stream().map(each -> each.atMost(limit)).toList();
    }

    // A file, or a built-in profile that no scenario uses.
    private static Scenario trace(String word, BenchOptions options) throws UsageException, IOException {
        if (!(Files.isRegularFile(Path.of(word)) && Files.isReadable(Path.of(word))) && builtIn(word).isEmpty()) {
            throw new UsageException("--profile is '" + word + "'; allowed: a CSV file that can be read, or of "
                    + scenarioNames());
        }
        Scenario scenario = Scenario.ofFile(word, options.isGiven("--seconds") ? options.whole("--seconds")
                : TRACE_SECONDS);
        LinkSettings link = scenario.link();
        return scenario.over(new LinkSettings(options.decimal("--delay"), link.jitterMs(),
                options.whole("--queue-bytes"), link.lossPercent(), link.burstPackets(), null));
    }

    private static Optional<String> builtIn(String profile) throws IOException {
        if (!profile.matches("[a-z0-9_]+")) {
            return Optional.empty();
        }
        try (InputStream data = RuralBench.class.getResourceAsStream("profiles/" + profile + ".csv")) {
            return data == null ? Optional.empty()
                    : Optional.of(new String(data.readAllBytes(), StandardCharsets.UTF_8));
        }
    }

    private static void play(RuralRun run, Scenario scenario, int seed, Anchors anchors, Path folder, Path plots,
            Report report) throws Exception {
        Optional<String> builtIn = builtIn(scenario.profile());
        String csv = builtIn.isPresent() ? builtIn.get() : Files.readString(Path.of(scenario.profile()));
        String profileName = scenario.profileName();
        LinkProfile profile;
        try {
            profile = LinkProfile.parse(profileName, csv.lines().toList());
        } catch (LinkProfile.ProfileException wrong) {
            throw new UsageException("--profile: " + wrong.getMessage());
        }
        Path profileFile = Files.writeString(folder.resolve("profile.csv"), csv);
        String title = scenario.name().equals(profileName) ? profileName : scenario.name() + ", " + profileName;
        for (int attempt = 1;; attempt++) {
            report.progress(title + ", seed " + seed + ": " + scenario.title() + ", " + scenario.seconds() + " s");
            RuralRun.Outcome outcome;
            try {
                outcome = run.play(scenario, profile, profileFile, seed);
            } catch (IOException failed) {
                report.check(title + ", seed " + seed, false, String.valueOf(failed.getMessage()));
                return;
            }
            boolean disturbed = outcome.lateMs() > DISTURBED_MS;
            if (disturbed && attempt == 1) {
                report.progress(String.format("the emulator was %.1f ms late: once more", outcome.lateMs()));
                continue;
            }
            tell(report, scenario, seed, anchors, outcome, disturbed);
            String file = String.format("%s-%s-%d.svg", scenario.name(), profileName, seed);
            Files.createDirectories(plots);
            Files.writeString(plots.resolve(file), new RunPlot(title + ", seed " + seed, outcome.situation(),
                    outcome.viewer(), outcome.packets()).svg());
            report.progress("drawn: " + plots.resolve(file));
            return;
        }
    }

    private static void tell(Report report, Scenario scenario, int seed, Anchors anchors, RuralRun.Outcome outcome,
            boolean disturbed) {
        Map<Metric, Double> figures = new Judge(outcome.situation(), outcome.viewer(), outcome.publisher(),
                outcome.others(), outcome.packets()).figures();
        Figures row = report.row("runs").put("profile", scenario.profileName()).put("scenario", scenario.name())
                .put("seed", seed, "").put("judged", scenario.direction().word());
        figures.forEach((metric, value) -> row.put(metric.key(), value, metric.unit()));
        row.put("emulatorLateMs", outcome.lateMs(), "ms").put("disturbed", Boolean.toString(disturbed))
                .put("limitedByCpu", Boolean.toString(outcome.limitedByCpu()));
        goals(report, scenario, seed, anchors, figures);
        if (scenario.goals().isEmpty()) {
            report.note(scenario.name() + " has no goal");
        }
        String what = scenario.name() + ", seed " + seed;
        boolean heard = outcome.viewer().grown("received.audio.packets", 0, outcome.viewer().endMs()) > 0;
        report.check("media came through in " + what, heard && outcome.stationFailure().isEmpty(),
                outcome.stationFailure().isEmpty() ? heard ? "sound arrived" : "no sound arrived"
                        : outcome.stationFailure());
        notes(report, what, outcome, disturbed);
    }

    static void goals(Report report, Scenario scenario, int seed, Anchors anchors, Map<Metric, Double> figures) {
        for (Goal goal : scenario.goals()) {
            Figures line = report.row("goals").put("row", goal.row(), "").put("scenario", scenario.name())
                    .put("seed", seed, "").put("figure", goal.metric().key()).put("unit", goal.metric().unit());
            double value = figures.get(goal.metric());
            Target target = goal.target(scenario, anchors);
            if (Double.isNaN(value)) {
                line.absent("value", "not in the log, or the run ended before", target);
            } else if (Double.isInfinite(value)) {
                line.never("value", "", target);
            } else {
                line.put("value", value, "", target);
            }
        }
        for (Scenario.Unmeasured each : scenario.unmeasured()) {
            report.row("goals").put("row", each.row(), "").put("scenario", scenario.name()).put("seed", seed, "")
                    .put("figure", each.figure()).put("unit", "")
                    .absent("value", each.why(), Target.wanting("not measured"));
        }
    }

    private static void notes(Report report, String what, RuralRun.Outcome outcome, boolean disturbed) {
        if (disturbed) {
            report.note(String.format("DISTURBED: %s: the emulator was %.1f ms late, twice; the machine stalled under"
                    + " it", what, outcome.lateMs()));
        }
        if (outcome.limitedByCpu()) {
            report.note(what + ": the publisher's encoder was short of CPU; less was sent than the link could carry");
        }
        if (!outcome.weakness().isEmpty()) {
            report.note(what + ": " + outcome.weakness());
        }
        if (!outcome.serverLog().isBlank()) {
            report.note(what + ": the server logged " + outcome.serverLog().lines().limit(3).toList());
        }
    }

    private static void delete(Path folder) throws IOException {
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(file);
            }
        }
    }
}
