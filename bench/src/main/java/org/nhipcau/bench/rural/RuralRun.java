// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.bench.rural;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.nhipcau.bench.Machine;
import org.nhipcau.bench.rural.judge.BrowserLog;
import org.nhipcau.bench.rural.judge.Situation;
import org.nhipcau.bench.rural.link.Direction;
import org.nhipcau.bench.rural.link.Emulator;
import org.nhipcau.bench.rural.link.LinkProfile;
import org.nhipcau.bench.rural.link.LinklabLink;
import org.nhipcau.bench.rural.link.NetemLink;
import org.nhipcau.bench.rural.link.PacketLog;
import org.nhipcau.bench.swarm.ServerAddress;
import org.nhipcau.bench.swarm.ServerProcess;

/**
 * Plays a scenario once: makes the link, starts a server on its good end (or uses a peer), has the hospital join,
 * begins the link's clock, has the commune join behind the link, and takes what browsers and link have counted.
 *
 * <p>Thread: one. Owns: the link, the server and the browsers' driver, all of which end with the run.
 */
final class RuralRun {
    static final String STATION_ADDRESS = "10.77.41.1";
    static final String SERVER_ADDRESS = "10.77.41.2";
    /** Starting two browsers on a small machine, and ending them. */
    private static final long AROUND_S = 120;
    private static final int TOP_WIDTH = 1280;
    private static final int SMALL_WIDTH = 640;

    private final Requirements programs;
    private final boolean netem;
    private final ServerAddress peer;
    private final Path folder;
    private final Consumer<String> progress;

    /**
     * What came of a run.
     *
     * @param lateMs how far behind its clock the emulator was at worst; NaN: not known
     * @param stationFailure why the station could not join; empty: it could
     */
    record Outcome(Situation situation, BrowserLog viewer, BrowserLog publisher, List<BrowserLog> others,
            Optional<PacketLog> packets, double lateMs, String weakness, String stationFailure, String serverLog) {

        /** Whether a publisher gave up picture because the machine was too slow for its encoder. */
        boolean limitedByCpu() {
            return publisher.points().stream().anyMatch(point -> point.tMs() >= situation.fromMs()
                    && point.tMs() <= situation.toMs() && point.limitedByCpu());
        }
    }

    /**
     * @param peer the server to use; null: one of ours
     * @param folder for what a run leaves; it has {@code camera.y4m} and {@code voice.wav}
     */
    RuralRun(Requirements programs, boolean netem, ServerAddress peer, Path folder, Consumer<String> progress) {
        this.programs = programs;
        this.netem = netem;
        this.peer = peer;
        this.folder = folder;
        this.progress = progress;
    }

    Outcome play(Scenario scenario, LinkProfile profile, Path profileFile, long seed)
            throws IOException, InterruptedException {
        String namespace = "nhr" + ProcessHandle.current().pid();
        List<String> ends = List.of(STATION_ADDRESS, SERVER_ADDRESS);
        Emulator link = netem ? NetemLink.start(namespace, ends, profile, scenario.link())
                : LinklabLink.start(programs.linklab(), folder, namespace, ends, profile, profileFile, scenario.link(),
                        seed);
        Thread breaker = new Thread(() -> closeQuietly(link), "link-breaker");
        Runtime.getRuntime().addShutdownHook(breaker);
        try (link) {
            return play(scenario, profile, link, seed);
        } finally {
            Runtime.getRuntime().removeShutdownHook(breaker);
        }
    }

    private static void closeQuietly(Emulator link) {
        try {
            link.close();
        } catch (IOException leftBehind) {
            System.err.println("nhipcau: a namespace is left behind: " + leftBehind.getMessage());
        }
    }

    private Outcome play(Scenario scenario, LinkProfile profile, Emulator link, long seed)
            throws IOException, InterruptedException {
        Path out = folder.resolve("browsers.json");
        Files.deleteIfExists(out);
        String serverLog = "";
        if (peer != null) {
            drive(scenario, link, peer, seed, out);
        } else {
            // Bound to the link's good end: what cannot be reached there is not offered to anybody.
            try (ServerProcess server = ServerProcess.start(List.of(), Map.of("signaling.http.bind-address",
                    SERVER_ADDRESS, "sfu.bind-address", SERVER_ADDRESS), List.of())) {
                drive(scenario, link, server.address(), seed, out);
                serverLog = server.log();
            }
        }
        link.end();
        return read(scenario, profile, link, new ObjectMapper().readTree(out.toFile()), serverLog);
    }

    private static Outcome read(Scenario scenario, LinkProfile profile, Emulator link, JsonNode said, String serverLog)
            throws IOException {
        double startedMs = said.path("startedMs").asDouble();
        BrowserLog commune = null;
        BrowserLog hospital = null;
        List<BrowserLog> others = new ArrayList<>();
        for (JsonNode person : said.path("people")) {
            BrowserLog log = new BrowserLog(person, startedMs);
            switch (log.identity()) {
                case "commune" -> commune = log;
                case "hospital" -> hospital = log;
                default -> others.add(log);
            }
        }
        if (commune == null || hospital == null) {
            throw new IOException("the browsers' driver left nothing of commune or hospital");
        }
        boolean down = scenario.direction() == Direction.DOWN;
        Situation situation = new Situation(profile, scenario.link(), scenario.direction(), scenario.fromMs(),
                scenario.toMs(), scenario.settleMs(), scenario.fallMs(), scenario.riseMs());
        return new Outcome(situation, down ? commune : hospital, down ? hospital : commune, others, link.packets(),
                link.lateMs(), link.weakness(), commune.failure(), serverLog);
    }

    private void drive(Scenario scenario, Emulator link, ServerAddress server, long seed, Path out)
            throws IOException, InterruptedException {
        Path planFile = folder.resolve("plan.json");
        new ObjectMapper().writeValue(planFile.toFile(), plan(scenario, link, server, seed, out));
        Path driver = Machine.home().resolve("bench/src/main/node/rural/driver.mjs");
        Process process = new ProcessBuilder(programs.node().toString(), driver.toString(), planFile.toString())
                .redirectError(ProcessBuilder.Redirect.INHERIT).start();
        CompletableFuture<Void> read = CompletableFuture.runAsync(() -> follow(process, link));
        if (!process.waitFor(scenario.seconds() + AROUND_S, TimeUnit.SECONDS)) {
            process.descendants().forEach(ProcessHandle::destroyForcibly);
            process.destroyForcibly();
            throw new IOException("the browsers' driver does not end");
        }
        read.join();
        if (process.exitValue() != 0) {
            throw new IOException("the browsers' driver failed, see above");
        }
    }

    private void follow(Process process, Emulator link) {
        try (BufferedReader output = process.inputReader()) {
            for (String line = output.readLine(); line != null; line = output.readLine()) {
                if (line.startsWith("started ") && link.pid() == 0) {
                    link.begin();
                } else if (!line.startsWith("started ")) {
                    progress.accept(line);
                }
            }
        } catch (IOException ended) {
            progress.accept(ended.getMessage());
        }
    }

    private Map<String, Object> plan(Scenario scenario, Emulator link, ServerAddress server, long seed, Path out) {
        Map<String, Object> plan = new LinkedHashMap<>();
        plan.put("modules", programs.modules().toString());
        plan.put("chromium", programs.chromium().toString());
        plan.put("namespace", link.namespace());
        plan.put("url", server.url().toString());
        plan.put("serverAddress", SERVER_ADDRESS);
        plan.put("emulatorPid", link.pid());
        plan.put("seconds", scenario.seconds());
        plan.put("fine", scenario.timed());
        plan.put("video", folder.resolve("camera.y4m").toString());
        plan.put("audio", folder.resolve("voice.wav").toString());
        plan.put("out", out.toString());
        if (scenario.download()) {
            plan.put("download", Map.of("fromMs", Math.round(scenario.fromMs() - 5_000), "toMs",
                    Math.round(scenario.toMs())));
        }
        boolean down = scenario.direction() == Direction.DOWN;
        String room = "rural-" + scenario.name() + "-" + seed + "-" + ProcessHandle.current().pid();
        List<Map<String, Object>> people = new ArrayList<>();
        people.add(person(server, room, "hospital", false, down ? TOP_WIDTH : SMALL_WIDTH));
        for (int i = 1; i <= scenario.others(); i++) {
            people.add(person(server, room, "viewer-" + i, false, 0));
        }
        people.add(person(server, room, "commune", true, down ? SMALL_WIDTH : TOP_WIDTH));
        plan.put("people", people);
        return plan;
    }

    // Who is judged sends the picture of a consultation; the other one's is small, to spare the machine an encoder.
    private static Map<String, Object> person(ServerAddress server, String room, String identity, boolean behindLink,
            int width) {
        Map<String, Object> person = new LinkedHashMap<>();
        person.put("identity", identity);
        person.put("token", server.token(room, identity));
        person.put("behindLink", behindLink);
        if (width > 0) {
            person.put("publish", Map.of("audio", true, "video", Map.of("width", width, "height", width * 9 / 16, "fps",
                    width == TOP_WIDTH ? TestMedia.FPS : TestMedia.FPS / 2)));
        }
        return person;
    }
}
