// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.sfu.peer;

import org.nhipcau.sfu.buffer.PacketBuffer;

/**
 * What protocol a datagram belongs to, told by its first bytes.
 *
 * <p>Spec: RFC 7983 §7 (first byte), RFC 5761 §4 (RTP and RTCP by the second byte).
 */
public enum DatagramKind {
    STUN,
    DTLS,
    RTP,
    RTCP,
    UNKNOWN;

    private static final DatagramKind[] BY_FIRST_BYTE = new DatagramKind[256];

    static {
        for (int first = 0; first < 256; first++) {
            BY_FIRST_BYTE[first] = first <= 3 ? STUN
                    : first >= 20 && first <= 63 ? DTLS
                    : first >= 128 && first <= 191 ? RTP
                    : UNKNOWN;
        }
    }

    /** Tells the kind; a datagram too short to tell is UNKNOWN. */
    public static DatagramKind of(PacketBuffer datagram) {
        if (datagram.length() < 2) {
            return UNKNOWN;
        }
        DatagramKind kind = BY_FIRST_BYTE[datagram.getUnsignedByte(0)];
        if (kind == RTP) {
            int second = datagram.getUnsignedByte(1);
            return second >= 192 && second <= 223 ? RTCP : RTP;
        }
        return kind;
    }
}
