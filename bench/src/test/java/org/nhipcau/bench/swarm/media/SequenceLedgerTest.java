// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.bench.swarm.media;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;
import org.nhipcau.bench.swarm.media.SequenceLedger.Outcome;

final class SequenceLedgerTest {
    private final SequenceLedger ledger = new SequenceLedger();

    @Test
    void shouldGoOnAcrossTheWrap() {
        for (int number : new int[] {65_533, 65_534, 65_535, 0, 1}) {
            assertEquals(Outcome.NEXT, ledger.note(number));
        }
        assertEquals(5, ledger.expected());
        assertEquals(0, ledger.missing());
    }

    @Test
    void shouldTellGapsFromRepairsAndRepetitions() {
        assertEquals(Outcome.NEXT, ledger.note(65_534));
        assertEquals(Outcome.AHEAD, ledger.note(1));
        assertEquals(65_535, ledger.gapFrom());
        assertEquals(65_537, ledger.sequence());
        assertEquals(2, ledger.missing());
        assertEquals(Outcome.FILLED, ledger.note(65_535));
        assertEquals(Outcome.DUPLICATE, ledger.note(65_535));
        assertEquals(Outcome.FILLED, ledger.note(0));
        assertEquals(Outcome.OLD, ledger.note(65_533));
        assertEquals(0, ledger.missing());
        assertEquals(1, ledger.duplicates());
    }

    @Test
    void shouldRememberWhatWasLostLongAgo() {
        ledger.note(0);
        ledger.note(2);
        for (int number = 3; number < 10_000; number++) {
            ledger.note(number);
        }
        assertEquals(1, ledger.missing());
        assertEquals(1, ledger.lostForGood());
        assertEquals(Outcome.OLD, ledger.note(1));
        assertEquals(1, ledger.missing());
    }
}
