// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.signaling.rest.key;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.LongSupplier;
import org.nhipcau.signaling.http.TokenBucket;

/**
 * Holds each key to its rate, whatever number of connections it comes by.
 *
 * <p>Thread: any. Owns: a bucket per key that has called lately.
 */
public final class KeyRates {
    private static final int MAX_KEYS = 10_000;

    private final int perSecond;
    private final int burst;
    private final LongSupplier clock;
    private final Map<String, TokenBucket> buckets = new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, TokenBucket> eldest) {
            return size() > MAX_KEYS;
        }
    };

    /**
     * @param perSecond steady requests of one key
     * @param burst requests above it
     * @param nowNs a clock that only goes on
     */
    public KeyRates(int perSecond, int burst, LongSupplier nowNs) {
        this.perSecond = perSecond;
        this.burst = burst;
        this.clock = nowNs;
    }

    /** Seconds to wait before the next request; 0: it may go on, and is counted. */
    public synchronized long waitS(String keyId) {
        long nowNs = clock.getAsLong();
        TokenBucket bucket = buckets.computeIfAbsent(keyId, id -> new TokenBucket(perSecond, burst, nowNs));
        // One token takes a second at most to fill: rates are whole numbers a second.
        return bucket.take(nowNs) ? 0 : 1;
    }
}
