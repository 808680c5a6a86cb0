// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.sfu.sim.rural;

import java.util.Iterator;
import java.util.Map;
import java.util.TreeMap;

/**
 * Which packets a browser asks for again, and when: at once when a newer one shows the gap, then again each round trip.
 *
 * <p>After libwebrtc {@code modules/video_coding/nack_requester.cc}: 10 times each, looked at each 20 ms, 1000 packets
 * missing at most.
 *
 * <p>Thread: one.
 */
final class BrowserNacks {
    private static final int MAX_TRIES = 10;
    private static final int MAX_MISSING = 1_000;

    /** A packet that is missing. */
    private static final class Missing {
        private int tries;
        private long askedNs;
    }

    private final TreeMap<Long, Missing> missing = new TreeMap<>();
    private boolean hopeless;

    /** A newer packet passed these over. */
    void onGap(long first, long last) {
        if (missing.size() + last - first + 1 > MAX_MISSING) {
            missing.clear();
            hopeless = true;
            return;
        }
        for (long sequence = first; sequence <= last; sequence++) {
            missing.put(sequence, new Missing());
        }
    }

    void onArrival(long sequence) {
        missing.remove(sequence);
    }

    /** Nothing before this is waited for any more. */
    void forgetBefore(long sequence) {
        missing.headMap(sequence).clear();
    }

    /** What to ask for now. @return how many */
    int collect(long nowNs, long roundTripNs, int[] target) {
        int count = 0;
        Iterator<Map.Entry<Long, Missing>> each = missing.entrySet().iterator();
        while (each.hasNext() && count < target.length) {
            Map.Entry<Long, Missing> entry = each.next();
            Missing packet = entry.getValue();
            if (packet.tries > 0 && nowNs - packet.askedNs < roundTripNs) {
                continue;
            }
            packet.askedNs = nowNs;
            target[count++] = (int) (entry.getKey() & 0xffff);
            if (++packet.tries == MAX_TRIES) {
                each.remove();
            }
        }
        return count;
    }

    /** Too much was missing since the last call: only a key frame helps. */
    boolean takeHopeless() {
        boolean was = hopeless;
        hopeless = false;
        return was;
    }
}
