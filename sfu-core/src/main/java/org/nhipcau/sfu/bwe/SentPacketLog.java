// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.sfu.bwe;

/**
 * Numbers the packets sent to one peer and remembers when each left and how large it was, until feedback tells of it.
 *
 * <p>Spec: draft-holmer-rmcat-transport-wide-cc-extensions-01 §2. Thread: one. Owns: a ring of {@link #CAPACITY}
 * entries, taken at the first packet.
 */
public final class SentPacketLog {
    /** Packets remembered: two seconds of about 20 Mbit/s. */
    static final int CAPACITY = 4_096;
    private static final int MASK = CAPACITY - 1;

    private long[] sentNs;
    private short[] lengths;
    private long next;

    /** Gives a packet its number; the low 16 bits go into the header extension. */
    public int onSent(int lengthBytes, long nowNs) {
        if (sentNs == null) {
            sentNs = new long[CAPACITY];
            lengths = new short[CAPACITY];
        }
        int slot = (int) next & MASK;
        sentNs[slot] = nowNs;
        lengths[slot] = (short) lengthBytes;
        return (int) next++ & 0xffff;
    }

    /** The full number of a packet from its 16 bits; -1 when it was never sent or is forgotten. */
    public long find(int sequence16) {
        long newest = next - 1;
        long sequence = newest + (short) (sequence16 - (int) newest);
        return sequence < 0 || sequence > newest || newest - sequence >= CAPACITY ? -1 : sequence;
    }

    /** The number that the next packet gets. */
    public long next() {
        return next;
    }

    /** When the last packet was sent; {@link Long#MIN_VALUE} / 2 before any. */
    public long lastSentNs() {
        return next == 0 ? Long.MIN_VALUE / 2 : sentNs(next - 1);
    }

    public long sentNs(long sequence) {
        return sentNs[(int) sequence & MASK];
    }

    public int lengthBytes(long sequence) {
        return lengths[(int) sequence & MASK];
    }
}
