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
        assertFalse(budget.mayRetry(1, 71, 80 * MS, 0));
        assertTrue(budget.mayRetry(1, 72, 80 * MS, 0));
        assertTrue(budget.mayRetry(3, 80, 80 * MS, 0));
        assertFalse(budget.mayRetry(RetransmissionBudget.MIN_TRIES, 8_000, 80 * MS, 0));
    }

    @Test
    void shouldAllowAsManyTriesAsLeaveHardlyAPacketMissing() {
        assertEquals(4, triesAt(0));
        assertEquals(4, triesAt(0.02));
        assertEquals(8, triesAt(0.20));
        assertEquals(10, triesAt(0.30));
        assertEquals(RetransmissionBudget.MAX_TRIES, triesAt(0.90));
        assertEquals(RetransmissionBudget.MAX_TRIES, triesAt(1));
    }

    private static int triesAt(double lossRatio) {
        RetransmissionBudget lossy = new RetransmissionBudget();
        lossy.fit(4_000_000, lossRatio, 1);
        int tries = 0;
        while (lossy.mayRetry(tries, 1_000, 80 * MS, 0)) {
            tries++;
        }
        return tries;
    }

    @Test
    void shouldSendTwiceWhereChanceTakesManyAndBytesAreAmple() {
        assertEquals(1, budget.copies());
        budget.fit(2_000_000, 0.02, 1);
        assertEquals(1, budget.copies());
        budget.fit(2_000_000, 0.20, 2.5);
        assertEquals(1, budget.copies(), "a row of losses takes both");
        budget.fit(2_000_000, 0.20, 1.25);
        assertEquals(2, budget.copies());
        while (budget.ample()) {
            budget.onRetransmitted(500);
        }
        assertEquals(1, budget.copies(), "what is left is for the first of each");
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
        assertEquals(0.40, shareAt(0.15), 0.02);
        assertEquals(0.50, shareAt(0.20), 0.02);
        assertEquals(0.50, shareAt(0.90), 0.02);
    }

    private static double shareAt(double lossRatio) {
        RetransmissionBudget lossy = new RetransmissionBudget();
        lossy.fit(4_000_000, lossRatio, 1);
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
        budget.fit(40_000, 0, 1);
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
