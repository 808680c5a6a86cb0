// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.bench.station;

import org.nhipcau.sfu.api.MediaKind;
import org.nhipcau.sfu.stream.InboundStream;
import org.nhipcau.sfu.stream.NackTracker;
import org.openjdk.jmh.annotations.Benchmark;

/** Loss on the way in: what each packet costs when all come, and what one of a hundred that is lost costs. */
public class NackBenchmark extends Station {
    private static final long PACKET_NS = 1_000_000L;
    private static final long ROUND_TRIP_NS = 50_000_000L;

    private final InboundStream whole = new InboundStream(7, MediaKind.VIDEO, 90_000, true, null);
    private final NackTracker tracker = NackTracker.ofPictures();
    private final int[] asked = new int[64];
    private long nowNs = 1_000_000_000L;
    private int sequence;
    private long missing;

    /** Sequence, duplicates, reports and rate of one packet in order. */
    @Benchmark
    public InboundStream.Arrival accept() {
        nowNs += PACKET_NS;
        return whole.accept(sequence++ & 0xffff, nowNs / 100_000 * 9, 1_200, false, nowNs);
    }

    /** A gap of two, asked for, both retransmitted. */
    @Benchmark
    public int loseAndRepair() {
        nowNs += 100 * PACKET_NS;
        missing += 100;
        tracker.onGap(missing, missing + 1, nowNs);
        int count = tracker.collect(nowNs + ROUND_TRIP_NS, ROUND_TRIP_NS, asked);
        tracker.onArrival(missing + 1);
        tracker.onArrival(missing);
        return count + tracker.pending();
    }
}
