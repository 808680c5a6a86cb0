// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.bench.station;

import org.nhipcau.bench.alternatives.HeapCache;
import org.nhipcau.sfu.buffer.CacheMemory;
import org.nhipcau.sfu.buffer.PacketBuffer;
import org.nhipcau.sfu.stream.PacketCache;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.TearDown;

/** The store of packets for retransmission: each packet of 1,200 bytes put in once, and some looked up again. */
public class CacheBenchmark extends Station {
    private static final int PACKETS = 512;
    private static final long AGE_NS = 2_000_000_000L;
    private static final long PACKET_NS = 4_000_000L;
    private static final int BACK = 50;

    private final PacketCache cache = new PacketCache(new CacheMemory(64 << 20), PACKETS, AGE_NS);
    private final HeapCache heap = new HeapCache(PACKETS, AGE_NS);
    private final PacketBuffer packet = PacketBuffer.copyOf(new byte[1_200]);
    private final PacketBuffer target = PacketBuffer.allocate();
    private long nowNs = 1_000_000_000L;
    private long sequence;

    @Setup
    public void fill() {
        for (int i = 0; i < 2 * PACKETS; i++) {
            store();
            storeHeap();
        }
        if (load() != packet.length() || loadHeap() != packet.length()) {
            throw new IllegalStateException("a packet is not found again");
        }
    }

    @TearDown
    public void close() {
        cache.close();
    }

    @Benchmark
    public boolean store() {
        nowNs += PACKET_NS;
        return cache.store(++sequence, packet, nowNs);
    }

    @Benchmark
    public boolean storeHeap() {
        nowNs += PACKET_NS;
        return heap.store(++sequence, packet, nowNs);
    }

    @Benchmark
    public int load() {
        return cache.load(sequence - 1, target, nowNs) || cache.load(sequence - BACK, target, nowNs)
                ? target.length() : -1;
    }

    @Benchmark
    public int loadHeap() {
        return heap.load(sequence, target, nowNs) || heap.load(sequence - BACK, target, nowNs) ? target.length() : -1;
    }
}
