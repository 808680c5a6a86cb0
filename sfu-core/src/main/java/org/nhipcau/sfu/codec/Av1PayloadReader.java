// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.sfu.codec;

import org.nhipcau.sfu.buffer.PacketBuffer;
import org.nhipcau.sfu.rtp.RtpPacketFlyweight;

/**
 * Reads AV1 packets by the aggregation header and the OBU headers of the payload, for senders that give no dependency
 * descriptor: then nothing can be left out.
 *
 * <pre>
 *  aggregation header     OBU header                with its extension
 *  0 1 2 3 4 5 6 7        0 1 2 3 4 5 6 7           0 1 2 3 4 5 6 7
 * +-+-+-+-+-+-+-+-+      +-+-+-+-+-+-+-+-+         +-+-+-+-+-+-+-+-+
 * |Z|Y| W |N|-|-|-|      |F| type  |X|S|-|         | TID |SID|-|-|-|
 * +-+-+-+-+-+-+-+-+      +-+-+-+-+-+-+-+-+         +-+-+-+-+-+-+-+-+
 * </pre>
 * Spec: RTP Payload Format For AV1 §4.4; AV1 specification §5.3. A key frame is one that begins a coded video sequence
 * (N, or a sequence header); its other packets and layers are known by their RTP timestamp.
 *
 * <p>Thread: the packet owner's. One per inbound stream.
 */
public final class Av1PayloadReader implements PayloadReader {
    private static final int SEQUENCE_HEADER = 1;
    private static final int TILE_GROUP = 4;
    private static final int TILE_LIST = 8;
    private static final int MAX_LEB128_BYTES = 5;

    private long startedTimestamp = -1;
    private long keyFrameTimestamp = -1;
    private int elementAt;
    private int elementLength;

    @Override
    public boolean read(RtpPacketFlyweight packet, FrameMark mark) {
        mark.clear();
        if (packet.payloadLength() < 1) {
            return false;
        }
        if (!fromPayload(packet, mark)) {
            mark.clear();
            return false;
        }
        return true;
    }

    private boolean fromPayload(RtpPacketFlyweight packet, FrameMark mark) {
        PacketBuffer bytes = packet.packet();
        int at = packet.headerLength();
        int end = at + packet.payloadLength();
        int head = bytes.getUnsignedByte(at);
        boolean continuation = (head & 0x80) != 0;
        boolean newSequence = (head & 0x08) != 0;
        if (continuation && newSequence) {
            return false;
        }
        int firstType = readElements(bytes, at + 1, end, head >>> 4 & 3, continuation, mark);
        if (firstType < 0) {
            return false;
        }
        long timestamp = packet.timestamp();
        newSequence |= !continuation && firstType == SEQUENCE_HEADER;
        if (newSequence) {
            keyFrameTimestamp = timestamp;
        }
        boolean middle = continuation || firstType == TILE_GROUP || firstType == TILE_LIST;
        mark.frameStart = newSequence || !middle && timestamp != startedTimestamp;
        if (mark.frameStart) {
            startedTimestamp = timestamp;
        }
        mark.keyFrame = timestamp == keyFrameTimestamp;
        return true;
    }

    // Walks over all elements; answers the type of the first OBU that begins here (0 when none does), -1 malformed.
    private int readElements(PacketBuffer bytes, int from, int end, int count, boolean continuation, FrameMark mark) {
        int firstType = 0;
        int at = from;
        int element = 0;
        while (at < end) {
            element++;
            if (count != 0 && element > count) {
                return -1;
            }
            if (element == count) {
                elementAt = at;
                elementLength = end - at;
            } else if (!readLength(bytes, at, end)) {
                return -1;
            }
            boolean begins = element > 1 || !continuation;
            if (begins && firstType == 0 && elementLength > 0) {
                firstType = readObuHeader(bytes, mark);
            }
            at = elementAt + elementLength;
        }
        return element == 0 || element < count || firstType < 0 ? -1 : firstType;
    }

    private int readObuHeader(PacketBuffer bytes, FrameMark mark) {
        int header = bytes.getUnsignedByte(elementAt);
        if (header >>> 7 != 0) {
            return -1;
        }
        if ((header & 0x04) != 0) {
            if (elementLength < 2) {
                return -1;
            }
            int layers = bytes.getUnsignedByte(elementAt + 1);
            mark.temporalId = layers >>> 5;
            mark.spatialId = layers >>> 3 & 3;
        }
        return header >>> 3 & 0x0f;
    }

    private boolean readLength(PacketBuffer bytes, int from, int end) {
        long length = 0;
        for (int i = 0; i < MAX_LEB128_BYTES; i++) {
            if (from + i >= end) {
                return false;
            }
            int value = bytes.getUnsignedByte(from + i);
            length |= (long) (value & 0x7f) << 7 * i;
            if (value < 0x80) {
                elementAt = from + i + 1;
                elementLength = (int) Math.min(length, Integer.MAX_VALUE);
                return length <= end - elementAt;
            }
        }
        return false;
    }
}
