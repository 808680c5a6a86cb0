// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.bench.load;

import java.util.ArrayList;
import java.util.List;
import org.nhipcau.bench.swarm.ClientOptions;
import org.nhipcau.bench.swarm.media.VideoShape;

/**
 * Who joins which room.
 *
 * @param publishers per room; each also receives the others
 * @param subscribers per room; they only receive
 * @param video what each publisher sends beside its audio; null: nothing
 */
record LoadPlan(int rooms, int publishers, int subscribers, VideoShape video) {

    /** Publishers of all rooms, then the others. */
    List<ClientOptions> clients() {
        List<ClientOptions> clients = new ArrayList<>();
        for (int i = 0; i < publishers; i++) {
            for (int room = 0; room < rooms; room++) {
                clients.add(ClientOptions.publisher(name(room), "publisher-" + room + "-" + i, video));
            }
        }
        for (int i = 0; i < subscribers; i++) {
            for (int room = 0; room < rooms; room++) {
                clients.add(ClientOptions.subscriber(name(room), "subscriber-" + room + "-" + i));
            }
        }
        return clients;
    }

    private static String name(int room) {
        return "load-" + room;
    }

    int tracksPerPublisher() {
        return video == null ? 1 : 2;
    }

    /** Tracks that a client must receive. */
    int tracksOf(ClientOptions client) {
        return (client.audio() ? publishers - 1 : publishers) * tracksPerPublisher();
    }
}
