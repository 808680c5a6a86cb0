// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.sfu.dtls;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;

/** Records and fragments made by hand, well-formed or not. */
final class DtlsRecords {
    static final int RECORD_HEADER = 13;

    private DtlsRecords() {}

    static byte[] record(int type, int epoch, byte[] body) {
        return ByteBuffer.allocate(RECORD_HEADER + body.length).put((byte) type).putShort((short) 0xfefd)
                .putShort((short) epoch).putShort((short) 0).putInt(7).putShort((short) body.length).put(body).array();
    }

    static byte[] changeCipherSpec() {
        return record(20, 0, new byte[] {1});
    }

    /** A record with one handshake fragment whose body has {@code count} bytes. */
    static byte[] fragment(int type, int seq, int messageBytes, int offset, int count) {
        return record(22, 0, handshake(type, seq, messageBytes, offset, new byte[count]));
    }

    static byte[] message(int type, int seq, int messageBytes) {
        return fragment(type, seq, messageBytes, 0, messageBytes);
    }

    static byte[] handshake(int type, int seq, int messageBytes, int offset, byte[] body) {
        ByteBuffer buffer = ByteBuffer.allocate(12 + body.length).put((byte) type);
        putMedium(buffer, messageBytes);
        buffer.putShort((short) seq);
        putMedium(buffer, offset);
        putMedium(buffer, body.length);
        return buffer.put(body).array();
    }

    /** CVE-2026-59646: each empty fragment of 12 bytes declares a message of 16 MiB. */
    static byte[] reassemblyBomb(int messages) {
        byte[][] fragments = new byte[messages][];
        for (int seq = 0; seq < messages; seq++) {
            fragments[seq] = handshake(seq == 0 ? 1 : 11, seq, 0xffffff, 0, new byte[0]);
        }
        return record(22, 0, concat(fragments));
    }

    static byte[] concat(byte[]... parts) {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        for (byte[] part : parts) {
            all.writeBytes(part);
        }
        return all.toByteArray();
    }

    private static void putMedium(ByteBuffer buffer, int value) {
        buffer.put((byte) (value >>> 16)).putShort((short) value);
    }
}
