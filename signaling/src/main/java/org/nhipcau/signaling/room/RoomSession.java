// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.signaling.room;

import livekit.LivekitRtc.SignalRequest;
import org.nhipcau.signaling.session.ClientSession;
import org.nhipcau.signaling.session.SignalSink;

/**
 * One socket's way into its room. What a client says counts only while this is the current session of its participant:
 * an old socket that was replaced by a resume has no say.
 *
 * <p>Thread: {@link #onMessage} and {@link #onClosed} the socket's; the participant belongs to the room.
 */
final class RoomSession implements ClientSession {
    /** RFC 6455 registry: try again later. */
    private static final int TRY_AGAIN_LATER = 1013;

    private final SignalSink sink;
    private volatile Room room;
    private Participant participant;
    private Runnable arrival = () -> { };
    private volatile boolean closed;

    RoomSession(SignalSink sink) {
        this.sink = sink;
    }

    SignalSink sink() {
        return sink;
    }

    Room room() {
        return room;
    }

    void room(Room next) {
        room = next;
    }

    Participant participant() {
        return participant;
    }

    void participant(Participant next) {
        participant = next;
    }

    /** Keeps what is to be run when the connection is gone. */
    void arrival(Runnable gone) {
        arrival = gone;
    }

    /** Gives it to a participant. */
    Runnable takeArrival() {
        Runnable taken = arrival;
        arrival = () -> { };
        return taken;
    }

    /** Whether the socket went before there was a room to tell. */
    boolean closed() {
        return closed;
    }

    @Override
    public void onMessage(SignalRequest message) {
        Room target = room;
        if (target != null && !target.mailbox().offer(() -> target.onMessage(this, message))) {
            sink.close(TRY_AGAIN_LATER, "busy");
        }
    }

    @Override
    public void onClosed() {
        closed = true;
        Room target = room;
        if (target != null) {
            target.mailbox().put(() -> target.onClosed(this));
        }
    }
}
