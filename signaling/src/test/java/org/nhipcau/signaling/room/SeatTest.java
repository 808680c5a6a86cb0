// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.signaling.room;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Map;
import livekit.LivekitModels.ConnectionQuality;
import livekit.LivekitModels.ParticipantInfo;
import livekit.LivekitModels.TrackSource;
import livekit.LivekitRoom.CreateRoomRequest;
import livekit.LivekitRtc.ConnectionQualityInfo;
import livekit.LivekitRtc.LeaveRequest;
import livekit.LivekitRtc.SignalResponse.MessageCase;
import livekit.LivekitRtc.SpeakersChanged;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.nhipcau.sfu.api.MediaCommand;
import org.nhipcau.sfu.api.MediaEvent;
import org.nhipcau.sfu.api.MediaEvent.PeerFailure;
import org.nhipcau.sfu.api.MediaEvent.PeerState;
import org.nhipcau.sfu.api.PathHistory;
import org.nhipcau.signaling.api.ServiceException;
import org.nhipcau.signaling.session.JoinAttempt;
import org.nhipcau.signaling.token.Grants;

/** Seats of those who lost their connection: how long they are kept, what others see, how one sits down again. */
class SeatTest {
    private final CallFixture call = new CallFixture();

    @AfterEach
    void sound() {
        call.checkSound();
    }

    private FakeClient active(String identity) {
        FakeClient client = call.single(identity);
        client.connected();
        return client;
    }

    private static JoinAttempt attempt(String identity, String roomConfig) {
        Grants grants = new Grants("key", identity, identity, "", Map.of(), "", 0, 9_999_999_999L, roomConfig, "", "",
                CallFixture.join());
        return new JoinAttempt(grants, CallFixture.request().build(), true);
    }

    /** Lets time pass for those who are there: they ping. */
    private void pass(long ms, FakeClient... there) {
        for (long left = ms; left > 0; left -= 5_000) {
            for (FakeClient client : there) {
                client.send(request -> request.setPing(1));
            }
            call.clock.advance(Math.min(left, 5_000));
        }
    }

    private static List<ConnectionQuality> marksOf(FakeClient viewer, String sid) {
        return viewer.of(MessageCase.CONNECTION_QUALITY).stream()
                .flatMap(message -> message.getConnectionQuality().getUpdatesList().stream())
                .filter(info -> info.getParticipantSid().equals(sid)).map(ConnectionQualityInfo::getQuality).toList();
    }

    private long namesakes(FakeClient viewer, String identity) {
        return viewer.known.values().stream().filter(info -> info.getIdentity().equals(identity)).count();
    }

    @Test
    void aPlainRoomHoldsASeatForHalfAMinute() {
        FakeClient alice = active("alice");
        FakeClient bob = active("bob");
        alice.dropSocket();
        pass(29_000, bob);
        assertTrue(bob.known.containsKey(alice.sid()));
        pass(2_000, bob);
        assertFalse(bob.known.containsKey(alice.sid()));
    }

    @Test
    void aConsultationHoldsASeatForFiveMinutes() {
        FakeClient alice = call.connect(attempt("alice", Grants.CONSULTATION_ROOM));
        alice.connected();
        FakeClient bob = active("bob");
        alice.dropSocket();
        pass(299_000, bob);
        assertTrue(bob.known.containsKey(alice.sid()));
        assertTrue(alice.resume().received.getFirst().hasReconnect());
        assertEquals(1, call.counts.resumed);
    }

    @Test
    void theServerApiMayMakeAConsultationOrSetTheTime() {
        call.registry.createRoom(CreateRoomRequest.newBuilder().setName(CallFixture.ROOM)
                .putTags("room-type", "consultation").putTags("seat-hold-s", "45").putTags("ward", "7").build());
        FakeClient alice = active("alice");
        FakeClient bob = active("bob");
        alice.dropSocket();
        pass(44_000, bob);
        assertTrue(bob.known.containsKey(alice.sid()));
        pass(2_000, bob);
        assertFalse(bob.known.containsKey(alice.sid()));
    }

    @Test
    void tagsOfOursWithWrongValuesAreRefused() {
        for (Map<String, String> tags : List.of(Map.of("room-type", "consultaton"), Map.of("seat-hold-s", "0"),
                Map.of("seat-hold-s", "3601"), Map.of("seat-hold-s", "-1"), Map.of("seat-hold-s", "5m"))) {
            CreateRoomRequest request = CreateRoomRequest.newBuilder().setName("x").putAllTags(tags).build();
            ServiceException refused = assertThrows(ServiceException.class, () -> call.registry.createRoom(request));
            assertEquals(ServiceException.Code.INVALID_ARGUMENT, refused.code());
            assertTrue(refused.getMessage().contains("allowed"), refused.getMessage());
        }
        assertEquals(400, call.statusOf(attempt("alice", "{\"tags\":{\"seat-hold-s\":\"soon\"}}")));
        assertEquals(0, call.statusOf(attempt("alice", "{\"tags\":{\"seat-hold-s\":\"3600\"}}")));
    }

    @Test
    void othersSeeThatSomebodyIsAwayAndBack() {
        FakeClient alice = active("alice");
        FakeClient bob = active("bob");
        call.settle(alice, bob);
        alice.dropSocket();
        call.clock.advance(Seats.UNNOTICED_MS - 100);
        assertEquals(List.of(), marksOf(bob, alice.sid()), "a socket may be replaced unnoticed");
        call.clock.advance(200);
        assertEquals(List.of(ConnectionQuality.LOST), marksOf(bob, alice.sid()));
        FakeClient back = alice.resume();
        assertEquals(List.of(ConnectionQuality.LOST, ConnectionQuality.EXCELLENT), marksOf(bob, alice.sid()));
        assertFalse(marksOf(back, alice.sid()).contains(ConnectionQuality.LOST), "her own client must not give up");
        assertTrue(bob.known.containsKey(alice.sid()));
    }

    @Test
    void aDeadTransportIsToldAtOnce() {
        FakeClient alice = active("alice");
        FakeClient bob = active("bob");
        alice.state(alice.peerId(), PeerState.DISCONNECTED, PeerFailure.NONE);
        assertEquals(List.of(ConnectionQuality.LOST), marksOf(bob, alice.sid()));
        alice.state(alice.peerId(), PeerState.CONNECTED, PeerFailure.NONE);
        assertEquals(List.of(ConnectionQuality.LOST, ConnectionQuality.EXCELLENT), marksOf(bob, alice.sid()));
    }

    @Test
    void aSeatOutlivesItsTransport() {
        FakeClient alice = call.connect(attempt("alice", Grants.CONSULTATION_ROOM));
        alice.connected();
        FakeClient bob = active("bob");
        String mic = alice.publish(TrackSource.MICROPHONE, "m1");
        String bobsMic = bob.publish(TrackSource.MICROPHONE, "m2");
        call.settle(alice, bob);
        assertTrue(bob.receiving().consumers.containsKey(mic));
        assertTrue(alice.receiving().consumers.containsKey(bobsMic));
        alice.dropSocket();
        pass(120_000, bob);
        alice.state(alice.peerId(), PeerState.FAILED, PeerFailure.CONSENT_EXPIRED);
        call.settle(bob);
        assertEquals(0, bob.known.get(alice.sid()).getTracksCount(), "what can never come back has ended");
        assertFalse(bob.receiving().consumers.containsKey(mic));
        assertEquals(1, call.media.rooms.values().iterator().next().size(), "the node keeps nothing of her");
        // Life goes on around the empty seat.
        bob.publish(TrackSource.CAMERA, "c2");
        call.settle(bob);
        pass(60_000, bob);
        assertTrue(bob.known.containsKey(alice.sid()));

        FakeClient refused = alice.resume();
        assertEquals(LeaveRequest.Action.RECONNECT, refused.received.getFirst().getLeave().getAction());
        FakeClient again = call.connect(attempt("alice", Grants.CONSULTATION_ROOM));
        again.connected();
        call.settle(again, bob);
        assertEquals(1, namesakes(bob, "alice"), "nobody sits there twice");
        assertTrue(bob.known.containsKey(again.sid()));
        assertTrue(again.receiving().consumers.containsKey(bobsMic));
        pass(400_000, again, bob);
        assertFalse(again.closed, "the time of the old seat is over and does no harm");
    }

    @Test
    void aSeatIsGivenUpWhenNobodyComesBack() {
        FakeClient alice = active("alice");
        FakeClient bob = active("bob");
        alice.state(alice.peerId(), PeerState.FAILED, PeerFailure.CONSENT_EXPIRED);
        assertEquals(LeaveRequest.Action.RECONNECT, alice.last(MessageCase.LEAVE).getLeave().getAction());
        pass(31_000, bob);
        assertFalse(bob.known.containsKey(alice.sid()));
        bob.leave();
        call.checkNothingLeft();
    }

    @Test
    void whoClosesItsTransportIsNotWaitedFor() {
        FakeClient alice = active("alice");
        FakeClient bob = active("bob");
        alice.state(alice.peerId(), PeerState.CLOSED, PeerFailure.REMOTE_CLOSED);
        pass(2_000, bob);
        assertFalse(bob.known.containsKey(alice.sid()));
    }

    @Test
    void anOfferThatASilentSocketLeavesUnansweredCostsNoSeat() {
        FakeClient alice = active("alice");
        FakeClient bob = call.dual("bob");
        bob.offer();
        bob.connected();
        call.settle(alice, bob);
        bob.cooperative = false;
        alice.publish(TrackSource.MICROPHONE, "m1");
        pass(16_000, alice);
        assertTrue(alice.known.containsKey(bob.sid()));
        assertTrue(bob.closed);
        FakeClient back = bob.resume();
        call.settle(alice, back);
        assertTrue(back.received.getFirst().hasReconnect());
        assertEquals(1, back.receiving().consumers.size());
    }

    @Test
    void aResumedClientHearsAgainWhatItMayHaveMissed() {
        FakeClient alice = active("alice");
        FakeClient bob = active("bob");
        String mic = alice.publish(TrackSource.MICROPHONE, "m1");
        bob.publish(TrackSource.MICROPHONE, "m2");
        call.settle(alice, bob);
        speech(bob.sid(), true);
        alice.dropSocket();
        speech(bob.sid(), false);
        speech(alice.sid(), true);
        FakeClient back = alice.resume();
        assertEquals(List.of(mic), back.of(MessageCase.TRACK_SUBSCRIBED).stream()
                .map(message -> message.getTrackSubscribed().getTrackSid()).toList());
        SpeakersChanged speakers = back.last(MessageCase.SPEAKERS_CHANGED).getSpeakersChanged();
        assertEquals(Map.of(alice.sid(), true, bob.sid(), false), speakers.getSpeakersList().stream()
                .collect(java.util.stream.Collectors.toMap(info -> info.getSid(), info -> info.getActive())));
    }

    @Test
    void aTrackAnnouncedOnTheOldSocketIsConfirmedOnTheNewOne() {
        FakeClient alice = active("alice");
        String sid = alice.addTrack(TrackSource.MICROPHONE, "m1");
        alice.dropSocket();
        FakeClient back = alice.resume();
        assertEquals(List.of(sid), back.of(MessageCase.TRACK_PUBLISHED).stream()
                .map(message -> message.getTrackPublished().getTrack().getSid()).toList());
        assertEquals(ParticipantInfo.State.ACTIVE, back.received.get(1).getUpdate().getParticipants(0).getState());
        assertTrue(call.media.sent(MediaCommand.ClosePeer.class).isEmpty());
    }

    @Test
    void whatAConnectionLearntIsKnownToTheNextOne() {
        PathHistory learnt = new PathHistory(180_000, 220, 0.04, 2.5, 500);
        FakeClient alice = active("alice");
        assertEquals(PathHistory.NONE, call.media.sent(MediaCommand.OpenPeer.class).getLast().history());
        call.media.emit(new MediaEvent.PathMeasured(alice.roomId(), alice.peerId(), learnt));
        call.clock.advance(4_000);
        alice.leave();
        FakeClient again = active("alice");
        assertEquals(learnt.older(4_000), call.media.sent(MediaCommand.OpenPeer.class).getLast().history());
        active("bob");
        assertEquals(PathHistory.NONE, call.media.sent(MediaCommand.OpenPeer.class).getLast().history());

        // Of two transports it is the receiving one that learns and begins with it.
        again.leave();
        FakeClient dual = call.dual("alice");
        MediaCommand.OpenPeer viewing = call.media.sent(MediaCommand.OpenPeer.class).getLast();
        dual.offer();
        assertEquals(dual.peerId(), call.media.sent(MediaCommand.OpenPeer.class).getLast().peerId());
        assertEquals(PathHistory.NONE, call.media.sent(MediaCommand.OpenPeer.class).getLast().history());
        dual.connected();
        call.media.emit(new MediaEvent.PathMeasured(dual.roomId(), dual.sid() + ".p", learnt.older(9)));
        FakeClient carol = active("carol");
        carol.publish(TrackSource.MICROPHONE, "m1");
        call.settle(dual, carol);
        assertEquals(dual.sid() + ".v", viewing.peerId());
        assertEquals(learnt.estimateBps(), viewing.history().estimateBps());
        assertTrue(viewing.history().ageMs() >= 4_500);
        dual.leave();
        call.dual("alice");
        assertTrue(call.media.sent(MediaCommand.OpenPeer.class).getLast().history().ageMs() >= 4_500,
                "what the publishing one said does not count");
    }

    private void speech(String sid, boolean active) {
        String roomId = call.registry.rooms().getFirst().getSid();
        call.media.emit(new MediaEvent.SpeakersChanged(roomId,
                List.of(new MediaEvent.Speaker(sid, active ? 0.5 : 0, active))));
    }
}
