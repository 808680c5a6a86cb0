// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.sfu;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiConsumer;
import org.nhipcau.sfu.api.HeaderExtensions;
import org.nhipcau.sfu.api.MediaCommand;
import org.nhipcau.sfu.api.ProducerParameters;
import org.nhipcau.sfu.route.RemotePeer;

/**
 * Knows which workers have a part of one room, and which peer with which tracks is on which of them.
 *
 * <p>Thread: any, under the monitor of the room's {@link RoomRoutes}.
 */
final class RoomParts {
    /** One peer: its worker, and what it sends, as last agreed on with that worker. */
    static final class PeerRoute {
        final RoomHost worker;
        final String participantId;
        final Map<String, ProducerParameters> producers = new LinkedHashMap<>();
        HeaderExtensions extensions = HeaderExtensions.NONE;

        private PeerRoute(RoomHost worker, String participantId) {
            this.worker = worker;
            this.participantId = participantId;
        }

        RemotePeer remote(String peerId) {
            return new RemotePeer(peerId, participantId, extensions, List.copyOf(producers.values()));
        }
    }

    private final RoomPlacement placement;
    private final List<RoomHost> workers = new ArrayList<>();
    private final Map<String, PeerRoute> peers = new LinkedHashMap<>();

    RoomParts(RoomPlacement placement) {
        this.placement = placement;
        workers.add(placement.home());
    }

    /** The worker the room began on. */
    RoomHost home() {
        return workers.getFirst();
    }

    /** All workers with a part of the room, its home first. */
    List<RoomHost> workers() {
        return workers;
    }

    boolean span() {
        return workers.size() > 1;
    }

    boolean include(RoomHost worker) {
        return workers.contains(worker);
    }

    List<RoomHost> except(RoomHost worker) {
        return workers.stream().filter(part -> part != worker).toList();
    }

    void open(RoomHost worker) {
        workers.add(worker);
    }

    int peerCount() {
        return peers.size();
    }

    /** Null when there is no such peer. */
    PeerRoute peer(String peerId) {
        return peers.get(peerId);
    }

    void forEachPeer(BiConsumer<String, PeerRoute> action) {
        peers.forEach(action);
    }

    void add(MediaCommand.OpenPeer command, RoomHost worker) {
        peers.put(command.peerId(), new PeerRoute(worker, command.participantId()));
    }

    /** Forgets a peer. @return the branch that has no peers of the room any more; null: none */
    RoomHost remove(String peerId) {
        PeerRoute gone = peers.remove(peerId);
        return gone == null || gone.worker == home() || count(gone.worker) > 0 ? null : gone.worker;
    }

    /** A branch is given up. */
    void close(RoomHost worker) {
        workers.remove(worker);
    }

    /** The peer has tracks that other workers know of. */
    boolean mirrored(String peerId) {
        PeerRoute peer = peers.get(peerId);
        return span() && peer != null && !peer.producers.isEmpty();
    }

    /** The worker for a new peer. The peers of one participant stay together: their speech is told by one worker. */
    RoomHost workerFor(MediaCommand.OpenPeer command) {
        for (PeerRoute peer : peers.values()) {
            if (peer.participantId.equals(command.participantId())) {
                return peer.worker;
            }
        }
        return placement.forPeer(workers, this::count);
    }

    private int count(RoomHost worker) {
        int count = 0;
        for (PeerRoute peer : peers.values()) {
            count += peer.worker == worker ? 1 : 0;
        }
        return count;
    }

    /** The peer's worker; the home answers for peers that do not exist. */
    RoomHost workerOf(String peerId) {
        PeerRoute peer = peers.get(peerId);
        return peer == null ? home() : peer.worker;
    }

    /** The worker of the peer that sends a track; the home answers for tracks that do not exist. */
    RoomHost workerOfTrack(String trackId) {
        PeerRoute owner = ownerOf(trackId);
        return owner == null ? home() : owner.worker;
    }

    /** The peer that sends a track; null when none does. */
    PeerRoute ownerOf(String trackId) {
        for (PeerRoute peer : peers.values()) {
            if (peer.producers.containsKey(trackId)) {
                return peer;
            }
        }
        return null;
    }

    void removeTrack(String trackId) {
        peers.values().forEach(peer -> peer.producers.remove(trackId));
    }
}
