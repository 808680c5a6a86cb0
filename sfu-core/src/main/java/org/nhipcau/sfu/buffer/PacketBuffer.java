// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.sfu.buffer;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Objects;

/**
 * One packet in off-heap memory: an offset and a length within fixed bounds, read and written in network byte order.
 *
 * <p>All indexes are relative to the start of the packet and checked against its length: bytes outside the packet
 * cannot be read. Room before the packet and behind it allows headers and authentication tags to grow in place.
 *
 * <p>A packet lies either in a <em>slot</em> of its own, or is a <em>window</em> that is moved over larger memory: what
 * a socket read into, or what it is about to send.
 *
 * <p>Thread: the owner's only.
 */
public final class PacketBuffer {
    /** Size of a slot. Holds the largest UDP payload that fits an Ethernet frame, with room for tags and headers. */
    public static final int SLOT_BYTES = 2048;
    /** Bytes kept free before a received packet. */
    public static final int HEADROOM_BYTES = 128;
    /** The longest packet that a fresh slot takes. */
    public static final int MAX_LENGTH = SLOT_BYTES - HEADROOM_BYTES;

    private final MemorySegment slot;
    private final long base;
    private final ByteBuffer nio;
    /** Where an empty packet starts, and the bounds that it may grow to. */
    private int start;
    private int from;
    private int to;
    private int offset;
    private int length;
    private long receivedNs;
    boolean pooled;

    /** @param slot native memory of exactly {@link #SLOT_BYTES} */
    PacketBuffer(MemorySegment slot) {
        this(slot, HEADROOM_BYTES, SLOT_BYTES);
        if (slot.byteSize() != SLOT_BYTES) {
            throw new IllegalArgumentException("slot of " + slot.byteSize() + " bytes");
        }
    }

    private PacketBuffer(MemorySegment memory, int start, int to) {
        if (!memory.isNative()) {
            throw new IllegalArgumentException("the memory is on the heap; allowed: native memory");
        }
        this.slot = memory;
        this.base = memory.address();
        this.nio = memory.asByteBuffer().order(ByteOrder.BIG_ENDIAN);
        this.start = start;
        this.to = to;
        clear();
    }

    /** A window over native memory, without any room until it is {@linkplain #place placed}. */
    public static PacketBuffer window(MemorySegment memory) {
        return new PacketBuffer(memory, 0, 0);
    }

    /**
     * Moves a window: the packet is empty and starts at {@code position}.
     *
     * @param roomBytes what it may grow to
     */
    public void place(int position, int roomBytes) {
        Objects.checkFromIndexSize(position, roomBytes, (int) slot.byteSize());
        from = position;
        start = position;
        to = position + roomBytes;
        clear();
    }

    /** A buffer of its own outside any pool, in native memory that the garbage collector frees. For tests and control. */
    public static PacketBuffer allocate() {
        return new PacketBuffer(java.lang.foreign.Arena.ofAuto().allocate(SLOT_BYTES, 64));
    }

    /** A buffer of its own that holds a copy of {@code bytes}. For tests and control. */
    public static PacketBuffer copyOf(byte[] bytes) {
        PacketBuffer buffer = allocate();
        buffer.setBytes(bytes, 0, bytes.length);
        return buffer;
    }

    /** Makes the packet empty: in a slot with full head room, in a window at its position. */
    public void clear() {
        offset = start;
        length = 0;
        receivedNs = 0;
    }

    /** Bytes of the packet. */
    public int length() {
        return length;
    }

    /** Grows or cuts the packet at its end. @throws IndexOutOfBoundsException past its room */
    public void setLength(int newLength) {
        Objects.checkFromToIndex(offset, offset + newLength, to);
        length = newLength;
    }

    /** Bytes that the packet can grow by at its end. */
    public int tailroom() {
        return to - offset - length;
    }

    /** Bytes that the packet can grow by at its start. */
    public int headroom() {
        return offset - from;
    }

    /** Moves the start of the packet: a positive count drops leading bytes, a negative one takes from the head room. */
    public void advance(int bytes) {
        int newOffset = offset + bytes;
        Objects.checkIndex(newOffset - from, to - from + 1);
        Objects.checkFromToIndex(newOffset, offset + length, to);
        length -= bytes;
        offset = newOffset;
    }

    /** Monotonic time at which the packet came in, in ns of the worker's clock. */
    public long receivedNs() {
        return receivedNs;
    }

    public void setReceivedNs(long nowNs) {
        receivedNs = nowNs;
    }

    /** First byte's native address, for the crypto and socket calls made on it at once. */
    public long address() {
        return base + offset;
    }

    /** The memory that the packet lies in; with {@link #offset()} this reaches the packet for bulk copies. */
    public MemorySegment slot() {
        return slot;
    }

    /** Where the packet starts within {@link #slot()}. */
    public int offset() {
        return offset;
    }

    /** The packet as a ByteBuffer: always the same object, set to the packet anew, valid until the next call. */
    public ByteBuffer nio() {
        return nio.clear().position(offset).limit(offset + length);
    }

    /** The packet and its tail room as a ByteBuffer; after writing into it call {@link #setLength}. */
    public ByteBuffer nioWritable() {
        return nio.clear().position(offset);
    }

    public byte getByte(int index) {
        return NativeMemory.getByte(this, base + at(index, 1));
    }

    public int getUnsignedByte(int index) {
        return getByte(index) & 0xff;
    }

    public int getUnsignedShort(int index) {
        return NativeMemory.getShort(this, base + at(index, 2)) & 0xffff;
    }

    /** 24 bits. */
    public int getUnsignedMedium(int index) {
        return getUnsignedByte(index) << 16 | getUnsignedShort(index + 1);
    }

    public int getInt(int index) {
        return NativeMemory.getInt(this, base + at(index, 4));
    }

    public long getUnsignedInt(int index) {
        return getInt(index) & 0xffff_ffffL;
    }

    public long getLong(int index) {
        return NativeMemory.getLong(this, base + at(index, 8));
    }

    public void putByte(int index, int value) {
        NativeMemory.putByte(this, base + at(index, 1), (byte) value);
    }

    public void putShort(int index, int value) {
        NativeMemory.putShort(this, base + at(index, 2), (short) value);
    }

    /** 24 bits. */
    public void putMedium(int index, int value) {
        putByte(index, value >>> 16);
        putShort(index + 1, value);
    }

    public void putInt(int index, int value) {
        NativeMemory.putInt(this, base + at(index, 4), value);
    }

    public void putLong(int index, long value) {
        NativeMemory.putLong(this, base + at(index, 8), value);
    }

    /** Copies bytes of the packet into an array. */
    public void getBytes(int index, byte[] target, int targetOffset, int count) {
        MemorySegment.copy(slot, ValueLayout.JAVA_BYTE, at(index, count), target, targetOffset, count);
    }

    /** Copies an array into the packet. */
    public void putBytes(int index, byte[] source, int sourceOffset, int count) {
        MemorySegment.copy(source, sourceOffset, slot, ValueLayout.JAVA_BYTE, at(index, count), count);
    }

    /** Copies part of another packet into this one; the two may be the same and overlap. */
    public void putBytes(int index, PacketBuffer source, int sourceIndex, int count) {
        MemorySegment.copy(source.slot, source.at(sourceIndex, count), slot, at(index, count), count);
    }

    /** Clears the packet and fills it from an array. */
    public void setBytes(byte[] source, int sourceOffset, int count) {
        clear();
        setLength(count);
        putBytes(0, source, sourceOffset, count);
    }

    /** Clears the packet and fills it with a copy of another, receive time included. */
    public void copyFrom(PacketBuffer source) {
        clear();
        setLength(source.length);
        putBytes(0, source, 0, source.length);
        receivedNs = source.receivedNs;
    }

    /** A copy of the packet; for tests and control. */
    public byte[] toByteArray() {
        byte[] bytes = new byte[length];
        getBytes(0, bytes, 0, length);
        return bytes;
    }

    private long at(int index, int count) {
        assert slot.scope().isAlive() : "the memory was freed";
        return offset + (long) Objects.checkFromIndexSize(index, count, length);
    }
}
