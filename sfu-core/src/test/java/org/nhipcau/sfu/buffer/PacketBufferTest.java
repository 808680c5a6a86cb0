// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.sfu.buffer;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import org.junit.jupiter.api.Test;

class PacketBufferTest {
    @Test
    void shouldReadAndWriteInNetworkOrder() {
        PacketBuffer packet = PacketBuffer.copyOf(new byte[20]);
        packet.putLong(0, 0x0102030405060708L);
        packet.putMedium(8, 0xa1b2c3);
        packet.putInt(11, 0xdeadbeef);
        packet.putShort(15, 0xfedc);
        packet.putByte(17, 0x80);
        assertEquals(0x01, packet.getByte(0));
        assertEquals(0x0102, packet.getUnsignedShort(0));
        assertEquals(0xa1b2c3, packet.getUnsignedMedium(8));
        assertEquals(0xdeadbeefL, packet.getUnsignedInt(11));
        assertEquals(0xfedc, packet.getUnsignedShort(15));
        assertEquals(0x80, packet.getUnsignedByte(17));
        assertEquals(0x0102030405060708L, packet.getLong(0));
    }

    @Test
    void shouldRefuseBytesOutsideThePacketThoughTheyLieInTheSlot() {
        PacketBuffer packet = PacketBuffer.copyOf(new byte[] {1, 2, 3, 4});
        assertThrows(IndexOutOfBoundsException.class, () -> packet.getByte(4));
        assertThrows(IndexOutOfBoundsException.class, () -> packet.getByte(-1));
        assertThrows(IndexOutOfBoundsException.class, () -> packet.getInt(1));
        assertThrows(IndexOutOfBoundsException.class, () -> packet.getLong(0));
        assertThrows(IndexOutOfBoundsException.class, () -> packet.putShort(3, 0));
    }

    @Test
    void shouldNotShowTheBytesOfAFormerPacket() {
        PacketBuffer packet = PacketBuffer.copyOf(new byte[] {1, 2, 3, 4, 5, 6, 7, 8});
        packet.setBytes(new byte[] {9}, 0, 1);
        assertArrayEquals(new byte[] {9}, packet.toByteArray());
        assertThrows(IndexOutOfBoundsException.class, () -> packet.getByte(1));
    }

    @Test
    void shouldGrowIntoHeadRoomAndBack() {
        PacketBuffer packet = PacketBuffer.copyOf(new byte[] {5, 6, 7});
        packet.advance(-2);
        packet.putShort(0, 0x0304);
        assertArrayEquals(new byte[] {3, 4, 5, 6, 7}, packet.toByteArray());
        packet.advance(4);
        assertArrayEquals(new byte[] {7}, packet.toByteArray());
        assertThrows(IndexOutOfBoundsException.class, () -> packet.advance(2));
        assertThrows(IndexOutOfBoundsException.class, () -> packet.advance(-PacketBuffer.HEADROOM_BYTES - 5));
    }

    @Test
    void shouldTakeTheLongestPacketAndNoLonger() {
        PacketBuffer packet = PacketBuffer.allocate();
        packet.setLength(PacketBuffer.MAX_LENGTH);
        assertEquals(0, packet.tailroom());
        assertThrows(IndexOutOfBoundsException.class, () -> packet.setLength(PacketBuffer.MAX_LENGTH + 1));
    }

    @Test
    void shouldCopyOverlappingRanges() {
        PacketBuffer packet = PacketBuffer.copyOf(new byte[] {1, 2, 3, 4, 5, 6});
        packet.putBytes(2, packet, 0, 4);
        assertArrayEquals(new byte[] {1, 2, 1, 2, 3, 4}, packet.toByteArray());
    }

    @Test
    void shouldShowThePacketAsAByteBuffer() {
        PacketBuffer packet = PacketBuffer.copyOf(new byte[] {1, 2, 3});
        assertEquals(3, packet.nio().remaining());
        assertEquals(2, packet.nio().get(packet.offset() + 1));
        assertEquals(packet.tailroom() + 3, packet.nioWritable().remaining());
    }
}
