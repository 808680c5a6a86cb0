// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.sfu.srtp;

import java.util.Arrays;

/**
 * Tells for one SSRC which packet index a sequence number stands for, and whether that index was seen before.
 *
 * <p>Spec: RFC 3711 §3.3.1 (index), §3.3.2 (replay), Appendix A. The window holds 1024 packets, 16 times what the RFC
 * asks for at least: on links with 600 ms of delay a packet may come that late. {@link #mark} is called only for
 * packets whose tag was verified.
 *
 * <p>Thread: the owner's only.
 */
final class IndexWindow {
    /** Packets behind the highest one that are still told apart. */
    static final int WINDOW_PACKETS = 1024;

    private final long[] seen = new long[WINDOW_PACKETS / 64];
    private final int ssrc;
    private long highest = -1;
    private long lastUse;

    IndexWindow(int ssrc) {
        this.ssrc = ssrc;
    }

    int ssrc() {
        return ssrc;
    }

    /** Rises with each use of any window of the session. */
    long lastUse() {
        return lastUse;
    }

    void setLastUse(long use) {
        lastUse = use;
    }

    /** The most probable index of a 16-bit sequence number: the one nearest to the highest verified so far. */
    long estimate(int sequenceNumber) {
        if (highest < 0) {
            return sequenceNumber;
        }
        long rollover = highest >>> 16;
        int last = (int) highest & 0xffff;
        if (last < 0x8000) {
            // Before the first rollover there is no turn to go back to: it can only be a jump ahead.
            if (sequenceNumber - last > 0x8000 && rollover > 0) {
                rollover--;
            }
        } else if (last - 0x8000 > sequenceNumber) {
            rollover++;
        }
        return rollover << 16 | sequenceNumber;
    }

    /** Whether the index was neither seen before nor lies behind the window. */
    boolean isFresh(long index) {
        if (index > highest) {
            return true;
        }
        if (index <= highest - WINDOW_PACKETS) {
            return false;
        }
        return (seen[word(index)] & bit(index)) == 0;
    }

    /** Remembers an index, of which {@link #isFresh} was true. */
    void mark(long index) {
        if (index == highest + 1) {
            // Nearly always; the bit need not be cleared to be set.
            highest = index;
        } else if (index > highest) {
            advance(index);
        }
        seen[word(index)] |= bit(index);
    }

    long highest() {
        return highest;
    }

    private void advance(long index) {
        if (index - highest >= WINDOW_PACKETS) {
            Arrays.fill(seen, 0);
        } else {
            for (long skipped = highest + 1; skipped <= index; skipped++) {
                seen[word(skipped)] &= ~bit(skipped);
            }
        }
        highest = index;
    }

    private static int word(long index) {
        return (int) (index & WINDOW_PACKETS - 1) >>> 6;
    }

    private static long bit(long index) {
        return 1L << (index & 63);
    }
}
