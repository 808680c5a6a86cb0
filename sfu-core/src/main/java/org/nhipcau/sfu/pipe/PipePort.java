// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.sfu.pipe;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import org.nhipcau.sfu.buffer.PacketPool;

/**
 * A bounded ring of slots from one worker to another: the writer copies a packet in once, the reader forwards it from
 * there to all its viewers and gives the slot back.
 *
 * <p>A full pipe refuses, it never waits: pictures are refused first, then sound, and feedback last
 * ({@link Rank}). A batch is published as a whole, with one wake-up of the reader.
 *
 * <p>Thread: {@link #claim}, {@link #commit} and {@link #publish} the writer's alone; {@link #poll} and
 * {@link #release} the reader's alone; {@link #close} when both have ended. Owns: the slots' memory.
 */
public final class PipePort implements AutoCloseable {
    /** Slots of a pipe between two workers: 10 ms of 100,000 packets a second, 2 MB. */
    public static final int DEFAULT_SLOTS = 1_024;
    private static final int MIN_SLOTS = 16;

    /** Who may still write when a pipe fills up. */
    public enum Rank {
        /** Given up first: a viewer gets over it with the next key frame. */
        VIDEO(4),
        AUDIO(16),
        /** Few and small, and what keeps the other side right: up to the last slot. */
        FEEDBACK(Integer.MAX_VALUE);

        private final int share;

        Rank(int share) {
            this.share = share;
        }

        /** Slots that it leaves to those after it. */
        int leaves(int slots) {
            return slots / share;
        }
    }

    private static final VarHandle CURSOR = MethodHandles.arrayElementVarHandle(long[].class);
    // Writer's and reader's cursors lie 256 bytes apart, and away from what lies around the array: two cache lines each
    // way, for processors fetch lines in pairs.
    private static final int TAIL = 32;
    private static final int CLAIMED = TAIL + 1;
    private static final int HEAD_SEEN = TAIL + 2;
    private static final int HEAD = 64;
    private static final int READ = HEAD + 1;
    private static final int TAIL_SEEN = HEAD + 2;
    private static final int CURSORS = 96;

    private final long[] cursors = new long[CURSORS];
    private final PipeSlot[] slots;
    private final int mask;
    private final int[] leaves = new int[Rank.values().length];
    private final PacketPool memory;
    private final Runnable wakeReader;

    /**
     * @param slotCount a power of two, {@value #MIN_SLOTS} and more
     * @param wakeReader makes the reader look soon; called once per published batch, on the writer's thread
     */
    public PipePort(int slotCount, Runnable wakeReader) {
        if (slotCount < MIN_SLOTS || Integer.bitCount(slotCount) != 1) {
            throw new IllegalArgumentException("slots is " + slotCount + "; allowed: a power of two from " + MIN_SLOTS);
        }
        this.memory = new PacketPool(slotCount);
        this.slots = new PipeSlot[slotCount];
        this.mask = slotCount - 1;
        this.wakeReader = wakeReader;
        for (int i = 0; i < slotCount; i++) {
            slots[i] = new PipeSlot(memory.acquire());
        }
        for (Rank rank : Rank.values()) {
            leaves[rank.ordinal()] = rank.leaves(slotCount);
        }
    }

    /**
     * A slot to fill; asking again before {@link #commit} gives the same.
     *
     * @return null when the pipe is too full for this rank: the caller drops and counts
     */
    public PipeSlot claim(Rank rank) {
        long claimed = cursors[CLAIMED];
        long most = claimed - slots.length + leaves[rank.ordinal()];
        if (cursors[HEAD_SEEN] <= most) {
            cursors[HEAD_SEEN] = (long) CURSOR.getAcquire(cursors, HEAD);
            if (cursors[HEAD_SEEN] <= most) {
                return null;
            }
        }
        return slots[(int) claimed & mask];
    }

    /** The claimed slot is filled; it crosses with the next {@link #publish}. */
    public void commit() {
        cursors[CLAIMED]++;
    }

    /** Hands over all that was committed, and wakes the reader once. @return false when there was nothing */
    public boolean publish() {
        if (cursors[CLAIMED] == cursors[TAIL]) {
            return false;
        }
        CURSOR.setRelease(cursors, TAIL, cursors[CLAIMED]);
        wakeReader.run();
        return true;
    }

    /** The next message; null when there is none. It stays valid until {@link #release}. */
    public PipeSlot poll() {
        long read = cursors[READ];
        if (read == cursors[TAIL_SEEN]) {
            cursors[TAIL_SEEN] = (long) CURSOR.getAcquire(cursors, TAIL);
            if (read == cursors[TAIL_SEEN]) {
                return null;
            }
        }
        cursors[READ] = read + 1;
        return slots[(int) read & mask];
    }

    /** Gives back all slots polled so far. */
    public void release() {
        if (cursors[READ] != cursors[HEAD]) {
            CURSOR.setRelease(cursors, HEAD, cursors[READ]);
        }
    }

    /** Slots published and not given back yet; any thread, a moment's view. */
    public int used() {
        long head = (long) CURSOR.getAcquire(cursors, HEAD);
        return (int) ((long) CURSOR.getAcquire(cursors, TAIL) - head);
    }

    /** Slots in all. */
    public int capacity() {
        return slots.length;
    }

    /** Frees the memory. Only after writer and reader have ended. */
    @Override
    public void close() {
        memory.close();
    }
}
