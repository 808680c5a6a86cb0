// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.signaling.room;

import livekit.LivekitModels.DisconnectReason;
import org.nhipcau.sfu.api.MediaEvent.PeerFailure;
import org.nhipcau.sfu.api.MediaEvent.ProducerState;
import org.nhipcau.sfu.api.MediaKind;
import org.nhipcau.sfu.api.MediaReply;
import org.nhipcau.signaling.data.DataMetrics;

/**
 * Is told what happens in rooms, to count and time it. Nothing here names a room or a person.
 *
 * <p>Thread: any room's; must not block.
 */
public interface RoomMetrics extends DataMetrics {
    /** Counts nothing. */
    RoomMetrics NONE = new RoomMetrics() {};

    default void roomOpened() {}

    default void roomClosed() {}

    /** A participant was admitted; from socket to join response. */
    default void joined(long durationMs) {}

    /** A participant's media came up; from socket to connected transport. */
    default void active(long durationMs) {}

    default void left(DisconnectReason reason) {}

    /** A session came back on a new socket, or was told to join anew. */
    default void resumed(boolean accepted) {}

    default void trackPublished(MediaKind kind) {}

    default void trackUnpublished(MediaKind kind) {}

    /** A session description that could not be used, or an offer nobody answered. */
    default void negotiationFailed() {}

    default void mediaRefused(MediaReply.Reason reason) {}

    default void peerFailed(PeerFailure failure) {}

    /** The first packet of a subscribed track went out, so long after both ends were ready. */
    default void firstMedia(MediaKind kind, long elapsedMs) {}

    default void producerState(ProducerState state) {}

    /** A client's message, an API call or a figure was turned away because the room's mailbox was full. */
    default void mailboxFull() {}

    /** A client was told that a request may not be served. */
    default void requestRefused() {}

    /** A bug was caught; the room lives on. */
    default void fault() {}
}
