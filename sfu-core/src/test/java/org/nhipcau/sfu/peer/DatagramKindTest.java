// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.sfu.peer;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;
import org.nhipcau.sfu.buffer.PacketBuffer;

class DatagramKindTest {
    private static DatagramKind kind(int first, int second) {
        return DatagramKind.of(PacketBuffer.copyOf(new byte[] {(byte) first, (byte) second}));
    }

    @Test
    void shouldTellProtocolsApartByTheFirstByteAsRfc7983Says() {
        for (int first = 0; first < 256; first++) {
            DatagramKind expected = first <= 3 ? DatagramKind.STUN
                    : first >= 20 && first <= 63 ? DatagramKind.DTLS
                    : first >= 128 && first <= 191 ? DatagramKind.RTP : DatagramKind.UNKNOWN;
            assertEquals(expected, kind(first, 96), "first byte " + first);
        }
    }

    @Test
    void shouldTellRtcpByTheSecondByteAsRfc5761Says() {
        for (int second = 0; second < 256; second++) {
            DatagramKind expected = second >= 192 && second <= 223 ? DatagramKind.RTCP : DatagramKind.RTP;
            assertEquals(expected, kind(0x80, second), "second byte " + second);
        }
    }

    @Test
    void shouldCallADatagramTooShortToTellUnknown() {
        assertEquals(DatagramKind.UNKNOWN, DatagramKind.of(PacketBuffer.copyOf(new byte[0])));
        assertEquals(DatagramKind.UNKNOWN, DatagramKind.of(PacketBuffer.copyOf(new byte[] {(byte) 0x80})));
    }
}
