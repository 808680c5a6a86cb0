// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.sfu.bwe;

/**
 * Measures what arrives, by the receiver's clock: over the last while, and over the time in which packets queued, when
 * the link was never idle and so the rate is the link's own.
 *
 * <p>Bytes are those of the wire, IP headers included. Arrivals within {@link #MERGE_US} are one entry.
 *
 * <p>Thread: one. Owns: {@link #ENTRIES} entries of 12 bytes.
 */
final class DeliveryRate {
    private static final int ENTRIES = 128;
    private static final long MERGE_US = 5_000;
    /** Long enough to average jitter of 30 ms, short enough to see a link fall. */
    private static final long BUSY_WINDOW_US = 400_000;
    /** Of a busy link with so few packets that the shorter window holds hardly any. */
    private static final long LONG_BUSY_WINDOW_US = 1_200_000;
    private static final long MIN_BUSY_US = 60_000;
    private static final int ENOUGH_ENTRIES = 8;
    private static final int MIN_ENTRIES = 3;
    /** A gap as long as this may be the receiver's own: it had no time to take in what came. */
    private static final long STALL_US = 100_000;
    private static final double MOST_OF_SPAN = 0.6;
    /** So many entries after such a gap and it is known what came behind it. */
    private static final int AFTER_STALL = 3;

    private final long[] atUs = new long[ENTRIES];
    private final int[] bytes = new int[ENTRIES];
    private int count;
    private int newest;
    private long busySinceUs = Long.MAX_VALUE;

    /**
     * @param queued it waited: the link was busy when it was sent over
     */
    void onArrival(long arrivalUs, int wireBytes, boolean queued) {
        if (count > 0 && Math.abs(arrivalUs - atUs[newest]) > 60_000_000L) {
            reset();
        }
        if (!queued) {
            busySinceUs = Long.MAX_VALUE;
        } else if (busySinceUs == Long.MAX_VALUE) {
            busySinceUs = arrivalUs;
        }
        if (count > 0 && arrivalUs - atUs[newest] < MERGE_US) {
            bytes[newest] += wireBytes;
            return;
        }
        newest = newest + 1 & ENTRIES - 1;
        atUs[newest] = arrivalUs;
        bytes[newest] = wireBytes;
        count = Math.min(ENTRIES, count + 1);
    }

    /**
     * What the link carries, from packets that queued, in bits per second; -1: not known.
     *
     * <p>A receiver that stands still for a while takes in at once what came meanwhile, and may tell of half of it: one
     * gap is most of what is measured then, and what belongs to it has not been told of yet. A link that is as slow
     * shows further gaps with its next packets, and is believed then.
     */
    long busyBps() {
        if (busySinceUs == Long.MAX_VALUE || count < MIN_ENTRIES) {
            return -1;
        }
        long sum = 0;
        int entries = 0;
        long newestUs = atUs[newest];
        long oldestUs = newestUs;
        long longestGapUs = 0;
        int afterGap = 0;
        for (int i = 0; i < count; i++) {
            int at = newest - i & ENTRIES - 1;
            long backUs = newestUs - atUs[at];
            if (atUs[at] < busySinceUs || backUs > LONG_BUSY_WINDOW_US
                    || backUs > BUSY_WINDOW_US && entries >= ENOUGH_ENTRIES) {
                break;
            }
            if (oldestUs - atUs[at] > longestGapUs) {
                longestGapUs = oldestUs - atUs[at];
                afterGap = i;
            }
            // The first entry's bytes came before the span that is measured.
            oldestUs = atUs[at];
            sum += bytes[at];
            entries++;
        }
        long spanUs = newestUs - oldestUs;
        if (entries < MIN_ENTRIES || spanUs < MIN_BUSY_US) {
            return -1;
        }
        if (longestGapUs > Math.max(STALL_US, spanUs * MOST_OF_SPAN) && afterGap < AFTER_STALL) {
            return -1;
        }
        sum -= bytes[newest - (entries - 1) & ENTRIES - 1];
        return sum * 8 * 1_000_000 / spanUs;
    }

    /** What arrived in the last so many us before the newest arrival, in bits per second. */
    long overBps(long windowUs) {
        long sum = 0;
        for (int i = 0; i < count; i++) {
            int at = newest - i & ENTRIES - 1;
            if (atUs[newest] - atUs[at] >= windowUs) {
                break;
            }
            sum += bytes[at];
        }
        return sum * 8 * 1_000_000 / windowUs;
    }

    /** What came before is of another time: an outage lay between. */
    void reset() {
        count = 0;
        busySinceUs = Long.MAX_VALUE;
    }
}
