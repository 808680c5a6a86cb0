// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.sfu.route;

import org.nhipcau.sfu.buffer.PacketBuffer;
import org.nhipcau.sfu.codec.RedPacket;

/**
 * Copies a packet's payload behind a new header: whole, or for RED with translated block types, or its primary block
 * alone.
 *
 * <pre>
 *  0                   1                    2                   3
 *  0 1 2 3 4 5 6 7 8 9 0 1 2 3  4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
 * +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 * |F|   block PT  |  timestamp offset         |   block length    |   F = 1: another header follows
 * +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 * |0|   block PT  |   primary block's header, then the blocks
 * +-+-+-+-+-+-+-+-+
 * </pre>
 * Spec: RFC 2198 §3. Thread: one.
 */
final class PayloadCopier {
    /**
     * An RTP packet after rewriting, without its tag: what fits IPv6 and UDP within 1500 bytes, less a 16-byte tag and
     * two bytes of RTX.
     */
    static final int MAX_PACKET_BYTES = 1_500 - 48 - 16 - 2;
    private static final int BLOCK_HEADER_BYTES = 4;

    private final RedPacket red = new RedPacket();

    /** @return false when the packet would be too large, or is not well-formed RED */
    boolean copy(SourcePacket packet, FormatMap formats, PacketBuffer target, int headerLength) {
        PacketBuffer source = packet.rtp.packet();
        int from = packet.rtp.headerLength();
        int end = from + packet.rtp.payloadLength();
        FormatMap.Treatment treatment = formats.treatment(packet.format);
        if (treatment == FormatMap.Treatment.UNPACK_RED) {
            if (!red.wrap(packet.rtp)) {
                return false;
            }
            while (red.next() && !red.primary()) {
                // older blocks
            }
            from = red.dataIndex();
            end = from + red.dataLength();
        }
        if (!fits(headerLength, end - from)) {
            return false;
        }
        target.setLength(headerLength + end - from);
        target.putBytes(headerLength, source, from, end - from);
        if (treatment == FormatMap.Treatment.FORWARD_RED) {
            translateBlocks(target, headerLength, formats);
        }
        return true;
    }

    /** A packet of these parts fits a path of 1500 bytes. */
    static boolean fits(int headerLength, int payloadLength) {
        return headerLength + payloadLength <= MAX_PACKET_BYTES;
    }

    private static void translateBlocks(PacketBuffer target, int from, FormatMap formats) {
        int at = from;
        while (at < target.length()) {
            int first = target.getUnsignedByte(at);
            target.putByte(at, first & 0x80 | formats.blockType(first & 0x7f));
            if (first < 0x80) {
                return;
            }
            at += BLOCK_HEADER_BYTES;
        }
    }
}
