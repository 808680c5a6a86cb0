// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.bench.station;

import java.util.HashMap;
import java.util.Map;
import java.util.Random;
import org.nhipcau.sfu.metrics.DropReason;
import org.nhipcau.sfu.route.RouteStation;
import org.nhipcau.sfu.route.SsrcStation;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Setup;

/**
 * What forwarding one VP8 packet to one viewer is made of, payload and encryption apart; and the look-ups of lost and
 * late packets and of streams.
 */
public class RouteBenchmark extends Station {
    private static final int STREAMS = 32;
    private static final int LOOKUPS = 1 << 10;

    private final RouteStation route = new RouteStation();
    private final SsrcStation table = new SsrcStation(64);
    private final Map<Integer, Object> map = new HashMap<>();
    private final int[] ssrcs = new int[LOOKUPS];
    private int next;

    @Setup
    public void prepare() {
        Random random = new Random(4);
        int[] streams = random.ints(STREAMS).toArray();
        for (int ssrc : streams) {
            table.put(ssrc, this);
            map.put(ssrc, this);
        }
        for (int i = 0; i < LOOKUPS; i++) {
            ssrcs[i] = streams[random.nextInt(STREAMS)];
        }
        for (int i = 0; i < LOOKUPS; i++) {
            route.rewrite();
        }
    }

    @Benchmark
    public DropReason chooseLayer() {
        return route.decide();
    }

    @Benchmark
    public int rewrite() {
        return route.rewrite();
    }

    @Benchmark
    public long findForRetransmission() {
        return route.lookUp(1 + (next++ & 127));
    }

    @Benchmark
    public int findLateSource() {
        return route.lookUpSource(1 + (next++ & 127));
    }

    @Benchmark
    public Object findStream() {
        return table.get(ssrcs[next++ & LOOKUPS - 1]);
    }

    @Benchmark
    public Object findStreamHashMap() {
        return map.get(ssrcs[next++ & LOOKUPS - 1]);
    }
}
