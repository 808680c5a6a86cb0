// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.signaling.rest.key;

import java.util.function.LongSupplier;
import org.nhipcau.signaling.http.TokenBucket;

/**
 * Holds credentials that fail, from all sources together, to one rate. It judges failures only: whoever holds a valid key
 * is never kept waiting by it.
 *
 * <p>Thread: any. Owns: the bucket.
 */
public final class FailedCredentials {
    private static final long FLOOD_NS = 1_000_000_000L;

    private final TokenBucket bucket;
    private final LongSupplier clock;
    private boolean flooded;
    private long floodedUntilNs;

    /**
     * @param perSecond steady failures
     * @param burst failures above it
     * @param nowNs a clock that only goes on
     */
    public FailedCredentials(int perSecond, int burst, LongSupplier nowNs) {
        clock = nowNs;
        bucket = new TokenBucket(perSecond, burst, nowNs.getAsLong());
    }

    /** Counts a failure; seconds that the caller is to wait, 0 while failures are few. */
    public synchronized long waitS() {
        long nowNs = clock.getAsLong();
        boolean before = flooded();
        if (bucket.take(nowNs)) {
            // In a flood a key that was made just now may be taken for a guess: let its bearer try again.
            return before ? 1 : 0;
        }
        flooded = true;
        floodedUntilNs = nowNs + FLOOD_NS;
        // A token takes a second at most to fill: rates are whole numbers a second.
        return 1;
    }

    /** Whether failures came faster than the rate within the last second. */
    public synchronized boolean flooded() {
        flooded = flooded && clock.getAsLong() - floodedUntilNs < 0;
        return flooded;
    }
}
