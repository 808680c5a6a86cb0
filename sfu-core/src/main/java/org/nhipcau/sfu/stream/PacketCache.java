// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.sfu.stream;

import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import org.nhipcau.sfu.buffer.CacheMemory;
import org.nhipcau.sfu.buffer.PacketBuffer;

/**
 * Keeps the last packets of one inbound stream so that they can be sent again to any viewer: bytes once, however many
 * viewers there are.
 *
 * <p>Packets lie one behind the other in chunks borrowed from the worker; an index by extended sequence number tells
 * where. A chunk goes back as soon as all in it is too old to be sent again, so a stream holds what its own rate fills
 * in that time. At the bound the oldest chunk makes room. The index, too, grows only when a packet that is still
 * wanted would be pushed out of it.
 *
 * <pre>
 *  chunk number        firstChunk                        nextChunk - 1
 *                     | p40 p41 p42 | p43 p44 p45 p46 | p47 p48 ...   |
 *                       given back                      written at
 *                       first                           "used"
 * </pre>
 *
 * <p>Thread: one. Owns: the chunks it has borrowed, none before the first packet, none after {@link #close}.
 */
public final class PacketCache implements AutoCloseable {
    // A browser's video packets are at most about 1200 bytes: libwebrtc caps a packet's payload there.
    private static final int BYTES_PER_PACKET = 1_280;
    private static final int FIRST_SLOTS = 64;

    private final CacheMemory memory;
    private final int maxSlots;
    private final int maxChunks;
    private final long maxAgeNs;

    // Chunks by their number, which only rises: number n is at n & chunks.length - 1.
    private CacheMemory.Chunk[] chunks;
    private long[] newestNs;
    private long firstChunk;
    private long nextChunk;
    private int used;

    private int slots;
    private long[] sequences;
    private long[] positions;
    private long[] storedNs;
    private short[] lengths;

    /**
     * @param memory lends the chunks
     * @param packets packets kept at most, a power of two
     * @param maxAgeNs packets older than this are given out no more
     */
    public PacketCache(CacheMemory memory, int packets, long maxAgeNs) {
        if (Integer.bitCount(packets) != 1) {
            throw new IllegalArgumentException("packets is " + packets + "; allowed: a power of two");
        }
        this.memory = memory;
        this.maxSlots = packets;
        this.maxAgeNs = maxAgeNs;
        long bytes = (long) packets * BYTES_PER_PACKET;
        // One more: the newest may be all but empty.
        this.maxChunks = (int) ((bytes + CacheMemory.CHUNK_BYTES - 1) / CacheMemory.CHUNK_BYTES) + 1;
    }

    /**
     * Keeps a copy of a packet.
     *
     * @return false when there is no memory for it: it cannot be sent again
     */
    public boolean store(long extendedSequence, PacketBuffer packet, long nowNs) {
        if (sequences == null) {
            open();
        }
        int length = packet.length();
        if ((nextChunk == firstChunk || used + length > CacheMemory.CHUNK_BYTES) && !beginChunk(nowNs)) {
            return false;
        }
        int at = (int) (nextChunk - 1) & chunks.length - 1;
        MemorySegment.copy(packet.slot(), packet.offset(), chunks[at].bytes(), used, length);
        newestNs[at] = nowNs;
        int slot = makeRoom(extendedSequence, nowNs);
        sequences[slot] = extendedSequence;
        positions[slot] = (nextChunk - 1) * CacheMemory.CHUNK_BYTES + used;
        storedNs[slot] = nowNs;
        lengths[slot] = (short) length;
        used += length;
        return true;
    }

    /**
     * Looks up a packet that is neither overwritten nor too old.
     *
     * @param target filled with a copy of the packet; untouched when false is returned
     */
    public boolean load(long extendedSequence, PacketBuffer target, long nowNs) {
        if (sequences == null) {
            return false;
        }
        int slot = (int) extendedSequence & slots - 1;
        if (sequences[slot] != extendedSequence || !kept(slot, nowNs)) {
            return false;
        }
        int length = lengths[slot];
        long chunk = positions[slot] / CacheMemory.CHUNK_BYTES;
        target.clear();
        target.setLength(length);
        MemorySegment.copy(chunks[(int) chunk & chunks.length - 1].bytes(), positions[slot] % CacheMemory.CHUNK_BYTES,
                target.slot(), target.offset(), length);
        target.setReceivedNs(storedNs[slot]);
        return true;
    }

    /** Gives back the chunks in which all is too old; to be called now and then, for a stream that has stopped. */
    public void trim(long nowNs) {
        while (firstChunk < nextChunk && nowNs - newestNs[(int) firstChunk & chunks.length - 1] > maxAgeNs) {
            dropOldest();
        }
    }

    /** Off-heap bytes borrowed now. */
    public long memoryBytes() {
        return (nextChunk - firstChunk) * CacheMemory.CHUNK_BYTES;
    }

    private void open() {
        int ring = Integer.highestOneBit(maxChunks * 2 - 1);
        chunks = new CacheMemory.Chunk[ring];
        newestNs = new long[ring];
        slots = Math.min(maxSlots, FIRST_SLOTS);
        sequences = new long[slots];
        Arrays.fill(sequences, Long.MIN_VALUE);
        positions = new long[slots];
        storedNs = new long[slots];
        lengths = new short[slots];
    }

    private boolean beginChunk(long nowNs) {
        trim(nowNs);
        if (nextChunk - firstChunk == maxChunks) {
            dropOldest();
        }
        CacheMemory.Chunk chunk = memory.acquire();
        if (chunk == null && nextChunk > firstChunk) {
            dropOldest();
            chunk = memory.acquire();
        }
        if (chunk == null) {
            return false;
        }
        chunks[(int) nextChunk++ & chunks.length - 1] = chunk;
        used = 0;
        return true;
    }

    private void dropOldest() {
        int at = (int) firstChunk++ & chunks.length - 1;
        memory.release(chunks[at]);
        chunks[at] = null;
    }

    private boolean kept(int slot, long nowNs) {
        return positions[slot] / CacheMemory.CHUNK_BYTES >= firstChunk && nowNs - storedNs[slot] <= maxAgeNs;
    }

    // The slot of a number, in a larger index when its owner is another packet that may still be asked for.
    private int makeRoom(long sequence, long nowNs) {
        int slot = (int) sequence & slots - 1;
        while (slots < maxSlots && sequences[slot] != sequence && sequences[slot] != Long.MIN_VALUE
                && kept(slot, nowNs)) {
            grow();
            slot = (int) sequence & slots - 1;
        }
        return slot;
    }

    // Numbers that lie in different slots of the smaller index lie in different slots of the larger one.
    private void grow() {
        long[] oldSequences = sequences;
        long[] oldPositions = positions;
        long[] oldStoredNs = storedNs;
        short[] oldLengths = lengths;
        slots *= 2;
        sequences = new long[slots];
        Arrays.fill(sequences, Long.MIN_VALUE);
        positions = new long[slots];
        storedNs = new long[slots];
        lengths = new short[slots];
        for (int i = 0; i < oldSequences.length; i++) {
            if (oldSequences[i] != Long.MIN_VALUE) {
                int slot = (int) oldSequences[i] & slots - 1;
                sequences[slot] = oldSequences[i];
                positions[slot] = oldPositions[i];
                storedNs[slot] = oldStoredNs[i];
                lengths[slot] = oldLengths[i];
            }
        }
    }

    /** Forgets all packets and gives back the memory; a later {@link #store} borrows anew. */
    @Override
    public void close() {
        while (firstChunk < nextChunk) {
            dropOldest();
        }
        chunks = null;
        newestNs = null;
        sequences = null;
        positions = null;
        storedNs = null;
        lengths = null;
    }
}
