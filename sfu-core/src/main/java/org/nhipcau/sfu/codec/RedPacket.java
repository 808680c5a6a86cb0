// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.sfu.codec;

import org.nhipcau.sfu.buffer.PacketBuffer;
import org.nhipcau.sfu.rtp.RtpPacketFlyweight;

/**
 * A view of a redundant audio payload: older blocks first, the primary one last. Turns it into a plain packet of the
 * primary block.
 *
 * <pre>
 *  0                   1                    2                   3
 *  0 1 2 3 4 5 6 7 8 9 0 1 2 3  4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
 * +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 * |1|   block PT  |  timestamp offset         |   block length    |  each redundant block
 * +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 * |0|   block PT  |  the primary block, then the blocks' data in the same order
 * +-+-+-+-+-+-+-+-+
 * </pre>
 * Spec: RFC 2198 §3. {@link #wrap} checks all lengths, so the walk by {@link #next} cannot fail.
 *
 * <p>Thread: the packet owner's. Lives no longer than the packet's stay; reused.
 */
public final class RedPacket {
    private static final int REDUNDANT_HEADER_BYTES = 4;

    private PacketBuffer packet;
    private int start;
    private int primaryHeader;
    private int primaryAt;
    private int end;
    private int headerAt;
    private int nextHeaderAt;
    private int dataAt;
    private int dataLength;

    /** Views the payload of a packet in the clear. @return false when a header or block goes past its end */
    public boolean wrap(RtpPacketFlyweight rtp) {
        packet = rtp.packet();
        start = rtp.headerLength();
        end = start + rtp.payloadLength();
        int at = start;
        int redundantBytes = 0;
        while (at < end && packet.getByte(at) < 0) {
            if (at + REDUNDANT_HEADER_BYTES > end) {
                return false;
            }
            redundantBytes += packet.getUnsignedShort(at + 2) & 0x3ff;
            at += REDUNDANT_HEADER_BYTES;
        }
        if (at >= end || at + 1 + redundantBytes > end) {
            return false;
        }
        primaryHeader = at;
        primaryAt = at + 1 + redundantBytes;
        rewind();
        return true;
    }

    /** Back before the first block. */
    public void rewind() {
        headerAt = -1;
        nextHeaderAt = start;
        dataAt = primaryHeader + 1;
        dataLength = 0;
    }

    /** Steps to the next block. @return false after the primary one */
    public boolean next() {
        if (nextHeaderAt > primaryHeader) {
            return false;
        }
        headerAt = nextHeaderAt;
        dataAt += dataLength;
        if (primary()) {
            nextHeaderAt++;
            dataLength = end - dataAt;
        } else {
            nextHeaderAt += REDUNDANT_HEADER_BYTES;
            dataLength = packet.getUnsignedShort(headerAt + 2) & 0x3ff;
        }
        return true;
    }

    /** This block is the primary one, the last. */
    public boolean primary() {
        return headerAt == primaryHeader;
    }

    /** Payload type of this block. */
    public int payloadType() {
        return packet.getByte(headerAt) & 0x7f;
    }

    /** How much earlier than the packet's timestamp this block begins, in ticks; 0 for the primary one. */
    public int timestampOffsetTicks() {
        return primary() ? 0 : packet.getUnsignedShort(headerAt + 1) >>> 2;
    }

    /** Index of this block's data. */
    public int dataIndex() {
        return dataAt;
    }

    /** Bytes of this block's data. */
    public int dataLength() {
        return dataLength;
    }

    /** Payload type of the primary block. */
    public int primaryPayloadType() {
        return packet.getByte(primaryHeader) & 0x7f;
    }

    /** Bytes of the primary block's data. */
    public int primaryLength() {
        return end - primaryAt;
    }

    /**
     * Makes the packet in place a plain one of the primary block, with that block's payload type. The view of the
     * packet, the same that was given to {@link #wrap}, is set anew; this view ends.
     */
    public void unwrapPrimary(RtpPacketFlyweight rtp) {
        int payloadType = primaryPayloadType();
        int dropped = primaryAt - start;
        packet.putBytes(dropped, packet, 0, start);
        packet.advance(dropped);
        rtp.wrapPlain(packet);
        rtp.setPayloadType(payloadType);
    }
}
