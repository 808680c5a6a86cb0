// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.signaling.room;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import livekit.LivekitModels.DisconnectReason;
import livekit.LivekitModels.TrackSource;
import livekit.LivekitRtc.RequestResponse.Reason;
import livekit.LivekitRtc.SignalRequest;
import livekit.LivekitRtc.SignalResponse.MessageCase;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.nhipcau.sfu.api.MediaCommand;
import org.nhipcau.sfu.api.MediaReply;
import org.nhipcau.signaling.session.JoinAttempt;
import org.nhipcau.signaling.token.Grants;

/** Bounds against abuse, and what a join must bring (V44 and the statuses of the protocol page). */
class LimitTest {
    private final CallFixture call = new CallFixture(CallFixture.config(true, false, 4, 3, 2));

    @AfterEach
    void sound() {
        call.checkSound();
    }

    private static Grants.Video forRoom(String room, boolean join) {
        return new Grants.Video(false, false, false, false, join, room, null, null, null, List.of(), null, false,
                false, false, false, "");
    }

    private static JoinAttempt attempt(String identity, Grants.Video video) {
        return new JoinAttempt(CallFixture.grants(identity, video), CallFixture.request().build(), true);
    }

    @Test
    void aJoinMustBringItsRightARoomAndAnIdentity() {
        assertEquals(0, call.statusOf(attempt("a", CallFixture.join())));
        assertEquals(401, call.statusOf(attempt("a", forRoom("r", false))));
        assertEquals(400, call.statusOf(attempt("a", forRoom("", true))));
        assertEquals(400, call.statusOf(attempt("", CallFixture.join())));
        assertEquals(400, call.statusOf(attempt("i".repeat(257), CallFixture.join())));
        assertEquals(400, call.statusOf(attempt("a", forRoom("r".repeat(257), true))));
        Grants costly = new Grants("key", "a", "", "", Map.of(), "", 0, 9_999_999_999L,
                "{\"emptyTimeout\":\"1e99999999\"}", "", "", CallFixture.join());
        // Expanded, the number takes minutes before it is refused.
        assertTimeoutPreemptively(Duration.ofSeconds(10), () ->
                assertEquals(400, call.statusOf(new JoinAttempt(costly, CallFixture.request().build(), true))));
        assertTrue(call.registry.rooms().isEmpty(), "checking changes nothing");
    }

    @Test
    void ownMetadataInTheJoinNeedsTheRight() {
        JoinAttempt plain = new JoinAttempt(CallFixture.grants("a", CallFixture.join()),
                CallFixture.request().putParticipantAttributes("k", "v").build(), true);
        assertEquals(403, call.statusOf(plain));
        Grants.Video may = CallFixture.rights(null, null, List.of(), true, false);
        Grants grants = new Grants("key", "a", "n", "m", Map.of("k", "token", "l", "token"), "", 0, 9_999_999_999L,
                "", "", "", may);
        FakeClient alice = call.connect(new JoinAttempt(grants, CallFixture.request().setMetadata("mine")
                .putParticipantAttributes("k", "mine").putParticipantAttributes("l", "").build(), true));
        assertEquals("mine", alice.join.getParticipant().getMetadata());
        assertEquals(Map.of("k", "mine", "l", "token"), alice.join.getParticipant().getAttributesMap());
        assertEquals(400, call.statusOf(new JoinAttempt(CallFixture.grants("b", may),
                CallFixture.request().setMetadata("x".repeat(1001)).build(), true)));
    }

    @Test
    void roomsAreNotMadeWhereTheConfigurationForbidsIt() {
        CallFixture closed = new CallFixture(CallFixture.config(false, false, 4, 3, 2));
        assertEquals(404, closed.statusOf(attempt("a", CallFixture.join())));
        FakeClient late = closed.single("a");
        assertEquals(DisconnectReason.JOIN_FAILURE, late.received.getFirst().getLeave().getReason());
        closed.registry.createRoom(livekit.LivekitRoom.CreateRoomRequest.newBuilder().setName(CallFixture.ROOM)
                .setMaxParticipants(1).setMetadata("meta").build());
        assertEquals(0, closed.statusOf(attempt("a", CallFixture.join())));
        FakeClient alice = closed.single("a");
        assertEquals("meta", alice.join.getRoom().getMetadata());
        assertEquals(503, closed.statusOf(attempt("b", CallFixture.join())));
        alice.leave();
        closed.checkNothingLeft();
    }

    @Test
    void aTokenCanSetUpTheRoomItMakes() {
        Grants grants = new Grants("key", "a", "", "", Map.of(), "", 0, 9_999_999_999L,
                "{\"maxParticipants\":2,\"metadata\":\"by token\",\"departureTimeout\":7}", "", "",
                CallFixture.join());
        FakeClient alice = call.connect(new JoinAttempt(grants, CallFixture.request().build(), true));
        assertEquals(2, alice.join.getRoom().getMaxParticipants());
        assertEquals("by token", alice.join.getRoom().getMetadata());
        assertEquals(7, alice.join.getRoom().getDepartureTimeout());
        Grants broken = new Grants("key", "a", "", "", Map.of(), "", 0, 9_999_999_999L, "{", "", "",
                CallFixture.join());
        assertEquals(400, call.statusOf(new JoinAttempt(broken, CallFixture.request().build(), true)));
    }

    @Test
    void participantsAndRoomsAreCounted() {
        List<FakeClient> clients = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            clients.add(call.single("p" + i));
        }
        assertEquals(503, call.statusOf(attempt("p3", CallFixture.join())));
        assertEquals(0, call.statusOf(attempt("p0", CallFixture.join())), "the same identity adds nobody");
        FakeClient fourth = call.single("p3");
        assertTrue(fourth.received.getFirst().hasLeave() && fourth.closed, "checked again when it comes in");
        call.connect(attempt("x", forRoom("second", true)));
        assertEquals(503, call.statusOf(attempt("x", forRoom("third", true))));
        FakeClient third = call.connect(attempt("x", forRoom("third", true)));
        assertTrue(third.received.getFirst().hasLeave());
        assertEquals(2, call.registry.rooms().size());
    }

    @Test
    void v44AnnouncementsWithoutTracksAreCapped() {
        FakeClient alice = call.single("alice");
        for (int i = 0; i < 10_000; i++) {
            int cid = i % 7;
            alice.session.onMessage(SignalRequest.newBuilder().setAddTrack(
                    FakeClient.track(TrackSource.CAMERA, "c" + cid)).build());
        }
        assertEquals(4, alice.of(MessageCase.TRACK_PUBLISHED).size());
        assertEquals(9_996, alice.of(MessageCase.REQUEST_RESPONSE).stream().filter(each ->
                each.getRequestResponse().getReason() == Reason.LIMIT_EXCEEDED).count());
        assertNull(alice.addTrack(TrackSource.CAMERA, "one more"));
        alice.leave();
        call.checkNothingLeft();
    }

    @Test
    void v44QueuedAnnouncementsCountToo() {
        FakeClient alice = call.single("alice");
        for (int i = 0; i < 100; i++) {
            alice.send(request -> request.setAddTrack(FakeClient.track(TrackSource.CAMERA, "same")));
        }
        assertEquals(1, alice.of(MessageCase.TRACK_PUBLISHED).size());
        assertEquals(3, alice.of(MessageCase.REQUEST_RESPONSE).stream().filter(each ->
                each.getRequestResponse().getReason() == Reason.QUEUED).count());
    }

    @Test
    void v44MassReconnectsLeaveNothingBehind() {
        for (int round = 0; round < 200; round++) {
            for (String identity : List.of("a", "b", "c")) {
                FakeClient client = round % 2 == 0 ? call.single(identity) : call.dual(identity);
                client.connected();
                client.publish(TrackSource.MICROPHONE, "m" + round);
                if (round % 3 == 0) {
                    client.dropSocket();
                }
            }
            call.clock.advance(60);
        }
        assertEquals(3, call.media.rooms.values().stream().flatMap(peers -> peers.values().stream())
                .map(peer -> peer.participantId).distinct().count());
        assertTrue(call.clock.pending() < 40, call.clock.pending() + " timers");
        call.registry.close();
        call.checkNothingLeft();
    }

    @Test
    void tooManyOffersAtOnceMeanStartingAnew() {
        FakeClient alice = call.single("alice");
        call.media.hold();
        for (int i = 0; i < 20; i++) {
            alice.offer();
        }
        call.media.release();
        assertTrue(alice.closed);
    }

    @Test
    void aNodeThatTakesNoMoreRefusesTheJoin() {
        call.media.refuse(MediaReply.Reason.CAPACITY, command -> command instanceof MediaCommand.OpenRoom);
        FakeClient alice = call.single("alice");
        assertTrue(alice.received.getFirst().hasLeave());
        assertTrue(call.registry.rooms().isEmpty());
        call.media.refuse(MediaReply.Reason.CAPACITY, command -> command instanceof MediaCommand.OpenPeer);
        FakeClient bob = call.single("bob");
        assertTrue(bob.received.getFirst().hasLeave());
        call.media.refuse(MediaReply.Reason.CAPACITY, command -> false);
        call.checkNothingLeft();
    }

    @Test
    void aNodeThatDoesNotAnswerIsNotWaitedForLongerThanTheClientWould() {
        call.media.hold();
        FakeClient alice = call.single("alice");
        call.clock.advance(4_400);
        assertFalse(alice.closed);
        call.clock.advance(200);
        assertTrue(alice.received.getFirst().hasLeave());
        call.media.release();
        call.checkNothingLeft();
    }

    @Test
    void whoNeverConnectsIsRemoved() {
        FakeClient alice = call.single("alice");
        for (int i = 0; i < 6; i++) {
            call.clock.advance(9_000);
            alice.send(request -> request.setPing(1));
        }
        assertFalse(alice.closed);
        call.clock.advance(7_000);
        assertEquals(DisconnectReason.JOIN_FAILURE, alice.last(MessageCase.LEAVE).getLeave().getReason());
        assertTrue(call.events().contains("participant_connection_aborted"));
    }
}
