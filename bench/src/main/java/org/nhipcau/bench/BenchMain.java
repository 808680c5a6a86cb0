// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.bench;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeoutException;
import java.util.stream.Collectors;
import org.nhipcau.bench.BenchOptions.UsageException;
import org.nhipcau.bench.forward.ForwardBench;
import org.nhipcau.bench.forward.JvmBench;
import org.nhipcau.bench.goals.GoalsBench;
import org.nhipcau.bench.load.LoadBench;
import org.nhipcau.bench.rural.RuralBench;
import org.nhipcau.bench.station.PortBenchmark;
import org.nhipcau.bench.scale.CapacityBench;
import org.nhipcau.bench.scale.ScaleBench;
import org.nhipcau.bench.simulate.SimulateBench;
import org.nhipcau.bench.soak.SoakBench;

/** The command behind {@code ./nhipcau bench}: finds the bench, checks its options, runs it and writes its report. */
public final class BenchMain {
    static final int USAGE = 2;

    /** All benches, in the order they are listed. */
    static final List<Bench> BENCHES = List.of(
            new ForwardBench(),
            new JvmBench(),
            new JmhBench(),
            new PortBenchmark(),
            new JcstressBench(),
            new LoadBench(),
            new ScaleBench(),
            new CapacityBench(),
            new SoakBench(),
            new RuralBench(),
            new SimulateBench(),
            new GoalsBench(),
            new SmokeBench());

    /** Options that every bench with a report has. */
    private static final List<BenchOption> COMMON = List.of(
            BenchOption.output("--json", "also write the report to this file"),
            BenchOption.flag("--strict", "exit with 1 when a target is missed or could not be measured"));

    private BenchMain() {}

    public static void main(String[] arguments) {
        // The tables have signs beyond ASCII, whatever the locale.
        PrintStream out = new PrintStream(new java.io.FileOutputStream(java.io.FileDescriptor.out), true,
                java.nio.charset.StandardCharsets.UTF_8);
        // Whoever ends this process, by a key or by its number, ends those that it has started.
        Runtime.getRuntime().addShutdownHook(new Thread(
                () -> ProcessHandle.current().descendants().forEach(ProcessHandle::destroy), "children-stopper"));
        System.exit(run(Arrays.asList(arguments), out));
    }

    static Bench find(String name) {
        return BENCHES.stream().filter(bench -> bench.name().equals(name)).findFirst().orElse(null);
    }

    static String names() {
        return BENCHES.stream().map(Bench::name).collect(Collectors.joining(" "));
    }

    static int run(List<String> arguments, PrintStream out) {
        String name = arguments.isEmpty() ? "" : arguments.getFirst();
        if (name.equals("list")) {
            list(out);
            return 0;
        }
        if (name.equals("--help") || name.equals("-h")) {
            out.println("Usage: ./nhipcau bench NAME [OPTIONS]      ./nhipcau bench NAME --help lists the options");
            list(out);
            return 0;
        }
        Bench bench = find(name);
        if (bench == null) {
            System.err.println("nhipcau: " + (name.isEmpty() ? "bench needs a name" : "there is no bench '" + name + "'")
                    + "; known: list " + names());
            return USAGE;
        }
        return run(bench, arguments.subList(1, arguments.size()), out);
    }

    private static int run(Bench bench, List<String> arguments, PrintStream out) {
        // JMH has a -h of its own.
        if (arguments.contains("--help") || arguments.contains("-h") && !(bench instanceof JmhBench)) {
            help(bench, out);
            return 0;
        }
        try {
            BenchOptions options = bench.words().isEmpty() ? BenchOptions.parse(options(bench), arguments)
                    : BenchOptions.ofWords(arguments);
            String probe = Machine.results().resolve("report").toString();
            if (bench.reports() && !BenchOption.output("", "").accepts(probe)) {
                throw new UsageException("cannot write into " + Machine.results() + ", where reports go");
            }
            Report report = new Report(bench, options, out);
            int exit = bench.run(options, report);
            return bench.reports() && exit != USAGE ? finish(options, report, exit) : exit;
        } catch (UsageException wrong) {
            System.err.println("nhipcau: bench " + bench.name() + ": " + wrong.getMessage());
            return USAGE;
        } catch (IOException | TimeoutException failure) {
            System.err.println("nhipcau: bench " + bench.name() + " failed: " + failure.getMessage());
            return 1;
        } catch (Exception failure) {
            System.err.println("nhipcau: bench " + bench.name() + " failed");
            failure.printStackTrace();
            return 1;
        }
    }

    private static int finish(BenchOptions options, Report report, int exit) throws Exception {
        report.print();
        Path named = options.optionalText("--json").map(Path::of).orElse(null);
        for (Path written : report.write(Machine.results(), named)) {
            System.err.println("nhipcau: written: " + written);
        }
        boolean bad = report.failed() || options.flag("--strict") && report.missed();
        return exit == 0 && bad ? 1 : exit;
    }

    private static List<BenchOption> options(Bench bench) {
        List<BenchOption> all = new ArrayList<>(bench.options());
        if (bench.reports()) {
            all.addAll(COMMON);
        }
        return all;
    }

    private static void list(PrintStream out) {
        int width = BENCHES.stream().mapToInt(bench -> bench.name().length()).max().orElse(0);
        for (Bench bench : BENCHES) {
            out.printf("%-" + (width + 2) + "s %s (%s)%n", bench.name(), bench.shows(), bench.takes());
        }
    }

    private static void help(Bench bench, PrintStream out) {
        out.println("Usage: ./nhipcau bench " + bench.name() + " "
                + (bench.words().isEmpty() ? "[OPTIONS]" : bench.words()));
        out.println("Shows " + bench.shows() + ". Takes " + bench.takes() + ".");
        if (bench.words().isEmpty()) {
            out.println();
            options(bench).forEach(option -> out.println(option.helpLine()));
        }
        if (!bench.remarks().isEmpty()) {
            out.println();
            out.println(bench.remarks());
        }
    }
}
