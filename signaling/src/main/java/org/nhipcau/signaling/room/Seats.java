// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.signaling.room;

import livekit.LivekitModels.DisconnectReason;
import livekit.LivekitRtc.LeaveRequest;
import org.nhipcau.signaling.session.SignalMessages;

/**
 * Keeps the seats of those who have lost their socket or their media: for how long, and what others see meanwhile.
 *
 * <p>A seat is held from the moment the socket is gone. While the media node still keeps the transport, the client takes
 * its session up again and everything goes on; once the node has given the transport up, its tracks end, the seat stays,
 * and the client joins anew into it. Either way nobody sits there twice. Others learn that somebody is away by a lost
 * connection quality, after a moment in which a socket may be replaced unnoticed.
 *
 * <p>Thread: the room's.
 */
final class Seats {
    /** By taste: clients replace a socket within a second or two when the network is there. */
    static final long UNNOTICED_MS = 2_500;
    /** By taste: a client that is told to resume leaves its socket within milliseconds. */
    static final long OBEYS_MS = 1_000;
    private static final int NORMAL_CLOSURE = 1000;
    private static final int GOING_AWAY = 1001;

    private final Room room;

    Seats(Room room) {
        this.room = room;
    }

    /** The socket is gone: keeps a participant whose media was up, for it to come back; drops any other. */
    void socketLost(Participant participant) {
        participant.session(null);
        if (!participant.active()) {
            room.remove(participant, DisconnectReason.SIGNAL_CLOSE);
            return;
        }
        if (participant.offering() != null) {
            participant.offering().socketLost();
        }
        hold(participant, UNNOTICED_MS);
    }

    /**
     * Makes the client resume. It leaves its socket by itself; one that does not is taken for gone. To close at once
     * would cost native clients their session: those that read the request and the end together join anew.
     */
    void askToResume(Participant participant) {
        RoomSession asked = participant.session();
        if (asked == null) {
            return;
        }
        participant.send(SignalMessages.leave(DisconnectReason.MEDIA_FAILURE, LeaveRequest.Action.RESUME));
        room.timers().after(OBEYS_MS, () -> {
            if (participant.session() == asked) {
                asked.sink().close(NORMAL_CLOSURE, "");
                socketLost(participant);
            }
        });
    }

    /** An offer was not answered in time: where nothing else came either, it is the socket that is gone. */
    void unanswered(Participant participant, long sinceMs) {
        if (participant.session() == null || participant.lastHeardMs > sinceMs) {
            room.negotiationFailed(participant);
        } else {
            participant.session().sink().close(GOING_AWAY, "no answer");
            socketLost(participant);
        }
    }

    /** The media node has given the transport up: the seat stays, for the client to join anew into it. */
    void transportLost(Participant participant) {
        if (participant.gone() || participant.transportLost) {
            return;
        }
        if (participant.session() != null) {
            participant.send(SignalMessages.leave(DisconnectReason.MEDIA_FAILURE, LeaveRequest.Action.RECONNECT));
            participant.session().sink().close(NORMAL_CLOSURE, "");
            participant.session(null);
        }
        participant.transportLost = true;
        participant.disconnectedTimer = RoomTimers.cancel(participant.disconnectedTimer);
        room.publishing().endAll(participant);
        room.subscribing().endAll(participant);
        participant.answering().close();
        if (participant.offering() != null) {
            participant.offering().close();
        }
        room.announcer().participantChanged(participant, false);
        hold(participant, 0);
    }

    private void hold(Participant participant, long unnoticedMs) {
        if (participant.holdTimer == null) {
            participant.holdTimer = room.timers().after(room.settings().seatHoldS() * 1000L,
                    () -> room.remove(participant, DisconnectReason.SIGNAL_CLOSE));
        }
        participant.awayTimer = RoomTimers.cancel(participant.awayTimer);
        if (!participant.away) {
            participant.awayTimer = room.timers().after(unnoticedMs, () -> {
                participant.awayTimer = null;
                participant.away = true;
                room.quality().changed(participant);
            });
        }
    }

    /** The participant has a socket again. */
    void returned(Participant participant) {
        boolean noticed = participant.away;
        forget(participant);
        participant.away = false;
        if (noticed) {
            room.quality().changed(participant);
        }
    }

    void forget(Participant participant) {
        participant.holdTimer = RoomTimers.cancel(participant.holdTimer);
        participant.awayTimer = RoomTimers.cancel(participant.awayTimer);
    }
}
