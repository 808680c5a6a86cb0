// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.sfu.sctp.send;

/**
 * How long to wait for an answer before what was sent is taken for lost.
 *
 * <p>Spec: RFC 9260 §6.3.1, with a shorter least time than its 1 s, as the data channels of browsers have it, and a
 * shorter longest one than its 60 s: consent (RFC 7675) ends the transport of one who is gone for longer.
 * Thread: the association's.
 */
public final class RetransmissionTimeout {
    static final long INITIAL_NS = 1_000_000_000L;
    static final long MIN_NS = 400_000_000L;
    static final long MAX_NS = 10_000_000_000L;

    private double smoothedNs = -1;
    private double variationNs;
    private long timeoutNs = INITIAL_NS;

    /** Takes the time that the answer to something sent once has taken. */
    public void onMeasured(long roundTripNs) {
        double r = Math.max(0, roundTripNs);
        if (smoothedNs < 0) {
            smoothedNs = r;
            variationNs = r / 2;
        } else {
            variationNs = 0.75 * variationNs + 0.25 * Math.abs(smoothedNs - r);
            smoothedNs = 0.875 * smoothedNs + 0.125 * r;
        }
        timeoutNs = clamp((long) (smoothedNs + 4 * variationNs));
    }

    /** The time was over without an answer. */
    public void backOff() {
        timeoutNs = clamp(2 * timeoutNs);
    }

    /** The time to wait now. */
    public long timeoutNs() {
        return timeoutNs;
    }

    /** Round trip as measured; the initial timeout while nothing is known. */
    public long roundTripNs() {
        return smoothedNs < 0 ? INITIAL_NS : (long) smoothedNs;
    }

    private static long clamp(long ns) {
        return Math.max(MIN_NS, Math.min(MAX_NS, ns));
    }
}
