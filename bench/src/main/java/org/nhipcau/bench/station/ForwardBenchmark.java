// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.bench.station;

import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.TearDown;

/**
 * One packet of a publisher on its whole way through the node: read, understood, rewritten and encrypted for each of so
 * many viewers, who have keys of their own. The figure is the time per packet that comes in; divide by the viewers for
 * the cost of one that goes out. Left out are the socket, decryption on the way in ({@link SrtpBenchmark}) and timers.
 */
public class ForwardBenchmark extends Station {
    private static final int BATCH = 32;

    @Param({"AUDIO", "VIDEO"})
    private String media;

    @Param({"1", "10", "50", "200"})
    private int viewers;

    private ForwardRoom room;

    @Setup
    public void prepare() {
        room = new ForwardRoom(viewers, ForwardRoom.Media.valueOf(media));
    }

    @TearDown
    public void close() {
        room.close();
    }

    /** Each packet is forwarded as it comes. */
    @Benchmark
    public long one() {
        room.receive(0, 0);
        return room.forward();
    }

    /** The packets of a full batch come in, then they are forwarded viewer by viewer. */
    @Benchmark
    @OperationsPerInvocation(BATCH)
    public long batch() {
        for (int i = 0; i < BATCH; i++) {
            room.receive(0, i);
        }
        return room.forward();
    }
}
