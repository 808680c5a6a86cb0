// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.sfu.worker;

import java.util.LinkedHashMap;
import java.util.Map;
import org.nhipcau.sfu.peer.Peer;
import org.nhipcau.sfu.route.Room;

/** A room's media with the transports of its peers. Thread: the worker's. */
final class WorkerRoom {
    final Room media;
    final Map<String, Peer> peers = new LinkedHashMap<>();
    long nextTimerNs;

    WorkerRoom(Room media, long nowNs) {
        this.media = media;
        this.nextTimerNs = nowNs;
    }

    /** A transport of this participant is here already. */
    boolean holds(String participantId) {
        for (Peer peer : peers.values()) {
            if (peer.media().participantId().equals(participantId)) {
                return true;
            }
        }
        return false;
    }
}
