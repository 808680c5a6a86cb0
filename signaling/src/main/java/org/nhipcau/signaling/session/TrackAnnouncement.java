// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.signaling.session;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import livekit.LivekitModels.AudioTrackFeature;
import livekit.LivekitModels.Codec;
import livekit.LivekitModels.Encryption;
import livekit.LivekitModels.SimulcastCodecInfo;
import livekit.LivekitModels.TrackInfo;
import livekit.LivekitModels.TrackSource;
import livekit.LivekitModels.TrackType;
import livekit.LivekitModels.VideoLayer;
import livekit.LivekitRtc.AddTrackRequest;
import livekit.LivekitRtc.RequestResponse;
import livekit.LivekitRtc.SimulcastCodec;
import org.nhipcau.sfu.api.EncodingParameters;
import org.nhipcau.sfu.api.MediaKind;
import org.nhipcau.signaling.sdp.PublishIntent;

/**
 * The rules by which a client's add_track becomes a track description and an intent for the next offer. Pure.
 */
public final class TrackAnnouncement {
    private static final int MAX_LAYERS = 3;
    private static final int MAX_CODECS = 4;
    private static final int MAX_CID_CHARS = 256;

    /** The formats clients may publish; a video format first, because some clients take the first for video. */
    public static final List<Codec> ENABLED = List.of(codec("video/VP8"), codec("video/H264"), codec("video/VP9"),
            codec("video/AV1"), codec("audio/opus"), codec("audio/red"));

    private TrackAnnouncement() {}

    /**
     * Why a request cannot be served, apart from rights and counts; OK when it can. A source must fit its kind: else a
     * right to publish a microphone would let a picture through.
     */
    public static RequestResponse.Reason check(AddTrackRequest request) {
        boolean audio = request.getType() == TrackType.AUDIO;
        if (!audio && request.getType() != TrackType.VIDEO) {
            return RequestResponse.Reason.UNSUPPORTED_TYPE;
        }
        boolean fits = switch (request.getSource()) {
            case UNKNOWN -> true;
            case MICROPHONE, SCREEN_SHARE_AUDIO -> audio;
            case CAMERA, SCREEN_SHARE -> !audio;
            default -> false;
        };
        if (!fits) {
            return RequestResponse.Reason.UNSUPPORTED_TYPE;
        }
        if (request.getCid().isEmpty() || request.getCid().length() > MAX_CID_CHARS
                || request.getLayersCount() > MAX_LAYERS || request.getSimulcastCodecsCount() > MAX_CODECS) {
            return RequestResponse.Reason.LIMIT_EXCEEDED;
        }
        for (SimulcastCodec codec : request.getSimulcastCodecsList()) {
            if (codec.getCid().length() > MAX_CID_CHARS || codec.getLayersCount() > MAX_LAYERS) {
                return RequestResponse.Reason.LIMIT_EXCEEDED;
            }
        }
        return RequestResponse.Reason.OK;
    }

    /** The same request without what its sender is free to write. */
    public static AddTrackRequest withoutNames(AddTrackRequest request) {
        boolean known = request.getStream().equals("camera") || request.getStream().equals("screen");
        return request.toBuilder().setName("").setStream(known ? request.getStream() : "").build();
    }

    /** The same description without the ids that its sender chose, for all others. */
    public static TrackInfo withoutClientIds(TrackInfo info) {
        TrackInfo.Builder bare = info.toBuilder();
        bare.getCodecsBuilderList().forEach(SimulcastCodecInfo.Builder::clearCid);
        return bare.build();
    }

    /** The description of the announced track; mid and, without simulcast codecs, the format come with the offer. */
    @SuppressWarnings("deprecation")
    public static TrackInfo describe(AddTrackRequest request, String sid) {
        TrackInfo.Builder info = TrackInfo.newBuilder().setSid(sid).setType(request.getType())
                .setName(request.getName()).setMuted(request.getMuted()).setWidth(request.getWidth())
                .setHeight(request.getHeight()).setSource(request.getSource()).setDisableDtx(!dtx(request))
                .setStereo(stereo(request)).setDisableRed(request.getDisableRed())
                .setEncryption(known(request.getEncryption())).setStream(streamOf(request))
                .setBackupCodecPolicyValue(request.getBackupCodecPolicyValue())
                .addAllAudioFeaturesValue(request.getAudioFeaturesValueList().stream().distinct().limit(16).toList())
                .addAllPacketTrailerFeaturesValue(
                        request.getPacketTrailerFeaturesValueList().stream().distinct().limit(16).toList());
        List<VideoLayer> layers = layersOf(request);
        info.addAllLayers(layers).setSimulcast(layers.size() > 1);
        Set<String> taken = new LinkedHashSet<>();
        for (SimulcastCodec codec : request.getSimulcastCodecsList()) {
            String mime = mimeOf(codec.getCodec(), request.getType());
            if (taken.add(mime)) {
                List<VideoLayer> own = codec.getLayersCount() > 0 ? codec.getLayersList() : layers;
                info.addCodecs(SimulcastCodecInfo.newBuilder().setMimeType(mime).setCid(codec.getCid())
                        .addAllLayers(own).setVideoLayerModeValue(codec.getVideoLayerModeValue()));
            }
        }
        if (taken.isEmpty()) {
            info.addCodecs(SimulcastCodecInfo.newBuilder().setCid(request.getCid()).addAllLayers(layers));
        } else {
            info.setMimeType(taken.iterator().next());
        }
        return info.build();
    }

    /**
     * What the description of the client's next offer shall carry for this track.
     *
     * @param packetMs that its packets of sound should hold; 0: as all do
     */
    public static PublishIntent intent(AddTrackRequest request, TrackInfo info, int packetMs) {
        Set<String> cids = new LinkedHashSet<>();
        cids.add(request.getCid());
        String first = info.getCodecs(0).getCid();
        if (!first.isEmpty()) {
            cids.add(first);
        }
        boolean audio = info.getType() == TrackType.AUDIO;
        boolean red = redundant(request) && !stereo(request);
        return new PublishIntent(info.getSid(), List.copyOf(cids), audio ? MediaKind.AUDIO : MediaKind.VIDEO,
                sourceOf(info.getSource()), audio ? "" : info.getCodecs(0).getMimeType(), encodings(info),
                info.getMuted(), red, dtx(request), stereo(request), packetMs);
    }

    /**
     * Whether copies of its packets may go along with later ones: of sound that the client wants so, and that is not
     * encrypted end to end, for then nobody on the way can take packets apart.
     */
    public static boolean redundant(AddTrackRequest request) {
        return request.getType() == TrackType.AUDIO && !request.getDisableRed()
                && request.getEncryption() == Encryption.Type.NONE;
    }

    /** The canonical name of an enabled format, or the first enabled one of the kind in its place. */
    public static String mimeOf(String requested, TrackType type) {
        String prefix = type == TrackType.AUDIO ? "audio/" : "video/";
        String wanted = requested.toLowerCase(Locale.ROOT);
        String full = wanted.startsWith(prefix) ? wanted : prefix + wanted;
        String substitute = "";
        for (Codec enabled : ENABLED) {
            String mime = enabled.getMime();
            if (mime.toLowerCase(Locale.ROOT).equals(full)) {
                return mime;
            }
            if (substitute.isEmpty() && mime.startsWith(prefix)) {
                substitute = mime;
            }
        }
        return substitute;
    }

    private static List<EncodingParameters> encodings(TrackInfo info) {
        List<EncodingParameters> encodings = new ArrayList<>();
        List<VideoLayer> layers = info.getCodecs(0).getLayersList().stream()
                .filter(layer -> layer.getQualityValue() >= 0 && layer.getQualityValue() < MAX_LAYERS)
                .sorted((a, b) -> Long.compare((long) a.getWidth() * a.getHeight(),
                        (long) b.getWidth() * b.getHeight())).toList();
        for (int i = 0; i < layers.size(); i++) {
            VideoLayer layer = layers.get(i);
            encodings.add(new EncodingParameters("", 0, 0, i, Math.max(0, layer.getWidth()),
                    Math.max(0, layer.getHeight()), Integer.toUnsignedLong(layer.getBitrate())));
        }
        return encodings;
    }

    private static List<VideoLayer> layersOf(AddTrackRequest request) {
        if (request.getLayersCount() > 0 || request.getSimulcastCodecsCount() == 0) {
            return request.getLayersList();
        }
        return request.getSimulcastCodecs(0).getLayersList();
    }

    @SuppressWarnings("deprecation")
    private static boolean dtx(AddTrackRequest request) {
        return !request.getDisableDtx()
                && !request.getAudioFeaturesValueList().contains(AudioTrackFeature.TF_NO_DTX_VALUE);
    }

    @SuppressWarnings("deprecation")
    private static boolean stereo(AddTrackRequest request) {
        return request.getStereo()
                || request.getAudioFeaturesValueList().contains(AudioTrackFeature.TF_STEREO_VALUE);
    }

    private static Encryption.Type known(Encryption.Type type) {
        return type == Encryption.Type.UNRECOGNIZED ? Encryption.Type.CUSTOM : type;
    }

    private static String streamOf(AddTrackRequest request) {
        if (!request.getStream().isEmpty()) {
            return request.getStream();
        }
        return switch (request.getSource()) {
            case SCREEN_SHARE, SCREEN_SHARE_AUDIO -> "screen";
            case CAMERA, MICROPHONE -> "camera";
            default -> "";
        };
    }

    private static org.nhipcau.sfu.api.TrackSource sourceOf(TrackSource source) {
        return switch (source) {
            case CAMERA -> org.nhipcau.sfu.api.TrackSource.CAMERA;
            case MICROPHONE -> org.nhipcau.sfu.api.TrackSource.MICROPHONE;
            case SCREEN_SHARE -> org.nhipcau.sfu.api.TrackSource.SCREEN_SHARE;
            case SCREEN_SHARE_AUDIO -> org.nhipcau.sfu.api.TrackSource.SCREEN_SHARE_AUDIO;
            default -> org.nhipcau.sfu.api.TrackSource.UNKNOWN;
        };
    }

    private static Codec codec(String mime) {
        return Codec.newBuilder().setMime(mime).build();
    }
}
