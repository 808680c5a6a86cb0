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
}
