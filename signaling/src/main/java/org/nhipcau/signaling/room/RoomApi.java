// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.signaling.room;

import java.nio.charset.StandardCharsets;
import java.util.List;
import livekit.LivekitModels;
import livekit.LivekitModels.DisconnectReason;
import livekit.LivekitModels.ParticipantInfo;
import livekit.LivekitRoom.ListParticipantsResponse;
import livekit.LivekitRoom.MuteRoomTrackRequest;
import livekit.LivekitRoom.MuteRoomTrackResponse;
import livekit.LivekitRoom.RemoveParticipantResponse;
import livekit.LivekitRoom.SendDataRequest;
import livekit.LivekitRoom.SendDataResponse;
import livekit.LivekitRoom.UpdateParticipantRequest;
import livekit.LivekitRoom.UpdateSubscriptionsRequest;
import livekit.LivekitRoom.UpdateSubscriptionsResponse;
import livekit.LivekitRtc.LeaveRequest;
import livekit.LivekitRtc.UpdateSubscription;
import org.nhipcau.signaling.SignalingConfig;
import org.nhipcau.signaling.api.QualityService;
import org.nhipcau.signaling.api.ServiceException;
import org.nhipcau.signaling.api.ServiceException.Code;
import org.nhipcau.signaling.session.Permission;
import org.nhipcau.signaling.session.Profile;

/** The room service's calls about one room. Thread: the room's. */
final class RoomApi {
    private final Room room;

    RoomApi(Room room) {
        this.room = room;
    }

    ListParticipantsResponse list() {
        List<ParticipantInfo> infos = room.admitted().stream().map(Participant::info).toList();
        return ListParticipantsResponse.newBuilder().addAllParticipants(infos).build();
    }

    QualityService.Live quality() {
        return new QualityService.Live(room.id(), room.services().clock().epochMs(), room.quality().live());
    }

    ParticipantInfo get(String identity) {
        return find(identity).info();
    }

    RemoveParticipantResponse remove(String identity) {
        room.leave(find(identity), DisconnectReason.PARTICIPANT_REMOVED, LeaveRequest.Action.DISCONNECT);
        return RemoveParticipantResponse.getDefaultInstance();
    }

    MuteRoomTrackResponse mute(MuteRoomTrackRequest request) {
        Participant participant = find(request.getIdentity());
        PublishedTrack track = participant.tracks().get(request.getTrackSid());
        if (track == null) {
            throw new ServiceException(Code.NOT_FOUND, "track is not found");
        }
        if (!request.getMuted() && room.oversight().governed()) {
            throw ruled();
        }
        if (!request.getMuted() && !room.services().config().rooms().apiMayUnmute()) {
            throw new ServiceException(Code.FAILED_PRECONDITION, "remote unmute not enabled");
        }
        room.publishing().muteByService(participant, track, request.getMuted());
        return MuteRoomTrackResponse.newBuilder().setTrack(track.info()).build();
    }

    ParticipantInfo update(UpdateParticipantRequest request) {
        Participant participant = find(request.getIdentity());
        if (room.oversight().governed()) {
            throw ruled();
        }
        Profile profile = participant.profile().changedBy(request.getName(), request.getMetadata(),
                request.getAttributesMap());
        if (!profile.fits(room.services().config().limits())) {
            throw new ServiceException(Code.INVALID_ARGUMENT, "name, metadata or attributes exceed their limit");
        }
        participant.profile(profile);
        if (request.hasPermission()) {
            permit(participant, Permission.of(request.getPermission()));
        }
        room.announcer().participantChanged(participant, true);
        room.admission().sendToken(participant);
        return participant.info();
    }

    /** New rights hold from here on: what they no longer cover ends before anybody is told of them. */
    private void permit(Participant participant, Permission next) {
        Permission before = participant.permission();
        participant.permission(next);
        room.publishing().permissionChanged(participant);
        if (before.canSubscribe() != next.canSubscribe()) {
            room.subscribing().permissionChanged(participant);
        }
        if (before.hidden() == next.hidden()) {
            return;
        }
        if (next.hidden()) {
            room.announcer().hidden(participant);
        } else {
            // Others must know the participant before a description carries its tracks.
            room.announcer().participantChanged(participant, false);
        }
        room.subscribing().visibilityChanged(participant);
        room.announcer().countsChanged();
    }

    UpdateSubscriptionsResponse subscriptions(UpdateSubscriptionsRequest request) {
        Participant participant = find(request.getIdentity());
        String problem = room.subscribing().request(participant, UpdateSubscription.newBuilder()
                .addAllTrackSids(request.getTrackSidsList()).setSubscribe(request.getSubscribe())
                .addAllParticipantTracks(request.getParticipantTracksList()).build());
        if (problem != null) {
            throw new ServiceException(Code.NOT_FOUND, problem);
        }
        return UpdateSubscriptionsResponse.getDefaultInstance();
    }

    LivekitModels.Room metadata(String metadata) {
        if (room.oversight().governed()) {
            throw ruled();
        }
        SignalingConfig.Limits limits = room.services().config().limits();
        if (metadata.getBytes(StandardCharsets.UTF_8).length > limits.maxMetadataBytes()) {
            throw new ServiceException(Code.INVALID_ARGUMENT, "metadata exceeds its limit");
        }
        room.metadata(metadata);
        return room.snapshot();
    }

    SendDataResponse data(SendDataRequest request) {
        if (room.oversight().governed()) {
            throw ruled();
        }
        room.data().serve(request);
        return SendDataResponse.getDefaultInstance();
    }

    private static ServiceException ruled() {
        return new ServiceException(Code.FAILED_PRECONDITION, "a consultation's own rules say so");
    }

    private Participant find(String identity) {
        Participant participant = room.byIdentity(identity);
        if (participant == null || !participant.admitted()) {
            throw new ServiceException(Code.NOT_FOUND, "participant does not exist");
        }
        return participant;
    }
}
