// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.sfu.worker;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.SplittableRandom;
import org.nhipcau.sfu.api.MediaCommand;
import org.nhipcau.sfu.api.MediaReply;
import org.nhipcau.sfu.api.MediaReply.Reason;
import org.nhipcau.sfu.api.SfuConfig;
import org.nhipcau.sfu.buffer.CacheMemory;
import org.nhipcau.sfu.buffer.PacketPool;
import org.nhipcau.sfu.metrics.WorkerCounters;
import org.nhipcau.sfu.metrics.WorkerCounters.Counter;
import org.nhipcau.sfu.route.ForwardQueue;
import org.nhipcau.sfu.route.Room;

/**
 * The rooms a worker carries: opens and closes them, and says who may still come in while the worker is busy.
 *
 * <p>Thread: the worker's. Owns: the rooms, their peers, and the packet memory they share.
 */
final class WorkerRooms {
    private static final int POOL_SLOTS = 65_536;
    /** For the last second or so of everything that comes in: more than a worker can forward. */
    private static final long CACHE_BYTES = 1L << 30;

    private final SfuConfig config;
    private final WorkerCounters counters;
    private final WorkerEvents events;
    private final ForwardQueue queue;
    private final SplittableRandom random;
    private final LoadWatch watch;
    private final WorkerLoad load;
    private final WorkerPeers peers;
    private final PacketPool pool = new PacketPool(POOL_SLOTS);
    private final CacheMemory cacheMemory = new CacheMemory(CACHE_BYTES);
    private final Map<String, WorkerRoom> rooms = new HashMap<>();

    WorkerRooms(SfuConfig config, WorkerCounters counters, WorkerEvents events, ForwardQueue queue,
            SplittableRandom random, LoadWatch watch, WorkerLoad load, WorkerPeers peers) {
        this.config = config;
        this.counters = counters;
        this.events = events;
        this.queue = queue;
        this.random = random;
        this.watch = watch;
        this.load = load;
        this.peers = peers;
    }

    /** The open room of this id, or null. */
    WorkerRoom get(String roomId) {
        return rooms.get(roomId);
    }

    Collection<WorkerRoom> all() {
        return rooms.values();
    }

    boolean isEmpty() {
        return rooms.isEmpty();
    }

    MediaReply open(String roomId, long nowNs) {
        if (!rooms.containsKey(roomId)) {
            if (!watch.open()) {
                return tooBusy();
            }
            Room media = new Room(roomId, config, counters, queue, events, random.split(), cacheMemory, pool);
            rooms.put(roomId, new WorkerRoom(media, nowNs));
            load.addRooms(1);
        }
        return new MediaReply.Done();
    }

    MediaReply close(String roomId, long nowNs) {
        WorkerRoom room = rooms.get(roomId);
        if (room != null) {
            for (String peerId : new ArrayList<>(room.peers.keySet())) {
                peers.close(room, peerId, nowNs);
            }
            room.media.close(nowNs);
            rooms.remove(roomId);
            load.addRooms(-1);
        }
        return new MediaReply.Done();
    }

    void closeAll(long nowNs) {
        for (String roomId : new ArrayList<>(rooms.keySet())) {
            close(roomId, nowNs);
        }
    }

    /** A busy worker takes another transport of one who is in, and one who comes back, but no newcomer. */
    MediaReply openPeer(WorkerRoom room, MediaCommand.OpenPeer command, long nowNs) {
        if (room.peers.containsKey(command.peerId())) {
            return new MediaReply.Refused(Reason.CONFLICT, "peer id in use");
        }
        if (!watch.open() && !command.returning() && !room.holds(command.participantId())) {
            return tooBusy();
        }
        return peers.open(room, command, nowNs);
    }

    private MediaReply tooBusy() {
        counters.increment(Counter.OVERLOAD_REFUSALS);
        return new MediaReply.Refused(Reason.CAPACITY, "the worker is too busy for newcomers: busy "
                + Math.round(load.utilisation() * 100) + " %, admissionPercent is "
                + config.overload().admissionPercent() + ", overload level " + watch.level());
    }

    /** Tells the load how much packet memory is in use. */
    void measureMemory() {
        load.setSlots(pool.inUse(), pool.allocated());
        load.setCache(cacheMemory.lentBytes(), cacheMemory.allocatedBytes());
    }

    /** Frees the packet memory after the last cycle. */
    void freeMemory() {
        pool.close();
    }
}
