// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.signaling.sdp;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.nhipcau.sfu.api.HeaderExtensions;
import org.nhipcau.sfu.api.MediaKind;

/**
 * The header extensions that the server takes, under the ids of one description.
 *
 * <p>Spec: RFC 8285 §5 and §7, RFC 8843 §9.2: one id means the same extension on all sections of a bundle.
 */
final class ExtensionSelector {
    private static final int MAX_ONE_BYTE_ID = 14;
    private static final int MAX_TWO_BYTE_ID = 255;

    private final Map<Extension, Integer> ids = new EnumMap<>(Extension.class);

    /** Which media an extension goes with, and whether the server takes it, writes it or both. */
    enum Extension {
        MID("urn:ietf:params:rtp-hdrext:sdes:mid", true, true, true),
        RID("urn:ietf:params:rtp-hdrext:sdes:rtp-stream-id", false, true, false),
        REPAIRED_RID("urn:ietf:params:rtp-hdrext:sdes:repaired-rtp-stream-id", false, true, false),
        AUDIO_LEVEL("urn:ietf:params:rtp-hdrext:ssrc-audio-level", true, false, true),
        TRANSPORT_CC("http://www.ietf.org/id/draft-holmer-rmcat-transport-wide-cc-extensions-01", true, true, true),
        ABS_SEND_TIME("http://www.webrtc.org/experiments/rtp-hdrext/abs-send-time", true, true, true),
        ABS_CAPTURE_TIME("http://www.webrtc.org/experiments/rtp-hdrext/abs-capture-time", true, true, true),
        PLAYOUT_DELAY("http://www.webrtc.org/experiments/rtp-hdrext/playout-delay", false, true, true),
        DEPENDENCY_DESCRIPTOR(
                "https://aomediacodec.github.io/av1-rtp-spec/#dependency-descriptor-rtp-header-extension",
                false, true, true),
        VIDEO_LAYERS_ALLOCATION("http://www.webrtc.org/experiments/rtp-hdrext/video-layers-allocation00",
                false, true, false);

        final String uri;
        private final boolean audio;
        private final boolean video;
        private final boolean sent;

        Extension(String uri, boolean audio, boolean video, boolean sent) {
            this.uri = uri;
            this.audio = audio;
            this.video = video;
            this.sent = sent;
        }

        /** Whether it goes with media of the kind. */
        boolean fits(MediaKind kind) {
            return kind == MediaKind.AUDIO ? audio : video;
        }

        /** Whether it goes with media of the kind that the server sends. */
        boolean sentWith(MediaKind kind) {
            return sent && fits(kind);
        }
    }

    /** Takes the ids that hold on all the sections; a second id for an extension or a second meaning is left out. */
    static ExtensionSelector of(SessionDescription description, List<MediaSection> sections) {
        ExtensionSelector selector = new ExtensionSelector();
        Map<Integer, String> uriById = new HashMap<>();
        for (MediaSection section : sections) {
            int maxId = description.allowsMixed(section) ? MAX_TWO_BYTE_ID : MAX_ONE_BYTE_ID;
            for (HeaderExtension offered : section.extensions()) {
                String meaning = uriById.putIfAbsent(offered.id(), offered.uri());
                boolean clash = meaning != null && !meaning.equals(offered.uri());
                if (offered.id() <= maxId && !clash) {
                    selector.put(offered);
                }
            }
        }
        return selector;
    }

    /** Takes the ids of an answer, as far as the offer had them. */
    static ExtensionSelector of(SessionDescription description, List<MediaSection> sections,
            Set<HeaderExtension> offered) {
        ExtensionSelector selector = of(description, sections);
        selector.ids.entrySet().removeIf(id ->
                !offered.contains(new HeaderExtension(id.getValue(), id.getKey().uri)));
        return selector;
    }

    private void put(HeaderExtension offered) {
        for (Extension known : Extension.values()) {
            if (known.uri.equals(offered.uri())) {
                ids.putIfAbsent(known, offered.id());
            }
        }
    }

    /**
     * The a=extmap lines that answer the section's, those that the server never writes too: Chromium takes the
     * extensions of its first video section for the sections it adds later, and one that publishes simulcast without
     * the rid extension fails.
     */
    List<HeaderExtension> answer(MediaSection offered) {
        MediaKind kind = offered.kind().orElseThrow();
        List<HeaderExtension> answer = new ArrayList<>();
        for (HeaderExtension extension : offered.extensions()) {
            boolean taken = ids.entrySet().stream().anyMatch(known -> known.getValue() == extension.id()
                    && known.getKey().uri.equals(extension.uri()) && known.getKey().fits(kind));
            if (taken) {
                answer.add(new HeaderExtension(extension.id(), extension.direction().map(Direction::reversed),
                        extension.uri(), ""));
            }
        }
        return answer;
    }

    HeaderExtensions ids() {
        return new HeaderExtensions(id(Extension.MID), id(Extension.RID), id(Extension.REPAIRED_RID),
                id(Extension.AUDIO_LEVEL), id(Extension.TRANSPORT_CC), id(Extension.ABS_SEND_TIME),
                id(Extension.ABS_CAPTURE_TIME), id(Extension.PLAYOUT_DELAY), id(Extension.DEPENDENCY_DESCRIPTOR),
                id(Extension.VIDEO_LAYERS_ALLOCATION));
    }

    private int id(Extension extension) {
        return ids.getOrDefault(extension, 0);
    }
}
