// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.sfu.route;

import org.nhipcau.sfu.rtcp.NtpTime;

/**
 * Knows how far a publisher's clock is from ours, smoothed; one for all its streams, so that they stay in step at the
 * viewers.
 *
 * <p>Spec: RFC 3550 §6.4.1. Thread: one.
 */
final class PublisherClock {
    /** Clock offsets further apart than this are a new clock, not jitter. */
    private static final long JUMP_NS = 1_000_000_000L;

    private long offsetNs;
    private boolean known;

    /** Takes the clock time of a sender report that came in now. */
    void onReport(long ntp, long nowNs) {
        long measuredNs = nowNs - NtpTime.toUnixNs(ntp);
        if (!known || Math.abs(measuredNs - offsetNs) > JUMP_NS) {
            set(measuredNs);
        } else {
            offsetNs += (measuredNs - offsetNs) / 16;
        }
    }

    /** Takes the offset that another worker measured. */
    void set(long measuredOffsetNs) {
        offsetNs = measuredOffsetNs;
        known = true;
    }

    /** A sender report told it. */
    boolean known() {
        return known;
    }

    /** Our clock less the publisher's. */
    long offsetNs() {
        return offsetNs;
    }

    /** The publisher's NTP time at a moment of ours; only when {@link #known}. */
    long ntpAt(long atNs) {
        return NtpTime.fromUnixNs(atNs - offsetNs);
    }
}
