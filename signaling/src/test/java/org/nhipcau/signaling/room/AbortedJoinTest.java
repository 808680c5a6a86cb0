// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.signaling.room;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import livekit.LivekitModels.TrackSource;
import livekit.LivekitRoom.CreateRoomRequest;
import livekit.LivekitRtc.LeaveRequest;
import livekit.LivekitRtc.MuteTrackRequest;
import livekit.LivekitRtc.SignalResponse.MessageCase;
import org.junit.jupiter.api.Test;
import org.nhipcau.sfu.api.MediaCommand;
import org.nhipcau.signaling.session.JoinAttempt;
import org.nhipcau.signaling.session.PathMemory;
import org.nhipcau.signaling.token.Grants;

/** Joins that end before they are complete, and other things that cross each other. */
class AbortedJoinTest {
    @Test
    void aJoinGivenUpBeforeAdmissionLeavesItsPlaceToOthers() {
        CallFixture call = new CallFixture(CallFixture.config(true, false, 8, 2, 20));
        call.single("alice");
        call.media.hold();
        FakeClient first = call.single("bob");
        first.dropSocket();
        call.media.release();
        FakeClient second = call.single("bob");
        assertNotNull(second.join, second.recent());
        second.leave();
        call.media.hold();
        call.single("carol").dropSocket();
        call.media.release();
        assertEquals(0, call.statusOf(new JoinAttempt(CallFixture.grants("dave", CallFixture.join()),
                CallFixture.request().build(), true)));
        call.checkSound();
    }

    @Test
    void aPreparedRoomOutlivesAJoinThatWasGivenUp() {
        CallFixture call = new CallFixture();
        call.registry.createRoom(CreateRoomRequest.newBuilder().setName(CallFixture.ROOM).setEmptyTimeout(3_600)
                .build());
        call.media.hold();
        call.single("alice").dropSocket();
        call.media.release();
        call.clock.advance(60_000);
        assertEquals(1, call.registry.rooms().size());
        FakeClient alice = call.single("alice");
        alice.leave();
        call.clock.advance(21_000);
        assertTrue(call.registry.rooms().isEmpty(), "left by all who were in");
        call.checkSound();
    }

    @Test
    void mutingWhileTheNodeTakesATrackReachesTheNode() {
        CallFixture call = new CallFixture();
        FakeClient alice = call.single("alice");
        call.media.hold();
        String mic = alice.publish(TrackSource.MICROPHONE, "m1");
        alice.send(request -> request.setMute(MuteTrackRequest.newBuilder().setSid(mic).setMuted(true)));
        call.media.release();
        assertFalse(call.media.sent(MediaCommand.AddProducer.class).getLast().producer().muted());
        assertTrue(call.media.sent(MediaCommand.MuteProducer.class).getLast().muted());
        call.checkSound();
    }

    @Test
    void aRefreshedTokenCarriesTheClaimsTheServerDoesNotRead() {
        CallFixture call = new CallFixture();
        Grants plain = CallFixture.grants("alice", CallFixture.join());
        String other = "{\"roomPreset\":\"ward\"}";
        call.connect(new JoinAttempt(new Grants(plain.apiKey(), plain.identity(), plain.name(), plain.metadata(),
                plain.attributes(), plain.kind(), plain.issuedAtS(), plain.expiresAtS(), "", "", "", plain.video(),
                other), CallFixture.request().build(), true));
        assertEquals(other, call.refreshed.getLast().otherClaimsJson());
    }

    @Test
    void metadataOfATokensRoomKeepsToTheLimit() {
        CallFixture call = new CallFixture();
        int limit = call.config.limits().maxMetadataBytes();
        assertEquals(0, call.statusOf(roomConfig("x".repeat(limit))));
        assertEquals(400, call.statusOf(roomConfig("x".repeat(limit + 1))));
    }

    private static JoinAttempt roomConfig(String metadata) {
        return new JoinAttempt(new Grants("key", "a", "", "", Map.of(), "", 0, 9_999_999_999L,
                "{\"metadata\":\"" + metadata + "\"}", "", "", CallFixture.join()), CallFixture.request().build(), true);
    }

    @Test
    void aRoomThatIsStuckDoesNotKeepTheOthersFromEnding() {
        CallFixture call = new CallFixture();
        List<Runnable> stuck = new ArrayList<>();
        boolean[] sticking = {false};
        RoomRegistry registry = new RoomRegistry(call.config, call.media, FakeNegotiation::new, grants -> "token",
                PathMemory.NONE, event -> { }, call.clock, new Random(7), call.counts, call.timeline,
                RoomGovernance.NONE, task -> {
                    if (sticking[0] && stuck.isEmpty()) {
                        stuck.add(task);
                    } else {
                        task.run();
                    }
                });
        List<FakeClient> clients = new ArrayList<>();
        for (String room : List.of("a", "b", "c")) {
            Grants.Video video = new Grants.Video(false, false, false, false, true, room, null, null, null, List.of(),
                    null, false, false, false, false, "");
            FakeClient client = new FakeClient(call, new JoinAttempt(CallFixture.grants("alice", video),
                    CallFixture.request().build(), true));
            client.session = registry.open(client.attempt, client);
            clients.add(client);
        }
        sticking[0] = true;
        registry.close();
        assertEquals(1, stuck.size());
        assertEquals(2, clients.stream().filter(client -> client.last(MessageCase.LEAVE) != null
                && client.last(MessageCase.LEAVE).getLeave().getAction() == LeaveRequest.Action.RECONNECT).count());
    }
}
