// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.sfu.route;

/**
 * Remembers under which number of the {@link org.nhipcau.sfu.bwe.SentPacketLog} each packet left, by its SSRC and
 * sequence number: for a viewer whose packets carry no transport-wide number, so that RFC 8888 feedback, which names
 * packets by stream, can be understood.
 *
 * <pre>
 *  ring of a stream, at sequence % length:   | sequence, 16 bits | number, 48 bits |
 * </pre>
 * Thread: one. Owns: a ring per stream, from {@link #FIRST_RING} to {@link #MAX_RING} entries of 8 bytes; one grows when
 * it would overwrite a packet younger than {@link #REMEMBERED} numbers.
 */
final class TransportNumbers {
    private static final int FIRST_RING = 32;
    private static final int MAX_RING = 2_048;
    /** Packets of all streams: two seconds of about 2 Mbit/s. */
    private static final long REMEMBERED = 512;
    private static final long NUMBER_MASK = (1L << 48) - 1;

    private static final class Ring {
        private long[] entries = new long[FIRST_RING];
    }

    private final SsrcTable<Ring> rings;
    private Ring last;
    private int lastSsrc;

    /** @param maxSsrcs streams at most, RTX streams counted */
    TransportNumbers(int maxSsrcs) {
        rings = new SsrcTable<>(maxSsrcs);
    }

    /** A packet left under this number; numbers are less than 2^48 and not 0 in the ring, being kept plus one. */
    void onSent(int ssrc, int sequence16, long number) {
        Ring ring = last;
        if (ring == null || lastSsrc != ssrc) {
            ring = ringOf(ssrc);
            if (ring == null) {
                return;
            }
        }
        long[] entries = ring.entries;
        int at = sequence16 & entries.length - 1;
        long before = entries[at];
        if (before != 0 && entries.length < MAX_RING && number - (before & NUMBER_MASK) < REMEMBERED) {
            entries = grow(ring);
            at = sequence16 & entries.length - 1;
        }
        entries[at] = (long) sequence16 << 48 | number + 1;
    }

    private Ring ringOf(int ssrc) {
        Ring ring = rings.get(ssrc);
        if (ring == null) {
            ring = new Ring();
            if (!rings.put(ssrc, ring)) {
                return null;
            }
        }
        last = ring;
        lastSsrc = ssrc;
        return ring;
    }

    private static long[] grow(Ring ring) {
        long[] larger = new long[ring.entries.length * 2];
        for (long entry : ring.entries) {
            if (entry != 0) {
                larger[(int) (entry >>> 48) & larger.length - 1] = entry;
            }
        }
        ring.entries = larger;
        return larger;
    }

    /** The number under which a packet left; -1 when it never did or is forgotten. */
    long find(int ssrc, int sequence16) {
        Ring ring = rings.get(ssrc);
        if (ring == null) {
            return -1;
        }
        long entry = ring.entries[sequence16 & ring.entries.length - 1];
        return entry == 0 || entry >>> 48 != sequence16 ? -1 : (entry & NUMBER_MASK) - 1;
    }

    /** A stream has ended for good. */
    void forget(int ssrc) {
        rings.remove(ssrc);
        last = null;
    }
}
