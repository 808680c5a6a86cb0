// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.sfu.route;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

class PliBackoffTest {
    private final PliBackoff requests = new PliBackoff();
    private long nowNs = 1_000_000_000_000L;

    /** Asks each millisecond until it is heeded. @return how long that took */
    private long untilHeeded() {
        long fromNs = nowNs;
        while (!requests.allows(nowNs)) {
            nowNs += 1_000_000;
        }
        requests.onHeeded(nowNs);
        return nowNs - fromNs;
    }

    @Test
    void shouldHeedTheFirstAtOnceAndThenEverMoreRarely() {
        assertEquals(0, untilHeeded());
        assertEquals(PliBackoff.LEAST_NS, untilHeeded());
        assertEquals(2 * PliBackoff.LEAST_NS, untilHeeded());
        for (int i = 0; i < 20; i++) {
            assertEquals(PliBackoff.MOST_NS, untilHeeded());
        }
    }

    @Test
    void shouldBeginAnewAfterAQuietTime() {
        for (int i = 0; i < 5; i++) {
            untilHeeded();
        }
        nowNs += PliBackoff.QUIET_NS;
        assertEquals(0, untilHeeded());
        assertEquals(PliBackoff.MOST_NS, untilHeeded(), "10 s are not yet a quiet time");
        nowNs += PliBackoff.QUIET_NS + 1;
        assertEquals(0, untilHeeded());
        assertEquals(PliBackoff.LEAST_NS, untilHeeded());
    }

    @Test
    void shouldLetAKeyFrameOfAnotherCauseServeWhatIsAskedMeanwhile() {
        requests.onServed(nowNs);
        assertFalse(requests.allows(nowNs));
        assertFalse(requests.allows(nowNs + PliBackoff.LEAST_NS - 1));
        assertTrue(requests.allows(nowNs + PliBackoff.LEAST_NS));
        assertEquals(PliBackoff.LEAST_NS, untilHeeded());
    }
}
