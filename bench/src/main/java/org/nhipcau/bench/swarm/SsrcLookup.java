// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.bench.swarm;

import org.nhipcau.bench.swarm.media.ReceivedStream;

/** Finds the stream of an SSRC without boxing: open addressing. Thread: the client's loop. */
final class SsrcLookup {
    private int[] ssrcs = new int[16];
    private Entry[] entries = new Entry[16];
    private int count;

    /** What stands behind an SSRC. @param repair the SSRC is that of the stream's retransmissions */
    record Entry(ReceivedStream stream, boolean repair, int payloadType) {}

    Entry find(long ssrc) {
        int mask = ssrcs.length - 1;
        for (int i = slot((int) ssrc, mask); entries[i] != null; i = i + 1 & mask) {
            if (ssrcs[i] == (int) ssrc) {
                return entries[i];
            }
        }
        return null;
    }

    void put(long ssrc, Entry entry) {
        if (count * 2 >= ssrcs.length) {
            grow();
        }
        int mask = ssrcs.length - 1;
        int i = slot((int) ssrc, mask);
        while (entries[i] != null && ssrcs[i] != (int) ssrc) {
            i = i + 1 & mask;
        }
        count += entries[i] == null ? 1 : 0;
        ssrcs[i] = (int) ssrc;
        entries[i] = entry;
    }

    /** Forgets everything, to be filled anew: streams change seldom. */
    void clear() {
        java.util.Arrays.fill(entries, null);
        count = 0;
    }

    private void grow() {
        int[] oldSsrcs = ssrcs;
        Entry[] oldEntries = entries;
        ssrcs = new int[oldSsrcs.length * 2];
        entries = new Entry[ssrcs.length];
        count = 0;
        for (int i = 0; i < oldSsrcs.length; i++) {
            if (oldEntries[i] != null) {
                put(oldSsrcs[i], oldEntries[i]);
            }
        }
    }

    private static int slot(int ssrc, int mask) {
        return ssrc * 0x9e37_79b1 >>> 16 & mask;
    }
}
