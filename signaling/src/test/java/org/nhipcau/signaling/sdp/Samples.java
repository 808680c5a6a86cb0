// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.signaling.sdp;

import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.nhipcau.sfu.api.CodecParameters;
import org.nhipcau.sfu.api.ConsumerSettings;
import org.nhipcau.sfu.api.EncodingParameters;
import org.nhipcau.sfu.api.Fingerprint;
import org.nhipcau.sfu.api.IceCandidate;
import org.nhipcau.sfu.api.LocalTransport;
import org.nhipcau.sfu.api.MediaKind;
import org.nhipcau.sfu.api.TrackSource;

/** The server's transport, tracks and formats that the tests of this package share. */
final class Samples {
    static final long SEED = 20_260_727L;

    static final LocalTransport LOCAL = local("srvUfrag", "srvPassword0123456789abc");

    static final List<EncodingParameters> CAMERA_LAYERS = List.of(
            new EncodingParameters("", 0, 0, 0, 320, 180, 160_000),
            new EncodingParameters("", 0, 0, 1, 640, 360, 450_000),
            new EncodingParameters("", 0, 0, 2, 1280, 720, 1_700_000));

    private Samples() {}

    static ServerNegotiation negotiation() {
        return new ServerNegotiation(new SplittableRandom(SEED), ServerNegotiation.ALL_CODECS,
                SoundFormat.DEFAULT, SdpLimits.DEFAULT);
    }

    static LocalTransport local(String ufrag, String pwd) {
        return new LocalTransport(ufrag, pwd, new Fingerprint("sha-256", "AB" + ":CD".repeat(31)),
                List.of(new IceCandidate("1", 2_130_706_431L, "127.0.0.1", 7882, "host"),
                        new IceCandidate("2", 2_130_706_175L, "::1", 7882, "host")));
    }

    static PublishIntent microphone(String trackId, String cid) {
        return new PublishIntent(trackId, List.of(cid), MediaKind.AUDIO, TrackSource.MICROPHONE, "", List.of(), false,
                true, true, false, 0);
    }

    static PublishIntent camera(String trackId, String cid, String mimeType) {
        return new PublishIntent(trackId, List.of(cid), MediaKind.VIDEO, TrackSource.CAMERA, mimeType, CAMERA_LAYERS,
                false, false, false, false, 0);
    }

    static SubscribeIntent audio(String trackId) {
        return new SubscribeIntent(trackId, "PA_pub|" + trackId, "cname-pub", MediaKind.AUDIO,
                List.of(codec("audio/red", 63, -1, Map.of("111/111", "")),
                        codec("audio/opus", 111, -1, Map.of("minptime", "10", "useinbandfec", "1"))), true,
                ConsumerSettings.DEFAULT);
    }

    static SubscribeIntent video(String trackId) {
        return video(trackId, codec("video/VP8", 96, 97, Map.of()));
    }

    static SubscribeIntent video(String trackId, CodecParameters... codecs) {
        return new SubscribeIntent(trackId, "PA_pub|" + trackId, "cname-pub", MediaKind.VIDEO, List.of(codecs), false,
                ConsumerSettings.DEFAULT);
    }

    static CodecParameters codec(String mimeType, int payloadType, int rtx, Map<String, String> parameters) {
        boolean video = mimeType.startsWith("video/");
        return new CodecParameters(mimeType, payloadType, video ? 90_000 : 48_000, video ? 0 : 2, parameters, rtx,
                video, video, video, video, true);
    }

    static SessionDescription read(String text) throws SdpException {
        return new SdpReader(SdpLimits.DEFAULT).read(text);
    }
}
