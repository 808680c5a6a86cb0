// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.signaling.room;

import java.util.List;
import livekit.LivekitModels.SimulcastCodecInfo;
import livekit.LivekitModels.TrackInfo;
import livekit.LivekitModels.TrackType;
import livekit.LivekitRtc.AddTrackRequest;
import org.nhipcau.sfu.api.CodecParameters;
import org.nhipcau.sfu.api.ConsumerSettings;
import org.nhipcau.sfu.api.MediaEvent.ProducerState;
import org.nhipcau.sfu.api.MediaEvent.WantedQualityChanged;
import org.nhipcau.sfu.api.MediaKind;
import org.nhipcau.sfu.api.ProducerParameters;
import org.nhipcau.signaling.sdp.PublishIntent;
import org.nhipcau.signaling.sdp.SubscribeIntent;
import org.nhipcau.signaling.session.TrackAnnouncement;

/**
 * One track of a participant: announced by add_track, published once a description carries it and the media node has
 * taken it. Thread: the room's.
 */
final class PublishedTrack {
    private final String publisherSid;
    private final AddTrackRequest request;
    private TrackInfo info;
    private ProducerParameters producer;
    private ProducerState state = ProducerState.ACTIVE;
    private boolean subscribedBefore;
    private boolean mutedByService;
    private int wantedQuality = 2;
    private int wantedSpeechBps;
    private int wantedPacketMs;

    PublishedTrack(String publisherSid, String sid, AddTrackRequest request) {
        this.publisherSid = publisherSid;
        // The request goes along for its rules only; names live in the description.
        this.request = request;
        this.info = TrackAnnouncement.describe(request, sid);
    }

    String sid() {
        return info.getSid();
    }

    String cid() {
        return request.getCid();
    }

    String publisherSid() {
        return publisherSid;
    }

    TrackInfo info() {
        return info;
    }

    MediaKind kind() {
        return info.getType() == TrackType.AUDIO ? MediaKind.AUDIO : MediaKind.VIDEO;
    }

    boolean published() {
        return producer != null;
    }

    boolean muted() {
        return info.getMuted();
    }

    PublishIntent publishIntent() {
        return TrackAnnouncement.intent(request, info, wantedPacketMs);
    }

    /** The intent to send this track to someone; only for a published track. */
    SubscribeIntent subscribeIntent(ConsumerSettings settings) {
        List<CodecParameters> codecs = producer.codecs();
        return new SubscribeIntent(sid(), publisherSid + "|" + sid(), publisherSid, kind(), codecs,
                TrackAnnouncement.redundant(request), settings);
    }

    /** Takes in what offer and answer settled: section, format, simulcast. */
    @SuppressWarnings("deprecation")
    void settle(ProducerParameters settled) {
        producer = settled;
        TrackInfo.Builder next = info.toBuilder().setMid(settled.mid());
        if (!settled.codecs().isEmpty()) {
            String mime = settled.codecs().getFirst().mimeType();
            next.setMimeType(mime);
            SimulcastCodecInfo.Builder first = next.getCodecsBuilder(0).setMid(settled.mid()).setMimeType(mime);
            for (int i = 1; i < next.getCodecsCount(); i++) {
                if (next.getCodecs(i).getMimeType().equalsIgnoreCase(first.getMimeType())) {
                    next.removeCodecs(i--);
                }
            }
        }
        if (kind() == MediaKind.VIDEO) {
            next.setSimulcast(settled.encodings().size() > 1);
        }
        info = next.build();
    }

    void mute(boolean muted) {
        info = info.toBuilder().setMuted(muted).build();
    }

    /** Whether the last word on its muting was the room service's, and the client has not spoken since. */
    boolean mutedByService() {
        return mutedByService;
    }

    void mutedByService(boolean now) {
        mutedByService = now;
    }

    void describe(TrackInfo changed) {
        info = changed;
    }

    ProducerState state() {
        return state;
    }

    void state(ProducerState next) {
        state = next;
    }

    /** Whether its picture or sound is missing without having been muted or been called off for want of viewers. */
    boolean stalled() {
        return published() && !muted()
                && (state != ProducerState.ACTIVE && wantedQuality >= 0 || wantedQuality == WantedQualityChanged.RESTING);
    }

    int wantedQuality() {
        return wantedQuality;
    }

    void wantedQuality(int quality) {
        wantedQuality = quality;
    }

    /** What its speech should take at most, in bits per second; 0: as its publisher likes. */
    int wantedSpeechBps() {
        return wantedSpeechBps;
    }

    /** What each packet of its speech should hold, in milliseconds; 0: as its publisher likes. */
    int wantedPacketMs() {
        return wantedPacketMs;
    }

    void wantedSpeech(int bps, int packetMs) {
        wantedSpeechBps = bps;
        wantedPacketMs = packetMs;
    }

    /** Whether somebody has received it at some time. */
    boolean subscribedBefore() {
        return subscribedBefore;
    }

    /** True the first time it is asked. */
    boolean firstSubscriber() {
        boolean first = !subscribedBefore;
        subscribedBefore = true;
        return first;
    }
}
