// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.sfu.sctp.wire;

/**
 * Walks over the parameters, or error causes, at the end of a chunk.
 *
 * <p>Spec: RFC 9260 §3.2.1. Thread: one. Borrows the packet's reader.
 */
public final class ParameterReader {
    private static final int HEADER_BYTES = 4;

    private final PacketReader packet;
    private final int end;
    private int at;
    private int nextAt;

    /** @param from where the first one begins, counted from the chunk's value */
    public ParameterReader(PacketReader packet, int from) {
        this.packet = packet;
        this.nextAt = packet.bodyAt() + from;
        this.end = packet.bodyAt() + packet.bodyLength();
    }

    /** Goes to the next one. @return false when there is none, or it is not well-formed */
    public boolean next() {
        if (end - nextAt < HEADER_BYTES) {
            return false;
        }
        int length = packet.getUnsignedShort(nextAt + 2);
        if (length < HEADER_BYTES || length > end - nextAt) {
            return false;
        }
        at = nextAt;
        nextAt += PacketReader.padded(length);
        return true;
    }

    public int type() {
        return packet.getUnsignedShort(at);
    }

    /** Bytes of the value, without padding. */
    public int length() {
        return packet.getUnsignedShort(at + 2) - HEADER_BYTES;
    }

    /** Of the value. The caller has made sure that it lies within. */
    public int getInt(int index) {
        return packet.getInt(at + HEADER_BYTES + index);
    }

    /** Of the value. The caller has made sure that it lies within. */
    public int getUnsignedShort(int index) {
        return packet.getUnsignedShort(at + HEADER_BYTES + index);
    }

    /** Of the value. The caller has made sure that it lies within. */
    public int getUnsignedByte(int index) {
        return packet.getUnsignedByte(at + HEADER_BYTES + index);
    }

    /** A copy of the value. */
    public byte[] value() {
        return packet.body(at + HEADER_BYTES - packet.bodyAt(), length());
    }

    /** A copy of the whole, header included. */
    public byte[] whole() {
        return packet.body(at - packet.bodyAt(), length() + HEADER_BYTES);
    }
}
