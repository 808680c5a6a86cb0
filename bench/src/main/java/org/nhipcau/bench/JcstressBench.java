// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.bench;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;
import org.nhipcau.bench.BenchOptions.UsageException;
import org.openjdk.jcstress.infra.runners.TestList;

/** The jcstress tests of {@code stress}: every place where threads meet without a lock. */
final class JcstressBench implements Bench {
    private static final BenchOption MINUTES = BenchOption.whole("--minutes", 1, 1_440, 10, "about how long in all");
    private static final BenchOption QUICK = BenchOption.flag("--quick",
            "short runs, not every pair of compilers: to see that it works");
    private static final int ITERATIONS = 5;
    // Each run has a JVM of its own; before the first the harness tries out what the JVM can.
    private static final long FIND_OUT_MS = 30_000;
    private static final long START_MS = 1_000;
    /** Two threads, each interpreted or by one of the compilers in most pairs, with and without shuffled code. */
    private static final int RUNS_IN_FULL = 14;
    private static final long LEAST_MS = 500;
    private static final long QUICK_MS = 400;

    @Override
    public String name() {
        return "jcstress";
    }

    @Override
    public String shows() {
        return "that no command, event, wake-up or count is lost where threads meet, in millions of tries";
    }

    @Override
    public String takes() {
        return "10 min";
    }

    @Override
    public List<BenchOption> options() {
        return List.of();
    }

    @Override
    public String words() {
        return "[PATTERN] [OPTIONS]";
    }

    @Override
    public String remarks() {
        return "  PATTERN                      a regular expression for the names of the tests (default: all)\n"
                + MINUTES.helpLine() + "\n" + QUICK.helpLine() + "\n" + """

                Where the minutes do not suffice for every pair of compilers, both threads have the same one.
                Tests of three threads need three processors; where there are fewer they are named and left out.
                The outcomes of each test go to bench/results/jcstress-DATE/index.html.
                Exits with 1 when an outcome was seen that must never be.""";
    }

    @Override
    public List<String> smoke() {
        return List.of("--quick");
    }

    @Override
    public boolean reports() {
        return false;
    }

    @Override
    public int run(BenchOptions given, Report report) throws Exception {
        List<String> words = new ArrayList<>(given.words());
        String pattern = words.isEmpty() || words.getFirst().startsWith("-") ? ".*" : words.removeFirst();
        BenchOptions options = BenchOptions.parse(List.of(MINUTES, QUICK), words);
        int runnable = 0;
        for (String test : matching(pattern)) {
            int threads = TestList.getInfo(test).threads();
            if (threads <= Runtime.getRuntime().availableProcessors()) {
                runnable++;
            } else {
                report.progress("left out: " + test + " needs " + threads + " processors");
            }
        }
        if (runnable == 0) {
            throw new UsageException("no test that can run here matches '" + pattern + "'; known: "
                    + String.join(" ", TestList.tests()));
        }
        Path results = Machine.results().resolve("jcstress-" + DateTimeFormatter.ofPattern("yyyyMMdd'T'HHmmss'Z'")
                .withZone(ZoneOffset.UTC).format(Instant.now()));
        Files.createDirectories(results);
        report.progress(runnable + " tests; the outcomes go to " + Machine.home().relativize(results));
        // It hands its own flags on to the JVMs of the tests, beside those of harnessWords: one collector for all.
        int exit = ChildJvm.of("org.openjdk.jcstress.Main", harnessWords(options, pattern, runnable, results),
                List.of("-XX:+UseSerialGC"), null).runToEnd(results);
        if (exit == 0 && !Files.exists(results.resolve("index.html"))) {
            report.progress("no test was run: the lines above tell why");
            return 1;
        }
        return exit;
    }

    private static List<String> matching(String pattern) throws UsageException {
        try {
            Pattern compiled = Pattern.compile(pattern);
            return TestList.tests().stream().filter(test -> compiled.matcher(test).find()).sorted().toList();
        } catch (PatternSyntaxException wrong) {
            throw new UsageException("'" + pattern + "' is not a regular expression: " + wrong.getDescription());
        }
    }

    private static List<String> harnessWords(BenchOptions options, String pattern, int tests, Path results) {
        List<String> words = new ArrayList<>(List.of("-t", pattern, "-r", results + "/", "-f", "1", "-fsm", "1"));
        long budgetMs = options.whole("--minutes") * 60_000L - FIND_OUT_MS;
        long runMs = budgetMs / ((long) tests * RUNS_IN_FULL) - START_MS;
        boolean full = runMs >= LEAST_MS && !options.flag("--quick");
        if (!full) {
            runMs = options.flag("--quick") ? QUICK_MS : budgetMs / tests - START_MS;
            // Flags of our own are the one way to keep to one kind of JVM.
            words.addAll(List.of("-sc", "false", "-af", "NONE", "-jvmArgs", "-Xmx256m -XX:+UseSerialGC"));
        }
        words.addAll(List.of("-iters", Integer.toString(ITERATIONS),
                "-time", Long.toString(Math.max(QUICK_MS, runMs) / ITERATIONS)));
        return words;
    }
}
