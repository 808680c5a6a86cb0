// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.sfu.route;

/**
 * Remembers, for each sequence number that a viewer may see, which source packet it stands for and how that packet was
 * renumbered: so late packets find their place, and retransmissions are rewritten exactly as the first time.
 *
 * <p>A number is either <em>taken</em> (a packet was sent under it) or <em>reserved</em> (the source packet is missing:
 * the viewer sees the gap and may ask for it). Packets left out on purpose get no number, so the numbers have no other
 * holes. Within one run (a stretch from one encoding) source numbers rise with the numbers given out, so the way back
 * is a binary search.
 *
 * <pre>
 *  entry, three longs side by side: what belongs to a packet is fetched and written as one
 *  | source sequence number | timestamp offset 32, last sent in ms 32 | picture offset 32, encoding 16, flags 16 |
 * </pre>
 * Thread: one. Owns: its array, 24 bytes per entry. It doubles, up to a bound, whenever a number sent or repeated less
 * than the time to keep ago would be overwritten: a thin stream needs few entries. A slot counts only until the next
 * {@link #append}.
 */
final class SequenceMap {
    private static final int RESERVED = 0x80;
    private static final int TRIES = 0x7f;
    private static final int ENDS_PICTURE = 0x100;
    private static final int ENTRY_LONGS = 3;
    private static final long LOW_INT = 0xffff_ffffL;
    private static final long ENCODING = 0xffff_0000L;
    private static final int FIRST_CAPACITY = 16;
    private static final int MISSING_WINDOW = 128;

    private final int maxCapacity;
    private final int keepMs;
    private int mask;
    private long[] entries;
    private long newest;
    private long oldest;
    private long runStart;

    /**
     * @param maxCapacity numbers remembered at most, a power of two
     * @param keepMs how long a number is worth remembering
     * @param firstOut the first number given out
     */
    SequenceMap(int maxCapacity, int keepMs, long firstOut) {
        if (Integer.bitCount(maxCapacity) != 1) {
            throw new IllegalArgumentException("maxCapacity is " + maxCapacity + "; allowed: a power of two");
        }
        this.maxCapacity = maxCapacity;
        this.keepMs = keepMs;
        int capacity = Math.min(maxCapacity, FIRST_CAPACITY);
        mask = capacity - 1;
        entries = new long[capacity * ENTRY_LONGS];
        newest = firstOut - 1;
        oldest = firstOut;
        runStart = firstOut;
    }

    /** Begins a run: source numbers may start anywhere from here. */
    void beginRun() {
        runStart = newest + 1;
    }

    /** Forgets all source packets (their stream is gone); the numbers given out go on. */
    void forget() {
        oldest = newest + 1;
        runStart = oldest;
    }

    /**
     * Gives out the next number.
     *
     * @param pictureOffset what the codec's numbers were moved by, as the rewriter packs it
     * @param reserved the packet is missing
     * @param nowMs 32 bits, as in {@link #onRetry}
     * @return its slot
     */
    int append(int encoding, long source, int timestampOffset, int pictureOffset, boolean reserved, int nowMs) {
        long overwritten = newest - mask;
        if (mask + 1 < maxCapacity && overwritten >= oldest && nowMs - lastMs((int) overwritten & mask) < keepMs) {
            grow();
        }
        int slot = (int) ++newest & mask;
        int at = slot * ENTRY_LONGS;
        entries[at + 2] = (long) pictureOffset << 32 | encoding << 16 & ENCODING | (reserved ? RESERVED : 0);
        entries[at + 1] = (long) timestampOffset << 32 | nowMs & LOW_INT;
        entries[at] = source;
        return slot;
    }

    private void grow() {
        int capacity = (mask + 1) * 2;
        // What lies further back than the smaller arrays reached has no entry in the larger ones.
        oldest = first();
        long[] larger = new long[capacity * ENTRY_LONGS];
        for (long out = oldest; out <= newest; out++) {
            int from = (int) out & mask;
            int to = (int) out & capacity - 1;
            System.arraycopy(entries, from * ENTRY_LONGS, larger, to * ENTRY_LONGS, ENTRY_LONGS);
        }
        entries = larger;
        mask = capacity - 1;
    }

    /** The slot of a number given out, from its 16 bits; -1 when it was never given out or is forgotten. */
    int slotOf(int sequence16) {
        long out = newest + (short) (sequence16 - (int) newest);
        return out > newest || out < first() ? -1 : (int) out & mask;
    }

    /** The slot of a source packet of the current run; -1 when it has none: left out on purpose, or forgotten. */
    int slotOfSource(long source) {
        long low = Math.max(runStart, first());
        long high = newest;
        while (low <= high) {
            long middle = low + (high - low) / 2;
            long found = source((int) middle & mask);
            if (found == source) {
                return (int) middle & mask;
            }
            if (found < source) {
                low = middle + 1;
            } else {
                high = middle - 1;
            }
        }
        return -1;
    }

    /** The slot of a number given out lately. */
    int slotOfOut(long out) {
        return (int) out & mask;
    }

    /** The number that a slot stands for. */
    long outOf(int slot) {
        return newest - ((newest - slot) & mask);
    }

    /** Share of the last numbers under which nothing was sent, since it never came in. */
    double missingShare() {
        long from = Math.max(first(), newest - MISSING_WINDOW + 1);
        int missing = 0;
        for (long out = from; out <= newest; out++) {
            missing += reserved(slotOfOut(out)) ? 1 : 0;
        }
        return from > newest ? 0 : (double) missing / (newest - from + 1);
    }

    /** The highest number given out; one less than the first before any was. */
    long newest() {
        return newest;
    }

    int capacity() {
        return mask + 1;
    }

    long source(int slot) {
        return entries[slot * ENTRY_LONGS];
    }

    int timestampOffset(int slot) {
        return (int) (entries[slot * ENTRY_LONGS + 1] >> 32);
    }

    int pictureOffset(int slot) {
        return (int) (entries[slot * ENTRY_LONGS + 2] >> 32);
    }

    /** The encoding's index; -1: filled up with an empty packet. */
    int encoding(int slot) {
        return (short) (entries[slot * ENTRY_LONGS + 2] >> 16);
    }

    boolean reserved(int slot) {
        return (entries[slot * ENTRY_LONGS + 2] & RESERVED) != 0;
    }

    /** The missing packet came in and was sent. */
    void take(int slot) {
        entries[slot * ENTRY_LONGS + 2] &= ~(long) RESERVED;
    }

    /** The missing packet came in but is of no use to the viewer: an empty one was sent, never to be sent again. */
    void fill(int slot) {
        take(slot);
        entries[slot * ENTRY_LONGS + 2] |= ENCODING;
    }

    /** The packet was sent with a marker that it does not have by itself. */
    void endPicture(int slot) {
        entries[slot * ENTRY_LONGS + 2] |= ENDS_PICTURE;
    }

    boolean endsPicture(int slot) {
        return (entries[slot * ENTRY_LONGS + 2] & ENDS_PICTURE) != 0;
    }

    /** Retransmissions so far; {@link #onRetry} counts no further than 127. */
    int tries(int slot) {
        return (int) entries[slot * ENTRY_LONGS + 2] & TRIES;
    }

    /** When it was last sent, for the first time or again, in ms, 32 bits. */
    int lastMs(int slot) {
        return (int) entries[slot * ENTRY_LONGS + 1];
    }

    void onRetry(int slot, int nowMs) {
        int at = slot * ENTRY_LONGS;
        entries[at + 1] = entries[at + 1] & ~LOW_INT | nowMs & LOW_INT;
        if (tries(slot) < TRIES) {
            entries[at + 2]++;
        }
    }

    private long first() {
        return Math.max(oldest, newest - mask);
    }
}
