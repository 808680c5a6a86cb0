// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.sfu.sctp.wire;

import java.util.Arrays;
import java.util.zip.CRC32C;

/**
 * Puts chunks together to a packet.
 *
 * <p>Spec: RFC 9260 §3, §6.10. Thread: one. Owns: its bytes.
 */
public final class PacketWriter {
    /** With the overhead of a DTLS record below 1,200 bytes, so that tunnels and relays have room for their headers. */
    public static final int MAX_PACKET_BYTES = 1_152;

    private final CRC32C crc = new CRC32C();
    private final byte[] bytes = new byte[MAX_PACKET_BYTES];
    private int at;
    private int chunkAt;

    /** Begins a packet. */
    public void begin(int sourcePort, int destinationPort, int verificationTag) {
        at = 0;
        putShort(sourcePort);
        putShort(destinationPort);
        putInt(verificationTag);
        putInt(0);
    }

    /** Nothing but the header is there. */
    public boolean empty() {
        return at == PacketReader.HEADER_BYTES;
    }

    /** Bytes that the value of one more chunk may have. */
    public int room() {
        return MAX_PACKET_BYTES - at - PacketReader.CHUNK_HEADER_BYTES;
    }

    /** Begins a chunk; its value follows. */
    public void beginChunk(int type, int flags) {
        chunkAt = at;
        bytes[at] = (byte) type;
        bytes[at + 1] = (byte) flags;
        at += PacketReader.CHUNK_HEADER_BYTES;
    }

    /** The chunk's value is complete. */
    public void endChunk() {
        int length = at - chunkAt;
        bytes[chunkAt + 2] = (byte) (length >> 8);
        bytes[chunkAt + 3] = (byte) length;
        pad();
    }

    /** Fills up to a multiple of four. */
    public void pad() {
        while ((at & 3) != 0) {
            bytes[at++] = 0;
        }
    }

    public void putShort(int value) {
        bytes[at++] = (byte) (value >> 8);
        bytes[at++] = (byte) value;
    }

    public void putInt(int value) {
        putShort(value >> 16);
        putShort(value);
    }

    public void putBytes(byte[] source, int from, int lengthBytes) {
        System.arraycopy(source, from, bytes, at, lengthBytes);
        at += lengthBytes;
    }

    /** A parameter, padded (§3.2.1). Inside a chunk that something follows in. */
    public void putParameter(int type, byte[] value) {
        putShort(type);
        putShort(PacketReader.CHUNK_HEADER_BYTES + value.length);
        putBytes(value, 0, value.length);
        pad();
    }

    /** The packet, complete with its checksum. */
    public byte[] finish() {
        crc.reset();
        crc.update(bytes, 0, at);
        int sum = (int) crc.getValue();
        for (int i = 0; i < 4; i++) {
            bytes[8 + i] = (byte) (sum >> 8 * i);
        }
        return Arrays.copyOf(bytes, at);
    }
}
