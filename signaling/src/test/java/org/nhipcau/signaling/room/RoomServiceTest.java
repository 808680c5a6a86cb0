// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.signaling.room;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.ByteString;
import java.util.List;
import java.util.Set;
import livekit.LivekitModels.DataPacket;
import livekit.LivekitModels.DisconnectReason;
import livekit.LivekitModels.ParticipantInfo;
import livekit.LivekitModels.TrackSource;
import livekit.LivekitRoom.CreateRoomRequest;
import livekit.LivekitRoom.DeleteRoomRequest;
import livekit.LivekitRoom.ListParticipantsRequest;
import livekit.LivekitRoom.ListRoomsRequest;
import livekit.LivekitRoom.MuteRoomTrackRequest;
import livekit.LivekitRoom.RoomParticipantIdentity;
import livekit.LivekitRoom.SendDataRequest;
import livekit.LivekitRoom.UpdateParticipantRequest;
import livekit.LivekitRoom.UpdateRoomMetadataRequest;
import livekit.LivekitRoom.UpdateSubscriptionsRequest;
import livekit.LivekitRtc.LeaveRequest;
import livekit.LivekitRtc.SignalResponse.MessageCase;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.nhipcau.sfu.api.MediaCommand;
import org.nhipcau.sfu.api.MediaReply;
import org.nhipcau.signaling.api.ServiceException;
import org.nhipcau.signaling.api.ServiceException.Code;

/** The room service's calls, with the error strings that platforms look for. */
class RoomServiceTest {
    private final CallFixture call = new CallFixture();

    @AfterEach
    void sound() {
        call.checkSound();
    }

    private static void refused(Code code, String message, Executable action) {
        ServiceException thrown = assertThrows(ServiceException.class, action);
        assertEquals(code, thrown.code());
        assertEquals(message, thrown.getMessage());
    }

    private static RoomParticipantIdentity who(String identity) {
        return RoomParticipantIdentity.newBuilder().setRoom(CallFixture.ROOM).setIdentity(identity).build();
    }

    @Test
    void roomsAreCreatedOnceListedAndEndWhenEmpty() {
        CreateRoomRequest request = CreateRoomRequest.newBuilder().setName("r1").setEmptyTimeout(10).setMetadata("m")
                .build();
        String sid = call.registry.createRoom(request).getSid();
        assertEquals(sid, call.registry.createRoom(request).getSid());
        call.registry.createRoom(CreateRoomRequest.newBuilder().setName("r2").build());
        assertEquals(2, call.registry.listRooms(ListRoomsRequest.getDefaultInstance()).getRoomsCount());
        assertEquals("r1", call.registry.listRooms(ListRoomsRequest.newBuilder().addNames("r1").addNames("none")
                .build()).getRooms(0).getName());
        call.clock.advance(9_999);
        assertEquals(2, call.registry.rooms().size());
        call.clock.advance(1);
        assertEquals(List.of("r2"), call.registry.rooms().stream().map(room -> room.getName()).toList());
        assertEquals(List.of("room_started", "room_started", "room_finished"), call.events());
        refused(Code.INVALID_ARGUMENT, "room name is missing or too long",
                () -> call.registry.createRoom(CreateRoomRequest.getDefaultInstance()));
        call.checkNothingLeft();
    }

    @Test
    void aRoomNoNodeTakesIsUnavailable() {
        call.media.refuse(MediaReply.Reason.CAPACITY, command -> command instanceof MediaCommand.OpenRoom);
        refused(Code.UNAVAILABLE, "no media node takes the room",
                () -> call.registry.createRoom(CreateRoomRequest.newBuilder().setName("r").build()));
        assertTrue(call.registry.rooms().isEmpty());
        assertTrue(call.events().isEmpty());
    }

    @Test
    void deletingARoomSendsEverybodyAway() {
        FakeClient alice = call.single("alice");
        call.registry.deleteRoom(DeleteRoomRequest.newBuilder().setRoom(CallFixture.ROOM).build());
        assertEquals(DisconnectReason.ROOM_DELETED, alice.last(MessageCase.LEAVE).getLeave().getReason());
        assertEquals(LeaveRequest.Action.DISCONNECT, alice.last(MessageCase.LEAVE).getLeave().getAction());
        refused(Code.NOT_FOUND, "requested room does not exist", () -> call.registry.deleteRoom(
                DeleteRoomRequest.newBuilder().setRoom(CallFixture.ROOM).build()));
        call.checkNothingLeft();
    }

    @Test
    void participantsAreListedFoundAndRemoved() {
        refused(Code.NOT_FOUND, "requested room does not exist", () -> call.registry.getParticipant(who("alice")));
        FakeClient alice = call.single("alice");
        FakeClient bob = call.single("bob");
        assertEquals(List.of("alice", "bob"), call.registry.listParticipants(ListParticipantsRequest.newBuilder()
                .setRoom(CallFixture.ROOM).build()).getParticipantsList().stream().map(ParticipantInfo::getIdentity)
                .toList());
        assertEquals(alice.sid(), call.registry.getParticipant(who("alice")).getSid());
        refused(Code.NOT_FOUND, "participant does not exist", () -> call.registry.getParticipant(who("carol")));
        call.registry.removeParticipant(who("alice"));
        assertEquals(DisconnectReason.PARTICIPANT_REMOVED, alice.last(MessageCase.LEAVE).getLeave().getReason());
        assertTrue(alice.closed);
        assertFalse(bob.known.containsKey(alice.sid()));
    }

    @Test
    void mutingTellsTheOwnerTheOthersAndTheNode() {
        FakeClient alice = call.single("alice");
        FakeClient bob = call.single("bob");
        String mic = alice.publish(TrackSource.MICROPHONE, "m1");
        MuteRoomTrackRequest mute = MuteRoomTrackRequest.newBuilder().setRoom(CallFixture.ROOM).setIdentity("alice")
                .setTrackSid(mic).setMuted(true).build();
        assertTrue(call.registry.mutePublishedTrack(mute).getTrack().getMuted());
        assertEquals(mic, alice.last(MessageCase.MUTE).getMute().getSid());
        assertTrue(alice.last(MessageCase.MUTE).getMute().getMuted());
        assertTrue(bob.known.get(alice.sid()).getTracks(0).getMuted());
        assertTrue(call.media.sent(MediaCommand.MuteProducer.class).getLast().muted());
        refused(Code.FAILED_PRECONDITION, "remote unmute not enabled",
                () -> call.registry.mutePublishedTrack(mute.toBuilder().setMuted(false).build()));
        refused(Code.NOT_FOUND, "track is not found",
                () -> call.registry.mutePublishedTrack(mute.toBuilder().setTrackSid("TR_x").build()));
        refused(Code.NOT_FOUND, "track is not found",
                () -> call.registry.mutePublishedTrack(mute.toBuilder().setIdentity("bob").build()));
    }

    @Test
    void participantsCanBeDescribedAnew() {
        FakeClient alice = call.single("alice");
        FakeClient bob = call.single("bob");
        ParticipantInfo info = call.registry.updateParticipant(UpdateParticipantRequest.newBuilder()
                .setRoom(CallFixture.ROOM).setIdentity("alice").setName("new").setMetadata("m")
                .putAttributes("role", "doctor").build());
        assertEquals("new", info.getName());
        assertEquals("doctor", bob.known.get(alice.sid()).getAttributesMap().get("role"));
        assertEquals("new", alice.last(MessageCase.UPDATE).getUpdate().getParticipants(0).getName());
        assertTrue(info.getPermission().getCanPublish(), "rights that are not named stay");
        refused(Code.INVALID_ARGUMENT, "name, metadata or attributes exceed their limit",
                () -> call.registry.updateParticipant(UpdateParticipantRequest.newBuilder().setRoom(CallFixture.ROOM)
                        .setIdentity("alice").setMetadata("x".repeat(1001)).build()));
    }

    @Test
    void subscriptionsCanBeSetFromOutside() {
        FakeClient alice = call.single("alice");
        FakeClient bob = call.single("bob");
        String mic = alice.publish(TrackSource.MICROPHONE, "m1");
        call.settle(alice, bob);
        UpdateSubscriptionsRequest request = UpdateSubscriptionsRequest.newBuilder().setRoom(CallFixture.ROOM)
                .setIdentity("bob").addTrackSids(mic).build();
        call.registry.updateSubscriptions(request);
        assertTrue(bob.receiving().consumers.isEmpty());
        call.settle(alice, bob);
        call.registry.updateSubscriptions(request.toBuilder().setSubscribe(true).build());
        call.settle(alice, bob);
        assertEquals(Set.of(mic), bob.receiving().consumers.keySet());
        refused(Code.NOT_FOUND, "track is not found", () -> call.registry.updateSubscriptions(
                request.toBuilder().clearTrackSids().addTrackSids("TR_x").setSubscribe(true).build()));
    }

    @Test
    void roomMetadataReachesEverybody() {
        FakeClient alice = call.single("alice");
        call.registry.updateRoomMetadata(UpdateRoomMetadataRequest.newBuilder().setRoom(CallFixture.ROOM)
                .setMetadata("plan").build());
        assertEquals("plan", alice.last(MessageCase.ROOM_UPDATE).getRoomUpdate().getRoom().getMetadata());
        refused(Code.INVALID_ARGUMENT, "metadata exceeds its limit", () -> call.registry.updateRoomMetadata(
                UpdateRoomMetadataRequest.newBuilder().setRoom(CallFixture.ROOM).setMetadata("x".repeat(1001))
                        .build()));
    }

    @Test
    @SuppressWarnings("deprecation")
    void dataGoesToAllOrToThoseNamed() {
        SendDataRequest request = SendDataRequest.newBuilder().setRoom(CallFixture.ROOM).setTopic("plan")
                .setData(ByteString.copyFromUtf8("xin chào")).build();
        refused(Code.NOT_FOUND, "requested room does not exist", () -> call.registry.sendData(request));
        FakeClient alice = call.single("alice");
        FakeClient bob = call.dual("bob");
        alice.channels();
        bob.channels();
        call.registry.sendData(request);
        assertEquals(List.of("xin chào"), alice.words());
        assertEquals("plan", bob.messages().getFirst().getUser().getTopic());
        assertEquals("", bob.messages().getFirst().getParticipantIdentity());
        call.registry.sendData(request.toBuilder().setKind(DataPacket.Kind.LOSSY).addDestinationIdentities("bob")
                .build());
        call.registry.sendData(request.toBuilder().addDestinationSids(bob.sid()).build());
        assertEquals(1, alice.messages().size());
        assertEquals(DataPacket.Kind.LOSSY, bob.messages().get(1).getKind());
        assertEquals(3, bob.messages().size());
        SendDataRequest once = request.toBuilder().setNonce(ByteString.copyFrom(new byte[16])).build();
        call.registry.sendData(once);
        call.registry.sendData(once);
        assertEquals(2, alice.messages().size());
        refused(Code.INVALID_ARGUMENT, "nonce must have 16 bytes, or none", () -> call.registry.sendData(
                request.toBuilder().setNonce(ByteString.copyFrom(new byte[15])).build()));
        refused(Code.INVALID_ARGUMENT, "kind is not known", () -> call.registry.sendData(
                request.toBuilder().setKindValue(7).build()));
        refused(Code.INVALID_ARGUMENT, "data is longer than a data channel carries", () -> call.registry.sendData(
                request.toBuilder().setData(ByteString.copyFrom(new byte[65_536])).build()));
    }

    @Test
    void shutdownLetsEverybodyRejoinElsewhere() {
        FakeClient alice = call.single("alice");
        call.registry.close();
        assertEquals(LeaveRequest.Action.RECONNECT, alice.last(MessageCase.LEAVE).getLeave().getAction());
        assertEquals(DisconnectReason.SERVER_SHUTDOWN, alice.last(MessageCase.LEAVE).getLeave().getReason());
        assertEquals(503, call.statusOf(alice.attempt));
        refused(Code.UNAVAILABLE, "server is shutting down",
                () -> call.registry.createRoom(CreateRoomRequest.newBuilder().setName("late").build()));
        // Checked before the shutdown began, opened after.
        FakeClient late = new FakeClient(call, alice.attempt);
        call.registry.open(late.attempt, late);
        assertEquals(LeaveRequest.Action.RECONNECT, late.last(MessageCase.LEAVE).getLeave().getAction());
        assertEquals(DisconnectReason.SERVER_SHUTDOWN, late.last(MessageCase.LEAVE).getLeave().getReason());
        call.checkNothingLeft();
    }
}
