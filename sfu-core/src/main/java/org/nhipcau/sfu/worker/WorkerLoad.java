// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.sfu.worker;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLongArray;
import org.nhipcau.sfu.overload.OverloadLevel;

/** How much a worker carries: written by the worker on control commands, read by placement and metrics. Thread: any. */
public final class WorkerLoad {
    private final AtomicInteger rooms = new AtomicInteger();
    private final AtomicInteger peers = new AtomicInteger();
    private volatile int slotsInUse;
    private volatile int slotsAllocated;
    private volatile long cacheLentBytes;
    private volatile long cacheAllocatedBytes;
    private volatile double utilisation;
    private volatile long lagNs;
    private volatile OverloadLevel level = OverloadLevel.NONE;
    private volatile boolean accepts = true;
    private final AtomicLongArray levelTimesNs = new AtomicLongArray(OverloadLevel.count());

    public int rooms() {
        return rooms.get();
    }

    public int peers() {
        return peers.get();
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

    /** Share of its time that the packet thread was busy in the last second, 0 to 1. */
    public double utilisation() {
        return utilisation;
    }

    /** For how long datagrams may have waited for the thread, in the last tenth of a second. */
    public long lagNs() {
        return lagNs;
    }

    /** What is being given up. */
    public OverloadLevel level() {
        return level;
    }

    /** Whether newcomers are taken: new rooms, and participants who were not there before. */
    public boolean accepts() {
        return accepts;
    }

    /** Time spent on a level since the start. */
    public long levelTimeNs(OverloadLevel of) {
        return levelTimesNs.getOpaque(of.ordinal());
    }

    void setMeasured(double busy, long lag, OverloadLevel now, boolean open) {
        utilisation = busy;
        lagNs = lag;
        level = now;
        accepts = open;
    }

    void addLevelTime(OverloadLevel on, long ns) {
        levelTimesNs.setOpaque(on.ordinal(), levelTimesNs.getPlain(on.ordinal()) + ns);
    }

    void addRooms(int count) {
        rooms.addAndGet(count);
    }

    void addPeers(int count) {
        peers.addAndGet(count);
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
