// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.bench.station;

import org.nhipcau.sfu.metrics.WorkerCounters.Counter;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.TearDown;

/**
 * All that a call in steady state asks of the node's media: sound and pictures to so many viewers, their reports,
 * requests for lost packets and feedback, the retransmissions, our own reports, and the timers. Per packet that comes
 * in; the bytes allocated with it are the proof that none of it allocates: what the harness itself allocates, some 20 KB
 * an iteration, is divided among the packets, so the figure falls toward 0 the longer an iteration lasts.
 */
public class CallBenchmark extends Station {
    /** Twenty pictures' packets, five of sound, one viewer's report. */
    private static final int VIDEO = 20;
    private static final int AUDIO = 5;

    @Param({"10", "50"})
    private int viewers;

    private ForwardRoom room;

    @Setup
    public void prepare() {
        room = new ForwardRoom(viewers, ForwardRoom.Media.AUDIO, ForwardRoom.Media.VIDEO);
        long before = room.counters.get(Counter.RTX_PACKETS_OUT);
        for (int i = 0; i < 10 * viewers; i++) {
            call();
        }
        if (room.counters.get(Counter.RTX_PACKETS_OUT) - before < viewers
                || room.counters.get(Counter.RTCP_PACKETS_OUT) == 0) {
            throw new IllegalStateException("no retransmissions or no reports");
        }
    }

    @TearDown
    public void close() {
        room.close();
    }

    @Benchmark
    @OperationsPerInvocation(VIDEO + AUDIO)
    public long call() {
        for (int i = 0; i < AUDIO; i++) {
            room.receive(0, 0);
            for (int k = 1; k <= VIDEO / AUDIO; k++) {
                room.receive(1, k);
            }
            room.forward();
            room.tick();
        }
        room.report();
        return room.counters.get(Counter.RTP_BYTES_OUT);
    }
}
