// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.sfu.codec;

import org.nhipcau.sfu.buffer.PacketBuffer;
import org.nhipcau.sfu.rtp.RtpPacketFlyweight;

/**
 * Reads VP8 packets: the descriptor of each, and the head of the frame where one begins.
 *
 * <pre>
 *  0 1 2 3 4 5 6 7         key frames go on with the start code 9d 01 2a,
 * +-+-+-+-+-+-+-+-+        then width and height, 14 bits each, little endian,
 * |Size0|H| VER |P|        the upper two bits of each are its scale
 * +-+-+-+-+-+-+-+-+
 * |     Size1     |
 * +-+-+-+-+-+-+-+-+
 * |     Size2     |
 * +-+-+-+-+-+-+-+-+
 * </pre>
 * Spec: RFC 7741 §4.2, §4.3; RFC 6386 §9.1. Packets after the first of a key frame are known by its RTP timestamp.
 *
 * <p>Thread: the packet owner's. One per inbound stream.
 */
public final class Vp8PayloadReader implements PayloadReader {
    private static final int KEY_FRAME_HEADER_BYTES = 10;
    private static final int START_CODE = 0x9d012a;

    private final Vp8PayloadDescriptor descriptor = new Vp8PayloadDescriptor();
    private long keyFrameTimestamp = -1;

    @Override
    public boolean read(RtpPacketFlyweight packet, FrameMark mark) {
        mark.clear();
        PacketBuffer bytes = packet.packet();
        int start = packet.headerLength();
        int end = start + packet.payloadLength();
        if (!descriptor.wrap(bytes, start, end)) {
            return false;
        }
        int data = start + descriptor.length();
        boolean frameStart = descriptor.startOfFrame();
        if (frameStart && (bytes.getByte(data) & 0x01) == 0) {
            if (data + KEY_FRAME_HEADER_BYTES > end || bytes.getUnsignedMedium(data + 3) != START_CODE) {
                return false;
            }
            keyFrameTimestamp = packet.timestamp();
            mark.width = littleEndian14(bytes, data + 6);
            mark.height = littleEndian14(bytes, data + 8);
        }
        mark.frameStart = frameStart;
        mark.keyFrame = packet.timestamp() == keyFrameTimestamp;
        mark.temporalId = descriptor.temporalId();
        mark.layerSync = descriptor.layerSync();
        mark.discardable = descriptor.nonReference();
        mark.needed = LayerSet.fromTemporal(mark.temporalId);
        mark.required = mark.discardable ? 0 : mark.needed;
        mark.pictureId = descriptor.pictureId();
        mark.pictureIdBits = descriptor.pictureIdBits();
        mark.tl0PicIdx = descriptor.tl0PicIdx();
        return true;
    }

    private static int littleEndian14(PacketBuffer bytes, int index) {
        return (bytes.getUnsignedByte(index + 1) << 8 | bytes.getUnsignedByte(index)) & 0x3fff;
    }
}
