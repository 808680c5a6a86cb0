// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.signaling.room;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import livekit.LivekitModels.DisconnectReason;
import livekit.LivekitModels.ParticipantInfo;
import livekit.LivekitModels.SpeakerInfo;
import livekit.LivekitModels.VideoQuality;
import livekit.LivekitRtc.LeaveRequest;
import livekit.LivekitRtc.SignalResponse;
import livekit.LivekitRtc.SpeakersChanged;
import livekit.LivekitRtc.SubscribedCodec;
import livekit.LivekitRtc.SubscribedQuality;
import livekit.LivekitRtc.SubscribedQualityUpdate;
import org.nhipcau.sfu.api.MediaEvent;
import org.nhipcau.sfu.api.MediaEvent.PeerFailure;
import org.nhipcau.sfu.api.MediaEvent.PeerState;
import org.nhipcau.sfu.api.MediaEvent.PeerStateChanged;
import org.nhipcau.sfu.api.MediaEvent.Speaker;
import org.nhipcau.sfu.api.MediaEvent.WantedQualityChanged;
import org.nhipcau.sfu.api.MediaKind;

/**
 * What the media node tells of its own accord, turned into what clients are told.
 *
 * <p>A transport that FAILED is gone for good on the node, so its client is told to start anew; one that is merely
 * DISCONNECTED for {@link #RESUME_AFTER_MS} is told to resume, which restarts ICE and keeps the call.
 *
 * <p>Thread: the room's.
 */
final class MediaEvents {
    static final long RESUME_AFTER_MS = 10_000;
    /** A client that leaves may close DTLS before its leave arrives. */
    private static final long CLOSED_GRACE_MS = 1_000;

    private final Room room;
    private final Map<String, Speaker> speaking = new HashMap<>();

    MediaEvents(Room room) {
        this.room = room;
    }

    void handle(MediaEvent event) {
        if (room.ended()) {
            return;
        }
        switch (event) {
            case PeerStateChanged changed -> peerState(changed);
            case MediaEvent.ProducerStateChanged changed -> producerState(changed);
            case MediaEvent.SpeakersChanged changed -> speakers(changed);
            case WantedQualityChanged changed -> wantedQuality(changed);
            case MediaEvent.WantedSpeechChanged changed -> wantedSpeech(changed);
            case MediaEvent.ConsumerPaused paused -> {
                Participant viewer = byPeer(paused.peerId());
                if (viewer != null) {
                    room.subscribing().congestion(viewer, paused.consumerId(), paused.paused());
                }
            }
            case MediaEvent.PictureStepChanged changed -> {
                Participant viewer = byPeer(changed.peerId());
                if (viewer != null) {
                    room.subscribing().pictureStep(viewer, changed.consumerId(), changed.step());
                }
            }
            case MediaEvent.ConsumerStarted started ->
                    room.services().metrics().firstMedia(started.kind(), started.elapsedMs());
            case MediaEvent.QualityReport report -> {
                Participant participant = byPeer(report.peerId());
                if (participant != null) {
                    room.quality().report(participant, report);
                }
            }
            case MediaEvent.GateChanged changed -> room.oversight().gateChanged(changed);
            case MediaEvent.PathMeasured measured -> {
                Participant participant = byPeer(measured.peerId());
                if (participant != null && participant.receivingPeer().peerId().equals(measured.peerId())) {
                    room.services().paths().remember(participant.identity(), measured.history());
                }
            }
            case MediaEvent.AdmissionChanged admission -> { }
            case MediaEvent.DataOpened opened -> room.data().opened(byPeer(opened.peerId()), opened);
            case MediaEvent.DataReceived received -> room.data().received(byPeer(received.peerId()), received);
            case MediaEvent.DataLost lost -> room.data().lost(byPeer(lost.peerId()));
            case MediaEvent.RoomLost lost -> room.end(DisconnectReason.SERVER_SHUTDOWN);
        }
    }

    private Participant byPeer(String peerId) {
        int dot = peerId.lastIndexOf('.');
        return dot < 0 ? null : room.participant(peerId.substring(0, dot));
    }

    private static MediaPeer peerOf(Participant participant, String peerId) {
        return participant.answering().peer().peerId().equals(peerId) ? participant.answering().peer()
                : participant.offering() == null ? null : participant.offering().peer();
    }

    private void peerState(PeerStateChanged changed) {
        Participant participant = byPeer(changed.peerId());
        MediaPeer peer = participant == null ? null : peerOf(participant, changed.peerId());
        if (peer == null || participant.transportLost) {
            return;
        }
        peer.state(changed.state());
        switch (changed.state()) {
            case NEW, CONNECTING -> { }
            case CONNECTED -> {
                if (disconnected(participant) == null) {
                    participant.disconnectedTimer = RoomTimers.cancel(participant.disconnectedTimer);
                }
                activate(participant);
                room.quality().changed(participant);
            }
            case DISCONNECTED -> {
                room.quality().changed(participant);
                participant.disconnectedTimer = RoomTimers.cancel(participant.disconnectedTimer);
                participant.disconnectedTimer = room.timers().after(RESUME_AFTER_MS, () -> {
                    participant.disconnectedTimer = null;
                    if (disconnected(participant) != null) {
                        room.seats().askToResume(participant);
                    }
                });
            }
            case FAILED -> {
                room.services().metrics().peerFailed(changed.failure());
                room.mediaFailed(participant);
            }
            case CLOSED -> closed(participant, changed.failure());
        }
    }

    /** A transport of the participant that is not up for now, or null. */
    private static MediaPeer disconnected(Participant participant) {
        if (participant.answering().peer().state() == PeerState.DISCONNECTED) {
            return participant.answering().peer();
        }
        return participant.offering() != null && participant.offering().peer().state() == PeerState.DISCONNECTED
                ? participant.offering().peer() : null;
    }

    private void closed(Participant participant, PeerFailure failure) {
        if (failure == PeerFailure.REMOTE_CLOSED) {
            participant.disconnectedTimer = RoomTimers.cancel(participant.disconnectedTimer);
            participant.disconnectedTimer = room.timers().after(CLOSED_GRACE_MS,
                    () -> room.leave(participant, DisconnectReason.MEDIA_FAILURE, LeaveRequest.Action.RECONNECT));
        } else {
            room.services().metrics().peerFailed(failure);
            room.mediaFailed(participant);
        }
    }

    private void activate(Participant participant) {
        if (!participant.admitted() || participant.active()) {
            return;
        }
        boolean first = !participant.activeOnce();
        participant.state(ParticipantInfo.State.ACTIVE);
        participant.joinTimer = RoomTimers.cancel(participant.joinTimer);
        room.announcer().participantChanged(participant, false);
        if (first) {
            room.services().metrics().active(room.services().clock().nowMs() - participant.openedAtMs());
            room.announcer().webhook("participant_joined", participant);
        }
    }

    private void producerState(MediaEvent.ProducerStateChanged changed) {
        PublishedTrack track = room.track(changed.trackId());
        if (track != null) {
            room.services().metrics().producerState(changed.state());
            track.state(changed.state());
            room.subscribing().streamStateChanged(track);
        }
    }

    private void speakers(MediaEvent.SpeakersChanged changed) {
        for (Speaker speaker : changed.speakers()) {
            if (speaker.active() && room.participant(speaker.participantId()) != null) {
                speaking.put(speaker.participantId(), speaker);
            } else {
                speaking.remove(speaker.participantId());
            }
        }
        for (Participant viewer : room.participants()) {
            tellOfSpeech(viewer, changed.speakers());
        }
    }

    private void tellOfSpeech(Participant viewer, Iterable<Speaker> speakers) {
        SpeakersChanged.Builder heard = SpeakersChanged.newBuilder();
        for (Speaker speaker : speakers) {
            Participant subject = room.participant(speaker.participantId());
            if (subject != null && viewer.admitted()
                    && (subject == viewer || room.oversight().knows(viewer, subject)
                    && room.subscribing().hears(viewer, subject))) {
                heard.addSpeakers(SpeakerInfo.newBuilder().setSid(subject.sid())
                        .setLevel((float) speaker.level()).setActive(speaker.active()));
            }
        }
        if (heard.getSpeakersCount() > 0) {
            viewer.send(SignalResponse.newBuilder().setSpeakersChanged(heard).build());
        }
    }

    /** Tells a participant on a new socket of everybody whether they speak: only changes are told otherwise. */
    void remindOfSpeakers(Participant viewer) {
        List<Speaker> all = new ArrayList<>();
        for (Participant subject : room.participants()) {
            all.add(speaking.getOrDefault(subject.sid(), new Speaker(subject.sid(), 0, false)));
        }
        tellOfSpeech(viewer, all);
    }

    void forget(Participant participant) {
        speaking.remove(participant.sid());
    }

    private void wantedQuality(WantedQualityChanged changed) {
        PublishedTrack track = room.track(changed.trackId());
        if (track == null || track.kind() != MediaKind.VIDEO || !track.published()) {
            return;
        }
        boolean sendsOn = room.participant(track.publisherSid()).traits().encoder();
        // An encoder hears of nothing but the rate: its picture becomes as small as can be, and is still to be seen.
        track.wantedQuality(sendsOn && changed.maxQuality() == WantedQualityChanged.RESTING
                ? VideoQuality.LOW_VALUE : changed.maxQuality());
        tellWantedQuality(track);
        room.subscribing().streamStateChanged(track);
    }

    private void wantedSpeech(MediaEvent.WantedSpeechChanged changed) {
        PublishedTrack track = room.track(changed.trackId());
        if (track != null && (track.wantedSpeechBps() != changed.maxBitrateBps()
                || track.wantedPacketMs() != changed.packetMs())) {
            track.wantedSpeech(changed.maxBitrateBps(), changed.packetMs());
            room.announcer().speechChanged(room.participant(track.publisherSid()));
        }
    }

    /** Repeats to a publisher on a new socket which layers are wanted: it may have missed it on the old one. */
    void remindOfWantedQuality(Participant publisher) {
        for (PublishedTrack track : publisher.publishedTracks()) {
            if (track.kind() == MediaKind.VIDEO) {
                tellWantedQuality(track);
            }
        }
    }

    @SuppressWarnings("deprecation")
    private void tellWantedQuality(PublishedTrack track) {
        SubscribedCodec.Builder codec = SubscribedCodec.newBuilder()
                .setCodec(track.info().getMimeType().toLowerCase(Locale.ROOT).replace("video/", ""));
        for (VideoQuality quality : new VideoQuality[] {VideoQuality.LOW, VideoQuality.MEDIUM, VideoQuality.HIGH}) {
            codec.addQualities(SubscribedQuality.newBuilder().setQuality(quality)
                    .setEnabled(quality.getNumber() <= track.wantedQuality()));
        }
        room.participant(track.publisherSid()).send(SignalResponse.newBuilder().setSubscribedQualityUpdate(
                SubscribedQualityUpdate.newBuilder().setTrackSid(track.sid()).addSubscribedCodecs(codec)
                        .addAllSubscribedQualities(codec.getQualitiesList())).build());
    }
}
