// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.bench;

import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStreamWriter;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.regex.Pattern;

/**
 * A JVM of its own for one part of a measurement, with this JVM's class path and flags, which are those of production
 * when {@code ./nhipcau bench} has started it; perhaps held to some cores. Parent and child speak in lines over the
 * child's standard input and output; its standard error is ours. The child ends when its input does, so none outlives a
 * parent that was killed.
 *
 * <p>Thread: one.
 */
public final class ChildJvm implements AutoCloseable {
    /** Exit code of a child that had to be ended, as timeout(1) has it. */
    public static final int TOO_LONG = 124;
    private static final String END = "\0end";
    private static final Pattern COLLECTOR = Pattern.compile("-XX:[+-]Use\\w+GC");
    private static final long END_S = 30;

    private final List<String> command;
    private final BlockingQueue<String> lines = new LinkedBlockingQueue<>();
    private Process process;
    private BufferedWriter input;

    private ChildJvm(List<String> command) {
        this.command = command;
    }

    /** With this JVM's flags, on any core. */
    public static ChildJvm of(String mainClass, List<String> arguments) {
        return of(mainClass, arguments, List.of(), null);
    }

    /**
     * @param flags further JVM flags; where one contradicts this JVM's (another collector is one), it wins
     * @param cores what {@code taskset -c} takes, for example {@code 1} or {@code 2-3}; null: any core
     */
    public static ChildJvm of(String mainClass, List<String> arguments, List<String> flags, String cores) {
        List<String> command = new ArrayList<>();
        if (cores != null) {
            command.addAll(List.of("taskset", "-c", cores));
        }
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        boolean otherCollector = flags.stream().anyMatch(flag -> COLLECTOR.matcher(flag).matches());
        Machine.jvmFlags().stream().filter(flag -> !otherCollector || !COLLECTOR.matcher(flag).matches())
                .forEach(command::add);
        command.addAll(flags);
        command.addAll(List.of("-Dnhipcau.home=" + Machine.home(), "-cp", System.getProperty("java.class.path"),
                mainClass));
        command.addAll(arguments);
        return new ChildJvm(command);
    }

    /** Whether a process can be held to cores here. */
    public static boolean canPin() {
        for (String directory : Optional.ofNullable(System.getenv("PATH")).orElse("").split(":")) {
            if (Path.of(directory, "taskset").toFile().canExecute()) {
                return true;
            }
        }
        return false;
    }

    /** Runs it with our own input and output and waits. */
    public int runToEnd() throws IOException, InterruptedException {
        return new ProcessBuilder(command).inheritIO().start().waitFor();
    }

    /** The same in another directory, for a program that leaves files where it stands. */
    public int runToEnd(Path directory) throws IOException, InterruptedException {
        return new ProcessBuilder(command).directory(directory.toFile()).inheritIO().start().waitFor();
    }

    /** Runs it with our own input and output, but no longer than this. @return its exit code, or {@link #TOO_LONG} */
    public int runToEnd(long seconds) throws IOException, InterruptedException {
        Process running = new ProcessBuilder(command).inheritIO().start();
        if (running.waitFor(seconds, TimeUnit.SECONDS)) {
            return running.exitValue();
        }
        running.descendants().forEach(ProcessHandle::destroyForcibly);
        running.destroyForcibly().waitFor();
        return TOO_LONG;
    }

    /** Starts it. */
    public ChildJvm start() throws IOException {
        process = new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start();
        input = new BufferedWriter(new OutputStreamWriter(process.getOutputStream(), StandardCharsets.UTF_8));
        BufferedReader output = new BufferedReader(new InputStreamReader(process.getInputStream(),
                StandardCharsets.UTF_8));
        Thread.ofPlatform().daemon().name("child-output").start(() -> read(output));
        return this;
    }

    private void read(BufferedReader output) {
        try (output) {
            for (String line = output.readLine(); line != null; line = output.readLine()) {
                lines.add(line);
            }
        } catch (IOException closed) {
            // The child has ended.
        } finally {
            lines.add(END);
        }
    }

    public long pid() {
        return process.pid();
    }

    /** Sends the child a line. */
    public void tell(String line) {
        try {
            input.write(line);
            input.newLine();
            input.flush();
        } catch (IOException ended) {
            throw new UncheckedIOException("the child has ended", ended);
        }
    }

    /**
     * The rest of the child's next line that begins with a word; lines that begin with others are shown and passed over.
     *
     * @throws IOException when the child ends before it
     */
    public String await(String word, long seconds) throws IOException, InterruptedException, TimeoutException {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(seconds);
        while (true) {
            String line = lines.poll(Math.max(0, end - System.nanoTime()), TimeUnit.NANOSECONDS);
            if (line == null) {
                throw new TimeoutException("no '" + word + "' from the child within " + seconds + " s");
            }
            if (line.equals(END)) {
                throw new IOException("the child ended (exit code " + process.waitFor() + ") before it said '" + word
                        + "'");
            }
            if (line.equals(word) || line.startsWith(word + " ")) {
                return line.substring(word.length()).strip();
            }
            System.err.println(line);
        }
    }

    /** The child's next line, whatever it is. @throws IOException when the child has ended */
    public String next(long seconds) throws IOException, InterruptedException, TimeoutException {
        String line = lines.poll(seconds, TimeUnit.SECONDS);
        if (line == null) {
            throw new TimeoutException("nothing from the child within " + seconds + " s");
        }
        if (line.equals(END)) {
            throw new IOException("the child ended (exit code " + process.waitFor() + ")");
        }
        return line;
    }

    /** Tells it a line and waits for the answer that begins with a word. */
    public String ask(String line, String word, long seconds)
            throws IOException, InterruptedException, TimeoutException {
        tell(line);
        return await(word, seconds);
    }

    @Override
    public void close() {
        if (process == null) {
            return;
        }
        try {
            input.close();
        } catch (IOException alreadyEnded) {
            // Nothing left to end.
        }
        try {
            if (!process.waitFor(END_S, TimeUnit.SECONDS)) {
                process.destroyForcibly().waitFor(5, TimeUnit.SECONDS);
            }
        } catch (InterruptedException interrupted) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        }
    }
}
