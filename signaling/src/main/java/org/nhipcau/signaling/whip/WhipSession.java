// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.signaling.whip;

import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import livekit.LivekitModels.DisconnectReason;
import livekit.LivekitRtc.JoinResponse;
import livekit.LivekitRtc.LeaveRequest;
import livekit.LivekitRtc.Ping;
import livekit.LivekitRtc.RequestResponse;
import livekit.LivekitRtc.SignalRequest;
import livekit.LivekitRtc.SignalResponse;
import org.nhipcau.signaling.sdp.IceFragment;
import org.nhipcau.signaling.session.ClientSession;
import org.nhipcau.signaling.session.JoinAttempt;
import org.nhipcau.signaling.session.PictureNotes;
import org.nhipcau.signaling.session.SignalSink;
import org.nhipcau.signaling.session.SignalingService;
import org.nhipcau.signaling.token.Grants;

/**
 * One device that publishes: speaks to the room in its place, as any client would, and remembers what HTTP asks about.
 *
 * <p>It is over when the room says so, when a track it publishes is taken from it, or when its client ends it; it never
 * goes on with less than it was given, for nobody at a device would see that. While the transport is away the room
 * keeps the seat; the session takes part in that as a client does, by resuming when it is asked to.
 *
 * <p>Thread: any, under its monitor, which is never held while the room is spoken to. Owns: its seat in the room.
 */
final class WhipSession {
    private static final String SEAT = PictureNotes.RESERVED + "seat";
    private static final String LOBBY = "lobby";
    /** The id of the offer that a join brings along. */
    static final int FIRST_ROUND = 1;

    private final SignalingService service;
    private final JoinAttempt attempt;
    private final byte[] tokenDigest;
    private final Runnable onOver;

    private Wire wire;
    private String participantSid = "";
    private Ice ice;
    /** What the room is asked to take on; null when nothing is under way. */
    private Ice next;
    private int round = FIRST_ROUND;
    private CompletableFuture<Round> pending;
    private boolean live;
    private boolean over;

    /** An ICE session: the client's offer of it, its credentials and the tag by which HTTP knows it. */
    record Ice(String offer, IceFragment credentials, String etag) {}

    /** How an offer ended: an answer, or why there is none. */
    record Round(String answer, WhipProblem problem) {}

    /**
     * @param tokenDigest of the token it was begun with, which speaks for it however long it lasts
     * @param ice whose offer the attempt brings along, with the id {@link #FIRST_ROUND}
     * @param onOver run once
     */
    WhipSession(SignalingService service, JoinAttempt attempt, byte[] tokenDigest, Ice ice, Runnable onOver) {
        this.service = service;
        this.attempt = attempt;
        this.tokenDigest = tokenDigest;
        this.ice = ice;
        this.onOver = onOver;
    }

    /** Whether it was begun with this token, which may have run out meanwhile. */
    boolean begunWith(byte[] digest) {
        return MessageDigest.isEqual(tokenDigest, digest);
    }

    /** Whether it is that of the same person in the same room. */
    boolean belongsTo(Grants grants) {
        return attempt.grants().video().room().equals(grants.video().room())
                && attempt.grants().identity().equals(grants.identity());
    }

    synchronized String etag() {
        return ice.etag();
    }

    synchronized boolean over() {
        return over;
    }

    /** Takes the seat; completes with the answer or a refusal. */
    CompletableFuture<Round> begin() {
        CompletableFuture<Round> first = new CompletableFuture<>();
        synchronized (this) {
            next = ice;
            pending = first;
        }
        connect(attempt);
        return first;
    }

    private void connect(JoinAttempt how) {
        Wire next = new Wire();
        synchronized (this) {
            if (over) {
                // It was ended meanwhile: nobody would end what began now.
                return;
            }
            wire = next;
        }
        next.attach(service.open(how, next));
    }

    /** Whether a fragment is about the ICE session there is, and so asks for nothing. */
    synchronized boolean goesOnWith(IceFragment fragment) {
        return !fragment.hasCredentials() || fragment.equals(ice.credentials());
    }

    /**
     * Restarts ICE; completes with the answer.
     *
     * @return null when another restart is under way
     */
    CompletableFuture<Round> restart(IceFragment credentials, String etag) {
        CompletableFuture<Round> asked = new CompletableFuture<>();
        SignalRequest request;
        synchronized (this) {
            if (over) {
                return CompletableFuture.completedFuture(new Round(null, WhipProblem.NOT_FOUND));
            }
            if (pending != null) {
                return null;
            }
            pending = asked;
            round++;
            next = new Ice(credentials.in(ice.offer()), credentials, etag);
            request = SignalRequest.newBuilder().setOffer(WhipJoin.offer(next.offer(), round)).build();
        }
        say(request);
        return asked;
    }

    /** Nobody waits for the answer any more. */
    synchronized void giveUp(CompletableFuture<Round> asked) {
        if (pending == asked) {
            pending = null;
        }
    }

    /** Tells the room that it is there: it has no socket whose silence would say otherwise. */
    void keepAlive() {
        if (!over()) {
            say(SignalRequest.newBuilder().setPingReq(Ping.newBuilder()).build());
        }
    }

    /** Ends it, for the client. */
    void end() {
        leave(WhipProblem.NOT_FOUND);
    }

    private void leave(WhipProblem problem) {
        if (finish(problem)) {
            say(SignalRequest.newBuilder().setLeave(LeaveRequest.newBuilder()
                    .setReason(DisconnectReason.CLIENT_INITIATED)).build());
            current().closed();
        }
    }

    private boolean finish(WhipProblem problem) {
        CompletableFuture<Round> waiting;
        synchronized (this) {
            if (over) {
                return false;
            }
            over = true;
            waiting = pending;
            pending = null;
        }
        onOver.run();
        if (waiting != null) {
            waiting.complete(new Round(null, problem));
        }
        return true;
    }

    private synchronized Wire current() {
        return wire;
    }

    private void say(SignalRequest message) {
        current().say(message);
    }

    private void on(Wire from, SignalResponse message) {
        if (from != current() || over()) {
            return;
        }
        switch (message.getMessageCase()) {
            case JOIN -> joined(message.getJoin());
            case ANSWER -> answered(message.getAnswer().getId(), message.getAnswer().getSdp());
            case REQUEST_RESPONSE -> refused(message.getRequestResponse());
            // A right is gone, or the node does not take the track.
            case TRACK_UNPUBLISHED -> leave(WhipProblem.SOURCE_NOT_ALLOWED);
            case LEAVE -> told(message.getLeave());
            default -> { }
        }
    }

    private void joined(JoinResponse join) {
        synchronized (this) {
            participantSid = join.getParticipant().getSid();
        }
        if (LOBBY.equals(join.getParticipant().getAttributesMap().get(SEAT))) {
            leave(WhipProblem.WAITING_IN_LOBBY);
        }
    }

    private void answered(int answeredRound, String sdp) {
        CompletableFuture<Round> waiting;
        synchronized (this) {
            if (answeredRound != round || pending == null) {
                return;
            }
            waiting = pending;
            pending = null;
            ice = next;
            live = true;
        }
        waiting.complete(new Round(sdp, null));
    }

    private void refused(RequestResponse response) {
        if (!response.hasAddTrack()) {
            return;
        }
        switch (response.getReason()) {
            case OK, QUEUED -> { }
            case NOT_ALLOWED -> leave(WhipProblem.SOURCE_NOT_ALLOWED);
            case UNSUPPORTED_TYPE -> leave(WhipProblem.NOT_ACCEPTABLE);
            default -> leave(WhipProblem.UNAVAILABLE);
        }
    }

    private void told(LeaveRequest leave) {
        if (leave.getAction() == LeaveRequest.Action.RESUME) {
            resume();
        } else {
            // Before the answer: something came between the check and the seat.
            finish(leave.getReason() == DisconnectReason.STATE_MISMATCH ? WhipProblem.NOT_ACCEPTABLE
                    : WhipProblem.UNAVAILABLE);
        }
    }

    private void lost(Wire from) {
        boolean goesOn;
        synchronized (this) {
            goesOn = from == wire && !over && live;
        }
        if (goesOn) {
            resume();
        } else if (from == current()) {
            finish(WhipProblem.UNAVAILABLE);
        }
    }

    private void resume() {
        SignalRequest again;
        String sid;
        synchronized (this) {
            sid = participantSid;
            again = pending == null ? null
                    : SignalRequest.newBuilder().setOffer(WhipJoin.offer(next.offer(), round)).build();
        }
        connect(WhipJoin.resumption(attempt, sid));
        if (again != null) {
            say(again);
        }
    }

    /** What stands in the place of a socket: one after the other, as a client opens them. */
    private final class Wire implements SignalSink {
        private final List<SignalRequest> early = new ArrayList<>();
        private ClientSession session;
        private boolean closed;

        synchronized void attach(ClientSession opened) {
            // Before whatever is said from now on.
            List.copyOf(early).forEach(opened::onMessage);
            early.clear();
            session = opened;
            if (closed) {
                opened.onClosed();
            }
        }

        synchronized void say(SignalRequest message) {
            if (session == null) {
                early.add(message);
            } else {
                session.onMessage(message);
            }
        }

        /** Tells the room, once, that there is nobody at this end. */
        synchronized void closed() {
            if (!closed && session != null) {
                session.onClosed();
            }
            closed = true;
        }

        @Override
        public void send(SignalResponse message) {
            on(this, message);
        }

        @Override
        public void close(int code, String reason) {
            closed();
            lost(this);
        }
    }
}
