// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.signaling.sdp;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.nhipcau.sfu.api.CodecParameters;
import org.nhipcau.sfu.api.MediaKind;
import org.nhipcau.signaling.sdp.ExtensionSelector.Extension;
import org.nhipcau.signaling.sdp.FormatSelector.Usable;

/**
 * Payload types and header extension ids of the server's own offers. A number means the same format on every
 * section of every offer, as RFC 8843 §9.1 wants of a bundle; 64 to 95 would be taken for RTCP (RFC 5761 §4).
 */
final class OfferedFormats {
    private static final List<String> VIDEO_FEEDBACK =
            List.of("goog-remb", "transport-cc", "ccm fir", "nack", "nack pli");
    // Clients copy nack of Opus from the offer into their answers.
    private static final List<String> AUDIO_FEEDBACK = List.of("nack", "transport-cc");

    private static final Usable OPUS = new Usable("audio/opus", new PayloadFormat(111, "opus", 48_000, 2,
            "minptime=10;useinbandfec=1", AUDIO_FEEDBACK), Optional.empty());
    private static final Usable RED = new Usable("audio/red",
            new PayloadFormat(63, "red", 48_000, 2, "111/111", List.of("transport-cc")), Optional.empty());

    private static final List<Usable> ALL = List.of(RED, OPUS,
            video("VP8", 96, 97, ""),
            video("VP9", 98, 99, "profile-id=0"),
            h264(125, 107, "42e01f"),
            h264(104, 105, "42001f"),
            h264(39, 40, "4d001f"),
            h264(112, 113, "64001f"),
            video("AV1", 35, 36, "profile=0"));

    private static final List<Extension> EXTENSIONS = List.of(Extension.MID, Extension.ABS_SEND_TIME,
            Extension.TRANSPORT_CC, Extension.ABS_CAPTURE_TIME, Extension.AUDIO_LEVEL, Extension.PLAYOUT_DELAY,
            Extension.DEPENDENCY_DESCRIPTOR);

    private OfferedFormats() {}

    private static Usable video(String name, int payloadType, int rtxPayloadType, String parameters) {
        return new Usable("video/" + name,
                new PayloadFormat(payloadType, name, 90_000, 0, parameters, VIDEO_FEEDBACK),
                Optional.of(new PayloadFormat(rtxPayloadType, "rtx", 90_000, 0, "apt=" + payloadType, List.of())));
    }

    private static Usable h264(int payloadType, int rtxPayloadType, String profileLevelId) {
        return video("H264", payloadType, rtxPayloadType,
                "level-asymmetry-allowed=1;packetization-mode=1;profile-level-id=" + profileLevelId);
    }

    /**
     * The formats of a section: those of the track, the publisher's first one in front. Every client knows Opus and
     * VP8 (RFC 7874 §3, RFC 7742 §5), so one of them stands in each section: a client that knows none of its formats
     * would refuse it, and with the first section the whole bundle.
     */
    static List<Usable> of(MediaKind kind, Optional<SubscribeIntent> intent, FormatSelector selector) {
        String everywhere = kind == MediaKind.AUDIO ? "audio/opus" : "video/VP8";
        Stream<CodecParameters> sent = intent.stream().flatMap(i -> i.codecs().stream());
        List<Usable> offered = new ArrayList<>(sent.flatMap(codec -> matching(codec).stream())
                .filter(format -> selector.enables(format.mimeType())).distinct().toList());
        boolean stereo = intent.stream().flatMap(i -> i.codecs().stream())
                .anyMatch(codec -> "1".equals(codec.formatParameters().get("stereo")));
        if (offered.stream().noneMatch(format -> format.is(everywhere))) {
            ALL.stream().filter(format -> format.is(everywhere)).forEach(offered::add);
        }
        offered.removeIf(format -> format.is("audio/red"));
        if (kind == MediaKind.AUDIO && intent.isPresent() && intent.get().red() && selector.enables("audio/red")) {
            offered.addFirst(RED);
        }
        if (stereo) {
            offered.replaceAll(format -> format.is("audio/opus")
                    ? format.with(format.format().parameters() + ";sprop-stereo=1") : format);
        }
        return offered;
    }

    private static Optional<Usable> matching(CodecParameters sent) {
        if (!sent.mimeKey().equals("video/h264")) {
            return ALL.stream().filter(format -> format.is(sent.mimeType())).findFirst();
        }
        H264Profile profile = H264Profile.of(sent.formatParameters());
        return ALL.stream().filter(format -> format.is("video/H264")
                && H264Profile.of(format.format().parameterMap()) == profile).findFirst();
    }

    /** The a=extmap lines of a section; the ids hold for both kinds. */
    static List<HeaderExtension> extensions(MediaKind kind) {
        List<HeaderExtension> extensions = new ArrayList<>();
        for (int i = 0; i < EXTENSIONS.size(); i++) {
            if (EXTENSIONS.get(i).sentWith(kind)) {
                extensions.add(new HeaderExtension(i + 1, EXTENSIONS.get(i).uri));
            }
        }
        return extensions;
    }

    /** The a=extmap lines of all sections. */
    static Set<HeaderExtension> extensions() {
        Set<HeaderExtension> all = new HashSet<>(extensions(MediaKind.AUDIO));
        all.addAll(extensions(MediaKind.VIDEO));
        return all;
    }
}
