// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.sfu.peer;

/** How many bytes of data may leave now: a bucket that fills at the rate the path gives to data. Thread: the worker's. */
final class DataBudget {
    /** What may leave at once after a rest: time at the rate, but two packets in any case. By taste. */
    private static final long BURST_NS = 20_000_000L;
    static final int LEAST_BURST_BYTES = 2_400;
    private static final double BIT_NS_PER_BYTE_S = 8e9;

    private double bytes = LEAST_BURST_BYTES;
    private boolean begun;
    private long filledNs;
    private boolean stopped;

    /** Time passed. @param bps 0: nothing may leave for now */
    void fill(long bps, long nowNs) {
        double elapsedNs = begun ? nowNs - filledNs : 0;
        begun = true;
        filledNs = nowNs;
        stopped = bps == 0;
        double burst = Math.max(LEAST_BURST_BYTES, (double) BURST_NS * bps / BIT_NS_PER_BYTE_S);
        bytes = Math.min(burst, bytes + elapsedNs * bps / BIT_NS_PER_BYTE_S);
    }

    /** Messages may leave; a packet that takes more than there is, is paid for by those after it. */
    boolean open() {
        return !stopped && bytes > 0;
    }

    /**
     * A packet left, so many bytes on the wire, with messages or without. While messages may not leave, those without
     * are free: acknowledging what comes in must not silence what is to go out.
     */
    void spend(int wireBytes) {
        if (open()) {
            bytes -= wireBytes;
        }
    }
}
