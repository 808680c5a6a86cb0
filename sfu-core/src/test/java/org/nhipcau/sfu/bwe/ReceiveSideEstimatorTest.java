// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.sfu.bwe;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ReceiveSideEstimatorTest {
    private static final long MS = 1_000_000L;
    private static final int BYTES = 1_200;

    private final ReceiveSideEstimator estimator = new ReceiveSideEstimator();
    private long nowMs = 1_000;
    private long queueMs;

    /** Packets every so many ms through a link that passes one in {@code serviceMs}. */
    private void send(long everyMs, long serviceMs, long forMs) {
        for (long endMs = nowMs + forMs; nowMs < endMs; nowMs += everyMs) {
            queueMs = Math.max(0, queueMs + serviceMs - everyMs);
            estimator.onPacket((int) ((nowMs << 18) / 1_000) & 0xffffff, BYTES, (nowMs + 20 + queueMs) * MS);
        }
    }

    @Test
    void shouldFallToWhatAQueueLetsThrough() {
        send(10, 20, 4_000);
        double carriedBps = (BYTES + SendSideEstimator.PACKET_OVERHEAD_BYTES) * 8 / 0.020;
        assertTrue(estimator.estimateBps() < carriedBps, () -> estimator.estimateBps() + " of " + carriedBps);
    }

    @Test
    void shouldBeFreshForTwoSeconds() {
        assertFalse(estimator.fresh(0));
        send(10, 5, 100);
        assertTrue(estimator.fresh((nowMs + 1_900) * MS));
        assertFalse(estimator.fresh((nowMs + 2_100) * MS));
    }

    /** The sender's clock has 24 bits, 64 s: a silence of more than half of that looks like a step back. */
    @ParameterizedTest
    @ValueSource(longs = {10_000, 31_000, 33_000, 40_000, 63_000, 65_000, 100_000})
    void shouldSeeAQueueAtOnceAfterAnySilence(long silenceMs) {
        send(10, 5, 4_000);
        long beforeBps = estimator.estimateBps();
        nowMs += silenceMs;
        send(10, 5, 1_000);
        assertTrue(estimator.estimateBps() >= beforeBps * 0.9, () -> estimator.estimateBps() + " of " + beforeBps);
        send(10, 20, 3_000);
        double carriedBps = (BYTES + SendSideEstimator.PACKET_OVERHEAD_BYTES) * 8 / 0.020;
        assertTrue(estimator.estimateBps() < carriedBps, () -> estimator.estimateBps() + " of " + carriedBps);
    }

    /** Ticks are no whole microseconds: what is cut off must not add up to a queue. */
    @Test
    void shouldTakeNoQueueFromTheSendersClock() {
        long atUs = 0;
        for (int i = 0; i < 9_000; i++) {
            atUs += 3_333;
            estimator.onPacket((int) ((atUs << 18) / 1_000_000) & 0xffffff, BYTES, atUs * 1_000 + 20 * MS);
        }
        assertEquals(SendSideEstimator.MAX_BPS < 4_300_000 ? SendSideEstimator.MAX_BPS : 4_300_000,
                estimator.estimateBps(), 450_000);
    }
}
