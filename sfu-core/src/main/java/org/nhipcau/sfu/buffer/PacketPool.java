// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.sfu.buffer;

import java.lang.foreign.Arena;

/**
 * A worker's packet slots: grown slab by slab up to a bound, handed out and taken back as a stack, so that the slot
 * used last, which is warm in the cache, is used next.
 *
 * <p>Thread: one. Owns: the slabs.
 */
public final class PacketPool implements AutoCloseable {
    private static final int SLAB_SLOTS = 256;

    private final Arena arena = Arena.ofShared();
    private final PacketBuffer[] free;
    private final int maxSlots;
    private int freeCount;
    private int allocated;

    /** @param maxSlots most slots ever allocated; rounded up to whole slabs of 256 */
    public PacketPool(int maxSlots) {
        if (maxSlots < 1) {
            throw new IllegalArgumentException("maxSlots is " + maxSlots + "; allowed: 1 and more");
        }
        this.maxSlots = (maxSlots + SLAB_SLOTS - 1) / SLAB_SLOTS * SLAB_SLOTS;
        this.free = new PacketBuffer[this.maxSlots];
    }

    /** An empty buffer, or null when the bound is reached: the caller drops and counts. */
    public PacketBuffer acquire() {
        if (freeCount == 0 && !grow()) {
            return null;
        }
        PacketBuffer buffer = free[--freeCount];
        free[freeCount] = null;
        buffer.pooled = false;
        buffer.clear();
        return buffer;
    }

    /** Takes a buffer back. @throws IllegalStateException when it is in the pool already (a bug of the caller) */
    public void release(PacketBuffer buffer) {
        if (buffer.pooled) {
            throw new IllegalStateException("packet released twice");
        }
        buffer.pooled = true;
        buffer.clear();
        free[freeCount++] = buffer;
    }

    /** Buffers handed out and not yet returned. */
    public int inUse() {
        return allocated - freeCount;
    }

    /** Slots in native memory. */
    public int allocated() {
        return allocated;
    }

    private boolean grow() {
        if (allocated == maxSlots) {
            return false;
        }
        var slab = arena.allocate((long) SLAB_SLOTS * PacketBuffer.SLOT_BYTES, 64);
        for (int i = 0; i < SLAB_SLOTS; i++) {
            PacketBuffer buffer = new PacketBuffer(
                    slab.asSlice((long) i * PacketBuffer.SLOT_BYTES, PacketBuffer.SLOT_BYTES));
            buffer.pooled = true;
            free[freeCount++] = buffer;
        }
        allocated += SLAB_SLOTS;
        return true;
    }

    /** Frees the slabs; buffers handed out before must no longer be touched. */
    @Override
    public void close() {
        arena.close();
    }
}
