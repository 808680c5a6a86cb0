// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.signaling.sdp;

import java.util.List;
import java.util.Set;
import org.nhipcau.sfu.api.DataParameters;

/**
 * The section of data channels: which one the server takes, and what it says of its own side.
 *
 * <p>Spec: RFC 8841 (SCTP over DTLS), RFC 8864 left out: channels open in the band (RFC 8832).
 */
final class DataSections {
    static final String MEDIA = "application";
    private static final String PROTOCOL = "UDP/DTLS/SCTP";
    private static final Set<String> PROTOCOLS = Set.of(PROTOCOL, "TCP/DTLS/SCTP");
    private static final String FORMAT = "webrtc-datachannel";
    /** RFC 8841 §5.1: what holds where nothing is said. The media node's own port is this one. */
    private static final int DEFAULT_PORT = 5000;

    private DataSections() {}

    /** Whether data channels can be had on the section; the older form (RFC 8841 §14.2 and before) says no port. */
    static boolean isUsable(MediaSection section) {
        return section.media().equals(MEDIA) && !section.isRejected() && PROTOCOLS.contains(section.protocol())
                && section.otherFormats().contains(FORMAT);
    }

    /** What the client says of its side. */
    static DataParameters parameters(MediaSection section, boolean serverOpens) {
        int port = section.sctpPort() == 0 ? DEFAULT_PORT : section.sctpPort();
        // RFC 8841 §6.1: 64 KiB where nothing is said, which is the most there is; 0 is any size.
        long sizeBytes = Math.clamp(section.maxMessageSizeBytes(), 0, DataParameters.MAX_MESSAGE_BYTES);
        return new DataParameters(port, (int) sizeBytes, serverOpens);
    }

    /** The server's own section. */
    static MediaSection.Builder offered(int port) {
        MediaSection.Builder section = new MediaSection.Builder(MEDIA, port, PROTOCOL);
        section.otherFormats = List.of(FORMAT);
        return section;
    }

    /** What the server says of its side. */
    static void describe(MediaSection.Builder section) {
        section.sctpPort = DEFAULT_PORT;
        section.maxMessageSizeBytes = DataParameters.MAX_MESSAGE_BYTES;
    }
}
