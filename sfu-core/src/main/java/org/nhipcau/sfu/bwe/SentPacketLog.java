// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.sfu.bwe;

/**
 * Numbers the packets sent to one peer and remembers when each left and how large it was, until feedback tells of it.
 *
 * <p>Spec: draft-holmer-rmcat-transport-wide-cc-extensions-01 §2. Thread: one. Owns: a ring that grows, from nothing to
 * {@link #CAPACITY} entries of 6 bytes, whenever an entry younger than {@link #REMEMBERED_NS} would be overwritten.
 */
public final class SentPacketLog {
    /** Packets remembered at most: two seconds of about 20 Mbit/s. */
    static final int CAPACITY = 4_096;
    /** Feedback comes each 100 ms, after a round trip that a full queue may make this long. */
    static final long REMEMBERED_NS = 2_000_000_000L;
    private static final int FIRST_CAPACITY = 64;
    private static final int[] NOTHING = {};
    private static final long REMEMBERED_US = REMEMBERED_NS / 1_000;

    // Low 32 bits of the time in us: entries are seldom older than seconds, and the newest one's time is known in full.
    private int[] sentUs = NOTHING;
    private short[] lengths;
    private long next;
    private long lastSentNs = Long.MIN_VALUE / 2;

    /** Gives a packet its number; the low 16 bits go into the header extension. */
    public int onSent(int lengthBytes, long nowNs) {
        int nowUs = (int) (nowNs / 1_000);
        if (sentUs.length < CAPACITY && next >= sentUs.length && tooYoungToForget(nowUs)) {
            grow();
        }
        int slot = (int) next & sentUs.length - 1;
        sentUs[slot] = nowUs;
        lengths[slot] = (short) lengthBytes;
        lastSentNs = nowNs;
        return (int) next++ & 0xffff;
    }

    // The entry that the next packet would take the place of.
    private boolean tooYoungToForget(int nowUs) {
        return sentUs.length == 0
                || (nowUs - sentUs[(int) next & sentUs.length - 1] & 0xffff_ffffL) < REMEMBERED_US;
    }

    /** The full number of a packet from its 16 bits; -1 when it was never sent or is forgotten. */
    public long find(int sequence16) {
        long newest = next - 1;
        long sequence = newest + (short) (sequence16 - (int) newest);
        return sequence < 0 || sequence > newest || newest - sequence >= sentUs.length ? -1 : sequence;
    }

    /** The number that the next packet gets. */
    public long next() {
        return next;
    }

    /** When the last packet was sent; {@link Long#MIN_VALUE} / 2 before any. */
    public long lastSentNs() {
        return lastSentNs;
    }

    /** When a packet that {@link #find} knows was sent, in us. */
    public long sentUs(long sequence) {
        long newestUs = lastSentNs / 1_000;
        return newestUs - ((int) newestUs - sentUs[(int) sequence & sentUs.length - 1] & 0xffff_ffffL);
    }

    public int lengthBytes(long sequence) {
        return lengths[(int) sequence & sentUs.length - 1];
    }

    /** Packets that there is room for now. */
    int capacity() {
        return sentUs.length;
    }

    private void grow() {
        int capacity = Math.max(FIRST_CAPACITY, sentUs.length * 2);
        int[] largerUs = new int[capacity];
        short[] largerLengths = new short[capacity];
        for (long sequence = Math.max(0, next - sentUs.length); sequence < next; sequence++) {
            largerUs[(int) sequence & capacity - 1] = sentUs[(int) sequence & sentUs.length - 1];
            largerLengths[(int) sequence & capacity - 1] = lengths[(int) sequence & sentUs.length - 1];
        }
        sentUs = largerUs;
        lengths = largerLengths;
    }
}
