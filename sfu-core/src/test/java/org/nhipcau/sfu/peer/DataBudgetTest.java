// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.sfu.peer;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

class DataBudgetTest {
    private static final long TICK_NS = 5_000_000L;
    private static final int PACKET_BYTES = 1_217;

    // Bytes that leave when there is always more to be sent.
    private static long sent(DataBudget budget, long bps, int seconds, long fromNs) {
        long sent = 0;
        for (int i = 0; i < seconds * 200; i++) {
            budget.fill(bps, fromNs + i * TICK_NS);
            while (budget.open()) {
                budget.spend(PACKET_BYTES);
                sent += PACKET_BYTES;
            }
        }
        return sent;
    }

    @Test
    void shouldKeepToTheRateWhateverThePacketsAre() {
        for (long bps : new long[] {8_000, 16_000, 300_000, 5_000_000}) {
            long expected = bps / 8 * 10;
            long sent = sent(new DataBudget(), bps, 10, Long.MAX_VALUE - 1_000);
            assertTrue(sent <= expected + bps / 400 + DataBudget.LEAST_BURST_BYTES + PACKET_BYTES, bps + ": " + sent);
            assertTrue(sent >= expected - PACKET_BYTES - bps / 1_000, bps + ": " + sent);
        }
    }

    @Test
    void acknowledgingALotShouldNotSilenceWhatIsToGoOut() {
        DataBudget budget = new DataBudget();
        budget.fill(8_000, 0);
        // A client that sends much over a path whose way back is narrow: 16 acknowledgements at a time.
        long messages = 0;
        for (int i = 1; i <= 2_000; i++) {
            budget.fill(8_000, i * TICK_NS);
            messages += budget.open() ? 1 : 0;
            for (int n = 0; n < 16; n++) {
                budget.spend(93);
            }
        }
        assertTrue(messages >= 10, "" + messages);
        budget.fill(8_000, 2_000 * TICK_NS + 1_300_000_000L);
        assertTrue(budget.open(), "nothing is owed");
    }

    @Test
    void shouldStopAtOnceAndSaveUpNoMoreThanABurst() {
        DataBudget budget = new DataBudget();
        assertTrue(sent(budget, 64_000, 1, 0) > 0);
        budget.fill(0, 2_000_000_000L);
        assertFalse(budget.open());
        assertEquals(0, sent(budget, 0, 5, 2_000_000_000L));
        budget.fill(8_000, 3_600_000_000_000L);
        long burst = 0;
        while (budget.open()) {
            budget.spend(PACKET_BYTES);
            burst += PACKET_BYTES;
        }
        assertEquals(2 * PACKET_BYTES, burst);
    }
}
