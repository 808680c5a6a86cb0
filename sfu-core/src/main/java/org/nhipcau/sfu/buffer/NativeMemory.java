// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.sfu.buffer;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.ref.Reference;
import java.nio.ByteOrder;

/**
 * Reads and writes native memory by its address, in network byte order, for callers that have checked their bounds.
 *
 * <p>A {@link MemorySegment} asks at each access whether its arena is open and whether the index is within: on the packet
 * path that costs more than the access. Here neither is asked. So who calls must own the memory, have checked the index
 * against it, and name the object that keeps it from being freed.
 *
 * <p>Thread: any.
 */
public final class NativeMemory {
    private static final MemorySegment ALL = MemorySegment.NULL.reinterpret(Long.MAX_VALUE);
    private static final ValueLayout.OfShort SHORT =
            ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.BIG_ENDIAN);
    private static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.BIG_ENDIAN);
    private static final ValueLayout.OfLong LONG = ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.BIG_ENDIAN);

    private NativeMemory() {
    }

    static byte getByte(Object keeper, long address) {
        byte value = ALL.get(ValueLayout.JAVA_BYTE, address);
        Reference.reachabilityFence(keeper);
        return value;
    }

    static short getShort(Object keeper, long address) {
        short value = ALL.get(SHORT, address);
        Reference.reachabilityFence(keeper);
        return value;
    }

    static int getInt(Object keeper, long address) {
        int value = ALL.get(INT, address);
        Reference.reachabilityFence(keeper);
        return value;
    }

    /** @param keeper what keeps the memory from being freed */
    public static long getLong(Object keeper, long address) {
        long value = ALL.get(LONG, address);
        Reference.reachabilityFence(keeper);
        return value;
    }

    static void putByte(Object keeper, long address, byte value) {
        ALL.set(ValueLayout.JAVA_BYTE, address, value);
        Reference.reachabilityFence(keeper);
    }

    static void putShort(Object keeper, long address, short value) {
        ALL.set(SHORT, address, value);
        Reference.reachabilityFence(keeper);
    }

    /** @param keeper what keeps the memory from being freed */
    public static void putInt(Object keeper, long address, int value) {
        ALL.set(INT, address, value);
        Reference.reachabilityFence(keeper);
    }

    /** @param keeper what keeps the memory from being freed */
    public static void putLong(Object keeper, long address, long value) {
        ALL.set(LONG, address, value);
        Reference.reachabilityFence(keeper);
    }
}
