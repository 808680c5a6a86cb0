// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.bench.swarm;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Stream;
import org.nhipcau.bench.Machine;

/**
 * The server under load: one of ours, started in a JVM of its own with the flags of production, or any process that
 * runs already. What it uses is read from outside, so that measuring costs it nothing.
 *
 * <p>Thread: one. Owns: the process it started, with its directory; both end with it.
 */
public final class ServerProcess implements AutoCloseable {
    private static final String MAIN = "org.nhipcau.signaling.launch.Main";
    private static final String API_KEY = "bench";
    private static final long START_TIMEOUT_S = 60;
    private static final long STOP_TIMEOUT_S = 15;

    private final long pid;
    private final ProcessFigures figures;
    private final Process process;
    private final ServerAddress address;
    private final URI admin;
    private final Path directory;
    private final Thread stopper;

    private ServerProcess(long pid, Process process, ServerAddress address, URI admin, Path directory) {
        this.pid = pid;
        this.figures = new ProcessFigures(pid);
        this.process = process;
        this.address = address;
        this.admin = admin;
        this.directory = directory;
        this.stopper = process == null ? null : new Thread(() -> breakOff(process, directory),
                "server-stopper");
        if (stopper != null) {
            Runtime.getRuntime().addShutdownHook(stopper);
        }
    }

    /** A process that runs already and is left running. */
    public static ServerProcess running(long pid, ServerAddress address) {
        return new ServerProcess(pid, null, address, null, null);
    }

    /** Starts our whole server on free loopback ports. */
    public static ServerProcess start() throws IOException, InterruptedException {
        return start(List.of(), Map.of(), List.of());
    }

    /**
     * Starts our whole server on free loopback ports.
     *
     * @param jvmFlags further flags; where one contradicts those of production, it wins
     * @param settings further keys of the configuration
     * @param prefix in front of the command, for example {@code taskset -c 0}
     */
    public static ServerProcess start(List<String> jvmFlags, Map<String, String> settings, List<String> prefix)
            throws IOException, InterruptedException {
        Path directory = Files.createTempDirectory("nhipcau-bench");
        byte[] secret = new byte[24];
        new SecureRandom().nextBytes(secret);
        String apiSecret = HexFormat.of().formatHex(secret);
        ProcessBuilder builder = new ProcessBuilder(command(directory, jvmFlags, settings, prefix))
                .redirectError(ProcessBuilder.Redirect.to(directory.resolve("server.log").toFile()));
        builder.environment().put("NHIPCAU_KEYS", API_KEY + ": " + apiSecret);
        Process process = builder.start();
        try {
            // "ready http://127.0.0.1:PORT/ admin=http://127.0.0.1:PORT/ media=…"
            String[] ready = readyLine(process).split(" ");
            return new ServerProcess(process.pid(), process,
                    new ServerAddress(URI.create(ready[1]), API_KEY, apiSecret),
                    URI.create(ready[2].substring("admin=".length())), directory);
        } catch (InterruptedException interrupted) {
            process.destroyForcibly();
            throw interrupted;
        } catch (IOException | RuntimeException failed) {
            process.destroyForcibly();
            String log = Files.readString(directory.resolve("server.log"));
            delete(directory);
            throw new IOException("the server does not start: " + failed.getMessage() + '\n' + log, failed);
        }
    }

    private static List<String> command(Path directory, List<String> jvmFlags, Map<String, String> settings,
            List<String> prefix) {
        List<String> command = new ArrayList<>(prefix);
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(Machine.jvmFlags());
        command.addAll(jvmFlags);
        command.add("-Xlog:safepoint:file=" + directory.resolve("safepoints.log") + "::filecount=0");
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), MAIN, "up", "--bind", "127.0.0.1",
                "--port", "0", "--admin-port", "0", "--media-bind", "127.0.0.1", "--media-port", "0",
                "--data", directory.resolve("data").toString(), "--log-level", "warn"));
        command.addAll(List.of("--set", "signaling.plain-rooms=true"));
        settings.forEach((key, value) -> command.addAll(List.of("--set", key + "=" + value)));
        return command;
    }

    private static String readyLine(Process process) throws IOException, InterruptedException {
        CompletableFuture<String> ready = new CompletableFuture<>();
        Thread.ofVirtual().start(() -> {
            try (BufferedReader output = new BufferedReader(new InputStreamReader(process.getInputStream(),
                    StandardCharsets.UTF_8))) {
                for (String line = output.readLine(); line != null; line = output.readLine()) {
                    if (line.startsWith("ready ")) {
                        ready.complete(line);
                    }
                }
                ready.completeExceptionally(new IOException("it ended"));
            } catch (IOException ended) {
                ready.completeExceptionally(ended);
            }
        });
        try {
            return ready.get(START_TIMEOUT_S, TimeUnit.SECONDS);
        } catch (java.util.concurrent.ExecutionException failed) {
            throw new IOException(failed.getCause().getMessage(), failed.getCause());
        } catch (TimeoutException late) {
            throw new IOException("it is not ready after " + START_TIMEOUT_S + " s", late);
        }
    }

    /** Where clients join it. */
    public ServerAddress address() {
        return address;
    }

    /** Its page of health and metrics; null for a process that we did not start. */
    public URI admin() {
        return admin;
    }

    public long pid() {
        return pid;
    }

    /** CPU, memory, threads and descriptors, as the kernel counts them. */
    public ProcessFigures figures() {
        return figures;
    }

    public boolean isAlive() {
        return ProcessHandle.of(pid).map(ProcessHandle::isAlive).orElse(false);
    }

    /** Pauses of the whole JVM since its start; empty for a process that we did not start. */
    public Pauses pauses() throws IOException {
        return directory == null ? Pauses.UNKNOWN : Pauses.read(directory.resolve("safepoints.log"));
    }

    /** What the server has logged, warnings and errors; empty for a process that we did not start. */
    public String log() throws IOException {
        return directory == null ? "" : Files.readString(directory.resolve("server.log"));
    }

    /** Ends the server that we started, and waits; one that ran already goes on. */
    @Override
    public void close() throws IOException {
        if (process == null) {
            return;
        }
        process.destroy();
        try {
            if (!process.waitFor(STOP_TIMEOUT_S, TimeUnit.SECONDS)) {
                process.destroyForcibly().waitFor();
            }
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        }
        try {
            Runtime.getRuntime().removeShutdownHook(stopper);
        } catch (IllegalStateException goingDown) {
            // Then the hook runs, and finds the process ended.
        }
        delete(directory);
    }

    private static void breakOff(Process process, Path directory) {
        process.destroy();
        try {
            if (!process.waitFor(2, TimeUnit.SECONDS)) {
                process.destroyForcibly().waitFor();
            }
            delete(directory);
        } catch (IOException leftBehind) {
            // In the system's directory for temporary files.
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private static void delete(Path directory) throws IOException {
        try (Stream<Path> files = Files.walk(directory)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(file);
            }
        }
    }
}
