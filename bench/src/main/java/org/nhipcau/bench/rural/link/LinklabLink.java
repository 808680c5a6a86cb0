// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.bench.rural.link;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/**
 * A link made by linklab, a program of one C file that joins the two sides through TUN devices and logs each packet. It
 * is no part of this project; whoever runs the bench builds it.
 *
 * <p>Owns: the process and the namespace.
 */
public final class LinklabLink implements Emulator {
    private static final long START_S = 10;
    private static final long END_S = 20;
    private static final double MICROS_PER_MILLI = 1_000;

    private final Process process;
    private final String namespace;
    private final Path folder;

    private LinklabLink(Process process, String namespace, Path folder) {
        this.process = process;
        this.namespace = namespace;
        this.folder = folder;
    }

    /**
     * Starts a link.
     *
     * @param folder takes its logs
     * @param ends the addresses of the station and of this machine on the link
     * @throws IOException when it does not start; the message has what it said
     */
    public static LinklabLink start(Path program, Path folder, String namespace, List<String> ends,
            LinkProfile profile, Path profileFile, LinkSettings settings, long seed)
            throws IOException, InterruptedException {
        Path said = folder.resolve("linklab.log");
        Process process = new ProcessBuilder(command(program, folder, namespace, ends, profile, profileFile, settings,
                seed)).redirectError(said.toFile()).start();
        LinklabLink link = new LinklabLink(process, namespace, folder);
        if (!link.awaitReady()) {
            link.close();
            throw new IOException("the emulator does not start: " + Files.readString(said).strip());
        }
        return link;
    }

    static List<String> command(Path program, Path folder, String namespace, List<String> ends, LinkProfile profile,
            Path profileFile, LinkSettings settings, long seed) {
        List<String> command = new ArrayList<>(List.of(program.toString(), "--ns-a", namespace, "--ns-b", "-",
                "--dev-a", namespace + "a", "--dev-b", namespace + "b", "--ip-a", ends.get(0), "--ip-b", ends.get(1),
                "--profile", profileFile.toString(), "--delay", number(settings.delayMs()), "--jitter",
                number(settings.jitterMs()), "--queue-bytes", Integer.toString(settings.queueBytes()), "--seed",
                Long.toString(seed), "--pktlog", folder.resolve("packets.csv").toString(), "--summary",
                folder.resolve("link.json").toString()));
        if (!profile.loops()) {
            command.add("--no-loop");
        }
        if (settings.lossPercent() > 0 && settings.burstPackets() > 1) {
            command.addAll(List.of("--ge", number(settings.burstBeginsPercent()) + ","
                    + number(settings.burstEndsPercent())));
        } else if (settings.lossPercent() > 0) {
            command.addAll(List.of("--loss", number(settings.lossPercent())));
        }
        Outage outage = settings.outage();
        if (outage != null) {
            command.addAll(List.of("--outage", outage.atMs() + "," + outage.lengthMs() + ","
                    + (outage.hold() ? "hold" : "drop")));
        }
        return command;
    }

    private static String number(double value) {
        return String.format(Locale.ROOT, "%.3f", value);
    }

    // It says READY when the link is up; ends without a word when it cannot make it.
    private boolean awaitReady() throws InterruptedException {
        Thread watch = Thread.ofVirtual().start(() -> {
            try (BufferedReader output = process.inputReader()) {
                for (String line = output.readLine(); line != null && !line.equals("READY");) {
                    line = output.readLine();
                }
            } catch (IOException ended) {
                // Found out below.
            }
        });
        watch.join(TimeUnit.SECONDS.toMillis(START_S));
        return process.isAlive() && !watch.isAlive();
    }

    @Override
    public String namespace() {
        return namespace;
    }

    @Override
    public long pid() {
        return process.pid();
    }

    @Override
    public void begin() {
        throw new IllegalStateException("the signal tells it");
    }

    @Override
    public void end() throws IOException, InterruptedException {
        process.destroy();
        if (!process.waitFor(END_S, TimeUnit.SECONDS)) {
            throw new IOException("the emulator does not end");
        }
    }

    @Override
    public Optional<PacketLog> packets() throws IOException {
        try (BufferedReader log = Files.newBufferedReader(folder.resolve("packets.csv"))) {
            return Optional.of(PacketLog.read(log));
        }
    }

    @Override
    public double lateMs() throws IOException {
        return lateMs(new ObjectMapper().readTree(folder.resolve("link.json").toFile()));
    }

    static double lateMs(JsonNode summary) {
        double worst = Double.NaN;
        for (Direction direction : Direction.values()) {
            JsonNode late = summary.path(direction.word()).path("self_late_us").path("max");
            if (late.isNumber()) {
                worst = Double.isNaN(worst) ? late.asDouble() : Math.max(worst, late.asDouble());
            }
        }
        return worst / MICROS_PER_MILLI;
    }

    @Override
    public String weakness() {
        return "";
    }

    @Override
    public void close() throws IOException {
        process.destroyForcibly();
        Namespaces.remove(namespace);
    }
}
