// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.sfu.worker;

import java.util.concurrent.atomic.AtomicInteger;

/** How much a worker carries: written by the worker on control commands, read by placement and metrics. Thread: any. */
public final class WorkerLoad {
    private final AtomicInteger rooms = new AtomicInteger();
    private final AtomicInteger peers = new AtomicInteger();
    private volatile int slotsInUse;
    private volatile int slotsAllocated;

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
}
