// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.signaling.sdp;

import org.nhipcau.signaling.sdp.MediaSection.Ssrc;
import org.nhipcau.signaling.sdp.MediaSection.SsrcGroup;
import org.nhipcau.signaling.sdp.TransportAttributes.FingerprintLine;
import org.nhipcau.signaling.sdp.TransportAttributes.Setup;

/**
 * Writes session descriptions, lines ending in CRLF.
 *
 * <p>Spec: RFC 8866 §5, in the order of RFC 8829 §5.2.
 */
final class SdpWriter {
    private final StringBuilder text = new StringBuilder(4_096);

    private SdpWriter() {}

    static String write(SessionDescription description) {
        SdpWriter writer = new SdpWriter();
        writer.session(description);
        for (MediaSection section : description.sections()) {
            writer.section(section);
        }
        return writer.text.toString();
    }

    private void session(SessionDescription description) {
        line("v=0");
        line("o=" + description.originUser() + " " + description.sessionId() + " " + description.version()
                + " IN IP4 127.0.0.1");
        line("s=-");
        line("t=0 0");
        if (!description.bundle().isEmpty()) {
            line("a=group:BUNDLE " + String.join(" ", description.bundle()));
        }
        if (description.iceLite()) {
            line("a=ice-lite");
        }
        if (description.extmapAllowMixed()) {
            line("a=extmap-allow-mixed");
        }
    }

    private void section(MediaSection section) {
        StringBuilder media = new StringBuilder("m=").append(section.media()).append(' ').append(section.port())
                .append(' ').append(section.protocol());
        section.formats().forEach(format -> media.append(' ').append(format.payloadType()));
        section.otherFormats().forEach(format -> media.append(' ').append(format));
        line(media.toString());
        line("c=IN IP4 0.0.0.0");
        if (!section.mid().isEmpty()) {
            line("a=mid:" + section.mid());
        }
        if (section.bundleOnly()) {
            line("a=bundle-only");
        }
        transport(section.transport());
        line("a=" + section.direction().token());
        section.msids().forEach(msid -> line("a=msid:" + msid.streamId()
                + (msid.trackId().isEmpty() ? "" : " " + msid.trackId())));
        if (section.rtcpMux()) {
            line("a=rtcp-mux");
        }
        if (section.rtcpReducedSize()) {
            line("a=rtcp-rsize");
        }
        if (section.extmapAllowMixed()) {
            line("a=extmap-allow-mixed");
        }
        section.extensions().forEach(this::extension);
        section.formats().forEach(this::format);
        if (section.formats().stream().anyMatch(f -> f.feedback().contains(PayloadFormat.CONGESTION_FEEDBACK))) {
            line("a=rtcp-fb:* " + PayloadFormat.CONGESTION_FEEDBACK);
        }
        if (section.packetMs() > 0) {
            line("a=ptime:" + section.packetMs());
            line("a=maxptime:" + section.packetMs());
        }
        streams(section);
        if (section.sctpPort() != 0) {
            line("a=sctp-port:" + section.sctpPort());
        }
        if (section.maxMessageSizeBytes() >= 0) {
            line("a=max-message-size:" + section.maxMessageSizeBytes());
        }
    }

    private void transport(TransportAttributes transport) {
        if (!transport.iceUfrag().isEmpty()) {
            line("a=ice-ufrag:" + transport.iceUfrag());
        }
        if (!transport.icePwd().isEmpty()) {
            line("a=ice-pwd:" + transport.icePwd());
        }
        for (FingerprintLine fingerprint : transport.fingerprints()) {
            line("a=fingerprint:" + fingerprint.algorithm() + " " + fingerprint.value());
        }
        if (transport.setup() != Setup.ABSENT) {
            line("a=setup:" + transport.setup().token());
        }
        transport.candidates().forEach(candidate -> line("a=" + candidate));
        if (transport.endOfCandidates()) {
            line("a=end-of-candidates");
        }
    }

    private void extension(HeaderExtension extension) {
        line("a=extmap:" + extension.id() + extension.direction().map(d -> "/" + d.token()).orElse("") + " "
                + extension.uri() + (extension.attributes().isEmpty() ? "" : " " + extension.attributes()));
    }

    private void format(PayloadFormat format) {
        if (!format.encodingName().isEmpty()) {
            line("a=rtpmap:" + format.payloadType() + " " + format.encodingName() + "/" + format.clockRate()
                    + (format.channels() > 0 ? "/" + format.channels() : ""));
        }
        for (String feedback : format.feedback()) {
            if (!feedback.equals(PayloadFormat.CONGESTION_FEEDBACK)) {
                line("a=rtcp-fb:" + format.payloadType() + " " + feedback);
            }
        }
        if (!format.parameters().isEmpty()) {
            line("a=fmtp:" + format.payloadType() + " " + format.parameters());
        }
    }

    private void streams(MediaSection section) {
        section.rids().forEach(rid -> line("a=rid:" + rid.id() + (rid.sent() ? " send" : " recv")));
        StringBuilder simulcast = new StringBuilder();
        if (!section.simulcast().send().isEmpty()) {
            simulcast.append(" send ").append(String.join(";", section.simulcast().send()));
        }
        if (!section.simulcast().receive().isEmpty()) {
            simulcast.append(" recv ").append(String.join(";", section.simulcast().receive()));
        }
        if (!simulcast.isEmpty()) {
            line("a=simulcast:" + simulcast.substring(1));
        }
        for (SsrcGroup group : section.ssrcGroups()) {
            StringBuilder members = new StringBuilder();
            group.ssrcs().forEach(ssrc -> members.append(' ').append((long) ssrc));
            line("a=ssrc-group:" + group.semantics() + members);
        }
        for (Ssrc ssrc : section.ssrcs()) {
            line("a=ssrc:" + ssrc.ssrc() + " " + ssrc.attribute()
                    + (ssrc.value().isEmpty() ? "" : ":" + ssrc.value()));
        }
    }

    /** A value with a line break in it would forge lines: whoever passed it in has a bug. */
    private void line(String line) {
        for (int i = 0; i < line.length(); i++) {
            if (line.charAt(i) < ' ') {
                throw new IllegalArgumentException("a value of the description holds a control character");
            }
        }
        text.append(line).append("\r\n");
    }
}
