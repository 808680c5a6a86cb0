// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.signaling.room;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import livekit.LivekitModels.TrackInfo;
import livekit.LivekitRtc.AddTrackRequest;
import livekit.LivekitRtc.MuteTrackRequest;
import livekit.LivekitRtc.RequestResponse;
import livekit.LivekitRtc.RequestResponse.Reason;
import livekit.LivekitRtc.UpdateLocalAudioTrack;
import livekit.LivekitRtc.UpdateLocalVideoTrack;
import org.nhipcau.sfu.api.MediaCommand;
import org.nhipcau.sfu.api.MediaReply;
import org.nhipcau.sfu.api.ProducerParameters;
import org.nhipcau.signaling.session.SignalMessages;
import org.nhipcau.signaling.session.TrackAnnouncement;

/**
 * Tracks from announcement to end: add_track, publication by offer and answer, mute, revocation. The one place where
 * the right to publish is checked.
 *
 * <p>Thread: the room's.
 */
final class Publishing {
    private final Room room;

    Publishing(Room room) {
        this.room = room;
    }

    /** Whether a track that a description carries may (still) be taken. */
    boolean mayPublish(Participant participant, String trackSid) {
        PublishedTrack track = participant.tracks().get(trackSid);
        return participant.admitted() && track != null
                && participant.permission().mayPublish(track.info().getSource());
    }

    void addTrack(Participant participant, AddTrackRequest asked) {
        // A name that somebody chose may name somebody.
        AddTrackRequest request = room.oversight().governed() ? TrackAnnouncement.withoutNames(asked) : asked;
        Reason reason = judge(participant, request);
        if (reason != Reason.OK) {
            refuse(participant, reason, RequestResponse.newBuilder().setAddTrack(request));
            return;
        }
        for (PublishedTrack track : participant.tracks().values()) {
            if (track.cid().equals(request.getCid())) {
                participant.queued().add(request);
                refuse(participant, Reason.QUEUED, RequestResponse.newBuilder().setAddTrack(request));
                return;
            }
        }
        String sid = room.services().ids().track(request.getType(), request.getSource());
        PublishedTrack track = new PublishedTrack(participant.sid(), sid, request);
        participant.tracks().put(sid, track);
        participant.send(SignalMessages.published(request.getCid(), track.info()));
    }

    private Reason judge(Participant participant, AddTrackRequest request) {
        Reason reason = TrackAnnouncement.check(request);
        if (reason != Reason.OK) {
            return reason;
        }
        int maxName = room.services().config().limits().maxNameChars();
        if (request.getName().length() > maxName || request.getStream().length() > maxName) {
            return Reason.LIMIT_EXCEEDED;
        }
        if (!participant.permission().mayPublish(request.getSource())) {
            return Reason.NOT_ALLOWED;
        }
        if (!request.getSid().isEmpty()) {
            // A second codec for a track: we never ask for one (subscribed_quality_update names the first alone).
            return participant.tracks().containsKey(request.getSid()) ? Reason.UNSUPPORTED_TYPE : Reason.NOT_FOUND;
        }
        return participant.trackCount() >= room.services().config().limits().maxTracksPerParticipant()
                ? Reason.LIMIT_EXCEEDED : Reason.OK;
    }

    /** Takes in what a round of offer and answer brought for the participant's tracks. */
    void negotiated(Participant participant, MediaPeer.Outcome outcome) {
        boolean changed = false;
        for (String sid : outcome.endedProducers()) {
            changed |= end(participant, participant.tracks().get(sid), false);
        }
        List<PublishedTrack> begun = new ArrayList<>();
        for (ProducerParameters producer : outcome.producers()) {
            PublishedTrack track = participant.tracks().get(producer.trackId());
            MediaReply.Reason refusal = outcome.refusedProducers().get(producer.trackId());
            if (track == null || refusal != null || !mayPublish(participant, producer.trackId())) {
                changed |= refused(participant, producer.trackId(), track, refusal);
                continue;
            }
            if (!track.published()) {
                begun.add(track);
            }
            track.settle(producer);
            if (producer.muted() != track.muted()) {
                // Muted or unmuted while the node was taking it.
                room.media().tell(new MediaCommand.MuteProducer(room.id(), track.sid(), track.muted()));
            }
            changed = true;
        }
        if (changed) {
            room.announcer().participantChanged(participant, false);
        }
        for (PublishedTrack track : begun) {
            room.services().metrics().trackPublished(track.kind());
            room.announcer().webhook("track_published", participant, track.info());
            room.subscribing().trackPublished(participant, track);
        }
    }

    /** The node, or a right lost in between, stands against a track the client already sends. */
    private boolean refused(Participant participant, String sid, PublishedTrack track, MediaReply.Reason refusal) {
        room.media().tell(new MediaCommand.RemoveProducer(room.id(), sid));
        participant.answering().peer().stopProducer(sid);
        if (track == null) {
            return false;
        }
        Reason reason = refusal == null ? Reason.NOT_ALLOWED : refusal == MediaReply.Reason.CAPACITY
                ? Reason.LIMIT_EXCEEDED : Reason.UNCLASSIFIED_ERROR;
        AddTrackRequest named = AddTrackRequest.newBuilder().setCid(track.cid()).setType(track.info().getType())
                .setSource(track.info().getSource()).build();
        refuse(participant, reason, RequestResponse.newBuilder().setAddTrack(named));
        return end(participant, track, true);
    }

    /**
     * Ends a track at once.
     *
     * @param tellOwner the client did not end it itself
     * @return whether others knew of it; the caller then tells them
     */
    boolean end(Participant participant, PublishedTrack track, boolean tellOwner) {
        if (track == null || participant.tracks().remove(track.sid()) == null) {
            return false;
        }
        participant.answering().peer().stopProducer(track.sid());
        room.oversight().trackEnded(track);
        if (tellOwner) {
            participant.send(SignalMessages.unpublished(track.sid()));
        }
        if (track.published()) {
            room.subscribing().trackEnded(track);
            room.services().metrics().trackUnpublished(track.kind());
            room.announcer().webhook("track_unpublished", participant, track.info());
        }
        serveQueued(participant, track.cid());
        return track.published();
    }

    private void serveQueued(Participant participant, String cid) {
        if (!participant.admitted()) {
            return;
        }
        for (Iterator<AddTrackRequest> all = participant.queued().iterator(); all.hasNext();) {
            AddTrackRequest next = all.next();
            if (next.getCid().equals(cid)) {
                all.remove();
                addTrack(participant, next);
                return;
            }
        }
    }

    void endAll(Participant participant) {
        participant.queued().clear();
        for (PublishedTrack track : List.copyOf(participant.tracks().values())) {
            end(participant, track, false);
        }
    }

    /** Ends what the participant may no longer publish. The caller tells others of the participant. */
    void permissionChanged(Participant participant) {
        participant.queued().removeIf(request -> !participant.permission().mayPublish(request.getSource()));
        for (PublishedTrack track : List.copyOf(participant.tracks().values())) {
            if (!participant.permission().mayPublish(track.info().getSource())) {
                end(participant, track, true);
            }
        }
    }

    /** The client mutes its own track; it has done so already, hence no answer. */
    void mute(Participant participant, MuteTrackRequest request) {
        PublishedTrack track = participant.tracks().get(request.getSid());
        if (track == null) {
            refuse(participant, Reason.NOT_FOUND, RequestResponse.newBuilder().setMute(request));
            return;
        }
        track.mutedByService(false);
        if (muteTrack(track, request.getMuted())) {
            room.announcer().participantChanged(participant, false);
        }
    }

    /** Mutes on behalf of the room service: the client is told to do the same. */
    void muteByService(Participant participant, PublishedTrack track, boolean muted) {
        boolean visible = muteTrack(track, muted);
        track.mutedByService(true);
        participant.send(SignalMessages.mute(track.sid(), muted));
        if (visible) {
            room.announcer().participantChanged(participant, true);
        }
    }

    /**
     * Repeats what a client may have missed while it had no socket. Before it is told its own state: clients set a
     * muting right that they know nothing of.
     */
    void remindOfMuting(Participant participant) {
        for (PublishedTrack track : participant.tracks().values()) {
            if (track.mutedByService()) {
                participant.send(SignalMessages.mute(track.sid(), track.muted()));
            }
        }
    }

    /** Repeats what a client may have missed of its own tracks: that they were taken, that somebody receives them. */
    void remindOfTracks(Participant participant) {
        for (PublishedTrack track : participant.tracks().values()) {
            if (!track.published()) {
                participant.send(SignalMessages.published(track.cid(), track.info()));
            } else if (track.subscribedBefore()) {
                participant.send(SignalMessages.subscribed(track.sid()));
            }
        }
    }

    private boolean muteTrack(PublishedTrack track, boolean muted) {
        if (track.muted() == muted) {
            return false;
        }
        track.mute(muted);
        if (track.published()) {
            room.media().tell(new MediaCommand.MuteProducer(room.id(), track.sid(), muted));
            room.subscribing().streamStateChanged(track);
        }
        return track.published();
    }

    void updateAudio(Participant participant, UpdateLocalAudioTrack request) {
        PublishedTrack track = participant.tracks().get(request.getTrackSid());
        if (track == null) {
            refuse(participant, Reason.NOT_FOUND, RequestResponse.newBuilder().setUpdateAudioTrack(request));
            return;
        }
        List<Integer> features = request.getFeaturesValueList().stream().distinct().limit(16).toList();
        describe(participant, track, track.info().toBuilder().clearAudioFeatures().addAllAudioFeaturesValue(features)
                .build());
    }

    void updateVideo(Participant participant, UpdateLocalVideoTrack request) {
        PublishedTrack track = participant.tracks().get(request.getTrackSid());
        if (track == null) {
            refuse(participant, Reason.NOT_FOUND, RequestResponse.newBuilder().setUpdateVideoTrack(request));
            return;
        }
        describe(participant, track, track.info().toBuilder().setWidth(request.getWidth())
                .setHeight(request.getHeight()).build());
    }

    private void describe(Participant participant, PublishedTrack track, TrackInfo changed) {
        track.describe(changed);
        if (track.published()) {
            room.announcer().participantChanged(participant, false);
        }
    }

    private void refuse(Participant participant, Reason reason, RequestResponse.Builder response) {
        if (reason != Reason.QUEUED) {
            room.services().metrics().requestRefused();
        }
        participant.send(SignalMessages.of(response.setReason(reason)));
    }
}
