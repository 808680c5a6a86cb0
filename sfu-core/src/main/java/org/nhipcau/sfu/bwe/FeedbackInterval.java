// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.sfu.bwe;

/**
 * Decides how often a publisher is told when its packets came in: oftener while its uplink changes, so that its
 * estimator sees the change sooner; more rarely on a thin one, where the reports of 10 a second take a share worth having.
 *
 * <p>Bounds of 50 and 250 ms after libwebrtc
 * {@code modules/remote_bitrate_estimator/transport_sequence_number_feedback_generator.cc}; the rest by taste.
 * Thread: one.
 */
public final class FeedbackInterval {
    public static final long NORMAL_NS = 100_000_000L;
    static final long CHANGING_NS = 50_000_000L;
    static final long THIN_NS = 250_000_000L;
    static final long THIN_BPS = 64_000;
    private static final long WINDOW_NS = 500_000_000L;
    /** So long after a change the reports come fast. */
    private static final long CHANGING_FOR_NS = 1_000_000_000L;
    private static final double CHANGE = 1.3;
    private static final long NONE = Long.MIN_VALUE;

    private long windowNs = NONE;
    private long windowBytes;
    private long formerBps;
    private long changingUntilNs = NONE;

    /** Takes note of a packet. */
    public void onPacket(int lengthBytes, long nowNs) {
        if (windowNs == NONE) {
            windowNs = nowNs;
        }
        long passedNs = nowNs - windowNs;
        if (passedNs >= WINDOW_NS) {
            long bps = (long) (windowBytes * 8e9 / passedNs);
            if (formerBps > 0 && (bps > formerBps * CHANGE || bps * CHANGE < formerBps)) {
                changingUntilNs = nowNs + CHANGING_FOR_NS;
            }
            formerBps = bps;
            windowNs = nowNs;
            windowBytes = 0;
        }
        windowBytes += lengthBytes;
    }

    /** How long a packet may wait for its report. */
    public long ns(long nowNs) {
        // More in half a second than a thin link carries: it is none any more.
        boolean thin = formerBps > 0 && formerBps <= THIN_BPS && windowBytes * 8 <= THIN_BPS / 2;
        return thin ? THIN_NS : changingUntilNs != NONE && nowNs < changingUntilNs ? CHANGING_NS : NORMAL_NS;
    }
}
