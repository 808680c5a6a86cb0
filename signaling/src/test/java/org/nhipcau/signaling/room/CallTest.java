// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.signaling.room;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import livekit.LivekitModels.DisconnectReason;
import livekit.LivekitModels.ParticipantInfo;
import livekit.LivekitModels.TrackSource;
import livekit.LivekitRtc.JoinResponse;
import livekit.LivekitRtc.LeaveRequest;
import livekit.LivekitRtc.SignalResponse.MessageCase;
import livekit.LivekitRtc.UpdateSubscription;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Whole conversations: join, publish, subscribe, leave, with one and with two peer connections. */
class CallTest {
    private final CallFixture call = new CallFixture();

    @AfterEach
    void sound() {
        call.checkSound();
    }

    @Test
    void shouldTellAJoiningClientAllItReads() {
        FakeClient alice = call.single("alice");
        JoinResponse join = alice.join;
        assertTrue(join.getRoom().getSid().startsWith("RM_"));
        assertEquals(CallFixture.ROOM, join.getRoom().getName());
        assertEquals(call.clock.epochMs(), join.getRoom().getCreationTimeMs());
        assertEquals(300, join.getRoom().getEmptyTimeout());
        assertEquals(20, join.getRoom().getDepartureTimeout());
        assertTrue(join.getParticipant().getSid().startsWith("PA_"));
        assertEquals(25, join.getParticipant().getSid().length());
        assertEquals("alice", join.getParticipant().getIdentity());
        assertEquals(ParticipantInfo.State.JOINED, join.getParticipant().getState());
        assertTrue(join.getParticipant().getPermission().getCanPublish());
        assertTrue(join.getParticipant().getPermission().getCanSubscribe());
        assertFalse(join.getParticipant().getPermission().getCanUpdateMetadata());
        assertEquals(2, join.getParticipant().getClientProtocol());
        assertTrue(join.getParticipant().getUnknownFields().hasField(21));
        assertEquals("1.13.0", join.getServerInfo().getVersion());
        assertEquals("1.13.0", join.getServerVersion());
        assertEquals(17, join.getServerInfo().getProtocol());
        assertEquals("ND_test", join.getServerInfo().getNodeId());
        assertFalse(join.getSubscriberPrimary());
        assertEquals(5, join.getPingInterval());
        assertEquals(15, join.getPingTimeout());
        assertEquals("video/VP8", join.getEnabledPublishCodecs(0).getMime());
        assertEquals(0, join.getIceServersCount());
        assertEquals("token-1", alice.token);
    }

    @Test
    void shouldLetFiveSeeAndHearEachOther() {
        List<FakeClient> five = new ArrayList<>();
        for (int i = 0; i < 5; i++) {
            FakeClient client = i % 2 == 0 ? call.single("p" + i) : call.dual("p" + i);
            five.add(client);
            client.connected();
            client.publish(TrackSource.MICROPHONE, "mic" + i);
            client.publish(TrackSource.CAMERA, "cam" + i);
        }
        call.settle(five.toArray(new FakeClient[0]));
        for (FakeClient client : five) {
            assertEquals(8, client.receiving().consumers.size());
            assertEquals(8, Set.copyOf(client.midToTrack.values()).size());
            assertEquals(5, client.known.size() + (client.known.containsKey(client.sid()) ? 0 : 1));
        }
        assertTrue(call.media.refusals.isEmpty());
        assertEquals(5, call.events().stream().filter("participant_joined"::equals).count());
        assertEquals(10, call.events().stream().filter("track_published"::equals).count());
        five.forEach(FakeClient::leave);
        call.checkNothingLeft();
        assertEquals("room_started", call.events().getFirst());
        assertEquals("room_finished", call.events().getLast());
        assertEquals(10, call.events().stream().filter("track_unpublished"::equals).count());
    }

    @Test
    void shouldPublishOnASinglePeerConnection() {
        FakeClient alice = call.single("alice");
        FakeClient bob = call.single("bob");
        String mic = alice.publish(TrackSource.MICROPHONE, "m1");
        call.settle(alice, bob);
        assertTrue(mic.startsWith("TR_AM"));
        assertEquals(mic, bob.known.get(alice.sid()).getTracks(0).getSid());
        assertEquals("audio/opus", bob.known.get(alice.sid()).getTracks(0).getMimeType());
        assertEquals("camera", bob.known.get(alice.sid()).getTracks(0).getStream());
        assertTrue(bob.known.get(alice.sid()).getIsPublisher());
        assertTrue(bob.receiving().consumers.containsKey(mic));
        assertEquals(alice.sid(), bob.receiving().consumers.get(mic).cname());
        assertEquals(mic, alice.last(MessageCase.TRACK_SUBSCRIBED).getTrackSubscribed().getTrackSid());
        alice.unpublish("m1");
        call.settle(alice, bob);
        assertEquals(0, bob.known.get(alice.sid()).getTracksCount());
        assertTrue(bob.receiving().consumers.isEmpty());
        assertTrue(alice.sending().producers.isEmpty());
        assertTrue(bob.midToTrack.isEmpty());
    }

    @Test
    void shouldOfferOnTheSubscriberConnectionOfADualClient() {
        FakeClient bob = call.dual("bob");
        assertTrue(bob.join.getSubscriberPrimary());
        assertNull(bob.sending(), "who sends nothing needs no transport for it");
        call.settle(bob);
        assertEquals(1, bob.of(MessageCase.OFFER).size(), "comes in by what the server offers");
        assertTrue(bob.receiving().data.opensChannels());
        bob.offer();
        call.settle(bob);
        assertFalse(bob.sending().data.opensChannels());
        FakeClient alice = call.dual("alice");
        String camera = alice.publish(TrackSource.CAMERA, "c1");
        String mic = alice.publish(TrackSource.MICROPHONE, "m1");
        call.settle(alice, bob);
        assertEquals(2, bob.of(MessageCase.OFFER).size(), "changes close together are one offer");
        assertEquals(Set.of(camera, mic), bob.receiving().consumers.keySet());
        assertEquals(0, alice.of(MessageCase.MEDIA_SECTIONS_REQUIREMENT).size());
        bob.send(request -> request.setSubscription(UpdateSubscription.newBuilder().addTrackSids(camera)));
        assertEquals(Set.of(mic), bob.receiving().consumers.keySet(), "stopped before the next offer");
        call.settle(alice, bob);
        assertEquals(3, bob.of(MessageCase.OFFER).size());
        assertEquals(Set.of(mic), Set.copyOf(bob.midToTrack.values()));
    }

    @Test
    void aDualClientThatMayNotReceiveComesInBySending() {
        FakeClient bob = call.connect("bob", CallFixture.rights(null, false, List.of(), null, false),
                CallFixture.request(), false);
        assertFalse(bob.join.getSubscriberPrimary());
        assertNull(bob.receiving());
        call.settle(bob);
        assertEquals(0, bob.of(MessageCase.OFFER).size());
        bob.connected();
        assertEquals(ParticipantInfo.State.ACTIVE, call.registry.getParticipant(livekit.LivekitRoom
                .RoomParticipantIdentity.newBuilder().setRoom(CallFixture.ROOM).setIdentity("bob").build()).getState());
        call.registry.updateParticipant(livekit.LivekitRoom.UpdateParticipantRequest.newBuilder()
                .setRoom(CallFixture.ROOM).setIdentity("bob").setPermission(livekit.LivekitModels.ParticipantPermission
                        .newBuilder().setCanSubscribe(true)).build());
        call.settle(bob);
        assertEquals(1, bob.of(MessageCase.OFFER).size(), "messages may reach it from now on");
        bob.leave();
        call.checkNothingLeft();
    }

    @Test
    void shouldNotSubscribeClientsThatDoNotWantIt() {
        FakeClient alice = call.single("alice");
        FakeClient bob = call.connect("bob", CallFixture.join(), CallFixture.request().clearConnectionSettings(), true);
        String mic = alice.publish(TrackSource.MICROPHONE, "m1");
        call.settle(alice, bob);
        assertTrue(bob.receiving().consumers.isEmpty());
        bob.send(request -> request.setSubscription(UpdateSubscription.newBuilder().addTrackSids(mic)
                .setSubscribe(true)));
        call.settle(alice, bob);
        assertEquals(Set.of(mic), bob.receiving().consumers.keySet());
    }

    @Test
    void shouldReplaceASessionOfTheSameIdentity() {
        FakeClient first = call.single("alice");
        FakeClient bob = call.single("bob");
        first.publish(TrackSource.MICROPHONE, "m1");
        call.settle(first, bob);
        FakeClient second = call.single("alice");
        LeaveRequest leave = first.last(MessageCase.LEAVE).getLeave();
        assertEquals(DisconnectReason.DUPLICATE_IDENTITY, leave.getReason());
        assertEquals(LeaveRequest.Action.DISCONNECT, leave.getAction());
        assertTrue(first.closed);
        assertFalse(bob.known.containsKey(first.sid()));
        assertTrue(bob.known.containsKey(second.sid()));
        assertTrue(bob.receiving().consumers.isEmpty());
        first.send(request -> request.setPing(1));
        first.leave();
        assertTrue(bob.known.containsKey(second.sid()), "the old session has no say any more");
    }

    @Test
    void shouldTellOthersWhoLeft() {
        FakeClient alice = call.single("alice");
        FakeClient bob = call.single("bob");
        alice.connected();
        alice.leave();
        ParticipantInfo gone = bob.last(MessageCase.UPDATE).getUpdate().getParticipants(0);
        assertEquals(ParticipantInfo.State.DISCONNECTED, gone.getState());
        assertEquals(DisconnectReason.CLIENT_INITIATED, gone.getDisconnectReason());
        assertTrue(alice.closed);
        assertTrue(call.events().contains("participant_left"));
        bob.leave();
        assertTrue(call.events().contains("participant_connection_aborted"), "bob was never active");
        call.checkNothingLeft();
    }
}
