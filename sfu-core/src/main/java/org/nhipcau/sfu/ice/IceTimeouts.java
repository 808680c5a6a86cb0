// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.sfu.ice;

import org.nhipcau.sfu.api.SfuConfig;

/**
 * How long an agent waits for authenticated checks. Spec: RFC 7675 §5.1 (consent lasts 30 s at most).
 *
 * @param connectNs without any check for this long after opening, the transport fails
 * @param disconnectedNs without a check on the selected path for this long, it is called disconnected
 * @param consentNs without a check on the selected path for this long, sending must stop
 * @param holdNs without a check on the selected path for this long, nobody is waited for any more
 */
public record IceTimeouts(long connectNs, long disconnectedNs, long consentNs, long holdNs) {
    private static final long NS_PER_MS = 1_000_000;

    public IceTimeouts {
        if (connectNs <= 0 || disconnectedNs <= 0 || consentNs <= 0) {
            throw new IllegalArgumentException("an ICE timeout is not above 0");
        }
        if (holdNs < consentNs) {
            throw new IllegalArgumentException("a transport is held for less time than it may be sent to");
        }
    }

    /** Those of a node's configuration. */
    public static IceTimeouts of(SfuConfig config) {
        return new IceTimeouts(config.iceTimeoutMs() * NS_PER_MS, config.disconnectedAfterMs() * NS_PER_MS,
                config.consentTimeoutMs() * NS_PER_MS, config.transportHoldMs() * NS_PER_MS);
    }
}
