// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.signaling.api;

import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Message;
import java.util.HashMap;
import java.util.Map;
import java.util.function.BiFunction;
import livekit.LivekitRoom.CreateRoomRequest;
import livekit.LivekitRoom.DeleteRoomRequest;
import livekit.LivekitRoom.ForwardParticipantRequest;
import livekit.LivekitRoom.ListParticipantsRequest;
import livekit.LivekitRoom.ListRoomsRequest;
import livekit.LivekitRoom.MoveParticipantRequest;
import livekit.LivekitRoom.MuteRoomTrackRequest;
import livekit.LivekitRoom.PerformRpcRequest;
import livekit.LivekitRoom.RoomParticipantIdentity;
import livekit.LivekitRoom.SendDataRequest;
import livekit.LivekitRoom.UpdateParticipantRequest;
import livekit.LivekitRoom.UpdateRoomMetadataRequest;
import livekit.LivekitRoom.UpdateSubscriptionsRequest;
import org.nhipcau.signaling.token.Grants;

/** The methods of the room service, each with the grant it needs: the one table of who may call what. */
enum RoomMethod {
    CREATE_ROOM("CreateRoom", Need.CREATE, CreateRoomRequest.getDefaultInstance(),
            (rooms, request) -> rooms.createRoom((CreateRoomRequest) request)),
    LIST_ROOMS("ListRooms", Need.LIST, ListRoomsRequest.getDefaultInstance(),
            (rooms, request) -> rooms.listRooms((ListRoomsRequest) request)),
    DELETE_ROOM("DeleteRoom", Need.CREATE, DeleteRoomRequest.getDefaultInstance(),
            (rooms, request) -> rooms.deleteRoom((DeleteRoomRequest) request)),
    LIST_PARTICIPANTS("ListParticipants", Need.ADMIN, ListParticipantsRequest.getDefaultInstance(),
            (rooms, request) -> rooms.listParticipants((ListParticipantsRequest) request)),
    GET_PARTICIPANT("GetParticipant", Need.ADMIN, RoomParticipantIdentity.getDefaultInstance(),
            (rooms, request) -> rooms.getParticipant((RoomParticipantIdentity) request)),
    REMOVE_PARTICIPANT("RemoveParticipant", Need.ADMIN, RoomParticipantIdentity.getDefaultInstance(),
            (rooms, request) -> rooms.removeParticipant((RoomParticipantIdentity) request)),
    MUTE_PUBLISHED_TRACK("MutePublishedTrack", Need.ADMIN, MuteRoomTrackRequest.getDefaultInstance(),
            (rooms, request) -> rooms.mutePublishedTrack((MuteRoomTrackRequest) request)),
    UPDATE_PARTICIPANT("UpdateParticipant", Need.ADMIN, UpdateParticipantRequest.getDefaultInstance(),
            (rooms, request) -> rooms.updateParticipant((UpdateParticipantRequest) request)),
    UPDATE_SUBSCRIPTIONS("UpdateSubscriptions", Need.ADMIN, UpdateSubscriptionsRequest.getDefaultInstance(),
            (rooms, request) -> rooms.updateSubscriptions((UpdateSubscriptionsRequest) request)),
    SEND_DATA("SendData", Need.ADMIN, SendDataRequest.getDefaultInstance(),
            (rooms, request) -> rooms.sendData((SendDataRequest) request)),
    UPDATE_ROOM_METADATA("UpdateRoomMetadata", Need.ADMIN, UpdateRoomMetadataRequest.getDefaultInstance(),
            (rooms, request) -> rooms.updateRoomMetadata((UpdateRoomMetadataRequest) request)),
    PERFORM_RPC("PerformRpc", Need.ADMIN, PerformRpcRequest.getDefaultInstance(), RoomMethod::unimplemented),
    FORWARD_PARTICIPANT("ForwardParticipant", Need.ADMIN_TO_DESTINATION,
            ForwardParticipantRequest.getDefaultInstance(), RoomMethod::unimplemented),
    MOVE_PARTICIPANT("MoveParticipant", Need.ADMIN_TO_DESTINATION, MoveParticipantRequest.getDefaultInstance(),
            RoomMethod::unimplemented);

    private enum Need { CREATE, LIST, ADMIN, ADMIN_TO_DESTINATION }

    private static final Map<String, RoomMethod> BY_NAME = new HashMap<>();

    static {
        for (RoomMethod method : values()) {
            BY_NAME.put(method.wireName, method);
        }
    }

    private final String wireName;
    private final Need need;
    private final Message request;
    private final BiFunction<RoomService, Message, Message> call;

    RoomMethod(String wireName, Need need, Message request, BiFunction<RoomService, Message, Message> call) {
        this.wireName = wireName;
        this.need = need;
        this.request = request;
        this.call = call;
    }

    /** The method of this name in the protocol; null when there is none. */
    static RoomMethod named(String wireName) {
        return BY_NAME.get(wireName);
    }

    /** The default instance of its request. */
    Message request() {
        return request;
    }

    /** Whether these grants allow this request: a grant for one room is no grant for another. */
    boolean allowed(Grants.Video video, Message request) {
        return switch (need) {
            case CREATE -> video.roomCreate();
            case LIST -> video.roomList();
            case ADMIN -> adminOf(video, request);
            case ADMIN_TO_DESTINATION -> adminOf(video, request) && !video.destinationRoom().isEmpty()
                    && video.destinationRoom().equals(text(request, "destination_room"));
        };
    }

    private static boolean adminOf(Grants.Video video, Message request) {
        return video.roomAdmin() && !video.room().isEmpty() && video.room().equals(text(request, "room"));
    }

    private static String text(Message message, String field) {
        FieldDescriptor descriptor = message.getDescriptorForType().findFieldByName(field);
        return (String) message.getField(descriptor);
    }

    Message apply(RoomService rooms, Message message) {
        return call.apply(rooms, message);
    }

    private static Message unimplemented(RoomService rooms, Message message) {
        throw new ServiceException(ServiceException.Code.UNIMPLEMENTED, "this method is not part of the server");
    }
}
