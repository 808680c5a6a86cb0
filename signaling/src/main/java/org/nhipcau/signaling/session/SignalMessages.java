// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.signaling.session;

import java.util.Collection;
import java.util.Map;
import livekit.LivekitModels.DisconnectReason;
import livekit.LivekitModels.ParticipantInfo;
import livekit.LivekitModels.Room;
import livekit.LivekitModels.SubscriptionError;
import livekit.LivekitModels.TrackInfo;
import livekit.LivekitRtc.LeaveRequest;
import livekit.LivekitRtc.MediaSectionsRequirement;
import livekit.LivekitRtc.MuteTrackRequest;
import livekit.LivekitRtc.ParticipantUpdate;
import livekit.LivekitRtc.Pong;
import livekit.LivekitRtc.RequestResponse;
import livekit.LivekitRtc.RoomUpdate;
import livekit.LivekitRtc.SessionDescription;
import livekit.LivekitRtc.SignalResponse;
import livekit.LivekitRtc.StreamState;
import livekit.LivekitRtc.StreamStateInfo;
import livekit.LivekitRtc.StreamStateUpdate;
import livekit.LivekitRtc.SubscriptionPermissionUpdate;
import livekit.LivekitRtc.SubscriptionResponse;
import livekit.LivekitRtc.TrackPublishedResponse;
import livekit.LivekitRtc.TrackSubscribed;
import livekit.LivekitRtc.TrackUnpublishedResponse;

/** Builds the messages that go to clients. Pure. */
public final class SignalMessages {
    private SignalMessages() {}

    /** A leave; clients of old protocols read can_reconnect, which follows from the action. */
    public static SignalResponse leave(DisconnectReason reason, LeaveRequest.Action action) {
        return SignalResponse.newBuilder().setLeave(LeaveRequest.newBuilder().setReason(reason).setAction(action)
                .setCanReconnect(action != LeaveRequest.Action.DISCONNECT)).build();
    }

    public static SignalResponse update(Collection<ParticipantInfo> participants) {
        return SignalResponse.newBuilder()
                .setUpdate(ParticipantUpdate.newBuilder().addAllParticipants(participants)).build();
    }

    public static SignalResponse answer(String sdp, int offerId, Map<String, String> midToTrackId) {
        return SignalResponse.newBuilder().setAnswer(SessionDescription.newBuilder().setType("answer").setSdp(sdp)
                .setId(offerId).putAllMidToTrackId(midToTrackId)).build();
    }

    public static SignalResponse offer(String sdp, int id, Map<String, String> midToTrackId) {
        return SignalResponse.newBuilder().setOffer(SessionDescription.newBuilder().setType("offer").setSdp(sdp)
                .setId(id).putAllMidToTrackId(midToTrackId)).build();
    }

    /** How many sections the client must add; none of either just asks for a new offer. */
    public static SignalResponse sectionsRequired(int audio, int video) {
        return SignalResponse.newBuilder().setMediaSectionsRequirement(
                MediaSectionsRequirement.newBuilder().setNumAudios(audio).setNumVideos(video)).build();
    }

    public static SignalResponse published(String cid, TrackInfo track) {
        return SignalResponse.newBuilder()
                .setTrackPublished(TrackPublishedResponse.newBuilder().setCid(cid).setTrack(track)).build();
    }

    public static SignalResponse unpublished(String trackSid) {
        return SignalResponse.newBuilder()
                .setTrackUnpublished(TrackUnpublishedResponse.newBuilder().setTrackSid(trackSid)).build();
    }

    public static SignalResponse subscribed(String trackSid) {
        return SignalResponse.newBuilder().setTrackSubscribed(TrackSubscribed.newBuilder().setTrackSid(trackSid))
                .build();
    }

    public static SignalResponse mute(String trackSid, boolean muted) {
        return SignalResponse.newBuilder().setMute(MuteTrackRequest.newBuilder().setSid(trackSid).setMuted(muted))
                .build();
    }

    public static SignalResponse roomUpdate(Room room) {
        return SignalResponse.newBuilder().setRoomUpdate(RoomUpdate.newBuilder().setRoom(room)).build();
    }

    public static SignalResponse subscriptionFailed(String trackSid, SubscriptionError error) {
        return SignalResponse.newBuilder().setSubscriptionResponse(
                SubscriptionResponse.newBuilder().setTrackSid(trackSid).setErr(error)).build();
    }

    public static SignalResponse subscriptionPermission(String publisherSid, String trackSid, boolean allowed) {
        return SignalResponse.newBuilder().setSubscriptionPermissionUpdate(SubscriptionPermissionUpdate.newBuilder()
                .setParticipantSid(publisherSid).setTrackSid(trackSid).setAllowed(allowed)).build();
    }

    public static SignalResponse streamState(String publisherSid, String trackSid, boolean paused) {
        return SignalResponse.newBuilder().setStreamStateUpdate(StreamStateUpdate.newBuilder()
                .addStreamStates(StreamStateInfo.newBuilder().setParticipantSid(publisherSid).setTrackSid(trackSid)
                        .setState(paused ? StreamState.PAUSED : StreamState.ACTIVE))).build();
    }

    public static SignalResponse refreshToken(String token) {
        return SignalResponse.newBuilder().setRefreshToken(token).build();
    }

    public static SignalResponse pong(long epochMs) {
        return SignalResponse.newBuilder().setPong(epochMs).build();
    }

    public static SignalResponse pong(long lastPingTimestamp, long epochMs) {
        return SignalResponse.newBuilder().setPongResp(
                Pong.newBuilder().setLastPingTimestamp(lastPingTimestamp).setTimestamp(epochMs)).build();
    }

    /** The answer to a request; the request itself goes along, completed by the caller. */
    public static RequestResponse.Builder answerTo(RequestResponse.Reason reason, String message) {
        return RequestResponse.newBuilder().setReason(reason).setMessage(message);
    }

    public static SignalResponse of(RequestResponse.Builder response) {
        return SignalResponse.newBuilder().setRequestResponse(response).build();
    }
}
