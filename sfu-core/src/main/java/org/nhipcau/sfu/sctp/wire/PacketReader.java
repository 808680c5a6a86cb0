// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.sfu.sctp.wire;

import java.util.Arrays;
import java.util.zip.CRC32C;

/**
 * Walks over the chunks of one packet that came in.
 *
 * <pre>
 *  0        2        4            8           12     13      14      16
 *  +--------+--------+------------+-----------+------+-------+-------+---------- - -
 *  | source | dest.  | verif. tag | CRC32c LE | type | flags | len   | body, padded to 4
 *  +--------+--------+------------+-----------+------+-------+-------+---------- - -
 * </pre>
 *
 * <p>Spec: RFC 9260 §3, §6.8. Thread: one. Borrows the bytes until the next {@link #wrap}.
 */
public final class PacketReader {
    static final int HEADER_BYTES = 12;
    static final int CHUNK_HEADER_BYTES = 4;

    private final CRC32C crc = new CRC32C();
    private byte[] bytes = new byte[0];
    private int end;
    private int at;
    private int nextAt;

    /**
     * Takes a packet on; {@link #next} leads to its first chunk.
     *
     * @return false when it is not well-formed as far as the headers of all its chunks, or the checksum is wrong
     */
    public boolean wrap(byte[] packet, int lengthBytes) {
        bytes = packet;
        end = lengthBytes;
        nextAt = HEADER_BYTES;
        return lengthBytes >= HEADER_BYTES + CHUNK_HEADER_BYTES && lengthBytes <= packet.length && chunksFit()
                && checksum() == getInt(8);
    }

    private boolean chunksFit() {
        int chunk = HEADER_BYTES;
        while (chunk < end) {
            if (end - chunk < CHUNK_HEADER_BYTES) {
                return false;
            }
            int length = getUnsignedShort(chunk + 2);
            if (length < CHUNK_HEADER_BYTES || length > end - chunk) {
                return false;
            }
            chunk += padded(length);
        }
        return true;
    }

    // As it stands on the wire, least significant byte first (RFC 9260 appendix A).
    private int checksum() {
        crc.reset();
        crc.update(bytes, 0, 8);
        crc.update(0);
        crc.update(0);
        crc.update(0);
        crc.update(0);
        crc.update(bytes, HEADER_BYTES, end - HEADER_BYTES);
        return Integer.reverseBytes((int) crc.getValue());
    }

    static int padded(int length) {
        return length + 3 & ~3;
    }

    public int sourcePort() {
        return getUnsignedShort(0);
    }

    public int destinationPort() {
        return getUnsignedShort(2);
    }

    public int verificationTag() {
        return getInt(4);
    }

    /** Goes to the next chunk. @return false when there is none */
    public boolean next() {
        if (nextAt >= end) {
            return false;
        }
        at = nextAt;
        nextAt += padded(getUnsignedShort(at + 2));
        return true;
    }

    /** The chunk is the last one of its packet. */
    public boolean last() {
        return nextAt >= end;
    }

    /** Of the chunk. */
    public int type() {
        return bytes[at] & 0xff;
    }

    /** Of the chunk. */
    public int flags() {
        return bytes[at + 1] & 0xff;
    }

    /** Where the chunk's value begins. */
    public int bodyAt() {
        return at + CHUNK_HEADER_BYTES;
    }

    /** Bytes of the chunk's value, without padding. */
    public int bodyLength() {
        return getUnsignedShort(at + 2) - CHUNK_HEADER_BYTES;
    }

    /** The chunk as a whole, without padding. */
    public byte[] chunk() {
        return Arrays.copyOfRange(bytes, at, bodyAt() + bodyLength());
    }

    /** A copy of a part of the chunk's value. The caller has made sure that it lies within. */
    public byte[] body(int from, int lengthBytes) {
        return Arrays.copyOfRange(bytes, bodyAt() + from, bodyAt() + from + lengthBytes);
    }

    /** Of the packet. The caller has made sure that it lies within. */
    public int getUnsignedByte(int index) {
        return bytes[index] & 0xff;
    }

    /** Of the packet, in network order. The caller has made sure that it lies within. */
    public int getUnsignedShort(int index) {
        return (bytes[index] & 0xff) << 8 | bytes[index + 1] & 0xff;
    }

    /** Of the packet, in network order. The caller has made sure that it lies within. */
    public int getInt(int index) {
        return getUnsignedShort(index) << 16 | getUnsignedShort(index + 2);
    }
}
