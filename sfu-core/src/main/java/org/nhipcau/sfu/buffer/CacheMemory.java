// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.sfu.buffer;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;

/**
 * A worker's memory for packets that are kept for retransmission: chunks of one size, lent to the streams that need
 * them now and taken back when they need them no more, so that a quiet stream costs nothing.
 *
 * <p>Slabs are only ever added: to free one while packets flow would make every thread of the process stop for a
 * handshake. What was needed at the busiest moment stays here for the next, and goes with the worker.
 *
 * <p>Thread: one. Owns: the slabs, which the garbage collector frees.
 */
public final class CacheMemory {
    /** Size of a chunk: about 25 packets of video, a second of a small picture. */
    public static final int CHUNK_BYTES = 32 * 1024;
    private static final int SLAB_CHUNKS = 8;

    /** One chunk. A borrower reads and writes {@link #bytes} until it gives the chunk back. */
    public static final class Chunk {
        private final MemorySegment bytes;
        private boolean lent;

        private Chunk(MemorySegment bytes) {
            this.bytes = bytes;
        }

        /** {@link CacheMemory#CHUNK_BYTES} bytes. */
        public MemorySegment bytes() {
            return bytes;
        }
    }

    private final Arena arena = Arena.ofAuto();
    private final int maxChunks;
    private Chunk[] free = new Chunk[SLAB_CHUNKS];
    private int freeCount;
    private int allocated;

    /** @param maxBytes most memory ever taken; rounded up to whole slabs of 256 KiB */
    public CacheMemory(long maxBytes) {
        long slabs = (maxBytes + (long) SLAB_CHUNKS * CHUNK_BYTES - 1) / ((long) SLAB_CHUNKS * CHUNK_BYTES);
        if (maxBytes < 1 || slabs > Integer.MAX_VALUE / SLAB_CHUNKS) {
            throw new IllegalArgumentException("maxBytes is " + maxBytes + "; allowed: 1 to "
                    + (long) Integer.MAX_VALUE / SLAB_CHUNKS * SLAB_CHUNKS * CHUNK_BYTES);
        }
        maxChunks = (int) slabs * SLAB_CHUNKS;
    }

    /** A chunk with any content, or null when the bound is reached. */
    public Chunk acquire() {
        if (freeCount == 0 && !grow()) {
            return null;
        }
        Chunk chunk = free[--freeCount];
        free[freeCount] = null;
        chunk.lent = true;
        return chunk;
    }

    /** Takes a chunk back. @throws IllegalStateException when it is not lent (a bug of the caller) */
    public void release(Chunk chunk) {
        if (!chunk.lent) {
            throw new IllegalStateException("chunk released twice");
        }
        chunk.lent = false;
        free[freeCount++] = chunk;
    }

    /** Bytes lent now. */
    public long lentBytes() {
        return (long) (allocated - freeCount) * CHUNK_BYTES;
    }

    /** Bytes of native memory, lent or not. */
    public long allocatedBytes() {
        return (long) allocated * CHUNK_BYTES;
    }

    private boolean grow() {
        if (allocated == maxChunks) {
            return false;
        }
        allocated += SLAB_CHUNKS;
        if (free.length < allocated) {
            free = Arrays.copyOf(free, (int) Math.min(maxChunks, free.length * 2L));
        }
        MemorySegment slab = arena.allocate((long) SLAB_CHUNKS * CHUNK_BYTES, 64);
        for (int i = 0; i < SLAB_CHUNKS; i++) {
            free[freeCount++] = new Chunk(slab.asSlice((long) i * CHUNK_BYTES, CHUNK_BYTES));
        }
        return true;
    }
}
