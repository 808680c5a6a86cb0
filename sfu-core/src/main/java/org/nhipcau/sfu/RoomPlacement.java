// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.sfu;

import java.util.List;
import java.util.function.ToIntFunction;

/**
 * Decides which worker a room begins on, and which one a further peer of it is opened on.
 *
 * <p>A room stays whole on its first worker as long as it fits there: packets that cross to another worker cost a copy
 * and a wake-up. Only beyond {@code peersPerRoomWorker} peers, or while that worker takes no newcomers and another does,
 * it takes a second one, first among those where it has a part already.
 *
 * <p>Thread: any; without state of its own.
 */
final class RoomPlacement {
    private final List<? extends RoomHost> workers;
    private final int peersPerRoomWorker;

    /** @param peersPerRoomWorker peers of one room that a worker gets before another is taken */
    RoomPlacement(List<? extends RoomHost> workers, int peersPerRoomWorker) {
        this.workers = workers;
        this.peersPerRoomWorker = peersPerRoomWorker;
    }

    /** The worker for a new room: the one with the fewest peers. */
    RoomHost home() {
        return leastLoaded(workers);
    }

    /**
     * The worker for a new peer of a room.
     *
     * @param parts where the room is already, its home first
     * @param peers how many peers the room has on a worker
     */
    RoomHost forPeer(List<? extends RoomHost> parts, ToIntFunction<RoomHost> peers) {
        RoomHost home = parts.getFirst();
        if (fits(home, peers)) {
            return home;
        }
        List<? extends RoomHost> branches = parts.stream().filter(part -> fits(part, peers)).toList();
        if (!branches.isEmpty()) {
            return leastLoaded(branches);
        }
        List<? extends RoomHost> others = workers.stream()
                .filter(worker -> !parts.contains(worker) && worker.takesNewcomers()).toList();
        if (!others.isEmpty()) {
            return leastLoaded(others);
        }
        // The room is everywhere it can be: the parts grow evenly, and a worker that is too busy refuses by itself.
        RoomHost fewest = home;
        for (RoomHost part : parts) {
            if (part.takesNewcomers() && (!fewest.takesNewcomers()
                    || peers.applyAsInt(part) < peers.applyAsInt(fewest))) {
                fewest = part;
            }
        }
        return fewest;
    }

    private boolean fits(RoomHost worker, ToIntFunction<RoomHost> peers) {
        return peers.applyAsInt(worker) < peersPerRoomWorker && worker.takesNewcomers();
    }

    private static RoomHost leastLoaded(List<? extends RoomHost> candidates) {
        RoomHost best = candidates.getFirst();
        for (RoomHost worker : candidates) {
            if (weight(worker) < weight(best)) {
                best = worker;
            }
        }
        return best;
    }

    // One that takes no newcomers only where all are like that.
    private static long weight(RoomHost worker) {
        return worker.peers() * 1_000L + worker.rooms()
                + (worker.takesNewcomers() ? 0 : Integer.MAX_VALUE * 1_000L);
    }
}
