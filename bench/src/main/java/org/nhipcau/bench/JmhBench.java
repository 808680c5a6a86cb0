// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.bench;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.PatternSyntaxException;
import org.nhipcau.bench.BenchOptions.UsageException;
import org.openjdk.jmh.runner.BenchmarkList;
import org.openjdk.jmh.runner.format.OutputFormat;
import org.openjdk.jmh.runner.format.OutputFormatFactory;
import org.openjdk.jmh.runner.options.CommandLineOptionException;
import org.openjdk.jmh.runner.options.CommandLineOptions;
import org.openjdk.jmh.runner.options.VerboseMode;

/** The JMH benchmarks of {@code station}: one per station of a packet's way. All words go to JMH. */
final class JmhBench implements Bench {
    /** With these JMH measures nothing, or writes where the caller says. */
    private static final Set<String> WITHOUT_FILE = Set.of("-rff", "-l", "-lp", "-h", "-lprof", "-lrf");

    /** With these JMH only tells something. */
    private static final Set<String> WITHOUT_RUN = Set.of("-l", "-lp", "-h", "-lprof", "-lrf");

    @Override
    public String name() {
        return "jmh";
    }

    @Override
    public String shows() {
        return "what each station of a packet's way costs, beside its rivals, and the whole way to 1 to 200 viewers";
    }

    @Override
    public String takes() {
        return "1 min per benchmark";
    }

    @Override
    public List<BenchOption> options() {
        return List.of();
    }

    @Override
    public String words() {
        return "[PATTERN] [JMH OPTIONS]";
    }

    @Override
    public String remarks() {
        return """
                  PATTERN    a regular expression for the names (default: all)
                  -l         the names;  -lp  with their parameters
                  -prof P    another profiler than gc, which tells the bytes allocated per operation (B/op)
                  -h         all options of JMH
                  --json FILE  where the results go (default: bench/results/jmh-DATE.json); FILE.machine.json beside
                               them names machine, versions, date and commit""";
    }

    @Override
    public List<String> smoke() {
        return List.of("RtpRewrite", "-f", "1", "-wi", "1", "-w", "200ms", "-i", "1", "-r", "200ms");
    }

    @Override
    public boolean reports() {
        return false;
    }

    @Override
    public int run(BenchOptions options, Report report) throws Exception {
        List<String> words = new ArrayList<>(options.words());
        // The name that this option has at the other benches.
        words.replaceAll(word -> word.equals("--json") ? "-rff" : word);
        if (words.stream().noneMatch(WITHOUT_RUN::contains)) {
            check(words);
        }
        if (words.stream().noneMatch(WITHOUT_FILE::contains)) {
            Files.createDirectories(Machine.results());
            Path file = Machine.results().resolve("jmh-" + DateTimeFormatter.ofPattern("yyyyMMdd'T'HHmmss'Z'")
                    .withZone(ZoneOffset.UTC).format(Instant.now()) + ".json");
            report.progress("the results go to " + Machine.home().relativize(file));
            words.addAll(List.of("-rff", file.toString()));
        }
        if (words.stream().noneMatch(WITHOUT_RUN::contains)) {
            if (!words.contains("-rf")) {
                words.addAll(List.of("-rf", "json"));
            }
            String file = words.get(words.indexOf("-rff") + 1);
            if (!BenchOption.output("", "").accepts(file)) {
                throw new UsageException("--json is '" + file + "'; allowed: a file that can be written");
            }
            describe(Path.of(file));
            if (!words.contains("-prof")) {
                words.addAll(List.of("-prof", "gc"));
            }
        }
        // A process of its own: JMH ends its process as it likes.
        return ChildJvm.of("org.openjdk.jmh.Main", words).runToEnd();
    }

    // JMH's own file names the JVM only.
    private static void describe(Path file) throws IOException {
        Map<String, Object> about = new LinkedHashMap<>();
        about.put("date", Instant.now().toString());
        about.put("machine", Machine.describe());
        about.put("commit", Machine.commit());
        about.put("dirty", Machine.dirty());
        new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT)
                .writeValue(file.resolveSibling(file.getFileName() + ".machine.json").toFile(), about);
    }

    // JMH itself would show a stack trace, or leave an empty file.
    private static void check(List<String> words) throws UsageException {
        try {
            CommandLineOptions given = new CommandLineOptions(words.toArray(String[]::new));
            OutputFormat silent = OutputFormatFactory.createFormatInstance(System.err, VerboseMode.SILENT);
            List<String> wanted = given.getIncludes().isEmpty() ? List.of(".*") : given.getIncludes();
            if (BenchmarkList.defaultList().find(silent, wanted, given.getExcludes()).isEmpty()) {
                throw new UsageException("no benchmark matches " + String.join(" ", wanted)
                        + "; ./nhipcau bench jmh -l names them");
            }
        } catch (CommandLineOptionException wrong) {
            throw new UsageException(wrong.getMessage() + "; -h lists the options of JMH");
        } catch (PatternSyntaxException wrong) {
            throw new UsageException("'" + wrong.getPattern() + "' is not a regular expression: "
                    + wrong.getDescription());
        }
    }
}
