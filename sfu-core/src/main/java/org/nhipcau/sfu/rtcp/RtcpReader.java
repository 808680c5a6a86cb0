// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.sfu.rtcp;

import org.nhipcau.sfu.buffer.PacketBuffer;

/**
 * Walks through a compound or reduced-size RTCP packet in the clear and tells a handler what it says.
 *
 * <pre>
 *  0                   1                   2                   3
 *  0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
 * +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 * |V=2|P| RC/FMT  |      PT       |        length in words - 1    |
 * +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 * |                     body, by packet type                      |
 * +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 * </pre>
 * Spec: see the package. Every handler call is bounded by the packet's length: at most one per two bytes.
 *
 * <p>Thread: one; reused. Owns: the feedback view it lends to the handler.
 */
public final class RtcpReader {
    private static final int FIR_ENTRY_BYTES = 8;
    private static final int CCFB_MAX_REPORTS = 16_384;

    private final TransportFeedbackFlyweight transportFeedback = new TransportFeedbackFlyweight();

    /**
     * Reads one datagram.
     *
     * @return false when something in it is malformed: the rest from there on was left out, what came before was
     *     handed on
     */
    public boolean read(PacketBuffer packet, RtcpHandler handler) {
        int length = packet.length();
        int at = 0;
        if (length < RtcpType.HEADER_BYTES) {
            return false;
        }
        while (at < length) {
            if (length - at < RtcpType.HEADER_BYTES) {
                return false;
            }
            int first = packet.getUnsignedByte(at);
            int end = at + (packet.getUnsignedShort(at + 2) + 1) * 4;
            if (first >>> 6 != 2 || end > length) {
                return false;
            }
            int bodyEnd = end - paddingBytes(packet, first, at, end);
            if (bodyEnd > end || !readOne(packet, first & 0x1f, at, bodyEnd, handler)) {
                return false;
            }
            at = end;
        }
        return true;
    }

    // A negative answer: not well-formed. Not checked for whole words: libwebrtc pads transport feedback by the byte.
    private static int paddingBytes(PacketBuffer packet, int first, int at, int end) {
        if ((first & 0x20) == 0) {
            return 0;
        }
        int padding = packet.getUnsignedByte(end - 1);
        return padding == 0 || padding > end - at - RtcpType.HEADER_BYTES ? -1 : padding;
    }

    private boolean readOne(PacketBuffer packet, int count, int at, int end, RtcpHandler handler) {
        return switch (packet.getUnsignedByte(at + 1)) {
            case RtcpType.SR -> readSenderReport(packet, count, at, end, handler);
            case RtcpType.RR -> readReceiverReport(packet, count, at, end, handler);
            case RtcpType.BYE -> readBye(packet, count, at, end, handler);
            case RtcpType.RTPFB -> readTransportLayerFeedback(packet, count, at, end, handler);
            case RtcpType.PSFB -> readPayloadFeedback(packet, count, at, end, handler);
            case RtcpType.XR -> readExtendedReport(packet, at, end, handler);
            default -> true;
        };
    }

    private static boolean readSenderReport(PacketBuffer packet, int count, int at, int end, RtcpHandler handler) {
        int blocks = at + RtcpType.HEADER_BYTES + 4 + RtcpType.SENDER_INFO_BYTES;
        if (blocks + count * RtcpType.REPORT_BLOCK_BYTES > end) {
            return false;
        }
        long ssrc = packet.getUnsignedInt(at + 4);
        handler.senderReport(ssrc, packet.getLong(at + 8), packet.getUnsignedInt(at + 16),
                packet.getUnsignedInt(at + 20), packet.getUnsignedInt(at + 24));
        readReportBlocks(packet, ssrc, blocks, count, handler);
        return true;
    }

    private static boolean readReceiverReport(PacketBuffer packet, int count, int at, int end, RtcpHandler handler) {
        int blocks = at + RtcpType.HEADER_BYTES + 4;
        if (blocks + count * RtcpType.REPORT_BLOCK_BYTES > end) {
            return false;
        }
        long ssrc = packet.getUnsignedInt(at + 4);
        handler.receiverReport(ssrc);
        readReportBlocks(packet, ssrc, blocks, count, handler);
        return true;
    }

    private static void readReportBlocks(PacketBuffer packet, long senderSsrc, int from, int count,
            RtcpHandler handler) {
        for (int i = 0, at = from; i < count; i++, at += RtcpType.REPORT_BLOCK_BYTES) {
            int lost = packet.getInt(at + 4);
            handler.reportBlock(senderSsrc, packet.getUnsignedInt(at), lost >>> 24, lost << 8 >> 8,
                    packet.getUnsignedInt(at + 8), packet.getUnsignedInt(at + 12), packet.getUnsignedInt(at + 16),
                    packet.getUnsignedInt(at + 20));
        }
    }

    private static boolean readBye(PacketBuffer packet, int count, int at, int end, RtcpHandler handler) {
        if (at + RtcpType.HEADER_BYTES + count * 4 > end) {
            return false;
        }
        for (int i = 1; i <= count; i++) {
            handler.bye(packet.getUnsignedInt(at + i * 4));
        }
        return true;
    }

    private boolean readTransportLayerFeedback(PacketBuffer packet, int format, int at, int end,
            RtcpHandler handler) {
        if (at + 12 > end) {
            // RFC 8888 has no media SSRC in its head but a timestamp at its end: 12 bytes as well.
            return false;
        }
        switch (format) {
            case RtcpType.NACK_FORMAT -> {
                long sender = packet.getUnsignedInt(at + 4);
                long media = packet.getUnsignedInt(at + 8);
                for (int entry = at + 12; entry + 4 <= end; entry += 4) {
                    handler.nack(sender, media, packet.getUnsignedShort(entry), packet.getUnsignedShort(entry + 2));
                }
                return (end - at) % 4 == 0;
            }
            case RtcpType.TRANSPORT_CC_FORMAT -> {
                if (!transportFeedback.wrap(packet, at, end)) {
                    return false;
                }
                handler.transportFeedback(transportFeedback);
                return true;
            }
            case RtcpType.CCFB_FORMAT -> {
                return readCongestionFeedback(packet, at, end, handler);
            }
            default -> {
                return true;
            }
        }
    }

    /*
     * RFC 8888 §3.1: after the sender's SSRC, per stream
     * |                   SSRC of the RTP stream                      |
     * |          begin_seq            |          num_reports          |
     * |R|ECN|  Arrival time offset    | ... 16 bits each, padded      |
     * and at last the report timestamp.
     */
    private static boolean readCongestionFeedback(PacketBuffer packet, int at, int end, RtcpHandler handler) {
        long sender = packet.getUnsignedInt(at + 4);
        int blocksEnd = end - 4;
        handler.congestionFeedback(sender, packet.getUnsignedInt(blocksEnd));
        int block = at + 8;
        while (block < blocksEnd) {
            if (block + 8 > blocksEnd) {
                return false;
            }
            long media = packet.getUnsignedInt(block);
            int begin = packet.getUnsignedShort(block + 4);
            int reports = packet.getUnsignedShort(block + 6);
            int next = block + 8 + (reports * 2 + 3 & ~3);
            if (reports > CCFB_MAX_REPORTS || next > blocksEnd) {
                return false;
            }
            for (int i = 0; i < reports; i++) {
                int metric = packet.getUnsignedShort(block + 8 + i * 2);
                handler.congestionFeedbackPacket(media, begin + i & 0xffff, metric >>> 15 != 0, metric >>> 13 & 3,
                        metric & 0x1fff);
            }
            block = next;
        }
        return true;
    }

    private static boolean readPayloadFeedback(PacketBuffer packet, int format, int at, int end,
            RtcpHandler handler) {
        if (at + 12 > end) {
            return false;
        }
        long sender = packet.getUnsignedInt(at + 4);
        switch (format) {
            case RtcpType.PLI_FORMAT -> {
                handler.pli(sender, packet.getUnsignedInt(at + 8));
                return true;
            }
            case RtcpType.FIR_FORMAT -> {
                for (int entry = at + 12; entry + FIR_ENTRY_BYTES <= end; entry += FIR_ENTRY_BYTES) {
                    handler.fir(sender, packet.getUnsignedInt(entry), packet.getUnsignedByte(entry + 4));
                }
                return (end - at - 12) % FIR_ENTRY_BYTES == 0;
            }
            case RtcpType.AFB_FORMAT -> {
                return readRemb(packet, sender, at, end, handler);
            }
            default -> {
                return true;
            }
        }
    }

    /*
     * draft-alvestrand-rmcat-remb-03 §2.2
     * |  Unique identifier 'R' 'E' 'M' 'B'                            |
     * |  Num SSRC     | BR Exp    |  BR Mantissa                      |
     * |   SSRC feedback ...                                           |
     */
    private static boolean readRemb(PacketBuffer packet, long sender, int at, int end, RtcpHandler handler) {
        if (at + 16 > end || packet.getInt(at + 12) != RtcpType.REMB_IDENTIFIER) {
            // Another application layer message: not ours to judge.
            return true;
        }
        if (at + 20 > end) {
            return false;
        }
        int word = packet.getInt(at + 16);
        int ssrcs = word >>> 24;
        if (at + 20 + ssrcs * 4 > end) {
            return false;
        }
        int exponent = word >>> 18 & 0x3f;
        long mantissa = word & 0x3ffff;
        long bitrateBps = mantissa << exponent;
        if (bitrateBps < 0 || bitrateBps >>> exponent != mantissa) {
            return false;
        }
        handler.remb(sender, bitrateBps, ssrcs);
        for (int i = 0; i < ssrcs; i++) {
            handler.rembSsrc(packet.getUnsignedInt(at + 20 + i * 4));
        }
        return true;
    }

    /*
     * RFC 3611 §2, §4.4, §4.5: after the sender's SSRC, blocks
     * |      BT       |    reserved   |         block length          |
     */
    private static boolean readExtendedReport(PacketBuffer packet, int at, int end, RtcpHandler handler) {
        if (at + 8 > end) {
            return false;
        }
        long sender = packet.getUnsignedInt(at + 4);
        int block = at + 8;
        while (block < end) {
            if (block + 4 > end) {
                return false;
            }
            int body = block + 4;
            int next = body + packet.getUnsignedShort(block + 2) * 4;
            if (next > end) {
                return false;
            }
            int type = packet.getUnsignedByte(block);
            if (type == RtcpType.XR_RRTR_BLOCK) {
                if (next - body != 8) {
                    return false;
                }
                handler.receiverReferenceTime(sender, packet.getLong(body));
            } else if (type == RtcpType.XR_DLRR_BLOCK) {
                for (int sub = body; sub + 12 <= next; sub += 12) {
                    handler.dlrr(sender, packet.getUnsignedInt(sub), packet.getUnsignedInt(sub + 4),
                            packet.getUnsignedInt(sub + 8));
                }
                if ((next - body) % 12 != 0) {
                    return false;
                }
            }
            block = next;
        }
        return true;
    }
}
