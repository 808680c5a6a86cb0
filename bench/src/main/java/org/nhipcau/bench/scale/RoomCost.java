// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.bench.scale;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.nhipcau.bench.swarm.ClientOptions;
import org.nhipcau.bench.swarm.ServerProcess;
import org.nhipcau.bench.swarm.media.VideoShape;

/**
 * What rooms of one kind cost: rooms are opened step by step, and at each size the server's CPU, packets and memory are
 * read for some seconds, several times.
 */
final class RoomCost {
    /** Of each direction, as the server's counters are called. */
    private static final String PACKETS_IN = "nhipcau_sfu_rtp_packets_in_total";
    private static final String PACKETS_OUT = "nhipcau_sfu_rtp_packets_out_total";
    private static final String BYTES_IN = "nhipcau_sfu_bytes_in_total";
    private static final String BYTES_OUT = "nhipcau_sfu_bytes_out_total";
    private static final String DATAGRAMS_IN = "nhipcau_sfu_datagrams_in_total";
    private static final String DATAGRAMS_OUT = "nhipcau_sfu_datagrams_out_total";

    private final String name;
    private final int sendingSites;
    private final int listeningSites;
    private final VideoShape video;

    /**
     * @param sendingSites participants of a room that send and receive
     * @param listeningSites further ones that only receive
     * @param video what each sender sends beside its sound; null: nothing
     */
    RoomCost(String name, int sendingSites, int listeningSites, VideoShape video) {
        this.name = name;
        this.sendingSites = sendingSites;
        this.listeningSites = listeningSites;
        this.video = video;
    }

    String name() {
        return name;
    }

    /**
     * One size, each figure the median of its rounds.
     *
     * @param nsPerPacket CPU of the whole server per forwarded packet, what it uses at rest included
     */
    record Point(int rooms, double cores, double nsPerPacket, double nsLow, double nsHigh, double packetsIn,
            double packetsOut, double datagramsIn, double datagramsOut, double bytesIn, double bytesOut,
            double memoryBytes, long foreignBytes) {}

    /**
     * Memory is read while rooms are added, for what is freed goes back to no one. CPU is read afterwards, from the
     * largest size down: by then the compilers are done, whose work would else be taken for that of the first rooms.
     *
     * @param sizes rising
     */
    List<Point> run(int[] sizes, int warmUpSeconds, int rounds, int seconds, long seed) throws Exception {
        List<Point> points = new ArrayList<>();
        try (RoomLoad load = new RoomLoad(ServerProcess.start(
                List.of("-Xms512m", "-Xmx512m", "-XX:+AlwaysPreTouch"), Map.of(), List.of()), seed)) {
            double[] memory = new double[sizes.length];
            int open = 0;
            for (int i = 0; i < sizes.length; i++) {
                List<ClientOptions> more = new ArrayList<>();
                for (; open < sizes[i]; open++) {
                    addRoom(more, "room" + open);
                }
                load.join(more);
                TimeUnit.SECONDS.sleep(warmUpSeconds);
                memory[i] = load.probe().liveHeapBytes() + load.probe().residentBytes();
            }
            for (int i = sizes.length - 1; i >= 0; i--) {
                load.leave((open - sizes[i]) * (sendingSites + listeningSites));
                open = sizes[i];
                TimeUnit.SECONDS.sleep(Math.min(warmUpSeconds, 3));
                points.addFirst(measure(load, open, rounds, seconds, memory[i]));
            }
        }
        return points;
    }

    private void addRoom(List<ClientOptions> more, String room) {
        for (int site = 0; site < sendingSites; site++) {
            more.add(ClientOptions.publisher(room, "site" + site, video));
        }
        for (int site = 0; site < listeningSites; site++) {
            more.add(ClientOptions.subscriber(room, "listener" + site));
        }
    }

    private static Point measure(RoomLoad load, int rooms, int rounds, int seconds,
            double memoryBytes) throws Exception {
        double[] cores = new double[rounds];
        List<Double> ns = new ArrayList<>();
        ServerProbe.Moment first = load.probe().moment();
        ServerProbe.Moment before = first;
        for (int round = 0; round < rounds; round++) {
            TimeUnit.SECONDS.sleep(seconds);
            ServerProbe.Moment after = load.probe().moment();
            cores[round] = after.cores(before);
            // Nobody may have spoken for a second.
            if (after.rate(before, PACKETS_OUT) > 0) {
                ns.add(1e9 * cores[round] / after.rate(before, PACKETS_OUT));
            }
            before = after;
        }
        ServerProbe.Moment last = before;
        if (ns.isEmpty()) {
            throw new IllegalStateException("no packet was forwarded in " + rooms + " rooms; longer rounds are needed");
        }
        double[] sorted = ns.stream().mapToDouble(Double::doubleValue).sorted().toArray();
        return new Point(rooms, LinearFit.median(cores), LinearFit.median(sorted), sorted[0],
                sorted[sorted.length - 1],
                last.rate(first, PACKETS_IN), last.rate(first, PACKETS_OUT), last.rate(first, DATAGRAMS_IN),
                last.rate(first, DATAGRAMS_OUT), last.rate(first, BYTES_IN), last.rate(first, BYTES_OUT),
                memoryBytes, load.foreignBytes());
    }
}
