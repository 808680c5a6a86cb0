// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.bench.soak;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.ToDoubleFunction;
import org.nhipcau.bench.Bench;
import org.nhipcau.bench.BenchOption;
import org.nhipcau.bench.BenchOptions;
import org.nhipcau.bench.Machine;
import org.nhipcau.bench.Report;
import org.nhipcau.bench.plot.Axis;
import org.nhipcau.bench.plot.LinePlot;
import org.nhipcau.bench.plot.Series;
import org.nhipcau.bench.swarm.ServerProcess;
import org.nhipcau.bench.swarm.Swarm;

/** Joins, leaves, reconnects, renegotiations and layer switches for a time, and that nothing grows by them. */
public final class SoakBench implements Bench {
    private static final double MB = 1e6;
    private static final int LONG_MINUTES = 10;
    /** The heap is resident from the start, so that resident memory grows by what is outside it alone. */
    private static final List<String> FIXED_HEAP = List.of("-Xms320m", "-Xmx320m", "-XX:+AlwaysPreTouch");

    @Override
    public String name() {
        return "soak";
    }

    @Override
    public String shows() {
        return "flat memory, threads and descriptors and no foreign byte while clients come, go and change";
    }

    @Override
    public String takes() {
        return "10 min, or as long as --minutes says";
    }

    @Override
    public List<BenchOption> options() {
        return List.of(
                BenchOption.decimal("--minutes", 0.5, 100_000, 10, "how long"),
                BenchOption.whole("--rooms", 1, 200, 3, "with two clients each that stay, and up to three guests"),
                BenchOption.whole("--cycle", 2, 3_600, 8, "seconds of coming and going between two readings"),
                BenchOption.whole("--seed", 0, Integer.MAX_VALUE, 20_261_122, "of the schedule"),
                BenchOption.decimal("--heap-mb", 0.1, 10_000, 3, "growth of the live heap that is tolerated, in all"),
                BenchOption.decimal("--rss-mb", 0.1, 10_000, 16, "growth of resident memory that is tolerated, in all"));
    }

    @Override
    public String remarks() {
        return """
                At each reading the guests have left: the same clients are there. A straight line is fitted through the
                readings after the first quarter; its growth from the first of them to the last is held against the
                tolerance. Writes soak.svg into bench/results, of runs below 10 minutes into bench/results/quick.""";
    }

    @Override
    public List<String> smoke() {
        return List.of("--minutes", "1", "--rooms", "2", "--cycle", "4", "--rss-mb", "32");
    }

    @Override
    public int run(BenchOptions options, Report report) throws Exception {
        int seed = options.whole("--seed");
        SoakTrend trend = new SoakTrend();
        try (ServerProcess server = ServerProcess.start(FIXED_HEAP, Map.of(), List.of());
                Swarm swarm = new Swarm(server.address(), 1, seed)) {
            SoakRun run = new SoakRun(server, swarm, new SoakSchedule(seed), options.whole("--rooms"));
            run.fill();
            long startNs = System.nanoTime();
            long endNs = startNs + (long) (options.decimal("--minutes") * 60e9);
            while (System.nanoTime() - endNs < 0) {
                run.churn(Math.min(endNs, System.nanoTime() + TimeUnit.SECONDS.toNanos(options.whole("--cycle"))));
                SoakTrend.Reading reading = run.rest((System.nanoTime() - startNs) / 1e9);
                trend.add(reading);
                report.progress(String.format("%.0f s: live heap %.1f MB, resident %.1f MB, %.0f threads, %.0f descriptors",
                        reading.seconds(), reading.liveHeapBytes() / MB, reading.residentBytes() / MB,
                        reading.threads(), reading.descriptors()));
            }
            run.finish();
            checkRun(run, server, report);
        }
        if (trend.fitted().size() < SoakTrend.MIN_READINGS) {
            report.check("readings", false, trend.fitted().size() + " after the warm-up; needed: "
                    + SoakTrend.MIN_READINGS + "; a longer run or shorter cycles");
            return 1;
        }
        checkTrend(options, trend, report);
        plot(options, trend);
        return 0;
    }

    private static void checkRun(SoakRun run, ServerProcess server, Report report) throws Exception {
        run.done().forEach((act, count) -> report.figures().put("count" + act, count, ""));
        report.figures().put("receivedPackets", run.receivedPackets(), "");
        report.check("media flowed", run.receivedPackets() > 0, run.receivedPackets() + " packets received");
        report.check("foreign bytes", run.foreignBytes() == 0, run.foreignBytes() + " bytes of another track or room");
        report.check("clients", run.failures().isEmpty(), run.failures().isEmpty() ? "none failed"
                : run.failures().size() + " failed, the first by: " + run.failures().getFirst());
        report.check("faults", run.faults() == 0, run.faults() + " faults counted");
        String log = server.log();
        report.check("log", log.isBlank(), log.isBlank() ? "no warning, no error"
                : log.lines().count() + " lines, the first: " + log.lines().findFirst().orElse(""));
    }

    private static void checkTrend(BenchOptions options, SoakTrend trend, Report report) {
        for (SoakTrend.Reading reading : trend.readings()) {
            report.row("readings").put("seconds", Math.rint(reading.seconds()), "s")
                    .put("liveHeap", reading.liveHeapBytes() / MB, "MB")
                    .put("resident", reading.residentBytes() / MB, "MB").put("threads", reading.threads(), "")
                    .put("descriptors", reading.descriptors(), "").put("slots", reading.slotsInUse(), "")
                    .put("cache", reading.cacheBytes() / MB, "MB").put("peers", reading.peers(), "");
        }
        SoakTrend.Reading first = trend.fitted().getFirst();
        check(report, trend, "liveHeap", "MB", MB, SoakTrend.Reading::liveHeapBytes,
                options.decimal("--heap-mb") * MB);
        check(report, trend, "resident", "MB", MB, SoakTrend.Reading::residentBytes, options.decimal("--rss-mb") * MB);
        // The JVM starts and ends a few threads of its own.
        check(report, trend, "threads", "", 1, SoakTrend.Reading::threads, 3 + first.threads() * 0.05);
        check(report, trend, "descriptors", "", 1, SoakTrend.Reading::descriptors, 3);
        check(report, trend, "slots", "", 1, SoakTrend.Reading::slotsInUse, 64);
        check(report, trend, "peers", "", 1, SoakTrend.Reading::peers, 0.5);
    }

    private static void check(Report report, SoakTrend trend, String name, String unit, double size,
            ToDoubleFunction<SoakTrend.Reading> figure, double tolerance) {
        SoakTrend.Verdict verdict = trend.verdict(figure, tolerance);
        report.figures().put(name + "PerHour", verdict.perHour() / size, unit);
        report.check(name + " is flat", verdict.flat(), String.format("grew by %.2f %s along the line, tolerated: %.2f",
                verdict.growth() / size, unit, verdict.tolerance() / size));
    }

    private static void plot(BenchOptions options, SoakTrend trend) throws Exception {
        Series heap = new Series("live heap");
        Series outside = new Series("resident, the heap left out");
        double heapBytes = 320 * 1_024 * 1_024;
        for (SoakTrend.Reading reading : trend.readings()) {
            heap.add(reading.seconds() / 60, reading.liveHeapBytes() / MB);
            outside.add(reading.seconds() / 60, Math.max(0, reading.residentBytes() - heapBytes) / MB);
        }
        Path folder = options.decimal("--minutes") < LONG_MINUTES ? Machine.results().resolve("quick")
                : Machine.results();
        new LinePlot("Memory while clients come and go", options.whole("--rooms") + " rooms, read when the guests have"
                + " left", Axis.linear("minutes"), Axis.linear("memory, MB")).add(heap).add(outside)
                        .write(folder.resolve("soak.svg"));
    }
}
