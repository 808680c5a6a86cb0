// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.bench.scale;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.nhipcau.bench.Report;
import org.nhipcau.bench.plot.Series;
import org.nhipcau.bench.swarm.ClientOptions;
import org.nhipcau.bench.swarm.ServerProcess;
import org.nhipcau.bench.swarm.media.VideoShape;

/**
 * What one more subscriber takes: subscribers join a room with media, and at several sizes the server's live heap and
 * its resident memory are read.
 *
 * <p>The heap is touched as a whole before the first client, so that resident memory grows by everything but the heap;
 * the growth of both together is what a subscriber takes: objects, native memory of ciphers and sockets, stacks, caches,
 * its signaling session.
 */
final class SubscriberMemory {
    /** The line begins behind the first subscribers, whose arrival fills pools. */
    private static final int SETTLING_SUBSCRIBERS = 25;
    /** Before them so many come and go, again and again: classes are loaded then, and hot code is compiled. */
    private static final int WARMING_SUBSCRIBERS = 10;
    private static final int WARMING_ROUNDS = 4;
    private static final int READINGS = 3;
    private static final List<String> FIXED_HEAP = List.of("-Xms320m", "-Xmx320m", "-XX:+AlwaysPreTouch",
            "-XX:NativeMemoryTracking=summary");

    private final int videoTracks;
    private final int audioTracks;
    private final VideoShape shape;
    private final int[] sizes;
    private final int settleSeconds;

    /**
     * What was found.
     *
     * @param total bytes per subscriber, all told
     * @param error its standard error
     * @param heap of them live objects
     */
    record Result(double total, double error, double heap, Series course) {
        double outsideHeap() {
            return total - heap;
        }
    }

    /** @param sizes subscribers beyond the settling ones at which memory is read, rising */
    SubscriberMemory(int videoTracks, int audioTracks, VideoShape shape, int[] sizes, int settleSeconds) {
        this.videoTracks = videoTracks;
        this.audioTracks = audioTracks;
        this.shape = shape;
        this.sizes = sizes;
        this.settleSeconds = settleSeconds;
    }

    Result run(Report report, long seed) throws Exception {
        try (RoomLoad load = new RoomLoad(ServerProcess.start(FIXED_HEAP, Map.of(), List.of()), seed)) {
            List<ClientOptions> publishers = new ArrayList<>();
            for (int i = 0; i < Math.max(videoTracks, audioTracks); i++) {
                publishers.add(new ClientOptions("memory", "publisher" + i, i < audioTracks,
                        i < videoTracks ? shape : null, false));
            }
            load.join(publishers);
            for (int round = 0; round < WARMING_ROUNDS; round++) {
                List<ClientOptions> guests = new ArrayList<>();
                for (int i = 0; i < WARMING_SUBSCRIBERS; i++) {
                    guests.add(ClientOptions.subscriber("memory", "guest" + round + "-" + i));
                }
                load.join(guests);
                TimeUnit.SECONDS.sleep(Math.max(1, settleSeconds / 2));
                load.leave(WARMING_SUBSCRIBERS);
            }
            return measure(load, report);
        }
    }

    private Result measure(RoomLoad load, Report report) throws Exception {
        Series course = new Series(videoTracks + " video, " + audioTracks + " audio tracks");
        double[] x = new double[sizes.length];
        double[] heap = new double[sizes.length];
        double[] total = new double[sizes.length];
        Map<String, Double> before = Map.of();
        Map<String, Double> after = Map.of();
        int joined = 0;
        for (int i = 0; i < sizes.length; i++) {
            List<ClientOptions> more = new ArrayList<>();
            for (; joined < SETTLING_SUBSCRIBERS + sizes[i]; joined++) {
                more.add(ClientOptions.subscriber("memory", "subscriber" + joined));
            }
            load.join(more);
            TimeUnit.SECONDS.sleep(settleSeconds);
            x[i] = sizes[i];
            read(load.probe(), heap, total, i);
            Map<String, Double> parts = load.probe().nativeMemory();
            if (i == 0) {
                before = parts;
            }
            after = parts;
            report.progress(String.format("%d subscribers, %d+%d tracks: live heap %.1f MB, with the rest %.1f MB",
                    joined, videoTracks, audioTracks, heap[i] / 1e6, total[i] / 1e6));
            report.row("memory").put("videoTracks", videoTracks, "").put("audioTracks", audioTracks, "")
                    .put("subscribers", joined, "").put("liveHeapBytes", heap[i], "B")
                    .put("outsideHeapBytes", total[i] - heap[i], "B");
            course.add(joined, (total[i] - total[0]) / 1e3);
        }
        breakDown(report, before, after, x[x.length - 1] - x[0]);
        report.check("foreign bytes, memory", load.foreignBytes() == 0, load.foreignBytes() + " bytes");
        LinearFit fit = LinearFit.of(x, total);
        return new Result(fit.slope(), fit.slopeError(), LinearFit.of(x, heap).slope(), course);
    }

    // Where the JVM's own memory has grown, by its account; what libraries take by themselves is not in it.
    private void breakDown(Report report, Map<String, Double> before, Map<String, Double> after, double subscribers) {
        after.forEach((category, bytes) -> {
            double growth = bytes - before.getOrDefault(category, 0.0);
            if (Math.abs(growth) / subscribers >= 100) {
                report.row("jvmMemory").put("tracks", videoTracks + "+" + audioTracks).put("category", category)
                        .put("grownBytes", growth, "B").put("perSubscriber", growth / subscribers, "B");
            }
        });
    }

    // The least of several readings: what is only under way when one is taken is no memory of a subscriber.
    private static void read(ServerProbe probe, double[] heap, double[] total, int at) throws Exception {
        heap[at] = Double.MAX_VALUE;
        double resident = Double.MAX_VALUE;
        for (int i = 0; i < READINGS; i++) {
            heap[at] = Math.min(heap[at], probe.liveHeapBytes());
            resident = Math.min(resident, probe.residentBytes());
        }
        total[at] = heap[at] + resident;
    }
}
