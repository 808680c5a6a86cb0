// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.sfu.worker;

import java.util.concurrent.atomic.AtomicInteger;

/** How much a worker carries: written by the worker on control commands, read by placement and metrics. Thread: any. */
public final class WorkerLoad {
    private final AtomicInteger rooms = new AtomicInteger();
    private final AtomicInteger peers = new AtomicInteger();
    private volatile boolean takesNewcomers = true;
    private volatile int slotsInUse;
    private volatile int slotsAllocated;
    private volatile long cacheLentBytes;
    private volatile long cacheAllocatedBytes;

    public int rooms() {
        return rooms.get();
    }

    public int peers() {
        return peers.get();
    }

    /** The worker is not too busy for peers of newcomers. */
    public boolean takesNewcomers() {
        return takesNewcomers;
    }

    /** Packet slots held between duty cycles; a number that only grows is a leak. */
    public int slotsInUse() {
        return slotsInUse;
    }

    public int slotsAllocated() {
        return slotsAllocated;
    }

    /** Bytes that streams hold for retransmission. */
    public long cacheLentBytes() {
        return cacheLentBytes;
    }

    /** Bytes of native memory for retransmission, lent or not. */
    public long cacheAllocatedBytes() {
        return cacheAllocatedBytes;
    }

    void addRooms(int count) {
        rooms.addAndGet(count);
    }

    void addPeers(int count) {
        peers.addAndGet(count);
    }

    void setTakesNewcomers(boolean takes) {
        takesNewcomers = takes;
    }

    void setSlots(int inUse, int allocated) {
        slotsInUse = inUse;
        slotsAllocated = allocated;
    }

    void setCache(long lentBytes, long allocatedBytes) {
        cacheLentBytes = lentBytes;
        cacheAllocatedBytes = allocatedBytes;
    }
}
