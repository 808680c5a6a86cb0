// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.signaling.api;

import livekit.LivekitModels.ParticipantInfo;
import livekit.LivekitModels.Room;
import livekit.LivekitRoom.CreateRoomRequest;
import livekit.LivekitRoom.DeleteRoomRequest;
import livekit.LivekitRoom.DeleteRoomResponse;
import livekit.LivekitRoom.ListParticipantsRequest;
import livekit.LivekitRoom.ListParticipantsResponse;
import livekit.LivekitRoom.ListRoomsRequest;
import livekit.LivekitRoom.ListRoomsResponse;
import livekit.LivekitRoom.MuteRoomTrackRequest;
import livekit.LivekitRoom.MuteRoomTrackResponse;
import livekit.LivekitRoom.RemoveParticipantResponse;
import livekit.LivekitRoom.RoomParticipantIdentity;
import livekit.LivekitRoom.SendDataRequest;
import livekit.LivekitRoom.SendDataResponse;
import livekit.LivekitRoom.UpdateParticipantRequest;
import livekit.LivekitRoom.UpdateRoomMetadataRequest;
import livekit.LivekitRoom.UpdateSubscriptionsRequest;
import livekit.LivekitRoom.UpdateSubscriptionsResponse;

/**
 * The room service behind the Twirp endpoint. The endpoint has checked the token's grants and, where a method is about
 * one room, that the token is for that room.
 *
 * <p>Thread: any (a virtual thread per request); may block for the room.
 *
 * <p>Every method throws {@link ServiceException} with the Twirp code for a request that cannot be carried out.
 */
public interface RoomService {
    Room createRoom(CreateRoomRequest request);

    ListRoomsResponse listRooms(ListRoomsRequest request);

    DeleteRoomResponse deleteRoom(DeleteRoomRequest request);

    ListParticipantsResponse listParticipants(ListParticipantsRequest request);

    ParticipantInfo getParticipant(RoomParticipantIdentity request);

    RemoveParticipantResponse removeParticipant(RoomParticipantIdentity request);

    MuteRoomTrackResponse mutePublishedTrack(MuteRoomTrackRequest request);

    ParticipantInfo updateParticipant(UpdateParticipantRequest request);

    UpdateSubscriptionsResponse updateSubscriptions(UpdateSubscriptionsRequest request);

    SendDataResponse sendData(SendDataRequest request);

    Room updateRoomMetadata(UpdateRoomMetadataRequest request);
}
