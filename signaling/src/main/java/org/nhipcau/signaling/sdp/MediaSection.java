// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.signaling.sdp;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.nhipcau.sfu.api.MediaKind;

/**
 * One m= section with the attributes that WebRTC uses.
 *
 * <p>Spec: RFC 8866 §5.14, RFC 8843 (mid, bundle-only), RFC 8830 (msid), RFC 5576 (ssrc), RFC 8851 and 8853 (rid,
 * simulcast), RFC 8841 (sctp-port, max-message-size).
 *
 * @param media audio, video, application or another word
 * @param formats RTP formats in the order of the m= line
 * @param otherFormats the format tokens of a section that is not RTP
 * @param packetMs a=ptime, to be written only; 0: absent
 * @param sctpPort 0: absent
 * @param maxMessageSizeBytes -1: absent
 */
record MediaSection(String media, int port, String protocol, List<PayloadFormat> formats, List<String> otherFormats,
        String mid, boolean bundleOnly, TransportAttributes transport, Direction direction, boolean rtcpMux,
        boolean rtcpReducedSize, boolean extmapAllowMixed, List<HeaderExtension> extensions, List<Msid> msids,
        List<Rid> rids, Simulcast simulcast, List<Ssrc> ssrcs, List<SsrcGroup> ssrcGroups, int packetMs,
        int sctpPort, long maxMessageSizeBytes) {
    MediaSection {
        formats = List.copyOf(formats);
        otherFormats = List.copyOf(otherFormats);
        extensions = List.copyOf(extensions);
        msids = List.copyOf(msids);
        rids = List.copyOf(rids);
        ssrcs = List.copyOf(ssrcs);
        ssrcGroups = List.copyOf(ssrcGroups);
    }

    /** Stream and track a sender belongs to; {@code -} is no stream, an empty track id: not told. */
    record Msid(String streamId, String trackId) {}

    /** An RTP stream id and its direction, without restrictions. */
    record Rid(String id, boolean sent) {}

    /** First alternatives of the simulcast streams, paused ones included. */
    record Simulcast(List<String> send, List<String> receive) {
        static final Simulcast NONE = new Simulcast(List.of(), List.of());

        Simulcast {
            send = List.copyOf(send);
            receive = List.copyOf(receive);
        }
    }

    /** An announced SSRC attribute: name and value, the value empty where there is none. */
    record Ssrc(long ssrc, String attribute, String value) {}

    /** SSRCs that belong together, for example FID: a stream and its RTX. */
    record SsrcGroup(String semantics, List<Long> ssrcs) {
        SsrcGroup {
            ssrcs = List.copyOf(ssrcs);
        }
    }

    /** Audio or video; empty for what is not RTP media. */
    Optional<MediaKind> kind() {
        return switch (media) {
            case "audio" -> Optional.of(MediaKind.AUDIO);
            case "video" -> Optional.of(MediaKind.VIDEO);
            default -> Optional.empty();
        };
    }

    boolean isKind(MediaKind wanted) {
        return kind().filter(kind -> kind == wanted).isPresent();
    }

    /** A port of 0 refuses or ends a section, unless it only says that there is no transport beside the bundle's. */
    boolean isRejected() {
        return port == 0 && !bundleOnly;
    }

    /** Whether the writer of the description sends a track of its own on this section. */
    boolean sendsTrack() {
        return !isRejected() && direction.sends() && !msids.isEmpty();
    }

    boolean isRtp() {
        return isRtp(media);
    }

    static boolean isRtp(String media) {
        return media.equals("audio") || media.equals("video");
    }

    /** Collects the parts of a section. */
    static final class Builder {
        final String media;
        final int port;
        final String protocol;
        List<PayloadFormat> formats = List.of();
        List<String> otherFormats = List.of();
        String mid = "";
        boolean bundleOnly;
        TransportAttributes transport = TransportAttributes.NONE;
        Direction direction = Direction.SENDRECV;
        boolean rtcpMux;
        boolean rtcpReducedSize;
        boolean extmapAllowMixed;
        final List<HeaderExtension> extensions = new ArrayList<>();
        final List<Msid> msids = new ArrayList<>();
        final List<Rid> rids = new ArrayList<>();
        Simulcast simulcast = Simulcast.NONE;
        final List<Ssrc> ssrcs = new ArrayList<>();
        final List<SsrcGroup> ssrcGroups = new ArrayList<>();
        int packetMs;
        int sctpPort;
        long maxMessageSizeBytes = -1;

        Builder(String media, int port, String protocol) {
            this.media = media;
            this.port = port;
            this.protocol = protocol;
        }

        MediaSection build() {
            return new MediaSection(media, port, protocol, formats, otherFormats, mid, bundleOnly, transport,
                    direction, rtcpMux, rtcpReducedSize, extmapAllowMixed, extensions, msids, rids, simulcast, ssrcs,
                    ssrcGroups, packetMs, sctpPort, maxMessageSizeBytes);
        }
    }
}
