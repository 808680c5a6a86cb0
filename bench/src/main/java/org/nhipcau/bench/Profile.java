// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import jdk.jfr.Recording;
import jdk.jfr.consumer.RecordedEvent;
import jdk.jfr.consumer.RecordedFrame;
import jdk.jfr.consumer.RecordedMethod;
import jdk.jfr.consumer.RecordingFile;

/**
 * Where the time of this process goes, by samples of the JVM's flight recorder: per thread the methods found running
 * most often, alone and with what they call. A native method (a call into the kernel or a library) is one of the frames.
 * Thread: one.
 */
public final class Profile {
    private static final int FRAMES = 25;
    private static final int THREADS = 4;
    private static final List<String> WAITS = List.of("epollWait", "epoll_wait", "await", "park", "poll0", "wait0");

    private final Recording recording = new Recording();

    private static final class Samples {
        private final Map<String, Integer> self = new HashMap<>();
        private final Map<String, Integer> total = new HashMap<>();
        private int count;
    }

    private Profile() {}

    /** Begins to sample. */
    public static Profile start() {
        Profile profile = new Profile();
        profile.recording.enable("jdk.ExecutionSample").withPeriod(Duration.ofMillis(10)).withStackTrace();
        profile.recording.enable("jdk.NativeMethodSample").withPeriod(Duration.ofMillis(10)).withStackTrace();
        profile.recording.start();
        return profile;
    }

    /** Ends sampling. @return lines for a reader */
    public List<String> stop() throws IOException {
        Path file = Files.createTempFile("nhipcau-profile", ".jfr");
        try {
            recording.stop();
            recording.dump(file);
            recording.close();
            Map<String, Samples> threads = new HashMap<>();
            for (RecordedEvent event : RecordingFile.readAllEvents(file)) {
                take(event, threads);
            }
            return lines(threads);
        } finally {
            Files.deleteIfExists(file);
        }
    }

    // A thread that waits in a native call is sampled as if it ran.
    private static boolean waits(RecordedMethod method) {
        String name = method.getName();
        return WAITS.stream().anyMatch(name::contains);
    }

    private static void take(RecordedEvent event, Map<String, Samples> threads) {
        if (event.getStackTrace() == null || event.getStackTrace().getFrames().isEmpty()
                || waits(event.getStackTrace().getFrames().getFirst().getMethod())) {
            return;
        }
        String thread = event.getThread("sampledThread") == null ? "?" : event.getThread("sampledThread").getJavaName();
        Samples samples = threads.computeIfAbsent(String.valueOf(thread), name -> new Samples());
        samples.count++;
        List<RecordedFrame> frames = event.getStackTrace().getFrames();
        samples.self.merge(name(frames.getFirst().getMethod()), 1, Integer::sum);
        frames.stream().map(frame -> name(frame.getMethod())).distinct()
                .forEach(name -> samples.total.merge(name, 1, Integer::sum));
    }

    private static String name(RecordedMethod method) {
        String type = method.getType().getName();
        return type.substring(type.lastIndexOf('.') + 1) + '.' + method.getName();
    }

    private static List<String> lines(Map<String, Samples> threads) {
        List<String> lines = new ArrayList<>();
        threads.entrySet().stream().sorted(Comparator.comparingInt(entry -> -entry.getValue().count)).limit(THREADS)
                .forEach(entry -> {
                    Samples samples = entry.getValue();
                    lines.add(entry.getKey() + ": " + samples.count + " samples (self %, with callees %)");
                    samples.total.entrySet().stream()
                            .sorted(Comparator.<Map.Entry<String, Integer>>comparingInt(
                                    e -> -samples.self.getOrDefault(e.getKey(), 0)).thenComparingInt(e -> -e.getValue()))
                            .limit(FRAMES).forEach(e -> lines.add(String.format(Locale.ROOT, "  %5.1f %5.1f  %s",
                                    100.0 * samples.self.getOrDefault(e.getKey(), 0) / samples.count,
                                    100.0 * e.getValue() / samples.count, e.getKey())));
                });
        return lines;
    }
}
