// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.signaling.room;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Set;
import livekit.LivekitModels.DisconnectReason;
import livekit.LivekitModels.ParticipantInfo;
import livekit.LivekitModels.TrackInfo;
import livekit.LivekitModels.TrackSource;
import livekit.LivekitRtc.LeaveRequest;
import livekit.LivekitRtc.SignalResponse.MessageCase;
import livekit.LivekitRtc.SyncState;
import livekit.LivekitRtc.TrackPublishedResponse;
import livekit.LivekitRtc.UpdateSubscription;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.nhipcau.sfu.api.MediaCommand;
import org.nhipcau.sfu.api.MediaEvent.PeerFailure;
import org.nhipcau.sfu.api.MediaEvent.PeerState;

/** A socket lost in a call, and what becomes of it. */
class ResumeTest {
    private final CallFixture call = new CallFixture();

    @AfterEach
    void sound() {
        call.checkSound();
    }

    private FakeClient active(String identity, boolean single) {
        FakeClient client = single ? call.single(identity) : call.dual(identity);
        if (!single) {
            client.offer();
        }
        client.connected();
        return client;
    }

    @Test
    void mediaStaysUpWhileTheSocketIsReplaced() {
        FakeClient alice = active("alice", true);
        FakeClient bob = active("bob", true);
        FakeClient carol = active("carol", true);
        String mic = alice.publish(TrackSource.MICROPHONE, "m1");
        call.settle(alice, bob, carol);
        alice.dropSocket();
        carol.leave();
        call.clock.advance(10_000);
        assertTrue(bob.known.containsKey(alice.sid()));
        assertTrue(bob.receiving().consumers.containsKey(mic));
        assertTrue(alice.sending().producers.containsKey(mic));

        FakeClient back = alice.resume();
        assertEquals(0, back.position(MessageCase.RECONNECT));
        assertEquals("1.13.0", back.last(MessageCase.RECONNECT).getReconnect().getServerInfo().getVersion());
        List<ParticipantInfo> all = back.received.get(1).getUpdate().getParticipantsList();
        assertEquals(List.of("carol", "alice", "bob"), all.stream().map(ParticipantInfo::getIdentity).toList());
        assertEquals(ParticipantInfo.State.DISCONNECTED, all.getFirst().getState());
        assertEquals(MessageCase.ROOM_UPDATE, back.received.get(2).getMessageCase());
        assertTrue(back.token.startsWith("token-"));
        assertEquals(1, call.counts.resumed);
        assertEquals(1, call.media.sent(MediaCommand.RestartIce.class).size());
        assertEquals(back.offers, back.last(MessageCase.ANSWER).getAnswer().getId());
        assertTrue(back.sending().producers.containsKey(mic), "tracks live on");
        call.clock.advance(20_000);
        assertTrue(bob.known.containsKey(alice.sid()) || back.closed);
    }

    @Test
    void aReplacedSocketHasNoSay() {
        FakeClient alice = active("alice", true);
        FakeClient back = alice.resume();
        assertTrue(alice.closed);
        alice.leave();
        assertFalse(back.closed);
        assertEquals(1, call.registry.rooms().getFirst().getNumParticipants());
    }

    @Test
    void aDualClientGetsAnIceRestartOffer() {
        FakeClient alice = active("alice", true);
        FakeClient bob = active("bob", false);
        alice.publish(TrackSource.CAMERA, "c1");
        call.settle(alice, bob);
        bob.state(bob.sid() + ".v", PeerState.CONNECTED, PeerFailure.NONE);
        int offers = bob.of(MessageCase.OFFER).size();
        bob.dropSocket();
        FakeClient back = bob.resume();
        call.settle(alice, back);
        assertEquals(1, back.of(MessageCase.OFFER).size());
        assertTrue(back.of(MessageCase.MEDIA_SECTIONS_REQUIREMENT).isEmpty());
        assertEquals(offers + 1, back.last(MessageCase.OFFER).getOffer().getId());
        assertEquals(1, call.media.sent(MediaCommand.RestartIce.class).size());
        assertEquals(1, back.receiving().consumers.size());
    }

    @Test
    void anUnansweredOfferIsMadeAnewOnTheNewSocket() {
        FakeClient alice = active("alice", true);
        FakeClient bob = active("bob", false);
        alice.publish(TrackSource.CAMERA, "c1");
        call.settle(alice, bob);
        bob.state(bob.sid() + ".v", PeerState.CONNECTED, PeerFailure.NONE);
        bob.cooperative = false;
        alice.publish(TrackSource.MICROPHONE, "m1");
        call.clock.advance(100);
        int unanswered = bob.last(MessageCase.OFFER).getOffer().getId();
        bob.dropSocket();
        call.clock.advance(20_000);
        FakeClient back = bob.resume();
        call.settle(alice, back);
        assertEquals(List.of(unanswered + 1), back.of(MessageCase.OFFER).stream()
                .map(each -> each.getOffer().getId()).toList());
        assertEquals(2, back.receiving().consumers.size());
    }

    @Test
    void theAnswerToAnOfferOfTheOldSocketIsNotSentOnTheNewOne() {
        FakeClient alice = active("alice", true);
        call.media.hold();
        alice.offer();
        alice.dropSocket();
        FakeClient back = alice.resume();
        call.media.release();
        assertEquals(List.of(back.offers), back.of(MessageCase.ANSWER).stream()
                .map(each -> each.getAnswer().getId()).toList());
    }

    @Test
    void whoDoesNotComeBackIsRemoved() {
        FakeClient alice = active("alice", true);
        FakeClient bob = active("bob", true);
        alice.dropSocket();
        bob.send(request -> request.setPing(1));
        call.clock.advance(14_000);
        bob.send(request -> request.setPing(1));
        call.clock.advance(14_000);
        bob.send(request -> request.setPing(1));
        assertTrue(bob.known.containsKey(alice.sid()));
        call.clock.advance(3_000);
        assertFalse(bob.known.containsKey(alice.sid()));
        FakeClient late = alice.resume();
        assertEquals(DisconnectReason.STATE_MISMATCH, late.received.getFirst().getLeave().getReason());
        assertEquals(LeaveRequest.Action.RECONNECT, late.received.getFirst().getLeave().getAction());
        assertTrue(late.received.getFirst().getLeave().getCanReconnect());
        assertTrue(late.closed);
        assertEquals(1, call.counts.notResumed);
    }

    @Test
    void aSocketLostBeforeMediaWasUpEndsTheParticipant() {
        FakeClient alice = call.single("alice");
        alice.dropSocket();
        assertEquals(0, call.registry.rooms().getFirst().getNumParticipants());
        assertTrue(call.events().contains("participant_connection_aborted"));
    }

    @Test
    void anUnknownRoomOrAWrongSidIsToldToReconnect() {
        FakeClient alice = active("alice", true);
        alice.leave();
        call.clock.advance(60_000);
        assertTrue(call.registry.rooms().isEmpty());
        FakeClient back = alice.resume();
        assertEquals(DisconnectReason.STATE_MISMATCH, back.received.getFirst().getLeave().getReason());
        assertTrue(call.registry.rooms().isEmpty(), "a resume makes no room");
    }

    @Test
    void syncStateOfUnknownTracksMeansStartingAnew() {
        FakeClient alice = active("alice", true);
        String mic = alice.publish(TrackSource.MICROPHONE, "m1");
        alice.dropSocket();
        FakeClient back = alice.resume();
        back.send(request -> request.setSyncState(SyncState.newBuilder().addPublishTracks(
                TrackPublishedResponse.newBuilder().setTrack(TrackInfo.newBuilder().setSid(mic)))));
        assertFalse(back.closed);
        back.send(request -> request.setSyncState(SyncState.newBuilder().addPublishTracks(
                TrackPublishedResponse.newBuilder().setTrack(TrackInfo.newBuilder().setSid("TR_AMunknown")))));
        assertEquals(LeaveRequest.Action.RECONNECT, back.last(MessageCase.LEAVE).getLeave().getAction());
    }

    @Test
    void syncStateBringsSubscriptionsAndDisabledTracksBack() {
        FakeClient alice = active("alice", true);
        FakeClient bob = active("bob", true);
        String camera = alice.publish(TrackSource.CAMERA, "c1");
        String mic = alice.publish(TrackSource.MICROPHONE, "m1");
        call.settle(alice, bob);
        bob.dropSocket();
        FakeClient back = bob.resume();
        back.send(request -> request.setSyncState(SyncState.newBuilder().addTrackSidsDisabled(camera)
                .setSubscription(UpdateSubscription.newBuilder().addTrackSids(mic).setSubscribe(false))));
        assertEquals(Set.of(camera), back.receiving().consumers.keySet());
        assertTrue(back.receiving().consumers.get(camera).settings().paused());
    }

    @Test
    void aTransportDownForTenSecondsMakesTheClientResume() {
        FakeClient alice = active("alice", true);
        alice.state(alice.peerId(), PeerState.DISCONNECTED, PeerFailure.NONE);
        call.clock.advance(9_000);
        assertFalse(alice.closed);
        call.clock.advance(1_500);
        assertEquals(LeaveRequest.Action.RESUME, alice.last(MessageCase.LEAVE).getLeave().getAction());
        assertFalse(alice.closed, "the request and the end together would cost it its session");
        FakeClient back = alice.resume();
        assertTrue(back.received.getFirst().hasReconnect());
        assertTrue(alice.closed);
        call.clock.advance(2_000);
        assertFalse(back.closed, "only the socket that was told to go is closed");
    }

    @Test
    void aClientThatDoesNotObeyLosesItsSocketAndKeepsItsSeat() {
        FakeClient alice = active("alice", true);
        FakeClient bob = active("bob", true);
        alice.state(alice.peerId(), PeerState.DISCONNECTED, PeerFailure.NONE);
        call.clock.advance(10_500);
        assertFalse(alice.closed);
        call.clock.advance(1_000);
        assertTrue(alice.closed);
        assertTrue(bob.known.containsKey(alice.sid()));
        assertTrue(alice.resume().received.getFirst().hasReconnect());
    }

    @Test
    void aTransportThatComesBackInTimeChangesNothing() {
        FakeClient alice = active("alice", true);
        alice.state(alice.peerId(), PeerState.DISCONNECTED, PeerFailure.NONE);
        call.clock.advance(5_000);
        alice.send(request -> request.setPing(1));
        alice.state(alice.peerId(), PeerState.CONNECTED, PeerFailure.NONE);
        call.clock.advance(9_000);
        assertFalse(alice.closed);
    }

    @Test
    void aTransportThatFailedForGoodMakesTheClientStartAnew() {
        FakeClient alice = active("alice", true);
        FakeClient bob = active("bob", true);
        alice.state(alice.peerId(), PeerState.FAILED, PeerFailure.CONSENT_EXPIRED);
        assertEquals(LeaveRequest.Action.RECONNECT, alice.last(MessageCase.LEAVE).getLeave().getAction());
        assertTrue(alice.closed);
        assertTrue(bob.known.containsKey(alice.sid()), "the seat is held");
        FakeClient again = call.single("alice");
        assertFalse(bob.known.containsKey(alice.sid()), "nobody sits there twice");
        assertTrue(bob.known.containsKey(again.sid()));
    }

    @Test
    void aSilentSocketIsTakenForLost() {
        FakeClient alice = active("alice", true);
        call.clock.advance(14_000);
        alice.send(request -> request.setPing(1));
        call.clock.advance(14_000);
        assertFalse(alice.closed);
        call.clock.advance(8_000);
        assertTrue(alice.closed);
        assertTrue(alice.resume().received.getFirst().hasReconnect());
    }
}
