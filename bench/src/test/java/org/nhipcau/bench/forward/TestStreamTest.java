// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.bench.forward;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.nhipcau.sfu.buffer.PacketBuffer;
import org.nhipcau.sfu.rtp.RtpPacketFlyweight;

class TestStreamTest {
    private final PacketBuffer packet = PacketBuffer.allocate();
    private final RtpPacketFlyweight view = new RtpPacketFlyweight();

    @Test
    void shouldWritePacketsOfTheAskedSizeThatTellTheirNumber() {
        for (int bytes : new int[] {80, 160, TestStream.SMALLEST_VIDEO_BYTES, 1_200, 1_400}) {
            TestStream stream = new TestStream(bytes);
            for (long number : new long[] {0, 1, 7, 8, 127, 128, 65_535, 65_536, 1L << 33}) {
                int header = stream.write(packet, number);
                assertEquals(bytes, packet.length());
                assertTrue(view.wrap(packet));
                assertEquals(header, view.headerLength());
                assertEquals((int) number & 0xffff, packet.getUnsignedShort(2));
                assertEquals(number, stream.check(packet, view), bytes + " bytes");
            }
        }
    }

    @Test
    void shouldSeeEveryByteThatIsNotItsOwn() {
        TestStream stream = new TestStream(1_200);
        int header = stream.write(packet, 77);
        assertTrue(view.wrap(packet));
        for (int at = header + TestStream.NUMBER_AT + 8; at < packet.length(); at++) {
            packet.putByte(at, packet.getByte(at) ^ 1);
            assertEquals(-1, stream.check(packet, view), "byte " + at);
            packet.putByte(at, packet.getByte(at) ^ 1);
        }
        packet.putByte(header + TestStream.NUMBER_AT + 7, 78);
        assertEquals(-1, stream.check(packet, view), "another packet's number");
        packet.setLength(header + TestStream.NUMBER_AT);
        assertEquals(-1, stream.check(packet, view), "cut short");
    }
}
