// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.sfu.codec;

import org.nhipcau.sfu.buffer.PacketBuffer;
import org.nhipcau.sfu.rtp.RtpPacketFlyweight;

/**
 * Reads VP9 packets by their descriptor, flexible and non-flexible.
 *
 * <pre>
 *       0 1 2 3 4 5 6 7                  scalability structure (V)
 *      +-+-+-+-+-+-+-+-+                 +-+-+-+-+-+-+-+-+
 *      |I|P|L|F|B|E|V|Z| (REQUIRED)      | N_S |Y|G|-|-|-|
 *      +-+-+-+-+-+-+-+-+                 +-+-+-+-+-+-+-+-+
 * I:   |M| PICTURE ID  |                 | width, height |  Y: N_S + 1 times 2 + 2 bytes
 * M:   | EXTENDED PID  |                 +-+-+-+-+-+-+-+-+
 * L:   | TID |U| SID |D|                 |      N_G      |  G
 *      |   TL0PICIDX   | (F=0)           +-+-+-+-+-+-+-+-+
 * P,F: | P_DIFF      |N| up to 3 times   | TID |U| R |-|-|  N_G times,
 * V:   | SS ...        |                 |    P_DIFF     |  each followed by R of these
 *      +-+-+-+-+-+-+-+-+                 +-+-+-+-+-+-+-+-+
 * </pre>
 * Spec: RFC 9628 §4.2. A key picture begins where the lowest spatial layer starts without inter-picture prediction;
 * its other packets and layers are known by their RTP timestamp. Picture ids are passed on as they are. Of what a frame
 * refers to only the bits for layers are read (D is implied by Z of the layer below).
 *
 * <p>Thread: the packet owner's. One per inbound stream.
 */
public final class Vp9PayloadReader implements PayloadReader {
    private static final int PICTURE_ID = 0x80;
    private static final int INTER_PREDICTED = 0x40;
    private static final int LAYER_INDICES = 0x20;
    private static final int FLEXIBLE = 0x10;
    private static final int START_OF_FRAME = 0x08;
    private static final int END_OF_FRAME = 0x04;
    private static final int SCALABILITY_STRUCTURE = 0x02;
    private static final int NOT_FOR_UPPER_LAYERS = 0x01;
    private static final int MAX_REFERENCES = 3;

    private long keyPictureTimestamp = -1;

    @Override
    public boolean read(RtpPacketFlyweight packet, FrameMark mark) {
        mark.clear();
        PacketBuffer bytes = packet.packet();
        int at = packet.headerLength();
        int end = at + packet.payloadLength();
        int data = at < end ? readDescriptor(bytes, at, end, mark) : -1;
        if (data < 0 || data >= end) {
            mark.clear();
            return false;
        }
        int flags = bytes.getUnsignedByte(at);
        mark.frameStart = (flags & START_OF_FRAME) != 0;
        mark.frameEnd = (flags & END_OF_FRAME) != 0;
        if (mark.frameStart && mark.spatialId == 0 && (flags & INTER_PREDICTED) == 0) {
            keyPictureTimestamp = packet.timestamp();
        }
        mark.keyFrame = packet.timestamp() == keyPictureTimestamp;
        if ((flags & LAYER_INDICES) != 0) {
            readTargets(flags, mark);
        }
        return true;
    }

    // A frame belongs to its own spatial layer, and to those above unless it says that none of them builds on it. The
    // U bit (RFC 9628 §4.2) lets one take up any higher temporal layer behind a frame of this one.
    private static void readTargets(int flags, FrameMark mark) {
        int temporal = LayerSet.fromTemporal(mark.temporalId);
        int own = LayerSet.ofSpatial(mark.spatialId) & temporal;
        boolean ownOnly = (flags & NOT_FOR_UPPER_LAYERS) != 0;
        mark.needed = ownOnly ? own : LayerSet.fromSpatial(mark.spatialId) & temporal;
        mark.required = mark.needed;
        mark.switchTo = mark.layerSync ? own : 0;
    }

    // Answers the index of the VP9 data, -1 when the descriptor does not end within the payload.
    private static int readDescriptor(PacketBuffer bytes, int from, int end, FrameMark mark) {
        int flags = bytes.getUnsignedByte(from);
        boolean flexible = (flags & FLEXIBLE) != 0;
        int at = from + 1;
        if ((flags & PICTURE_ID) != 0) {
            if (at >= end) {
                return -1;
            }
            at += bytes.getByte(at) < 0 ? 2 : 1;
        } else if (flexible) {
            return -1;
        }
        if ((flags & LAYER_INDICES) != 0) {
            if (at >= end) {
                return -1;
            }
            int layers = bytes.getUnsignedByte(at++);
            mark.temporalId = layers >>> 5;
            mark.layerSync = (layers & 0x10) != 0;
            mark.spatialId = layers >>> 1 & 0x07;
            at += flexible ? 0 : 1;
        }
        if (flexible && (flags & INTER_PREDICTED) != 0) {
            at = skipReferences(bytes, at, end);
        }
        return at >= 0 && (flags & SCALABILITY_STRUCTURE) != 0 ? readStructure(bytes, at, end, mark) : at;
    }

    private static int skipReferences(PacketBuffer bytes, int from, int end) {
        for (int i = 0; i < MAX_REFERENCES; i++) {
            if (from + i >= end) {
                return -1;
            }
            if ((bytes.getByte(from + i) & 0x01) == 0) {
                return from + i + 1;
            }
        }
        return -1;
    }

    private static void readSizes(PacketBuffer bytes, int from, int layers, FrameMark mark) {
        mark.sizedLayers = layers;
        mark.activeLayers = layers;
        for (int i = 0; i < layers; i++) {
            mark.layerWidths[i] = bytes.getUnsignedShort(from + i * 4);
            mark.layerHeights[i] = bytes.getUnsignedShort(from + i * 4 + 2);
        }
    }

    private static int readStructure(PacketBuffer bytes, int from, int end, FrameMark mark) {
        if (from >= end) {
            return -1;
        }
        int head = bytes.getUnsignedByte(from);
        int spatialLayers = (head >>> 5) + 1;
        int at = from + 1;
        if ((head & 0x10) != 0) {
            at += spatialLayers * 4;
            if (at > end) {
                return -1;
            }
            readSizes(bytes, from + 1, Math.min(spatialLayers, LayerSet.LAYERS), mark);
            mark.width = bytes.getUnsignedShort(at - 4);
            mark.height = bytes.getUnsignedShort(at - 2);
        }
        if ((head & 0x08) == 0) {
            return at;
        }
        if (at >= end) {
            return -1;
        }
        int pictures = bytes.getUnsignedByte(at++);
        for (int i = 0; i < pictures; i++) {
            if (at >= end) {
                return -1;
            }
            at += 1 + (bytes.getUnsignedByte(at) >>> 2 & 0x03);
        }
        return at;
    }
}
