// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.sfu.stream;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import org.nhipcau.sfu.buffer.PacketBuffer;

/**
 * Keeps the last packets of one inbound stream so that they can be sent again to any viewer: bytes once, however many
 * viewers there are.
 *
 * <p>Packets lie one behind the other in one off-heap ring; an index by extended sequence number tells where. New
 * packets overwrite the oldest bytes, so small packets are kept longer than the byte budget suggests, up to the number
 * of index slots.
 *
 * <p>Thread: one. Owns: its memory, taken at the first packet, freed by {@link #close}.
 */
public final class PacketCache implements AutoCloseable {
    // A browser's video packets are at most about 1200 bytes: libwebrtc caps a packet's payload there.
    private static final int BYTES_PER_PACKET = 1_280;

    private final int mask;
    private final long maxAgeNs;
    private final long capacityBytes;
    private Arena arena;
    private MemorySegment bytes;
    /** Bytes ever written, gaps at the end of the ring included: the absolute position of the next packet. */
    private long written;
    private long[] sequences;
    private long[] positions;
    private long[] storedNs;
    private short[] lengths;

    /** @param packets index slots, a power of two */
    public PacketCache(int packets, long maxAgeNs) {
        if (Integer.bitCount(packets) != 1) {
            throw new IllegalArgumentException("packets is " + packets + "; allowed: a power of two");
        }
        this.mask = packets - 1;
        this.maxAgeNs = maxAgeNs;
        this.capacityBytes = Math.max((long) packets * BYTES_PER_PACKET, PacketBuffer.SLOT_BYTES * 4L);
    }

    /** Keeps a copy of a packet. */
    public void store(long extendedSequence, PacketBuffer packet, long nowNs) {
        if (arena == null) {
            open();
        }
        int length = packet.length();
        long at = written % capacityBytes;
        if (at + length > capacityBytes) {
            written += capacityBytes - at;
            at = 0;
        }
        MemorySegment.copy(packet.slot(), packet.offset(), bytes, at, length);
        int slot = (int) extendedSequence & mask;
        sequences[slot] = extendedSequence;
        positions[slot] = written;
        storedNs[slot] = nowNs;
        lengths[slot] = (short) length;
        written += length;
    }

    /**
     * Looks up a packet that is neither overwritten nor too old.
     *
     * @param target filled with a copy of the packet; untouched when false is returned
     */
    public boolean load(long extendedSequence, PacketBuffer target, long nowNs) {
        if (arena == null) {
            return false;
        }
        int slot = (int) extendedSequence & mask;
        if (sequences[slot] != extendedSequence || written - positions[slot] > capacityBytes
                || nowNs - storedNs[slot] > maxAgeNs) {
            return false;
        }
        int length = lengths[slot];
        target.clear();
        target.setLength(length);
        MemorySegment.copy(bytes, positions[slot] % capacityBytes, target.slot(), target.offset(), length);
        target.setReceivedNs(storedNs[slot]);
        return true;
    }

    /** Forgets all packets but keeps the memory. */
    public void clear() {
        if (sequences != null) {
            Arrays.fill(sequences, Long.MIN_VALUE);
        }
    }

    /** Off-heap bytes in use. */
    public long memoryBytes() {
        return arena == null ? 0 : capacityBytes;
    }

    private void open() {
        arena = Arena.ofShared();
        bytes = arena.allocate(capacityBytes, 64);
        sequences = new long[mask + 1];
        Arrays.fill(sequences, Long.MIN_VALUE);
        positions = new long[mask + 1];
        storedNs = new long[mask + 1];
        lengths = new short[mask + 1];
    }

    /** Frees the memory; a later {@link #store} takes new memory. */
    @Override
    public void close() {
        if (arena != null) {
            arena.close();
            arena = null;
            bytes = null;
            written = 0;
            sequences = null;
        }
    }
}
