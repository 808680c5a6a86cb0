// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.sfu.rtp;

import org.nhipcau.sfu.buffer.PacketBuffer;

/**
 * A view of one RTP packet.
 *
 * <pre>
 *  0                   1                   2                   3
 *  0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
 * +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 * |V=2|P|X|  CC   |M|     PT      |       sequence number         |
 * +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 * |                           timestamp                           |
 * +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 * |           synchronization source (SSRC) identifier            |
 * +=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+
 * |            contributing source (CSRC) identifiers ...         |
 * +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 * |      defined by profile       |  extension length in words    |
 * +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 * |                      header extensions ...                    |
 * +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 * </pre>
 * Spec: RFC 3550 §5.1, RFC 8285 §4.
 *
 * <p>Thread: the packet owner's. Lives no longer than the packet's stay with the caller; reused.
 */
public final class RtpPacketFlyweight {
    /** Bytes of the fixed header. */
    public static final int FIXED_HEADER_BYTES = 12;
    static final int ONE_BYTE_PROFILE = 0xBEDE;
    static final int TWO_BYTE_PROFILE = 0x1000;

    private PacketBuffer packet;
    private int headerLength;
    private int extensionProfile;
    private int extensionStart;
    private int extensionEnd;
    private int paddingLength;
    private int foundLength;

    /**
     * Views a packet whose payload may still be encrypted: checks version and that the header, contributing sources
     * and the extension block lie within it.
     *
     * @return false when it is no well-formed RTP packet
     */
    public boolean wrap(PacketBuffer buffer) {
        packet = buffer;
        paddingLength = 0;
        extensionStart = 0;
        extensionEnd = 0;
        extensionProfile = 0;
        int length = buffer.length();
        if (length < FIXED_HEADER_BYTES) {
            return false;
        }
        int first = buffer.getUnsignedByte(0);
        if (first >>> 6 != 2) {
            return false;
        }
        int header = FIXED_HEADER_BYTES + (first & 0x0f) * 4;
        if ((first & 0x10) != 0) {
            if (header + 4 > length) {
                return false;
            }
            extensionProfile = buffer.getUnsignedShort(header);
            int words = buffer.getUnsignedShort(header + 2);
            extensionStart = header + 4;
            extensionEnd = extensionStart + words * 4;
            header = extensionEnd;
        }
        if (header > length) {
            return false;
        }
        headerLength = header;
        return true;
    }

    /**
     * Views a packet whose payload is in the clear: in addition checks the padding (RFC 3550 §5.1: the last byte
     * counts itself).
     *
     * @return false when the packet or its padding is not well-formed
     */
    public boolean wrapPlain(PacketBuffer buffer) {
        if (!wrap(buffer)) {
            return false;
        }
        if (hasPadding()) {
            int body = buffer.length() - headerLength;
            if (body == 0) {
                return false;
            }
            int padding = buffer.getUnsignedByte(buffer.length() - 1);
            if (padding == 0 || padding > body) {
                return false;
            }
            paddingLength = padding;
        }
        return true;
    }

    public PacketBuffer packet() {
        return packet;
    }

    public boolean hasPadding() {
        return (packet.getByte(0) & 0x20) != 0;
    }

    public boolean marker() {
        return packet.getByte(1) < 0;
    }

    /** 0 to 127. */
    public int payloadType() {
        return packet.getByte(1) & 0x7f;
    }

    /** 16 bits. */
    public int sequenceNumber() {
        return packet.getUnsignedShort(2);
    }

    /** 32 bits, in clock rate ticks. */
    public long timestamp() {
        return packet.getUnsignedInt(4);
    }

    /** 32 bits. */
    public long ssrc() {
        return packet.getUnsignedInt(8);
    }

    /** Contributing sources, 0 to 15. */
    public int contributorCount() {
        return packet.getByte(0) & 0x0f;
    }

    public void setMarker(boolean marker) {
        packet.putByte(1, (marker ? 0x80 : 0) | payloadType());
    }

    /** Low 7 bits are written. */
    public void setPayloadType(int payloadType) {
        packet.putByte(1, packet.getByte(1) & 0x80 | payloadType & 0x7f);
    }

    /** Low 16 bits are written. */
    public void setSequenceNumber(long sequenceNumber) {
        packet.putShort(2, (int) sequenceNumber);
    }

    /** Low 32 bits are written. */
    public void setTimestamp(long timestamp) {
        packet.putInt(4, (int) timestamp);
    }

    /** Low 32 bits are written. */
    public void setSsrc(long ssrc) {
        packet.putInt(8, (int) ssrc);
    }

    /** Bytes before the payload, extensions included. */
    public int headerLength() {
        return headerLength;
    }

    /**
     * Replaces the padding, of a packet in the clear (RFC 3550 §5.1).
     *
     * @param bytes 0 none, to 255
     * @throws IndexOutOfBoundsException when the packet's memory has no room for it
     */
    public void setPadding(int bytes) {
        int end = headerLength + payloadLength();
        packet.setLength(end + bytes);
        for (int i = 0; i < bytes - 1; i++) {
            packet.putByte(end + i, 0);
        }
        if (bytes > 0) {
            packet.putByte(end + bytes - 1, bytes);
        }
        packet.putByte(0, packet.getByte(0) & ~0x20 | (bytes > 0 ? 0x20 : 0));
        paddingLength = bytes;
    }

    /** Bytes of padding at the end; 0 before {@link #wrapPlain}. */
    public int paddingLength() {
        return paddingLength;
    }

    /** Bytes between header and padding. */
    public int payloadLength() {
        return packet.length() - headerLength - paddingLength;
    }

    /**
     * Looks for a header extension element of either form (RFC 8285 §4.2, §4.3).
     *
     * @param id 1 to 255; 0 is never found
     * @return the index of its first data byte, its length in {@link #foundLength()}; -1 when absent or malformed
     */
    public int findExtension(int id) {
        if (id == 0 || extensionStart == extensionEnd) {
            return -1;
        }
        if (extensionProfile == ONE_BYTE_PROFILE) {
            return findOneByte(id);
        }
        return (extensionProfile & 0xfff0) == TWO_BYTE_PROFILE ? findTwoByte(id) : -1;
    }

    /** Length in bytes of what {@link #findExtension} found last. */
    public int foundLength() {
        return foundLength;
    }

    private int findOneByte(int id) {
        int at = extensionStart;
        while (at < extensionEnd) {
            int head = packet.getUnsignedByte(at);
            int elementId = head >>> 4;
            if (elementId == 0) {
                at++;
                continue;
            }
            if (elementId == 15) {
                return -1;
            }
            int length = (head & 0x0f) + 1;
            if (at + 1 + length > extensionEnd) {
                return -1;
            }
            if (elementId == id) {
                foundLength = length;
                return at + 1;
            }
            at += 1 + length;
        }
        return -1;
    }

    private int findTwoByte(int id) {
        int at = extensionStart;
        while (at < extensionEnd) {
            int elementId = packet.getUnsignedByte(at);
            if (elementId == 0) {
                at++;
                continue;
            }
            if (at + 2 > extensionEnd) {
                return -1;
            }
            int length = packet.getUnsignedByte(at + 1);
            if (at + 2 + length > extensionEnd) {
                return -1;
            }
            if (elementId == id) {
                foundLength = length;
                return at + 2;
            }
            at += 2 + length;
        }
        return -1;
    }
}
