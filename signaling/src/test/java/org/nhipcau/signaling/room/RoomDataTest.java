// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.signaling.room;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import livekit.LivekitModels.DataPacket;
import livekit.LivekitModels.ParticipantPermission;
import livekit.LivekitRoom.UpdateParticipantRequest;
import livekit.LivekitRtc.DataChannelReceiveState;
import livekit.LivekitRtc.SyncState;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.nhipcau.sfu.api.DataChannel;
import org.nhipcau.sfu.api.MediaCommand;
import org.nhipcau.sfu.api.MediaEvent;
import org.nhipcau.signaling.token.Grants;

/** Messages in a room without rules of its own: rights by token and decree, joins, resumes. */
class RoomDataTest {
    private final CallFixture call = new CallFixture();

    @AfterEach
    void sound() {
        call.checkSound();
    }

    private FakeClient open(FakeClient client) {
        client.connected();
        client.channels();
        return client;
    }

    private static Grants.Video mayData(Boolean publish, Boolean data) {
        return new Grants.Video(false, false, false, false, true, CallFixture.ROOM, publish, null, data, List.of(), null,
                false, false, false, false, "");
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void messagesReachTheOthers(boolean single) {
        FakeClient alice = open(single ? call.single("alice") : call.dual("alice"));
        FakeClient bob = open(single ? call.dual("bob") : call.single("bob"));
        alice.say("chào");
        bob.say(DataChannel.LOSSY, FakeClient.packet("vâng").addDestinationIdentities("alice"));
        assertEquals(List.of("vâng"), alice.words());
        assertEquals(List.of("chào"), bob.words());
        assertEquals(alice.sid(), bob.messages().getFirst().getParticipantSid());
        assertEquals("alice", bob.messages().getFirst().getParticipantIdentity());
        assertEquals(List.of(DataChannel.RELIABLE, DataChannel.LOSSY), call.media.sent(MediaCommand.SendData.class)
                .stream().map(MediaCommand.SendData::channel).toList());
        alice.leave();
        bob.leave();
        call.checkNothingLeft();
    }

    @Test
    void v43TheRightIsThatOfTheTokenAndOfEachLaterDecree() {
        FakeClient all = open(call.single("all"));
        FakeClient mute = open(call.connect("mute", mayData(null, false), CallFixture.request(), true));
        FakeClient viewer = open(call.connect("viewer", mayData(false, null), CallFixture.request(), true));
        FakeClient chatter = open(call.connect("chatter", mayData(false, true), CallFixture.request(), true));
        for (FakeClient client : List.of(all, mute, viewer, chatter)) {
            client.say("from " + client.attempt.grants().identity());
        }
        assertEquals(List.of("from all", "from chatter"), viewer.words());
        ParticipantPermission.Builder right = ParticipantPermission.newBuilder().setCanSubscribe(true);
        permit("all", right.setCanPublishData(false));
        all.say("too late");
        permit("viewer", right.setCanPublishData(true));
        viewer.say("at last");
        assertEquals(List.of("from chatter", "at last"), all.words());
        assertEquals(List.of("from all", "from chatter"), viewer.words());
    }

    private void permit(String identity, ParticipantPermission.Builder permission) {
        call.registry.updateParticipant(UpdateParticipantRequest.newBuilder().setRoom(CallFixture.ROOM)
                .setIdentity(identity).setPermission(permission).build());
    }

    @Test
    void whoIsOnTheWayInMissesAndDoublesNothing() {
        FakeClient alice = open(call.single("alice"));
        call.media.hold();
        FakeClient bob = call.connect("bob", CallFixture.join(), CallFixture.request(), true);
        alice.say("before bob is in");
        call.media.release();
        bob.settle();
        alice.say("while bob connects");
        assertEquals(List.of(), bob.words());
        call.clock.advance(5_000);
        open(bob);
        alice.say("after");
        assertEquals(List.of("while bob connects", "after"), bob.words());
    }

    @Test
    void aResumeTellsWhatCameInAndBringsWhatDidNotGoOut() {
        FakeClient alice = open(call.single("alice"));
        FakeClient bob = open(call.single("bob"));
        alice.say(DataChannel.RELIABLE, FakeClient.packet("1").setSequence(1));
        bob.dropSocket();
        alice.say(DataChannel.RELIABLE, FakeClient.packet("2").setSequence(2));
        bob.say(DataChannel.RELIABLE, FakeClient.packet("b").setSequence(7));
        lose(bob);
        FakeClient back = bob.resume();
        assertEquals(7, back.received.getFirst().getReconnect().getLastMessageSeq());
        int before = back.words().size();
        SyncState state = SyncState.newBuilder().addDatachannelReceiveStates(DataChannelReceiveState.newBuilder()
                .setPublisherSid(alice.sid()).setLastSeq(1)).build();
        back.send(request -> request.setSyncState(state));
        back.send(request -> request.setSyncState(state));
        assertEquals(List.of("2"), back.words().subList(before, back.words().size()));
        back.say(DataChannel.RELIABLE, FakeClient.packet("b").setSequence(7));
        back.say(DataChannel.RELIABLE, FakeClient.packet("c").setSequence(8));
        assertEquals(List.of("b", "c"), alice.words());
        FakeClient anew = open(call.single("bob"));
        anew.say(DataChannel.RELIABLE, FakeClient.packet("d").setSequence(1));
        assertEquals(List.of("b", "c", "d"), alice.words(), "who joins anew counts anew");
    }

    @Test
    void anAgentWritesWhatOthersSay() {
        FakeClient alice = open(call.single("alice"));
        Grants.Video agent = new Grants.Video(false, false, false, false, true, CallFixture.ROOM, null, null, null,
                List.of(), null, false, false, false, true, "");
        FakeClient scribe = open(call.connect("scribe", agent, CallFixture.request(), true));
        FakeClient bob = open(call.single("bob"));
        DataPacket.Builder words = DataPacket.newBuilder().setParticipantIdentity("alice").setTranscription(
                livekit.LivekitModels.Transcription.newBuilder().setTranscribedParticipantIdentity("alice"));
        scribe.say(DataChannel.RELIABLE, words);
        alice.say(DataChannel.RELIABLE, words);
        assertEquals(1, bob.messages().size());
        assertEquals("alice", bob.messages().getFirst().getParticipantIdentity());
    }

    @Test
    void whatComesForOrFromThoseWhoLeftGoesNowhere() {
        FakeClient alice = open(call.single("alice"));
        FakeClient bob = open(call.single("bob"));
        String roomId = alice.roomId();
        String peerId = alice.peerId();
        alice.leave();
        call.media.emit(new MediaEvent.DataOpened(roomId, peerId, DataChannel.RELIABLE));
        call.media.emit(new MediaEvent.DataReceived(roomId, peerId, DataChannel.RELIABLE,
                FakeClient.packet("ghost").build().toByteArray()));
        call.media.emit(new MediaEvent.DataLost(roomId, peerId, DataChannel.RELIABLE));
        call.media.emit(new MediaEvent.DataReceived(roomId, "nonsense", DataChannel.RELIABLE, new byte[0]));
        bob.say("alone");
        assertTrue(call.media.sent(MediaCommand.SendData.class).isEmpty());
        bob.leave();
        call.checkNothingLeft();
    }

    private void lose(FakeClient client) {
        call.media.emit(new MediaEvent.DataLost(client.roomId(), client.peerId(), DataChannel.RELIABLE));
    }
}
