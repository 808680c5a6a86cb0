// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.sfu.stream;

/**
 * Remembers which packets of a stream are missing, to decide when to ask for them again and when to give up.
 *
 * <p>A packet is asked for once it has been missing for longer than ordinary reordering, again after each round trip,
 * and no more after so many tries or when it would be too old to be played by the time it came. When the list
 * overflows there is no hope of repair: all is forgotten and the caller asks for a key frame.
 *
 * <p>Spec: RFC 4585 §6.2.1. Bounds after libwebrtc {@code modules/video_coding/nack_requester.cc} (10 tries, 1000
 * packets), the rest by taste.
 *
 * <p>Thread: one. Owns: its list, taken when the first packet is missing.
 */
public final class NackTracker {
    /** Requests per packet of a picture, whose repair all that follows needs. */
    public static final int MAX_TRIES = 10;
    /** The same of sound. What a browser sends in its stream to find its rate is lost too, and never sent again. */
    private static final int MAX_SOUND_TRIES = 3;
    /** Who sends none of so much sound again in a row, whatever was agreed upon, is left alone for a while. By taste. */
    private static final int MAX_UNHEEDED = 60;
    private static final long LEFT_ALONE_NS = 30_000_000_000L;
    /** Packets tracked at once. */
    public static final int MAX_MISSING = 512;
    private static final int MASK = MAX_MISSING - 1;
    private static final long REORDER_WAIT_NS = 15_000_000L;
    private static final long MIN_RETRY_NS = 20_000_000L;
    private static final long MAX_RETRY_NS = 1_000_000_000L;
    /** Pictures that come later are repaired by a key frame sooner. */
    private static final long MAX_AGE_NS = 2_000_000_000L;
    /** Whoever waits longer to play sound hears none that is live; on a narrow uplink what comes late delays what follows. */
    private static final long MAX_SOUND_AGE_NS = 500_000_000L;

    // A queue in sequence order: entries [head, tail), index & MASK. Found or abandoned ones are marked with try -1.
    private long[] sequences;
    private long[] dueNs;
    private long[] missedNs;
    private byte[] tries;
    private final long maxAgeNs;
    private final int maxTries;
    private final int maxUnheeded;
    private int unheeded;
    private long leftAloneUntilNs = Long.MIN_VALUE;
    private int head;
    private int tail;
    private int pending;
    private long abandoned;
    private boolean hopeless;

    private NackTracker(long maxAgeNs, int maxTries, int maxUnheeded) {
        this.maxAgeNs = maxAgeNs;
        this.maxTries = maxTries;
        this.maxUnheeded = maxUnheeded;
    }

    /** For a stream of pictures: asks for up to two seconds. */
    public static NackTracker ofPictures() {
        return new NackTracker(MAX_AGE_NS, MAX_TRIES, Integer.MAX_VALUE);
    }

    /** For a stream of sound: asks for half a second at most, and not for ever where nothing comes of it. */
    public static NackTracker ofSound() {
        return new NackTracker(MAX_SOUND_AGE_NS, MAX_SOUND_TRIES, MAX_UNHEEDED);
    }

    /** Notes that the packets from {@code first} to {@code last} were passed over by a newer one. */
    public void onGap(long first, long last, long nowNs) {
        if (last - first >= MAX_MISSING || tail - head + (last - first + 1) > MAX_MISSING) {
            abandoned += pending + (last - first + 1);
            clear();
            hopeless = true;
            return;
        }
        if (sequences == null) {
            sequences = new long[MAX_MISSING];
            dueNs = new long[MAX_MISSING];
            missedNs = new long[MAX_MISSING];
            tries = new byte[MAX_MISSING];
        }
        for (long sequence = first; sequence <= last; sequence++) {
            int at = tail++ & MASK;
            sequences[at] = sequence;
            missedNs[at] = nowNs;
            dueNs[at] = nowNs + REORDER_WAIT_NS;
            tries[at] = 0;
            pending++;
        }
    }

    /**
     * Notes that a late or retransmitted packet came in.
     *
     * @return whether it was being waited for
     */
    public boolean onArrival(long sequence) {
        int at = indexOf(sequence);
        if (at < 0 || tries[at] < 0) {
            return false;
        }
        unheeded = tries[at] > 0 ? 0 : unheeded;
        settle(at);
        return true;
    }

    /** Gives up everything before {@code sequence}: a key frame made it needless. */
    public void forgetBefore(long sequence) {
        while (head != tail && sequences[head & MASK] < sequence) {
            if (tries[head & MASK] >= 0) {
                pending--;
            }
            head++;
        }
    }

    /**
     * Takes the sequence numbers to ask for now, oldest first, and counts a try of each.
     *
     * @param roundTripNs to the sender and back
     * @param target filled with 16-bit sequence numbers
     * @return how many
     */
    public int collect(long nowNs, long roundTripNs, int[] target) {
        long retryNs = Math.clamp(roundTripNs + roundTripNs / 4, MIN_RETRY_NS, MAX_RETRY_NS);
        int count = 0;
        for (int i = head; i != tail && count < target.length; i++) {
            int at = i & MASK;
            if (tries[at] < 0 || dueNs[at] > nowNs) {
                continue;
            }
            if (tries[at] >= maxTries || nowNs - missedNs[at] + roundTripNs > maxAgeNs) {
                abandoned++;
                giveUp(at, nowNs);
                continue;
            }
            if (nowNs < leftAloneUntilNs) {
                continue;
            }
            tries[at]++;
            dueNs[at] = nowNs + retryNs;
            target[count++] = (int) sequences[at] & 0xffff;
        }
        return count;
    }

    private void giveUp(int at, long nowNs) {
        unheeded += tries[at] > 0 ? 1 : 0;
        if (unheeded >= maxUnheeded) {
            unheeded = 0;
            leftAloneUntilNs = nowNs + LEFT_ALONE_NS;
        }
        settle(at);
    }

    /** When {@link #collect} has something to do next; {@link Long#MAX_VALUE}: never. */
    public long nextDeadlineNs() {
        long next = Long.MAX_VALUE;
        if (pending > 0) {
            for (int i = head; i != tail; i++) {
                if (tries[i & MASK] >= 0) {
                    next = Math.min(next, dueNs[i & MASK]);
                }
            }
        }
        return next;
    }

    /** Whether repair became hopeless since the last call: ask for a key frame. */
    public boolean takeHopeless() {
        boolean was = hopeless;
        hopeless = false;
        return was;
    }

    /** Packets that were given up since the last call. */
    public long takeAbandoned() {
        long count = abandoned;
        abandoned = 0;
        return count;
    }

    /** Packets being waited for. */
    public int pending() {
        return pending;
    }

    /** Forgets everything. */
    public void clear() {
        head = tail;
        pending = 0;
    }

    private void settle(int at) {
        tries[at] = -1;
        pending--;
        while (head != tail && tries[head & MASK] < 0) {
            head++;
        }
    }

    private int indexOf(long sequence) {
        int low = head;
        int high = tail - 1;
        while (low - high <= 0) {
            int middle = low + (high - low >>> 1);
            long found = sequences[middle & MASK];
            if (found == sequence) {
                return middle & MASK;
            }
            if (found < sequence) {
                low = middle + 1;
            } else {
                high = middle - 1;
            }
        }
        return -1;
    }
}
