// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.signaling.room;

import java.util.Map;
import livekit.LivekitModels.DisconnectReason;
import livekit.LivekitRtc.Ping;
import livekit.LivekitRtc.RequestResponse;
import livekit.LivekitRtc.RequestResponse.Reason;
import livekit.LivekitRtc.SignalRequest;
import livekit.LivekitRtc.SubscriptionPermission;
import livekit.LivekitRtc.UpdateParticipantMetadata;
import org.nhipcau.signaling.session.Profile;
import org.nhipcau.signaling.session.SignalMessages;

/**
 * What to do with each message of a client. Before admission only ping and leave count. Messages of members that the
 * generated classes do not know, and those the protocol has given up, are ignored.
 *
 * <p>Thread: the room's.
 */
final class Requests {
    private final Room room;
    private final Simulation simulation;

    Requests(Room room) {
        this.room = room;
        this.simulation = new Simulation(room);
    }

    void handle(Participant participant, SignalRequest message) {
        switch (message.getMessageCase()) {
            case PING -> participant.send(SignalMessages.pong(room.services().clock().epochMs()));
            case PING_REQ -> pong(participant, message.getPingReq());
            case LEAVE -> room.remove(participant, DisconnectReason.CLIENT_INITIATED);
            default -> {
                if (participant.admitted()) {
                    serve(participant, message);
                }
            }
        }
    }

    private void serve(Participant participant, SignalRequest message) {
        switch (message.getMessageCase()) {
            case OFFER -> participant.answering().onOffer(message.getOffer());
            case ANSWER -> {
                if (participant.offering() != null) {
                    participant.offering().onAnswer(message.getAnswer());
                }
            }
            case ADD_TRACK -> room.publishing().addTrack(participant, message.getAddTrack());
            case MUTE -> room.publishing().mute(participant, message.getMute());
            case UPDATE_AUDIO_TRACK -> room.publishing().updateAudio(participant, message.getUpdateAudioTrack());
            case UPDATE_VIDEO_TRACK -> room.publishing().updateVideo(participant, message.getUpdateVideoTrack());
            case SUBSCRIPTION -> room.subscribing().request(participant, message.getSubscription());
            case TRACK_SETTING -> room.subscribing().settings().ask(participant, message.getTrackSetting());
            case SUBSCRIPTION_PERMISSION -> audience(participant, message.getSubscriptionPermission());
            case UPDATE_METADATA -> metadata(participant, message.getUpdateMetadata());
            case SYNC_STATE -> room.admission().sync(participant, message.getSyncState());
            case SIMULATE -> simulation.run(participant, message.getSimulate());
            case PUBLISH_DATA_TRACK_REQUEST -> refuse(participant, Reason.NOT_ALLOWED,
                    RequestResponse.newBuilder().setPublishDataTrack(message.getPublishDataTrackRequest()));
            case UNPUBLISH_DATA_TRACK_REQUEST -> refuse(participant, Reason.NOT_FOUND,
                    RequestResponse.newBuilder().setUnpublishDataTrack(message.getUnpublishDataTrackRequest()));
            // ICE lite: the node answers checks from wherever they come and never sends one, so that a client's
            // candidates are of no use. There are no data tracks to subscribe to.
            default -> { }
        }
    }

    private void pong(Participant participant, Ping ping) {
        participant.send(SignalMessages.pong(ping.getTimestamp(), room.services().clock().epochMs()));
    }

    private void audience(Participant participant, SubscriptionPermission request) {
        if (!room.subscribing().audience(participant, request)) {
            refuse(participant, Reason.LIMIT_EXCEEDED, RequestResponse.newBuilder());
        }
    }

    private void metadata(Participant participant, UpdateParticipantMetadata request) {
        RequestResponse.Builder response = RequestResponse.newBuilder().setRequestId(request.getRequestId())
                .setUpdateMetadata(UpdateParticipantMetadata.newBuilder().setRequestId(request.getRequestId()));
        if (room.oversight().governed()) {
            ruled(participant, request, response);
            return;
        }
        if (!participant.permission().canUpdateMetadata()) {
            refuse(participant, Reason.NOT_ALLOWED, response);
            return;
        }
        Profile changed = participant.profile().changedBy(request.getName(), request.getMetadata(),
                request.getAttributesMap());
        if (!changed.fits(room.services().config().limits())) {
            refuse(participant, Reason.LIMIT_EXCEEDED, response);
            return;
        }
        profileChanged(participant, changed);
        if (participant.traits().wantsSuccessAnswers()) {
            participant.send(SignalMessages.of(response.setReason(Reason.OK)));
        }
    }

    /** Where the rules of the room hold, nobody writes anything about themselves: only heartbeats are taken. */
    private void ruled(Participant participant, UpdateParticipantMetadata request, RequestResponse.Builder response) {
        boolean taken = request.getAttributesCount() > 0 && request.getName().isEmpty()
                && request.getMetadata().isEmpty();
        for (Map.Entry<String, String> attribute : request.getAttributesMap().entrySet()) {
            taken &= attribute.getKey().startsWith(Oversight.PROOF) && room.oversight().heartbeat(participant,
                    attribute.getKey().substring(Oversight.PROOF.length()), attribute.getValue());
        }
        if (!taken) {
            refuse(participant, Reason.NOT_ALLOWED, response);
        } else if (participant.traits().wantsSuccessAnswers()) {
            participant.send(SignalMessages.of(response.setReason(Reason.OK)));
        }
    }

    /** The participant itself is told too: its client waits for the new values. */
    private void profileChanged(Participant participant, Profile changed) {
        participant.profile(changed);
        room.announcer().participantChanged(participant, true);
        room.admission().sendToken(participant);
    }

    private void refuse(Participant participant, Reason reason, RequestResponse.Builder response) {
        room.services().metrics().requestRefused();
        participant.send(SignalMessages.of(response.setReason(reason)));
    }
}
