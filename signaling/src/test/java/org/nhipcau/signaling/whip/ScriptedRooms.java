// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.signaling.whip;

import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import livekit.LivekitModels.DisconnectReason;
import livekit.LivekitModels.ParticipantInfo;
import livekit.LivekitModels.TrackSource;
import livekit.LivekitRtc.AddTrackRequest;
import livekit.LivekitRtc.JoinResponse;
import livekit.LivekitRtc.LeaveRequest;
import livekit.LivekitRtc.RequestResponse;
import livekit.LivekitRtc.SessionDescription;
import livekit.LivekitRtc.SignalRequest;
import livekit.LivekitRtc.SignalResponse;
import org.nhipcau.signaling.session.ClientSession;
import org.nhipcau.signaling.session.JoinAttempt;
import org.nhipcau.signaling.session.JoinRefusedException;
import org.nhipcau.signaling.session.SignalMessages;
import org.nhipcau.signaling.session.SignalSink;
import org.nhipcau.signaling.session.SignalingService;

/** Rooms that answer as a test tells them, and remember what reached them. */
final class ScriptedRooms implements SignalingService {
    static final String ANSWER = "v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nt=0 0\r\na=ice-lite\r\n"
            + "m=video 9 UDP/TLS/RTP/SAVPF 96\r\na=mid:0\r\na=ice-ufrag:srv%d\r\n"
            + "a=ice-pwd:serverPassword01234567890\r\na=candidate:1 1 udp 1 127.0.0.1 7882 typ host\r\na=recvonly\r\n";

    final BlockingQueue<Session> opened = new LinkedBlockingQueue<>();
    volatile JoinRefusedException refusal;
    /** Lets in, answers. */
    volatile Script script = Session::welcome;

    interface Script {
        void play(Session session);
    }

    /** One session of a client, as the room sees it. */
    static final class Session implements ClientSession {
        final JoinAttempt attempt;
        final SignalSink sink;
        final BlockingQueue<SignalRequest> said = new LinkedBlockingQueue<>();
        final BlockingQueue<Boolean> closed = new LinkedBlockingQueue<>();
        volatile boolean answers = true;
        volatile boolean broken;

        Session(JoinAttempt attempt, SignalSink sink) {
            this.attempt = attempt;
            this.sink = sink;
        }

        void welcome() {
            join("");
            answer(attempt.request().getPublisherOffer());
        }

        void join(String seat) {
            ParticipantInfo.Builder self = ParticipantInfo.newBuilder().setSid("PA_1");
            if (!seat.isEmpty()) {
                self.putAttributes("nhipcau.seat", seat);
            }
            sink.send(SignalResponse.newBuilder().setJoin(JoinResponse.newBuilder().setParticipant(self)).build());
        }

        void answer(SessionDescription offer) {
            sink.send(SignalMessages.answer(ANSWER.formatted(offer.getId()), offer.getId(), Map.of()));
        }

        void refuse(RequestResponse.Reason reason) {
            sink.send(SignalMessages.of(SignalMessages.answerTo(reason, "").setAddTrack(
                    AddTrackRequest.newBuilder().setSource(TrackSource.CAMERA))));
        }

        void dismiss(DisconnectReason reason, LeaveRequest.Action action) {
            sink.send(SignalMessages.leave(reason, action));
        }

        SignalRequest next() throws InterruptedException {
            return said.poll(10, TimeUnit.SECONDS);
        }

        boolean gone() throws InterruptedException {
            return closed.poll(10, TimeUnit.SECONDS) != null;
        }

        @Override
        public void onMessage(SignalRequest message) {
            if (broken) {
                throw new IllegalStateException("a bug");
            }
            said.add(message);
            if (message.hasOffer() && answers) {
                answer(message.getOffer());
            }
        }

        @Override
        public void onClosed() {
            closed.add(true);
        }
    }

    @Override
    public void check(JoinAttempt attempt) throws JoinRefusedException {
        if (refusal != null) {
            throw refusal;
        }
    }

    @Override
    public ClientSession open(JoinAttempt attempt, SignalSink sink) {
        Session session = new Session(attempt, sink);
        if (!attempt.request().getReconnect()) {
            script.play(session);
        }
        opened.add(session);
        return session;
    }

    Session session() throws InterruptedException {
        Session session = opened.poll(10, TimeUnit.SECONDS);
        if (session == null) {
            throw new AssertionError("no session was opened");
        }
        return session;
    }
}
