// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.signaling.room;

import livekit.LivekitModels.DisconnectReason;
import livekit.LivekitRtc.LeaveRequest;
import org.nhipcau.signaling.session.ClientSession;
import org.nhipcau.signaling.session.JoinAttempt;
import org.nhipcau.signaling.session.JoinRefusedException;
import org.nhipcau.signaling.session.SignalSink;

/**
 * The way into a room by its name: refuses before the socket opens, makes the room when it is the first, and finds the
 * next of the name when one has just ended.
 *
 * <p>Thread: any; what happens in a room goes through its mailbox.
 */
final class Entrance {
    static final String BUSY = "server is busy and takes no new participants for now";

    private final RoomRegistry rooms;
    private final RoomServices services;
    private final JoinRules rules;

    Entrance(RoomRegistry rooms, RoomServices services, JoinRules rules) {
        this.rooms = rooms;
        this.services = services;
        this.rules = rules;
    }

    /** Refuses before the socket opens who may not come in, or not now. */
    void check(JoinAttempt attempt) throws JoinRefusedException {
        if (rooms.closed()) {
            throw new JoinRefusedException(503, "server is shutting down");
        }
        rules.checkToken(attempt);
        services.governance().check(attempt);
        if (attempt.request().getReconnect()) {
            return;
        }
        Room room = rooms.named(nameOf(attempt));
        RoomFace face = room == null ? null : room.face();
        String identity = attempt.grants().identity();
        checkLoad(face, identity);
        if (face == null) {
            rules.checkNewRoom(rooms.count(), services.governance().governs(nameOf(attempt)));
        } else if (face.occupancy() >= face.participantLimit() && !face.knows(identity)) {
            throw new JoinRefusedException(503, "participant limit exceeded");
        }
    }

    // Who is in, or fell out a moment ago, is no newcomer.
    private void checkLoad(RoomFace room, String identity) throws JoinRefusedException {
        boolean newcomer = room == null || !room.knows(identity) && !room.mayReturn(identity);
        if (newcomer && !services.media().accepting()) {
            throw new JoinRefusedException(503, BUSY);
        }
    }

    /** Lets somebody in; for the record first where there is one. */
    ClientSession open(JoinAttempt attempt, SignalSink sink) {
        RoomSession session = new RoomSession(sink);
        boolean joins = !attempt.request().getReconnect();
        if (joins && services.governance().governs(nameOf(attempt))) {
            // The record is written first, which takes a thread of its own.
            services.executor().execute(() -> begin(attempt, session));
        } else {
            begin(attempt, session);
        }
        return session;
    }

    private static String nameOf(JoinAttempt attempt) {
        return attempt.grants().video().room();
    }

    private void begin(JoinAttempt attempt, RoomSession session) {
        try {
            rules.checkToken(attempt);
            if (!attempt.request().getReconnect()) {
                session.arrival(services.governance().arrive(attempt));
            }
            enter(attempt, session, true);
        } catch (JoinRefusedException refused) {
            turnAway(session);
        } catch (RuntimeException bug) {
            // Nobody else hears of it on this thread: the client would wait for ever.
            GuardedRuling.fault(services.metrics(), "somebody could not be let in", bug);
            turnAway(session);
        }
    }

    private void enter(JoinAttempt attempt, RoomSession session, boolean first) throws JoinRefusedException {
        String name = nameOf(attempt);
        boolean resume = attempt.request().getReconnect();
        Room room = rooms.named(name);
        if (room == null && resume) {
            services.metrics().resumed(false);
            Admission.refuse(session, DisconnectReason.STATE_MISMATCH, LeaveRequest.Action.RECONNECT);
            return;
        }
        if (room == null) {
            rules.checkNewRoom(rooms.count(), services.governance().governs(nameOf(attempt)));
            room = rooms.openRoom(name, RoomSettings.of(services.config().rooms(), attempt.grants().roomConfigJson()));
            if (room == null && services.governance().governs(name)) {
                throw new JoinRefusedException(503, "consultation is not at hand");
            }
            if (room == null && rooms.closed()) {
                session.takeArrival().run();
                Admission.refuse(session, DisconnectReason.SERVER_SHUTDOWN, LeaveRequest.Action.RECONNECT);
                return;
            }
            if (room == null) {
                throw new JoinRefusedException(503, "room limit exceeded");
            }
        }
        Room target = room;
        session.room(target);
        boolean taken = target.mailbox().offer(() -> {
            target.open();
            if (target.ended() && first) {
                // It ended between look-up and now: a new one takes its name.
                enterAgain(attempt, session);
                return;
            } else if (target.ended()) {
                Admission.refuse(session, DisconnectReason.JOIN_FAILURE, LeaveRequest.Action.RECONNECT);
            } else if (resume) {
                target.admission().resume(attempt, session);
            } else {
                target.admission().join(attempt, session);
            }
            session.takeArrival().run();
        });
        if (!taken) {
            session.takeArrival().run();
            Admission.refuse(session, DisconnectReason.JOIN_FAILURE, LeaveRequest.Action.RECONNECT);
        }
    }

    private void enterAgain(JoinAttempt attempt, RoomSession session) {
        try {
            enter(attempt, session, false);
        } catch (JoinRefusedException refused) {
            turnAway(session);
        }
    }

    private static void turnAway(RoomSession session) {
        session.takeArrival().run();
        Admission.refuse(session, DisconnectReason.JOIN_FAILURE, LeaveRequest.Action.DISCONNECT);
    }
}
