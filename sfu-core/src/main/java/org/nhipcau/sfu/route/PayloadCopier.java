// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.sfu.route;

import org.nhipcau.sfu.buffer.PacketBuffer;

/**
 * Copies a packet's payload behind a new header, where both fit the path.
 *
 * <p>Thread: one.
 */
final class PayloadCopier {
    /**
     * An RTP packet after rewriting, without its tag: what fits IPv6 and UDP within 1500 bytes, less a 16-byte tag and
     * two bytes of RTX.
     */
    static final int MAX_PACKET_BYTES = 1_500 - 48 - 16 - 2;

    private PayloadCopier() {}

    /** @return false when the packet would be too large */
    static boolean copy(SourcePacket packet, PacketBuffer target, int headerLength) {
        int length = packet.rtp.payloadLength();
        if (!fits(headerLength, length)) {
            return false;
        }
        target.setLength(headerLength + length);
        target.putBytes(headerLength, packet.rtp.packet(), packet.rtp.headerLength(), length);
        return true;
    }

    /** A packet of these parts fits a path of 1500 bytes. */
    static boolean fits(int headerLength, int payloadLength) {
        return headerLength + payloadLength <= MAX_PACKET_BYTES;
    }
}
