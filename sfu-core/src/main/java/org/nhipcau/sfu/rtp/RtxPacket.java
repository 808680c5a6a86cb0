// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.sfu.rtp;

import org.nhipcau.sfu.buffer.PacketBuffer;

/**
 * Turns a packet into its retransmission and back, in place.
 *
 * <pre>
 *  0                   1                   2                   3
 *  0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
 * +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 * |                         RTP Header                            |
 * +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 * |            OSN                |                               |
 * +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+                               |
 * |                  Original RTP Packet Payload                  |
 * +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 * </pre>
 * Spec: RFC 4588 §4. Only the header moves, by two bytes, into or out of the head room.
 *
 * <p>Thread: the packet owner's; no state.
 */
public final class RtxPacket {
    /** Bytes of the original sequence number in front of the payload. */
    public static final int OSN_BYTES = 2;

    /** What a packet of an RTX stream was. */
    public enum Result {
        /** The packet is the original one now. */
        RESTORED,
        /** Padding only: sent to probe the path, there is nothing to restore. */
        PROBE,
        /** Too short for an original sequence number. */
        MALFORMED
    }

    private RtxPacket() {}

    /**
     * Makes a packet in the clear the retransmission of itself; its sequence number becomes the OSN. The view is set
     * anew.
     *
     * @param rtxSequence low 16 bits are written
     * @return false when the packet cannot grow: it is then as before
     */
    public static boolean encapsulate(RtpPacketFlyweight packet, int rtxPayloadType, long rtxSsrc, long rtxSequence) {
        PacketBuffer buffer = packet.packet();
        int header = packet.headerLength();
        if (buffer.headroom() < OSN_BYTES) {
            return false;
        }
        buffer.advance(-OSN_BYTES);
        buffer.putBytes(0, buffer, OSN_BYTES, header);
        buffer.putShort(header, buffer.getUnsignedShort(2));
        rewrite(buffer, rtxPayloadType, rtxSsrc, (int) rtxSequence);
        return packet.wrapPlain(buffer);
    }

    /** The original sequence number of a packet that {@link #decapsulate} would restore; -1 when it has none. */
    public static int originalSequence(RtpPacketFlyweight rtx) {
        return rtx.payloadLength() < OSN_BYTES ? -1 : rtx.packet().getUnsignedShort(rtx.headerLength());
    }

    /**
     * Restores the original packet: its payload type, SSRC and sequence number; timestamp, marker, extensions and
     * padding stay. The view must be of a packet in the clear and is set anew.
     */
    public static Result decapsulate(RtpPacketFlyweight rtx, int payloadType, long ssrc) {
        if (rtx.payloadLength() == 0) {
            return Result.PROBE;
        }
        int sequence = originalSequence(rtx);
        if (sequence < 0) {
            return Result.MALFORMED;
        }
        PacketBuffer buffer = rtx.packet();
        buffer.putBytes(OSN_BYTES, buffer, 0, rtx.headerLength());
        buffer.advance(OSN_BYTES);
        rewrite(buffer, payloadType, ssrc, sequence);
        return rtx.wrapPlain(buffer) ? Result.RESTORED : Result.MALFORMED;
    }

    private static void rewrite(PacketBuffer buffer, int payloadType, long ssrc, int sequence) {
        buffer.putByte(1, buffer.getByte(1) & 0x80 | payloadType & 0x7f);
        buffer.putShort(2, sequence);
        buffer.putInt(8, (int) ssrc);
    }
}
