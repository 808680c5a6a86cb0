// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.sfu.route;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

class RetransmissionBudgetTest {
    private static final long MS = 1_000_000L;
    private final RetransmissionBudget budget = new RetransmissionBudget();

    @Test
    void shouldBoundTriesAndSpaceThemByTheRoundTrip() {
        assertTrue(budget.mayRetry(0, 0, 80 * MS, 0));
        assertFalse(budget.mayRetry(1, 79, 80 * MS, 0));
        assertTrue(budget.mayRetry(1, 80, 80 * MS, 0));
        assertTrue(budget.mayRetry(3, 80, 80 * MS, 0));
        assertFalse(budget.mayRetry(RetransmissionBudget.MAX_TRIES, 8_000, 80 * MS, 0));
    }

    @Test
    void shouldAllowAFifthOfWhatIsSentInTheLongRun() {
        long sent = 0;
        long again = 0;
        for (long ms = 0; ms < 60_000; ms++) {
            budget.onSent(500, ms * MS);
            sent += 500;
            while (budget.mayRetry(0, 0, 0, ms * MS)) {
                budget.onRetransmitted(500);
                again += 500;
            }
        }
        assertEquals(0.20, (double) again / sent, 0.02);
    }

    @Test
    void shouldAllowAFloorWhenLittleIsSent() {
        long again = 0;
        for (long ms = 0; ms < 60_000; ms++) {
            while (budget.mayRetry(0, 0, 0, ms * MS)) {
                budget.onRetransmitted(500);
                again += 500;
            }
        }
        assertEquals(60 * 5_000 + 24_000, again, 1_000);
    }

    @Test
    void shouldAllowMoreTheMoreThePathLosesButNeverMoreThanHalf() {
        assertEquals(0.20, shareAt(0), 0.02);
        assertEquals(0.40, shareAt(0.20), 0.02);
        assertEquals(0.50, shareAt(0.90), 0.02);
    }

    private static double shareAt(double lossRatio) {
        RetransmissionBudget lossy = new RetransmissionBudget();
        lossy.fit(4_000_000, lossRatio);
        long sent = 0;
        long again = 0;
        for (long ms = 0; ms < 60_000; ms++) {
            lossy.onSent(500, ms * MS);
            sent += 500;
            while (lossy.mayRetry(0, 0, 0, ms * MS)) {
                lossy.onRetransmitted(500);
                again += 500;
            }
        }
        return (double) again / sent;
    }

    @Test
    void shouldTakeNoMoreThanAQuarterOfANarrowPathWhenLittleIsSent() {
        budget.fit(40_000, 0);
        long again = 0;
        for (long ms = 0; ms < 60_000; ms++) {
            while (budget.mayRetry(0, 0, 0, ms * MS)) {
                budget.onRetransmitted(500);
                again += 500;
            }
        }
        assertEquals(60 * 1_250 + 24_000, again, 1_000);
    }

    @Test
    void shouldKeepAReserveForPicturesThatOthersBuildUpon() {
        while (budget.ample()) {
            budget.onRetransmitted(500);
        }
        long reserve = 0;
        while (budget.mayRetry(0, 0, 0, 0)) {
            budget.onRetransmitted(500);
            reserve += 500;
        }
        assertEquals(6_000, reserve, 500);
    }
}
