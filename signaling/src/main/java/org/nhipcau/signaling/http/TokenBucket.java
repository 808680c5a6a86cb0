// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.signaling.http;

/**
 * Holds one connection to a steady rate with bursts.
 *
 * <p>Thread: one. The clock comes in.
 */
public final class TokenBucket {
    private static final long NS_PER_S = 1_000_000_000L;

    private final long nsPerToken;
    private final long capacityNs;
    private long filledNs;
    private long lastNs;

    /**
     * @param perSecond steady rate
     * @param burst tokens in a full bucket
     */
    public TokenBucket(int perSecond, int burst, long nowNs) {
        this.nsPerToken = NS_PER_S / perSecond;
        this.capacityNs = nsPerToken * burst;
        this.filledNs = capacityNs;
        this.lastNs = nowNs;
    }

    /** Takes one token; false when there is none. */
    public boolean take(long nowNs) {
        return take(1, nowNs);
    }

    /** Takes so many tokens, but never more than a full bucket holds; false, taking none, when there are fewer. */
    public boolean take(int tokens, long nowNs) {
        long elapsedNs = Math.max(0, nowNs - lastNs);
        lastNs = nowNs;
        filledNs = Math.min(capacityNs, filledNs + Math.min(elapsedNs, capacityNs));
        long costNs = Math.min(capacityNs, nsPerToken * tokens);
        if (filledNs < costNs) {
            return false;
        }
        filledNs -= costNs;
        return true;
    }
}
