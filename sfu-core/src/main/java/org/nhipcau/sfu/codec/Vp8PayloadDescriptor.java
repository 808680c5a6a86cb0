// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.sfu.codec;

import org.nhipcau.sfu.buffer.PacketBuffer;

/**
 * A view of the descriptor in front of a VP8 payload, which also rewrites the two numbers that must go on without a
 * gap when simulcast layers switch.
 *
 * <pre>
 *       0 1 2 3 4 5 6 7
 *      +-+-+-+-+-+-+-+-+
 *      |X|R|N|S|R| PID | (REQUIRED)
 *      +-+-+-+-+-+-+-+-+
 * X:   |I|L|T|K|  RSV  | (OPTIONAL)
 *      +-+-+-+-+-+-+-+-+
 * I:   |M| PictureID   | (OPTIONAL)
 *      +-+-+-+-+-+-+-+-+
 * M:   |   PictureID   |
 *      +-+-+-+-+-+-+-+-+
 * L:   |   TL0PICIDX   | (OPTIONAL)
 *      +-+-+-+-+-+-+-+-+
 * T/K: |TID|Y| KEYIDX  | (OPTIONAL)
 *      +-+-+-+-+-+-+-+-+
 * </pre>
 * Spec: RFC 7741 §4.2. Thread: the packet owner's. Lives no longer than the packet's stay; reused.
 */
public final class Vp8PayloadDescriptor {
    /** Longest descriptor. */
    public static final int MAX_BYTES = 6;

    private PacketBuffer packet;
    private int start;
    private int length;
    private int pictureIdAt;
    private int pictureIdBits;
    private int tl0PicIdxAt;
    private int tidAt;
    private boolean hasTid;

    /**
     * Views the descriptor.
     *
     * @param from index of the payload's first byte
     * @param end index behind the payload
     * @return false when the payload ends within the descriptor or directly behind it
     */
    public boolean wrap(PacketBuffer buffer, int from, int end) {
        packet = buffer;
        start = from;
        pictureIdAt = -1;
        pictureIdBits = 0;
        tl0PicIdxAt = -1;
        tidAt = -1;
        hasTid = false;
        if (from >= end) {
            return false;
        }
        int at = from + 1;
        if (buffer.getByte(from) < 0) {
            if (at + 1 >= end) {
                return false;
            }
            int present = buffer.getUnsignedByte(at++);
            if ((present & 0x80) != 0) {
                pictureIdAt = at;
                pictureIdBits = buffer.getByte(at) < 0 ? 15 : 7;
                at += pictureIdBits == 15 ? 2 : 1;
            }
            if ((present & 0x40) != 0) {
                tl0PicIdxAt = at++;
            }
            if ((present & 0x30) != 0) {
                tidAt = at++;
                hasTid = (present & 0x20) != 0;
            }
        }
        length = at - from;
        return at < end;
    }

    /** Bytes of the descriptor: the VP8 data begins behind them. */
    public int length() {
        return length;
    }

    /** The packet begins a partition. */
    public boolean startOfPartition() {
        return (packet.getByte(start) & 0x10) != 0;
    }

    /** Index of the partition, 0 to 7. */
    public int partitionIndex() {
        return packet.getByte(start) & 0x07;
    }

    /** The packet carries the first bytes of a frame. */
    public boolean startOfFrame() {
        return startOfPartition() && partitionIndex() == 0;
    }

    /** No other frame refers to this one. */
    public boolean nonReference() {
        return (packet.getByte(start) & 0x20) != 0;
    }

    /** Bits of the picture id: 7, 15, or 0 when absent. */
    public int pictureIdBits() {
        return pictureIdBits;
    }

    /** Picture id; -1 absent. */
    public int pictureId() {
        return switch (pictureIdBits) {
            case 15 -> packet.getUnsignedShort(pictureIdAt) & 0x7fff;
            case 7 -> packet.getByte(pictureIdAt) & 0x7f;
            default -> -1;
        };
    }

    /** TL0PICIDX, 8 bits; -1 absent. */
    public int tl0PicIdx() {
        return tl0PicIdxAt < 0 ? -1 : packet.getUnsignedByte(tl0PicIdxAt);
    }

    /** Temporal layer, 0 to 3; 0 when absent. */
    public int temporalId() {
        return hasTid ? packet.getUnsignedByte(tidAt) >>> 6 : 0;
    }

    /** Y: the frame depends on the base layer only, so its temporal layer may begin here. */
    public boolean layerSync() {
        return hasTid && (packet.getByte(tidAt) & 0x20) != 0;
    }

    /** Index of the picture id in the packet; -1 absent. */
    public int pictureIdAt() {
        return pictureIdAt;
    }

    /** Index of TL0PICIDX in the packet; -1 absent. */
    public int tl0PicIdxAt() {
        return tl0PicIdxAt;
    }

    /** Writes the low bits of a picture id, as many as the field has; nothing where it is absent. */
    public void setPictureId(int pictureId) {
        if (pictureIdBits == 15) {
            packet.putShort(pictureIdAt, 0x8000 | pictureId & 0x7fff);
        } else if (pictureIdBits == 7) {
            packet.putByte(pictureIdAt, pictureId & 0x7f);
        }
    }

    /** Writes the low 8 bits of a TL0PICIDX; nothing where it is absent. */
    public void setTl0PicIdx(int tl0PicIdx) {
        if (tl0PicIdxAt >= 0) {
            packet.putByte(tl0PicIdxAt, tl0PicIdx);
        }
    }
}
