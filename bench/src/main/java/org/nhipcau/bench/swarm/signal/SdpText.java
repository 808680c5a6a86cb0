// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.bench.swarm.signal;

import java.util.ArrayList;
import java.util.List;
import org.nhipcau.bench.swarm.media.VideoShape;
import org.nhipcau.bench.swarm.signal.SdpDescription.Section;
import org.nhipcau.bench.swarm.transport.ClientTransport;
import org.nhipcau.sfu.api.DtlsRole;

/**
 * Writes a client's descriptions: offers of what it sends, answers to what a server offers.
 *
 * <p>Spec: RFC 8829 §5.2, §5.3. Thread: one; made for one description.
 */
public final class SdpText {
    private static final int OPUS = 111;
    private static final int VP8 = 96;
    private static final int RTX = 97;

    private final StringBuilder text = new StringBuilder(4_096);
    private final ClientTransport transport;
    private final String setup;

    /**
     * A track as an offer describes it.
     *
     * @param trackId what the client told the server before
     * @param video null: audio
     * @param active false: the section stays, without its track
     */
    public record OfferedTrack(String mid, String trackId, VideoShape video, long firstSsrc, boolean active) {}

    private SdpText(ClientTransport transport, String setup) {
        this.transport = transport;
        this.setup = setup;
    }

    /**
     * An offer of tracks to send, or, without any, of nothing but the transport.
     *
     * @param version one more for each offer
     */
    public static String offer(ClientTransport transport, long version, List<OfferedTrack> tracks) {
        SdpText sdp = new SdpText(transport, "actpass");
        List<String> mids = new ArrayList<>(tracks.stream().map(OfferedTrack::mid).toList());
        if (tracks.isEmpty()) {
            mids.add("data");
        }
        sdp.session(version, mids);
        for (OfferedTrack track : tracks) {
            sdp.offered(track);
        }
        if (tracks.isEmpty()) {
            sdp.dataSection("data", "UDP/DTLS/SCTP", "webrtc-datachannel");
        }
        return sdp.text.toString();
    }

    private void session(long version, List<String> mids) {
        line("v=0");
        line("o=- 1 " + version + " IN IP4 127.0.0.1");
        line("s=-");
        line("t=0 0");
        if (!mids.isEmpty()) {
            line("a=group:BUNDLE " + String.join(" ", mids));
        }
        line("a=extmap-allow-mixed");
        line("a=msid-semantic: WMS *");
    }

    private void offered(OfferedTrack track) {
        boolean video = track.video() != null;
        line("m=" + (video ? "video 9 UDP/TLS/RTP/SAVPF " + VP8 + ' ' + RTX : "audio 9 UDP/TLS/RTP/SAVPF " + OPUS));
        carried(track.mid());
        line(track.active() ? "a=sendonly" : "a=inactive");
        extension(4, SdpMedia.MID);
        extension(3, SdpMedia.TRANSPORT_CC);
        if (video) {
            extension(10, SdpMedia.RID);
            extension(11, SdpMedia.REPAIRED_RID);
            videoFormats(VP8, RTX);
        } else {
            extension(1, SdpMedia.AUDIO_LEVEL);
            audioFormat(OPUS);
        }
        if (track.active()) {
            streams(track, video);
        }
    }

    private void streams(OfferedTrack track, boolean video) {
        line("a=msid:" + track.trackId() + ' ' + track.trackId());
        if (video && track.video().isSimulcast()) {
            List<String> rids = VideoShape.RIDS.subList(0, track.video().encodings().size());
            rids.forEach(rid -> line("a=rid:" + rid + " send"));
            line("a=simulcast:send " + String.join(";", rids));
            return;
        }
        long ssrc = track.firstSsrc();
        if (video) {
            line("a=ssrc-group:FID " + ssrc + ' ' + (ssrc + 1));
            line("a=ssrc:" + (ssrc + 1) + " cname:swarm");
        }
        line("a=ssrc:" + ssrc + " cname:swarm");
    }

    private void videoFormats(int payloadType, int rtxPayloadType) {
        line("a=rtpmap:" + payloadType + " VP8/90000");
        for (String feedback : List.of("goog-remb", "transport-cc", "ccm fir", "nack", "nack pli")) {
            line("a=rtcp-fb:" + payloadType + ' ' + feedback);
        }
        if (rtxPayloadType > 0) {
            line("a=rtpmap:" + rtxPayloadType + " rtx/90000");
            line("a=fmtp:" + rtxPayloadType + " apt=" + payloadType);
        }
    }

    private void audioFormat(int payloadType) {
        line("a=rtpmap:" + payloadType + " opus/48000/2");
        line("a=rtcp-fb:" + payloadType + " transport-cc");
        line("a=rtcp-fb:" + payloadType + " nack");
        line("a=fmtp:" + payloadType + " minptime=10;useinbandfec=1");
    }

    private void dataSection(String mid, String protocol, String format) {
        line("m=application 9 " + protocol + ' ' + format);
        transportOf(mid);
        line("a=sctp-port:5000");
        line("a=max-message-size:65535");
    }

    private void carried(String mid) {
        transportOf(mid);
        line("a=rtcp:9 IN IP4 0.0.0.0");
        line("a=rtcp-mux");
        line("a=rtcp-rsize");
    }

    private void transportOf(String mid) {
        line("c=IN IP4 0.0.0.0");
        line("a=mid:" + mid);
        line("a=ice-ufrag:" + transport.credentials().ufrag());
        line("a=ice-pwd:" + transport.credentials().pwd());
        line("a=fingerprint:" + transport.fingerprint().algorithm() + ' ' + transport.fingerprint().value());
        line("a=setup:" + setup);
        line("a=" + transport.candidate());
        line("a=end-of-candidates");
    }

    private void extension(int id, String uri) {
        line("a=extmap:" + id + ' ' + uri);
    }

    /** The answer that takes everything offered that a client of ours can receive: Opus and VP8 with RTX. */
    public static String answer(ClientTransport transport, DtlsRole role, long version, SdpDescription offer) {
        SdpText sdp = new SdpText(transport, role == DtlsRole.CLIENT ? "active" : "passive");
        List<String> mids = new ArrayList<>();
        for (Section section : offer.sections()) {
            if (accepts(section)) {
                mids.add(section.mid());
            }
        }
        sdp.session(version, mids);
        offer.sections().forEach(sdp::answered);
        return sdp.text.toString();
    }

    /** Whether our answer takes a section. */
    public static boolean accepts(Section section) {
        return section.port() != 0 && (section.media().equals("application") || codec(section) >= 0);
    }

    private static int codec(Section section) {
        return switch (section.media()) {
            case "audio" -> SdpMedia.payloadType(section, "opus/48000");
            case "video" -> SdpMedia.payloadType(section, "VP8/90000");
            default -> -1;
        };
    }

    private void answered(Section section) {
        if (!accepts(section)) {
            line("m=" + section.media() + " 0 " + section.protocol() + ' ' + String.join(" ", section.formats()));
            line("c=IN IP4 0.0.0.0");
            line("a=mid:" + section.mid());
            line("a=inactive");
        } else if (section.isMedia()) {
            answeredMedia(section, codec(section));
        } else {
            dataSection(section.mid(), section.protocol(), String.join(" ", section.formats()));
        }
    }

    private void answeredMedia(Section section, int payloadType) {
        boolean video = section.media().equals("video");
        int rtx = video ? SdpMedia.rtxPayloadType(section, payloadType) : 0;
        line("m=" + section.media() + " 9 " + section.protocol() + ' ' + payloadType + (rtx > 0 ? " " + rtx : ""));
        carried(section.mid());
        line(section.sends() ? "a=recvonly" : "a=inactive");
        for (String offered : section.all("extmap")) {
            String[] words = offered.split(" +", 3);
            if (words.length >= 2 && SdpMedia.EXTENSIONS.contains(words[1])) {
                line("a=extmap:" + words[0].split("/", 2)[0] + ' ' + words[1]);
            }
        }
        if (video) {
            videoFormats(payloadType, rtx);
        } else {
            audioFormat(payloadType);
        }
    }

    private void line(String line) {
        text.append(line).append("\r\n");
    }
}
