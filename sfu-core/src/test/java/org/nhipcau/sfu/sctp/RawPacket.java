// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.sfu.sctp;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.zip.CRC32C;

/** Packets put together by hand, apart from the code that is tested. */
final class RawPacket {
    private RawPacket() {}

    /** A packet of these chunks, its checksum right. */
    static byte[] of(int source, int destination, int tag, byte[]... chunks) {
        ByteBuffer out = ByteBuffer.allocate(4_096);
        out.putShort((short) source).putShort((short) destination).putInt(tag).putInt(0);
        for (byte[] chunk : chunks) {
            out.put(chunk);
            while (out.position() % 4 != 0) {
                out.put((byte) 0);
            }
        }
        byte[] packet = Arrays.copyOf(out.array(), out.position());
        seal(packet);
        return packet;
    }

    /** Makes the checksum right. */
    static void seal(byte[] packet) {
        ByteBuffer.wrap(packet).putInt(8, 0);
        CRC32C crc = new CRC32C();
        crc.update(packet);
        ByteBuffer.wrap(packet).order(ByteOrder.LITTLE_ENDIAN).putInt(8, (int) crc.getValue());
    }

    static byte[] chunk(int type, int flags, byte[] body) {
        return ByteBuffer.allocate(4 + body.length).put((byte) type).put((byte) flags)
                .putShort((short) (4 + body.length)).put(body).array();
    }

    static byte[] init(int type, int tag, int window, int tsn, byte[] parameters) {
        return chunk(type, 0, ByteBuffer.allocate(16 + parameters.length).putInt(tag).putInt(window)
                .putShort((short) 1_024).putShort((short) 2_048).putInt(tsn).put(parameters).array());
    }

    static byte[] data(int flags, int tsn, int stream, int ssn, int protocolId, byte[] payload) {
        return chunk(0, flags, ByteBuffer.allocate(12 + payload.length).putInt(tsn).putShort((short) stream)
                .putShort((short) ssn).putInt(protocolId).put(payload).array());
    }

    static byte[] ints(int... values) {
        ByteBuffer out = ByteBuffer.allocate(4 * values.length);
        for (int value : values) {
            out.putInt(value);
        }
        return out.array();
    }
}
