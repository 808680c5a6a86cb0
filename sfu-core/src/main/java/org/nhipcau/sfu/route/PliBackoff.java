// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.sfu.route;

/**
 * Says which of a viewer's own requests for key frames are heeded: this often at first, then ever more rarely while it
 * keeps asking. A lying viewer costs the others little, and an honest one on a bad link is not left with a frozen
 * picture for longer.
 *
 * <p>Spec: RFC 4585 §6.3.1. Thread: one.
 */
final class PliBackoff {
    static final long LEAST_NS = 500_000_000L;
    static final long MOST_NS = 2_000_000_000L;
    /** A viewer that did not ask for so long begins at the least again. */
    static final long QUIET_NS = 10_000_000_000L;

    private long allowedNs;
    private long spacingNs = LEAST_NS;
    private long lastNs;

    /** Another request is heeded already. */
    boolean allows(long nowNs) {
        return nowNs >= allowedNs;
    }

    /** A request is heeded. */
    void onHeeded(long nowNs) {
        spacingNs = nowNs - lastNs > QUIET_NS ? LEAST_NS : Math.min(MOST_NS, spacingNs * 2);
        lastNs = nowNs;
        allowedNs = nowNs + spacingNs;
    }

    /** A key frame is on its way for another reason, and serves what the viewer asks for meanwhile. */
    void onServed(long nowNs) {
        allowedNs = nowNs + LEAST_NS;
    }
}
