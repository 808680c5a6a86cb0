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

    List<Point> run(int[] sizes, int warmUpSeconds, int rounds, int seconds, long seed) throws Exception {
        List<Point> points = new ArrayList<>();
        try (RoomLoad load = new RoomLoad(ServerProcess.start(
                List.of("-Xms512m", "-Xmx512m", "-XX:+AlwaysPreTouch"), Map.of(), List.of()), seed)) {
            int open = 0;
            for (int size : sizes) {
                List<ClientOptions> more = new ArrayList<>();
                for (; open < size; open++) {
                    addRoom(more, "room" + open);
                }
                load.join(more);
                TimeUnit.SECONDS.sleep(warmUpSeconds);
                points.add(measure(load, size, rounds, seconds));
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

    private static Point measure(RoomLoad load, int rooms, int rounds, int seconds) throws Exception {
        double[] cores = new double[rounds];
        double[] ns = new double[rounds];
        ServerProbe.Moment first = load.probe().moment();
        ServerProbe.Moment before = first;
        for (int round = 0; round < rounds; round++) {
            TimeUnit.SECONDS.sleep(seconds);
            ServerProbe.Moment after = load.probe().moment();
            cores[round] = after.cores(before);
            ns[round] = 1e9 * cores[round] / after.rate(before, PACKETS_OUT);
            before = after;
        }
        ServerProbe.Moment last = before;
        java.util.Arrays.sort(ns);
        return new Point(rooms, LinearFit.median(cores), LinearFit.median(ns), ns[0], ns[rounds - 1],
                last.rate(first, PACKETS_IN), last.rate(first, PACKETS_OUT), last.rate(first, DATAGRAMS_IN),
                last.rate(first, DATAGRAMS_OUT), last.rate(first, BYTES_IN), last.rate(first, BYTES_OUT),
                load.probe().liveHeapBytes() + load.probe().residentBytes(), load.foreignBytes());
    }
}
