// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.sfu;

import java.util.concurrent.CompletableFuture;
import org.nhipcau.sfu.api.MediaCommand;
import org.nhipcau.sfu.api.MediaReply;
import org.nhipcau.sfu.route.RemotePeer;

/** A worker as rooms see it: where a part of a room can live. Thread: any. */
interface RoomHost {
    /** Transports that the worker has, of all rooms. */
    int peers();

    /** Rooms that the worker has, or parts of them. */
    int rooms();

    /** The worker is not too busy for newcomers. */
    boolean takesNewcomers();

    /** Offers a command; carried out in the order of offering. */
    CompletableFuture<MediaReply> submit(MediaCommand command);

    /** Makes the pipes between this worker and another, unless they are there. @return false when that failed */
    boolean connect(RoomHost other);

    /** Tells what a peer of another worker sends to a room of which this worker has a part. */
    CompletableFuture<MediaReply> mirror(String roomId, RemotePeer peer, RoomHost peersWorker);
}
