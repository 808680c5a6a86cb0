// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.bench.forward;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeoutException;
import org.nhipcau.bench.Bench;
import org.nhipcau.bench.BenchOption;
import org.nhipcau.bench.BenchOptions;
import org.nhipcau.bench.BenchOptions.UsageException;
import org.nhipcau.bench.Figures;
import org.nhipcau.bench.Report;
import org.nhipcau.bench.Target;
import org.nhipcau.bench.forward.ForwardRun.Outcome;
import org.nhipcau.bench.forward.ForwardRun.Setting;

/**
 * The server's JVM flags against others, one changed at a time: collectors, object headers, pages, AOT cache. The rounds
 * go through all of them in turns, each with a fresh node, so that a slow minute of the machine hits all alike.
 */
public final class JvmBench implements Bench {
    private static final double LOAD_SHARE = 0.7;

    @Override
    public String name() {
        return "jvm";
    }

    @Override
    public String shows() {
        return "what the server's JVM flags do to cost per packet, delay, pauses, memory and start";
    }

    @Override
    public String takes() {
        return "10 min";
    }

    @Override
    public List<BenchOption> options() {
        return List.of(
                BenchOption.whole("--receivers", 1, 500, 50, "viewers of the stream"),
                BenchOption.whole("--seconds", 1, 600, 4, "of the run at full speed and of the one at 70 % of it"),
                BenchOption.whole("--rounds", 1, 50, 3, "through all sets of flags"),
                BenchOption.whole("--warm-up", 0, 600, 15, "seconds at most, of each node"),
                BenchOption.text("--only", "NAME,NAME…", null, "only these sets, by name"));
    }

    @Override
    public String remarks() {
        return "besidePercent is the process's time outside the packet thread: above a few per cent the compilers were\n"
                + "still at work and the cost per packet is not that of the flags; give a longer --warm-up then.\n"
                + "Sets: " + String.join(", ", sets(Path.of("nhipcau.aot")).keySet()) + ".";
    }

    @Override
    public List<String> smoke() {
        return List.of("--receivers", "3", "--seconds", "1", "--rounds", "1", "--warm-up", "1", "--only",
                "production,ParallelGC");
    }

    private static Map<String, List<String>> sets(Path cache) {
        Map<String, List<String>> sets = new LinkedHashMap<>();
        sets.put("production", List.of());
        sets.put("ParallelGC", List.of("-XX:+UseParallelGC"));
        sets.put("SerialGC", List.of("-XX:+UseSerialGC"));
        sets.put("G1GC", List.of("-XX:+UseG1GC"));
        sets.put("wide-headers", List.of("-XX:-UseCompactObjectHeaders"));
        sets.put("huge-pages", List.of("-XX:+UseTransparentHugePages"));
        sets.put("pre-touch", List.of("-XX:+AlwaysPreTouch", "-Xms512m"));
        sets.put("aot-cache", List.of("-XX:AOTCache=" + cache, "-Xlog:aot=off", "-Xlog:cds=off"));
        return sets;
    }

    private static final class Values {
        private final Median rate = new Median();
        private final Median thread = new Median();
        private final Median beside = new Median();
        private final Median p50 = new Median();
        private final Median p99 = new Median();
        private final Median p999 = new Median();
        private final Median pause = new Median();
        private final Median resident = new Median();
        private final Median start = new Median();
    }

    @Override
    public int run(BenchOptions options, Report report) throws Exception {
        Path directory = Files.createTempDirectory("nhipcau-bench");
        Path cache = directory.resolve("nhipcau.aot");
        try {
            Map<String, List<String>> sets = wanted(options, sets(cache));
            if (sets.containsKey("aot-cache")) {
                train(options, cache, report);
            }
            Map<String, Values> values = new LinkedHashMap<>();
            for (int round = 1; round <= options.whole("--rounds"); round++) {
                for (Map.Entry<String, List<String>> set : sets.entrySet()) {
                    Values of = values.computeIfAbsent(set.getKey(), name -> new Values());
                    measure(setting(options, set.getValue()), options, of);
                    report.progress(String.format("round %d, %s: %,.0f packets per CPU-second", round, set.getKey(),
                            of.rate.middle()));
                }
            }
            values.forEach((name, of) -> put(report.row("sets").put("set", name), of,
                    values.containsKey("production") ? values.get("production").rate.middle() : Double.NaN));
            sets.forEach((name, flags) -> report.environment("flags " + name, String.join(" ", flags)));
        } finally {
            Files.deleteIfExists(cache);
            Files.deleteIfExists(directory);
        }
        return 0;
    }

    private static Map<String, List<String>> wanted(BenchOptions options, Map<String, List<String>> all)
            throws UsageException {
        Map<String, List<String>> wanted = new LinkedHashMap<>(all);
        if (options.optionalText("--only").isPresent()) {
            List<String> names = List.of(options.optionalText("--only").get().split(",", -1));
            for (String name : names) {
                if (!all.containsKey(name)) {
                    throw new UsageException("--only: there is no set '" + name + "'; known: "
                            + String.join(", ", all.keySet()));
                }
            }
            wanted.keySet().retainAll(names);
        }
        return wanted;
    }

    private static Setting setting(BenchOptions options, List<String> flags) {
        return new Setting(options.whole("--receivers"), 1_200, 8, true, "auto", "auto", flags);
    }

    // A short run leaves the cache when its process ends.
    private static void train(BenchOptions options, Path cache, Report report)
            throws IOException, InterruptedException, TimeoutException {
        report.progress("training run for the AOT cache");
        List<String> flags = new ArrayList<>(List.of("-XX:AOTCacheOutput=" + cache, "-Xlog:aot=off", "-Xlog:cds=off"));
        try (ForwardRun run = new ForwardRun(setting(options, flags))) {
            run.saturate(2);
        }
        if (!Files.exists(cache)) {
            throw new IOException("the training run left no AOT cache");
        }
    }

    private static void measure(Setting setting, BenchOptions options, Values values)
            throws IOException, InterruptedException, TimeoutException {
        try (ForwardRun run = new ForwardRun(setting)) {
            run.warmUp(options.whole("--warm-up"));
            Outcome full = run.saturate(options.whole("--seconds"));
            double forwarded = ForwardBench.forwarded(full);
            values.rate.add(forwarded / (full.node().get("processNs") / 1e9));
            values.thread.add(forwarded / (full.node().get("threadNs") / 1e9));
            values.beside.add(100 * (1 - full.node().get("threadNs") / full.node().get("processNs")));
            double loopbackNs = run.loopbackNs();
            double load = forwarded / full.peers().get("seconds") / setting.receivers() * LOAD_SHARE;
            Sample times = run.pace(load, options.whole("--seconds")).peers();
            values.p50.add((times.get("p50") - loopbackNs) / 1e3);
            values.p99.add((times.get("p99") - loopbackNs) / 1e3);
            values.p999.add((times.get("p999") - loopbackNs) / 1e3);
            values.pause.add(run.gcLog().pauses().longestMs());
            values.resident.add(run.residentMb());
            values.start.add(run.startMs());
        }
    }

    private static void put(Figures row, Values of, double production) {
        row.put("forwardedPerCpuSecond", of.rate.middle(), "1/s").put("least", of.rate.least(), "1/s")
                .put("most", of.rate.most(), "1/s").put("ofProduction", of.rate.middle() / production, "")
                .put("packetThreadPerCpuSecond", of.thread.middle(), "1/s").put("besidePercent", of.beside.middle(), "%")
                .put("latencyP50Us", of.p50.middle(), "us").put("latencyP99Us", of.p99.middle(), "us")
                .put("latencyP999Us", of.p999.middle(), "us")
                .put("gcPauseMaxMs", of.pause.most(), "ms", Target.atMost(1))
                .put("residentMb", of.resident.middle(), "MB").put("startMs", of.start.middle(), "ms");
    }
}
