// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.sfu.bwe;

/**
 * Packets of one rank that wait for their turn, oldest first: a ring of references with the lengths and frames of what
 * they refer to.
 *
 * <p>Thread: one. Owns: its arrays, taken at the first packet; about 20 bytes per slot.
 */
final class PacedQueue<T> {
    private final int mask;
    private Object[] packets;
    private int[] lengths;
    private long[] frames;
    // Positions in the order of arrival; a position's slot is its low bits.
    private long head;
    private long tail;
    private long bytes;

    /** @param capacity packets, a power of two from 2 */
    PacedQueue(int capacity) {
        if (capacity < 2 || Integer.bitCount(capacity) != 1) {
            throw new IllegalArgumentException("capacity is " + capacity + "; allowed: a power of two from 2");
        }
        mask = capacity - 1;
    }

    int count() {
        return (int) (tail - head);
    }

    long bytes() {
        return bytes;
    }

    boolean isEmpty() {
        return head == tail;
    }

    boolean full() {
        return tail - head > mask;
    }

    /** Only while not {@link #full}. */
    void add(T packet, int lengthBytes, long frame) {
        if (packets == null) {
            packets = new Object[mask + 1];
            lengths = new int[mask + 1];
            frames = new long[mask + 1];
        }
        int slot = (int) tail++ & mask;
        packets[slot] = packet;
        lengths[slot] = lengthBytes;
        frames[slot] = frame;
        bytes += lengthBytes;
    }

    /** Bytes of the oldest packet; only while not empty. */
    int headLengthBytes() {
        return lengths[(int) head & mask];
    }

    /** The frame of the oldest packet; only while not empty. */
    long headFrame() {
        return frames[(int) head & mask];
    }

    /** Takes the oldest packet; only while not empty. */
    T poll() {
        return take(head++);
    }

    /** The oldest frame that waits, whole or in part, but for one; that one when there is no other. */
    long oldestOtherThan(long frame) {
        for (long at = head; at != tail; at++) {
            int slot = (int) at & mask;
            if (frames[slot] != frame) {
                return frames[slot];
            }
        }
        return frame;
    }

    /**
     * Gives up all packets whose frame's number is as given in some of its bits; the others close up.
     *
     * @param bits which bits of the number count
     * @return how many
     */
    int drop(long frame, long bits, Pacer.Outlet<T> outlet) {
        // A frame that differs in every bit is none of those meant.
        return drop(frame, bits, ~frame, outlet);
    }

    /** As {@link #drop(long, long, Pacer.Outlet)}, but for one frame, which stays. */
    int drop(long frame, long bits, long but, Pacer.Outlet<T> outlet) {
        long kept = head;
        for (long at = head; at != tail; at++) {
            int slot = (int) at & mask;
            if (((frames[slot] ^ frame) & bits) == 0 && frames[slot] != but) {
                outlet.drop(take(at));
            } else {
                move(slot, (int) kept++ & mask);
            }
        }
        int dropped = (int) (tail - kept);
        tail = kept;
        return dropped;
    }

    private void move(int from, int to) {
        if (from != to) {
            packets[to] = packets[from];
            lengths[to] = lengths[from];
            frames[to] = frames[from];
            packets[from] = null;
        }
    }

    @SuppressWarnings("unchecked")
    private T take(long position) {
        int slot = (int) position & mask;
        T packet = (T) packets[slot];
        packets[slot] = null;
        bytes -= lengths[slot];
        return packet;
    }
}
