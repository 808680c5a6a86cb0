// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.sfu.sctp.channel;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/**
 * The two messages by which a channel is opened.
 *
 * <pre>
 *  OPEN  0      1      2          4             8           10             12
 *        +------+------+----------+-------------+-----------+--------------+-------+----------
 *        | 3    | type | priority | reliability | label len | protocol len | label | protocol
 *        +------+------+----------+-------------+-----------+--------------+-------+----------
 * </pre>
 *
 * <p>Spec: RFC 8832 §5.
 *
 * @param unordered messages may overtake each other
 * @param maxRetransmits how often a part is sent again; -1: no bound
 * @param lifetimeMs how long a message is tried; -1: no bound
 */
record Dcep(boolean unordered, int maxRetransmits, long lifetimeMs, String label) {
    /** Payload protocol identifiers (RFC 8831 §8). */
    static final int PROTOCOL_ID = 50;
    static final int TEXT = 51;
    static final int BINARY = 53;
    static final int TEXT_EMPTY = 56;
    static final int BINARY_EMPTY = 57;

    private static final int ACK_TYPE = 2;
    private static final int OPEN_TYPE = 3;
    private static final int FIXED_BYTES = 12;
    private static final int UNORDERED = 0x80;
    private static final int RETRANSMITS = 1;
    private static final int TIMED = 2;

    static byte[] ack() {
        return new byte[] {ACK_TYPE};
    }

    static boolean isAck(byte[] message) {
        return message[0] == ACK_TYPE;
    }

    /** Reads an OPEN. @return null when it is none, or not well-formed, or of an unknown kind of channel */
    static Dcep readOpen(byte[] message) {
        if (message.length < FIXED_BYTES || message[0] != OPEN_TYPE) {
            return null;
        }
        ByteBuffer in = ByteBuffer.wrap(message);
        int type = in.get(1) & 0xff;
        int reliability = in.getInt(4);
        int labelBytes = in.getShort(8) & 0xffff;
        int protocolBytes = in.getShort(10) & 0xffff;
        int kind = type & ~UNORDERED;
        if (kind > TIMED || FIXED_BYTES + labelBytes + protocolBytes > message.length) {
            return null;
        }
        String label = new String(message, FIXED_BYTES, labelBytes, StandardCharsets.UTF_8);
        int bounded = reliability < 0 ? Integer.MAX_VALUE : reliability;
        return new Dcep((type & UNORDERED) != 0, kind == RETRANSMITS ? bounded : -1, kind == TIMED ? bounded : -1,
                label);
    }

    /** The OPEN that says this. */
    byte[] open() {
        byte[] name = label.getBytes(StandardCharsets.UTF_8);
        int kind = maxRetransmits >= 0 ? RETRANSMITS : lifetimeMs >= 0 ? TIMED : 0;
        return ByteBuffer.allocate(FIXED_BYTES + name.length)
                .put((byte) OPEN_TYPE).put((byte) (kind | (unordered ? UNORDERED : 0))).putShort((short) 0)
                .putInt(kind == RETRANSMITS ? maxRetransmits : kind == TIMED ? (int) lifetimeMs : 0)
                .putShort((short) name.length).putShort((short) 0).put(name).array();
    }
}
