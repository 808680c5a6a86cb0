// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.bench.forward;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.nhipcau.bench.BenchOptions.UsageException;

/**
 * The C program that forwards and does nothing else: its figure is what kernel and cipher cost at least on this machine.
 * It pins itself, its forwarder to core 1 and its peers to core 0, as we pin ours.
 */
record LimitProgram(Path program) {
    /** Names the program where no option does. */
    static final String VARIABLE = "NHIPCAU_LIMIT";
    private static final int END_S = 10;
    private static final Pattern RESULT = Pattern.compile("forwarded packets per cpu-second: (\\d+)");
    private static final Pattern BATCH = Pattern.compile("rx batch ([0-9.]+)");
    private static final Pattern ENGINE = Pattern.compile("GCM (.+) sink=");

    /** One run. @param engine the library it names @param meanBatch packets that it received in one call */
    record Run(double perCpuSecond, String engine, double meanBatch) {}

    /** The program that the option or else the variable names, if there is one. */
    static Optional<LimitProgram> find(Optional<String> named) throws UsageException, InterruptedException {
        Optional<String> path = named.or(() -> Optional.ofNullable(System.getenv(VARIABLE)))
                .filter(text -> !text.isBlank());
        if (path.isEmpty()) {
            return Optional.empty();
        }
        Path program = Path.of(path.get());
        if (!Files.isExecutable(program) || Files.isDirectory(program)) {
            throw new UsageException("the limit program " + program + " is no program that can be run");
        }
        LimitProgram limit = new LimitProgram(program);
        try {
            // By trying: better now than after the warm-up.
            limit.run(1, 1_200, 1, true, 1);
        } catch (IOException wrong) {
            throw new UsageException("--limit or " + VARIABLE + " is " + program + ": " + wrong.getMessage()
                    + "; see the performance section of the README for what the program must take and print");
        }
        return Optional.of(limit);
    }

    Run run(int receivers, int packetBytes, int train, boolean drain, int seconds)
            throws IOException, InterruptedException {
        Process process = new ProcessBuilder(List.of(program.toString(), "-n", Integer.toString(receivers), "-l",
                Integer.toString(packetBytes), "-b", Integer.toString(train), "-g", "-s", drain ? "drain" : "none",
                "-t", Integer.toString(seconds))).redirectError(ProcessBuilder.Redirect.INHERIT)
                .redirectInput(new File("/dev/null")).start();
        CompletableFuture.delayedExecutor(seconds + END_S, TimeUnit.SECONDS).execute(process::destroyForcibly);
        String answer = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        if (!process.waitFor(END_S, TimeUnit.SECONDS) || process.exitValue() != 0) {
            process.destroyForcibly();
            throw new IOException("it failed or did not end");
        }
        Matcher result = RESULT.matcher(answer);
        if (!result.find()) {
            throw new IOException("it printed no figure");
        }
        Matcher batch = BATCH.matcher(answer);
        Matcher engine = ENGINE.matcher(answer);
        return new Run(Double.parseDouble(result.group(1)), engine.find() ? engine.group(1) : "unknown",
                batch.find() ? Double.parseDouble(batch.group(1)) : Double.NaN);
    }
}
