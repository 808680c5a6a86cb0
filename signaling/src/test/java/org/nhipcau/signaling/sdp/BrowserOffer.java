// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.signaling.sdp;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/** Builds offers of the shape that Chromium makes for client SDKs, with every line under the test's control. */
final class BrowserOffer {
    static final String UFRAG = "cliU";
    static final String PWD = "clientPassword0123456789";
    static final String FINGERPRINT = "a=fingerprint:sha-256 " + "0A" + ":1B".repeat(31);

    private static final String AUDIO_FORMATS = """
            a=rtpmap:111 opus/48000/2
            a=rtcp-fb:111 transport-cc
            a=fmtp:111 minptime=10;useinbandfec=1
            a=rtpmap:63 red/48000/2
            a=fmtp:63 111/111
            a=rtpmap:9 G722/8000
            a=rtpmap:0 PCMU/8000
            a=rtpmap:13 CN/8000
            a=rtpmap:110 telephone-event/48000
            a=rtpmap:126 telephone-event/8000
            """;
    private static final String AUDIO_EXTENSIONS = """
            a=extmap:1 urn:ietf:params:rtp-hdrext:ssrc-audio-level
            a=extmap:2 http://www.webrtc.org/experiments/rtp-hdrext/abs-send-time
            a=extmap:3 http://www.ietf.org/id/draft-holmer-rmcat-transport-wide-cc-extensions-01
            a=extmap:4 urn:ietf:params:rtp-hdrext:sdes:mid
            """;
    private static final String VIDEO_EXTENSIONS = """
            a=extmap:14 urn:ietf:params:rtp-hdrext:toffset
            a=extmap:2 http://www.webrtc.org/experiments/rtp-hdrext/abs-send-time
            a=extmap:13 urn:3gpp:video-orientation
            a=extmap:3 http://www.ietf.org/id/draft-holmer-rmcat-transport-wide-cc-extensions-01
            a=extmap:5 http://www.webrtc.org/experiments/rtp-hdrext/playout-delay
            a=extmap:6 http://www.webrtc.org/experiments/rtp-hdrext/video-content-type
            a=extmap:4 urn:ietf:params:rtp-hdrext:sdes:mid
            a=extmap:10 urn:ietf:params:rtp-hdrext:sdes:rtp-stream-id
            a=extmap:11 urn:ietf:params:rtp-hdrext:sdes:repaired-rtp-stream-id
            """;

    private final StringBuilder sections = new StringBuilder();
    private final List<String> bundle = new ArrayList<>();
    String ufrag = UFRAG;
    String pwd = PWD;
    String fingerprint = FINGERPRINT;
    String setup = "actpass";
    String audioLines = AUDIO_FORMATS;
    String videoLines = videoFormats();
    String videoPayloadTypes = "96 97 98 99 100 101 102 103 104 105 108 109 45 46 116 117";
    String originUser = "-";
    long version = 2;
    boolean bundleOnly;

    /** Three spare sections of each kind and a data section, as single-connection clients begin. */
    static BrowserOffer placeholders() {
        return new BrowserOffer().receiveAudio("0").receiveAudio("1").receiveAudio("2")
                .receiveVideo("3").receiveVideo("4").receiveVideo("5").data("6");
    }

    private static String videoFormats() {
        StringBuilder lines = new StringBuilder();
        video(lines, 96, "VP8/90000", "");
        video(lines, 98, "VP9/90000", "profile-id=0");
        video(lines, 100, "VP9/90000", "profile-id=2");
        video(lines, 102, "H264/90000", "level-asymmetry-allowed=1;packetization-mode=1;profile-level-id=42001f");
        video(lines, 104, "H264/90000", "level-asymmetry-allowed=1;packetization-mode=0;profile-level-id=42001f");
        video(lines, 108, "H264/90000", "level-asymmetry-allowed=1;packetization-mode=1;profile-level-id=42e01f");
        video(lines, 45, "AV1/90000", "level-idx=5;profile=0;tier=0");
        lines.append("a=rtpmap:116 red/90000\na=rtpmap:117 ulpfec/90000\n");
        return lines.toString();
    }

    private static void video(StringBuilder lines, int payloadType, String map, String parameters) {
        lines.append("a=rtpmap:").append(payloadType).append(' ').append(map).append('\n');
        for (String feedback : List.of("goog-remb", "transport-cc", "ccm fir", "nack", "nack pli")) {
            lines.append("a=rtcp-fb:").append(payloadType).append(' ').append(feedback).append('\n');
        }
        if (!parameters.isEmpty()) {
            lines.append("a=fmtp:").append(payloadType).append(' ').append(parameters).append('\n');
        }
        lines.append("a=rtpmap:").append(payloadType + 1).append(" rtx/90000\na=fmtp:").append(payloadType + 1)
                .append(" apt=").append(payloadType).append('\n');
    }

    BrowserOffer receiveAudio(String mid) {
        return audio(mid, "a=recvonly\n");
    }

    BrowserOffer receiveVideo(String mid) {
        return video(mid, "a=recvonly\n");
    }

    BrowserOffer sendAudio(String mid, String cid) {
        return audio(mid, "a=sendonly\na=msid:stream " + cid + "\na=ssrc:1111 cname:c\na=ssrc:1111 msid:stream "
                + cid + "\n");
    }

    /** One stream without rid. */
    BrowserOffer sendVideo(String mid, String cid) {
        return video(mid, "a=sendonly\na=msid:stream " + cid + "\na=ssrc-group:FID 2222 3333\n"
                + "a=ssrc:2222 cname:c\na=ssrc:3333 cname:c\n");
    }

    BrowserOffer sendSimulcast(String mid, String cid, String... rids) {
        String lines = List.of(rids).stream().map(rid -> "a=rid:" + rid + " send\n").collect(Collectors.joining());
        return video(mid, "a=sendonly\na=msid:stream " + cid + "\n" + lines + "a=simulcast:send "
                + String.join(";", rids) + "\n"
                + "a=extmap:9 http://www.webrtc.org/experiments/rtp-hdrext/video-layers-allocation00\n"
                + "a=extmap:12 https://aomediacodec.github.io/av1-rtp-spec/"
                + "#dependency-descriptor-rtp-header-extension\n");
    }

    BrowserOffer audio(String mid, String lines) {
        return section("audio", "111 63 9 0 13 110 126", mid, AUDIO_EXTENSIONS + audioLines + lines);
    }

    BrowserOffer video(String mid, String lines) {
        return section("video", videoPayloadTypes, mid, VIDEO_EXTENSIONS + videoLines + lines);
    }

    BrowserOffer data(String mid) {
        bundle.add(mid);
        sections.append("m=application 9 UDP/DTLS/SCTP webrtc-datachannel\n").append(transport(mid))
                .append("a=sctp-port:5000\na=max-message-size:262144\n");
        return this;
    }

    BrowserOffer stopped(String media, String mid) {
        sections.append("m=").append(media).append(" 0 UDP/TLS/RTP/SAVPF ")
                .append(media.equals("audio") ? "111" : "96").append("\nc=IN IP4 0.0.0.0\na=inactive\na=mid:")
                .append(mid).append('\n');
        return this;
    }

    private BrowserOffer section(String media, String payloadTypes, String mid, String lines) {
        boolean head = bundle.isEmpty();
        bundle.add(mid);
        sections.append("m=").append(media).append(bundleOnly && !head ? " 0" : " 9")
                .append(" UDP/TLS/RTP/SAVPF ").append(payloadTypes).append('\n').append(transport(mid))
                .append(bundleOnly && !head ? "a=bundle-only\n" : "").append("a=rtcp-mux\na=rtcp-rsize\n")
                .append(lines);
        return this;
    }

    private String transport(String mid) {
        return "c=IN IP4 0.0.0.0\na=rtcp:9 IN IP4 0.0.0.0\na=ice-ufrag:" + ufrag + "\na=ice-pwd:" + pwd
                + "\na=ice-options:trickle\n" + fingerprint + "\na=setup:" + setup + "\na=mid:" + mid + "\n";
    }

    String text() {
        return ("v=0\no=" + originUser + " 6498641202375073022 " + version + " IN IP4 127.0.0.1\ns=-\nt=0 0\n"
                + "a=group:BUNDLE " + String.join(" ", bundle)
                + "\na=extmap-allow-mixed\na=msid-semantic: WMS\n" + sections).replace("\n", "\r\n");
    }
}
