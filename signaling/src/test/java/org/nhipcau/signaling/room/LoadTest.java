// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.signaling.room;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import livekit.LivekitModels.DisconnectReason;
import livekit.LivekitModels.TrackSource;
import livekit.LivekitRoom.CreateRoomRequest;
import livekit.LivekitRtc.LeaveRequest;
import livekit.LivekitRtc.SignalResponse.MessageCase;
import livekit.LivekitRtc.StreamState;
import livekit.LivekitRtc.StreamStateInfo;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.nhipcau.sfu.api.Importance;
import org.nhipcau.sfu.api.MediaCommand;
import org.nhipcau.sfu.api.MediaEvent;
import org.nhipcau.sfu.api.MediaEvent.PeerFailure;
import org.nhipcau.sfu.api.MediaEvent.PeerState;
import org.nhipcau.sfu.api.MediaReply;
import org.nhipcau.signaling.api.ServiceException;
import org.nhipcau.signaling.session.JoinAttempt;
import org.nhipcau.signaling.token.Grants;

/** A busy media node: newcomers are turned away with a reason, those who are there notice nothing. */
class LoadTest {
    private final CallFixture call = new CallFixture();

    @AfterEach
    void sound() {
        call.checkSound();
    }

    private static JoinAttempt attempt(String identity) {
        return new JoinAttempt(CallFixture.grants(identity, CallFixture.join()), CallFixture.request().build(), true);
    }

    @Test
    void newcomersAreRefusedBeforeTheSocketOpens() {
        assertEquals(0, call.statusOf(attempt("alice")));
        call.media.accepting = false;
        assertEquals(503, call.statusOf(attempt("alice")), "a new room");
        assertTrue(call.registry.rooms().isEmpty());
        ServiceException refused = assertThrows(ServiceException.class, () -> call.registry.createRoom(
                CreateRoomRequest.newBuilder().setName("other").build()));
        assertEquals(ServiceException.Code.UNAVAILABLE, refused.code());
    }

    @Test
    void aRunningCallGoesOnAndItsPeopleComeBack() {
        FakeClient alice = call.single("alice");
        alice.connected();
        FakeClient bob = call.dual("bob");
        bob.connected();
        call.media.accepting = false;
        call.media.refuse(MediaReply.Reason.CAPACITY,
                command -> command instanceof MediaCommand.OpenPeer open && !open.returning());
        assertEquals(503, call.statusOf(attempt("carol")));

        String mic = alice.publish(TrackSource.MICROPHONE, "mic");
        call.settle(alice, bob);
        assertTrue(bob.receiving().consumers.containsKey(mic), "the second transport of one who is there");
        assertFalse(alice.resume().closed, "a resume");
        assertEquals(0, call.statusOf(attempt("alice")), "the same person anew");
        FakeClient again = call.single("alice");
        assertFalse(again.closed);
        assertTrue(call.media.sent(MediaCommand.OpenPeer.class).getLast().returning());
        assertFalse(bob.closed);
    }

    @Test
    void whoFellOutOfTheCallComesBackForAMinuteAfterItsSeatIsGivenUp() {
        FakeClient alice = call.single("alice");
        alice.connected();
        FakeClient bob = call.single("bob");
        bob.connected();
        FakeClient carol = call.single("carol");
        carol.connected();
        call.media.accepting = false;
        carol.leave();
        assertEquals(503, call.statusOf(attempt("carol")), "who left of their own will is a newcomer");
        alice.state(alice.peerId(), PeerState.FAILED, PeerFailure.CONSENT_EXPIRED);
        assertTrue(alice.closed);
        assertEquals(0, call.statusOf(attempt("alice")));
        for (int i = 0; i < 18; i++) {
            call.clock.advance(4_900);
            bob.send(request -> request.setPing(1));
        }
        assertEquals(0, call.statusOf(attempt("alice")), "30 s and 58.2 s");
        call.clock.advance(2_000);
        assertEquals(503, call.statusOf(attempt("alice")), "30 s and 60.2 s");
        assertEquals(0, call.statusOf(attempt("bob")));
    }

    @Test
    void aRefusalOfTheNodeItselfSendsTheNewcomerAwayForGood() {
        FakeClient alice = call.single("alice");
        alice.connected();
        call.media.refuse(MediaReply.Reason.CAPACITY, command -> command instanceof MediaCommand.OpenPeer);
        FakeClient bob = call.single("bob");
        LeaveRequest leave = bob.received.getFirst().getLeave();
        assertEquals(MessageCase.LEAVE, bob.received.getFirst().getMessageCase());
        assertEquals(DisconnectReason.JOIN_FAILURE, leave.getReason());
        assertEquals(LeaveRequest.Action.DISCONNECT, leave.getAction());
        assertTrue(bob.closed);
        assertFalse(alice.closed);
        assertEquals(List.of(), alice.known.values().stream().filter(info -> info.getIdentity().equals("bob"))
                .toList(), "nobody learnt of it");
    }

    @Test
    void whoMaySteerTheRoomIsTheNodesController() {
        Grants.Video j = CallFixture.join();
        Grants.Video admin = new Grants.Video(false, false, false, true, true, j.room(), null, null, null, List.of(),
                null, false, false, false, false, "");
        FakeClient chair = call.connect("chair", admin, CallFixture.request(), true);
        FakeClient guest = call.single("guest");
        String chairs = chair.publish(TrackSource.MICROPHONE, "mic");
        String guests = guest.publish(TrackSource.MICROPHONE, "mic");
        assertEquals(Importance.CONTROLLER, chair.sending().producers.get(chairs).importance());
        assertEquals(Importance.ORDINARY, guest.sending().producers.get(guests).importance());
    }

    @Test
    void viewersAreToldOfSoundThatIsGivenUp() {
        FakeClient alice = call.single("alice");
        FakeClient bob = call.single("bob");
        String mic = alice.publish(TrackSource.MICROPHONE, "mic");
        call.settle(alice, bob);
        assertTrue(bob.receiving().consumers.containsKey(mic));
        call.media.emit(new MediaEvent.ConsumerPaused(bob.roomId(), bob.peerId(), mic, true));
        assertEquals(StreamState.PAUSED, lastState(bob, mic));
        call.media.emit(new MediaEvent.ConsumerPaused(bob.roomId(), bob.peerId(), mic, false));
        assertEquals(StreamState.ACTIVE, lastState(bob, mic));
    }

    private static StreamState lastState(FakeClient client, String sid) {
        StreamStateInfo last = client.of(MessageCase.STREAM_STATE_UPDATE).getLast().getStreamStateUpdate()
                .getStreamStatesList().getLast();
        assertEquals(sid, last.getTrackSid());
        return last.getState();
    }
}
