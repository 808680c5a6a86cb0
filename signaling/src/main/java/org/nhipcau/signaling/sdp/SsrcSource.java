// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.signaling.sdp;

import java.util.Set;
import java.util.random.RandomGenerator;

/**
 * Draws SSRCs.
 *
 * <p>Spec: RFC 3550 §8.1: random, and not one that is in use.
 *
 * <p>Thread: one at a time.
 */
final class SsrcSource {
    private final RandomGenerator random;

    SsrcSource(RandomGenerator random) {
        this.random = random;
    }

    /** A number of 1 to 2^32 - 1 that is not taken; it is taken from now on. */
    long next(Set<Long> taken) {
        long ssrc;
        do {
            ssrc = random.nextInt() & 0xFFFF_FFFFL;
        } while (ssrc == 0 || !taken.add(ssrc));
        return ssrc;
    }
}
