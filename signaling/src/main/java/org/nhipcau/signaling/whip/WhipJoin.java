// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.signaling.whip;

import livekit.LivekitModels.AudioTrackFeature;
import livekit.LivekitModels.ClientInfo;
import livekit.LivekitModels.TrackSource;
import livekit.LivekitModels.TrackType;
import livekit.LivekitModels.VideoLayer;
import livekit.LivekitModels.VideoQuality;
import livekit.LivekitRtc.AddTrackRequest;
import livekit.LivekitRtc.ConnectionSettings;
import livekit.LivekitRtc.JoinRequest;
import livekit.LivekitRtc.SessionDescription;
import org.nhipcau.sfu.api.MediaKind;
import org.nhipcau.signaling.sdp.SendingOffer;
import org.nhipcau.signaling.session.JoinAttempt;
import org.nhipcau.signaling.token.Grants;

/** Puts what a WHIP client asks for into the words of a join that announces, offers and wants nothing back. Pure. */
final class WhipJoin {
    /** Protocol 15 is the first that is told when a request went well: nothing here waits for that. */
    private static final int PROTOCOL = 14;
    private static final VideoQuality[] RISING = {VideoQuality.LOW, VideoQuality.MEDIUM, VideoQuality.HIGH};

    private WhipJoin() {}

    /** What the picture shows; the sound goes with it. */
    enum Shown {
        /** A camera of the room, the theatre, a person. */
        CAMERA(TrackSource.CAMERA, TrackSource.MICROPHONE),
        /** What a device shows on its screen: ultrasound, endoscope, slides. */
        SCREEN_SHARE(TrackSource.SCREEN_SHARE, TrackSource.SCREEN_SHARE_AUDIO);

        private final TrackSource picture;
        private final TrackSource sound;

        Shown(TrackSource picture, TrackSource sound) {
            this.picture = picture;
            this.sound = sound;
        }

        /** By its name in the query; absent: a camera; null when there is no such source. */
        static Shown of(String name) {
            return switch (name) {
                case "", "camera" -> CAMERA;
                case "screen_share" -> SCREEN_SHARE;
                default -> null;
            };
        }
    }

    /** The join that brings the offer along. */
    static JoinAttempt attempt(Grants grants, Shown shown, SendingOffer offer, int offerId) {
        JoinRequest.Builder request = request();
        for (SendingOffer.Track track : offer.tracks()) {
            request.addAddTrackRequests(announcement(shown, track));
        }
        request.setPublisherOffer(offer(offer.sdp(), offerId));
        return new JoinAttempt(grants, request.build(), true);
    }

    /** Takes the session of a participant up again after its place in the room was asked to. */
    static JoinAttempt resumption(JoinAttempt attempt, String participantSid) {
        return new JoinAttempt(attempt.grants(), request().setReconnect(true).setParticipantSid(participantSid).build(),
                true);
    }

    private static JoinRequest.Builder request() {
        return JoinRequest.newBuilder()
                .setClientInfo(ClientInfo.newBuilder().setDeviceModel(JoinAttempt.ENCODER).setProtocol(PROTOCOL))
                .setConnectionSettings(ConnectionSettings.newBuilder().setAutoSubscribe(false));
    }

    static SessionDescription offer(String sdp, int id) {
        return SessionDescription.newBuilder().setType("offer").setId(id).setSdp(sdp).build();
    }

    private static AddTrackRequest announcement(Shown shown, SendingOffer.Track track) {
        boolean audio = track.kind() == MediaKind.AUDIO;
        // There is one track of a kind at most, which finds its section by the kind.
        AddTrackRequest.Builder request = AddTrackRequest.newBuilder().setCid(audio ? "audio" : "video")
                .setType(audio ? TrackType.AUDIO : TrackType.VIDEO).setSource(audio ? shown.sound : shown.picture);
        if (audio) {
            // Breath and heart sounds are what a gate of speech would leave out.
            request.addAudioFeatures(AudioTrackFeature.TF_NO_DTX);
            return (track.stereo() ? request.addAudioFeatures(AudioTrackFeature.TF_STEREO) : request).build();
        }
        for (int i = 0; track.encodings() > 1 && i < Math.min(track.encodings(), RISING.length); i++) {
            request.addLayers(VideoLayer.newBuilder().setQuality(RISING[i]));
        }
        return request.build();
    }
}
