// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.bench.scale;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.nhipcau.bench.swarm.ServerProcess;

/**
 * Reads from outside what a server has counted and what it holds: its metrics page, its live heap, its resident memory.
 *
 * <p>Thread: one.
 */
public final class ServerProbe {
    /**
     * Reasons of drops that tell of a server, or a path, with too much to do. On loopback nothing but a busy machine
     * makes a path narrow.
     */
    private static final Set<String> PRESSURE = Set.of("pacer_overflow", "path_dark", "still_picture",
            "overload_layer", "overload_video", "overload_audio", "overload_rtx");
    private static final Pattern NATIVE_LINE =
            Pattern.compile("(?m)^-\\s+(.+?) \\(reserved=\\d+KB, committed=(\\d+)KB");
    private static final Pattern DROPS =
            Pattern.compile("(?m)^nhipcau_sfu_drops_total\\{[^}]*reason=\"([a-z_]+)\"[^}]*} (\\S+)$");
    private static final Duration TIMEOUT = Duration.ofSeconds(10);

    private final ServerProcess server;
    private final HttpClient http = HttpClient.newHttpClient();

    public ServerProbe(ServerProcess server) {
        this.server = server;
    }

    /** Everything on the metrics page, each name summed over its series. */
    public Map<String, Double> metrics() throws IOException, InterruptedException {
        return parse(page());
    }

    /** Packets that the server did not process or not forward so far, by its own reasons; only reasons that occurred. */
    public Map<String, Double> drops() throws IOException, InterruptedException {
        return parseDrops(page());
    }

    /** Of {@link #drops} those that the server left out by rule, because it or a path was too slow. */
    public Map<String, Double> leftOutByRule() throws IOException, InterruptedException {
        Map<String, Double> drops = drops();
        drops.keySet().retainAll(PRESSURE);
        return drops;
    }

    private String page() throws IOException, InterruptedException {
        HttpResponse<String> page = http.send(HttpRequest.newBuilder(URI.create(server.admin() + "metrics"))
                .timeout(TIMEOUT).build(), HttpResponse.BodyHandlers.ofString());
        if (page.statusCode() != 200) {
            throw new IOException("the metrics page answers " + page.statusCode());
        }
        return page.body();
    }

    static Map<String, Double> parse(String page) {
        Map<String, Double> sums = new HashMap<>();
        for (String line : page.split("\n")) {
            if (line.isBlank() || line.startsWith("#")) {
                continue;
            }
            int labels = line.indexOf('{');
            int value = labels < 0 ? line.indexOf(' ') : line.lastIndexOf('}') + 1;
            String name = line.substring(0, labels < 0 ? value : labels);
            sums.merge(name, Double.parseDouble(line.substring(value).strip().split(" ")[0]), Double::sum);
        }
        return sums;
    }

    // nhipcau_sfu_drops_total{reason="pacer_overflow",worker="0"} 12.0
    static Map<String, Double> parseDrops(String page) {
        Map<String, Double> byReason = new TreeMap<>();
        Matcher line = DROPS.matcher(page);
        while (line.find()) {
            double count = Double.parseDouble(line.group(2));
            if (count > 0) {
                byReason.merge(line.group(1), count, Double::sum);
            }
        }
        return byReason;
    }

    /**
     * Bytes of all live objects: makes the server collect its garbage first.
     *
     * @throws IOException when jcmd is not there or has no answer
     */
    public double liveHeapBytes() throws IOException, InterruptedException {
        String answer = ask("GC.class_histogram");
        // "Total        123456       7890123"
        return answer.lines().filter(line -> line.startsWith("Total")).findFirst()
                .map(line -> Double.parseDouble(line.strip().split("\\s+")[2]))
                .orElseThrow(() -> new IOException("jcmd has no answer: " + answer.strip()));
    }

    /**
     * Committed bytes by the JVM's own account; empty for a server that was not started to keep one.
     *
     * @return by category, as {@code jcmd VM.native_memory} names them
     */
    public Map<String, Double> nativeMemory() throws IOException, InterruptedException {
        return parseNativeMemory(ask("VM.native_memory", "summary", "scale=KB"));
    }

    // "-                    Thread (reserved=26756KB, committed=1404KB)"
    static Map<String, Double> parseNativeMemory(String answer) {
        Map<String, Double> committed = new LinkedHashMap<>();
        Matcher line = NATIVE_LINE.matcher(answer);
        while (line.find()) {
            committed.put(line.group(1), Double.parseDouble(line.group(2)) * 1_024);
        }
        return committed;
    }

    private String ask(String... command) throws IOException, InterruptedException {
        List<String> words = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "jcmd").toString(), Long.toString(server.pid())));
        words.addAll(List.of(command));
        Process jcmd = new ProcessBuilder(words).redirectErrorStream(true).start();
        String answer = new String(jcmd.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        jcmd.waitFor();
        return answer;
    }

    /** Memory of the process in RAM. */
    public double residentBytes() {
        return server.figures().residentBytes();
    }

    /** Metrics, CPU and the clock at one moment. */
    public Moment moment() throws IOException, InterruptedException {
        return new Moment(System.nanoTime(), server.figures().cpuSeconds(), metrics());
    }

    /** What a server had counted and used at one moment. */
    public record Moment(long timeNs, double cpuSeconds, Map<String, Double> metrics) {
        /** Seconds of CPU per second since an earlier moment. */
        public double cores(Moment earlier) {
            return (cpuSeconds - earlier.cpuSeconds) / seconds(earlier);
        }

        public double seconds(Moment earlier) {
            return (timeNs - earlier.timeNs) / 1e9;
        }

        /** Growth of a counter per second since an earlier moment. @throws IllegalStateException when it is unknown */
        public double rate(Moment earlier, String counter) {
            if (!metrics.containsKey(counter) || !earlier.metrics.containsKey(counter)) {
                throw new IllegalStateException("the server has no counter " + counter);
            }
            return (metrics.get(counter) - earlier.metrics.get(counter)) / seconds(earlier);
        }
    }
}
