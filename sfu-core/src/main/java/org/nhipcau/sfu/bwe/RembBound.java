// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.sfu.bwe;

/**
 * What a viewer says by REMB that it can take at most, as long as it goes on saying so.
 *
 * <p>Spec: draft-alvestrand-rmcat-remb-03. Thread: one.
 */
final class RembBound {
    /** libwebrtc sends REMB each second, sooner when it falls; one that is older says nothing any more. */
    private static final long EXPIRES_NS = 5_000_000_000L;
    private static final long NONE = Long.MAX_VALUE;

    private long bps = NONE;
    private long toldNs;

    void onRemb(long bitrateBps, long nowNs) {
        bps = Math.clamp(bitrateBps, SendSideEstimator.MIN_BPS, SendSideEstimator.MAX_BPS);
        toldNs = nowNs;
    }

    /** Forgets what is too old. */
    void onTimer(long nowNs) {
        if (nowNs - toldNs > EXPIRES_NS) {
            bps = NONE;
        }
    }

    /** The bound; none: {@link Long#MAX_VALUE}. */
    long bps() {
        return bps;
    }

    /** A bound holds. */
    boolean told() {
        return bps != NONE;
    }
}
