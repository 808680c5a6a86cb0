// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.sfu.codec;

import org.nhipcau.sfu.buffer.PacketBuffer;
import org.nhipcau.sfu.rtp.RtpPacketFlyweight;

/**
 * Reads H.264 packets: single NAL units, STAP-A and FU-A (packetization modes 0 and 1).
 *
 * <pre>
 *  NAL header          STAP-A                            FU-A
 *  0 1 2 3 4 5 6 7     | NAL header (24) |               | NAL header (28) |
 * +-+-+-+-+-+-+-+-+    | size, 2 bytes   | NAL unit |    |S|E|R|  type     | part of the NAL unit |
 * |F|NRI|  type   |    | size, 2 bytes   | NAL unit |
 * +-+-+-+-+-+-+-+-+    | ...
 * </pre>
 * Spec: RFC 6184 §5. The format does not mark where a frame begins: it does at a sequence parameter set, an access
 * unit delimiter, or a slice whose first macroblock is 0, the first of its RTP timestamp. A frame is a key frame when a
 * sequence parameter set or the start of an IDR slice was seen with its timestamp. Of a stream that carries its
 * parameter sets in band, an IDR slice whose set was lost is no start: a viewer could not decode from there.
 *
 * <p>Thread: the packet owner's. One per inbound stream.
 */
public final class H264PayloadReader implements PayloadReader {
    private static final int SLICE = 1;
    private static final int PARTITION_A = 2;
    private static final int IDR = 5;
    private static final int SPS = 7;
    private static final int DELIMITER = 9;
    private static final int LAST_SINGLE = 23;
    private static final int STAP_A = 24;
    private static final int FU_A = 28;

    private final H264SequenceParameters parameters = new H264SequenceParameters();
    private long startedTimestamp = -1;
    private long keyFrameTimestamp = -1;
    private boolean parametersInBand;
    private boolean slices;
    private boolean references;

    @Override
    public boolean read(RtpPacketFlyweight packet, FrameMark mark) {
        mark.clear();
        PacketBuffer bytes = packet.packet();
        int at = packet.headerLength();
        int end = at + packet.payloadLength();
        slices = false;
        references = false;
        if (at >= end) {
            return false;
        }
        long timestamp = packet.timestamp();
        int type = bytes.getByte(at) & 0x1f;
        boolean whole = switch (type) {
            case STAP_A -> readAggregate(bytes, at + 1, end, timestamp, mark);
            case FU_A -> readFragment(bytes, at, end, timestamp, mark);
            default -> type >= SLICE && type <= LAST_SINGLE && readUnit(bytes, at, end, timestamp, mark);
        };
        if (!whole) {
            mark.clear();
            return false;
        }
        mark.keyFrame = timestamp == keyFrameTimestamp;
        mark.discardable = slices && !references;
        return true;
    }

    private boolean readAggregate(PacketBuffer bytes, int from, int end, long timestamp, FrameMark mark) {
        int at = from;
        while (at < end) {
            if (at + 2 > end) {
                return false;
            }
            int size = bytes.getUnsignedShort(at);
            at += 2;
            if (size == 0 || at + size > end || !readUnit(bytes, at, at + size, timestamp, mark)) {
                return false;
            }
            at += size;
        }
        return at > from;
    }

    private boolean readFragment(PacketBuffer bytes, int from, int end, long timestamp, FrameMark mark) {
        if (from + 3 > end) {
            return false;
        }
        int head = bytes.getUnsignedByte(from + 1);
        int type = head & 0x1f;
        boolean start = (head & 0x80) != 0;
        boolean last = (head & 0x40) != 0;
        if (type < SLICE || type > LAST_SINGLE || start && last) {
            return false;
        }
        noteReference(type, bytes.getUnsignedByte(from));
        if (start) {
            noteStart(type, bytes, from + 2, end, timestamp, mark);
        }
        return true;
    }

    private boolean readUnit(PacketBuffer bytes, int at, int end, long timestamp, FrameMark mark) {
        int header = bytes.getUnsignedByte(at);
        int type = header & 0x1f;
        if (type < SLICE || type > LAST_SINGLE) {
            return false;
        }
        noteReference(type, header);
        noteStart(type, bytes, at + 1, end, timestamp, mark);
        return true;
    }

    private void noteReference(int type, int header) {
        slices |= type <= IDR;
        references |= (header & 0x60) != 0;
    }

    // The first bytes of a NAL unit are at hand, its header aside.
    private void noteStart(int type, PacketBuffer bytes, int at, int end, long timestamp, FrameMark mark) {
        boolean slice = type == SLICE || type == PARTITION_A || type == IDR && !parametersInBand;
        boolean firstSlice = slice && at < end && bytes.getByte(at) < 0;
        if (type == SPS) {
            // Above all others: whoever begins to watch needs it, even when a packet of the frame came before it.
            parametersInBand = true;
            mark.frameStart = true;
            if (parameters.read(bytes, at, end)) {
                mark.width = parameters.width();
                mark.height = parameters.height();
            }
        } else if ((type == DELIMITER || firstSlice) && timestamp != startedTimestamp) {
            mark.frameStart = true;
        }
        if (mark.frameStart) {
            startedTimestamp = timestamp;
        }
        if (type == SPS || type == IDR) {
            keyFrameTimestamp = timestamp;
        }
    }
}
