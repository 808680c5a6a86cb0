// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.bench.station;

import org.nhipcau.sfu.bwe.Pacer;
import org.nhipcau.sfu.bwe.Pacer.Rank;
import org.nhipcau.sfu.bwe.Pacer.Verdict;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Setup;

/** One packet through a viewer's pacer: on a link that carries all, and on one where each has to wait. */
public class PacerBenchmark extends Station implements Pacer.Outlet<Object> {
    private static final long GOOD_BPS = 50_000_000;
    private static final long NARROW_BPS = 1_000_000;
    private static final int PACKET_BYTES = 1_200;
    private static final Object PACKET = new Object();

    private final Pacer<Object> free = new Pacer<>(this);
    private final Pacer<Object> good = new Pacer<>(this);
    private final Pacer<Object> narrow = new Pacer<>(this);
    private long nowNs = 1_000_000_000L;
    private long sent;

    @Setup
    public void prepare() {
        good.setRate(GOOD_BPS, nowNs);
        narrow.setRate(NARROW_BPS, nowNs);
    }

    @Override
    public void send(Object packet, long now) {
        sent++;
    }

    @Override
    public void drop(Object packet) {
        throw new IllegalStateException("nothing is to be given up here");
    }

    /** No rate was set. */
    @Benchmark
    public Verdict unlimited() {
        nowNs += 1_000_000L;
        return free.offer(Rank.VIDEO, PACKET_BYTES, 7, (int) nowNs, nowNs);
    }

    @Benchmark
    public Verdict pass() {
        nowNs += 1_000_000L;
        return good.offer(Rank.VIDEO, PACKET_BYTES, 7, (int) nowNs, nowNs);
    }

    @Benchmark
    public Verdict audio() {
        nowNs += 1_000_000L;
        return good.offer(Rank.AUDIO, 160, 1, 0, nowNs);
    }

    /** The packet waits and one that waited before it leaves; in the queue there are always some. */
    @Benchmark
    public long waitAndLeave() {
        nowNs += PACKET_BYTES * 8_000_000_000L / NARROW_BPS;
        if (narrow.waitingPackets() < 20) {
            nowNs -= PACKET_BYTES * 4_000_000_000L / NARROW_BPS;
        }
        if (narrow.offer(Rank.VIDEO, PACKET_BYTES, 7, (int) nowNs, nowNs) == Verdict.WAIT) {
            narrow.enqueue(Rank.VIDEO, PACKET, PACKET_BYTES, 7, (int) nowNs, nowNs);
        }
        narrow.release(nowNs);
        return sent;
    }
}
