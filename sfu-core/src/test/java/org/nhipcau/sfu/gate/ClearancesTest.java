// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.sfu.gate;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ClearancesTest {
    private final Clearances clearances = new Clearances();

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void shouldTakeATrackAsItWasAddedWhileNoWordWasGiven(boolean addedAs) {
        clearances.set("somebody else", !addedAs);
        assertEquals(addedAs, clearances.cleared("patient", addedAs, 0));
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void shouldLetAWordDecideForWhatWasThereBefore(boolean addedAs) {
        int addedAt = clearances.number();
        clearances.set("patient", true);
        assertTrue(clearances.cleared("patient", addedAs, addedAt));
        clearances.set("patient", false);
        assertFalse(clearances.cleared("patient", addedAs, addedAt));
    }

    @Test
    void shouldClearWhatComesLaterOnlyWhereBothAgree() {
        clearances.set("patient", true);
        assertTrue(clearances.cleared("patient", true, clearances.number()));
        assertFalse(clearances.cleared("patient", false, clearances.number()));
        clearances.set("patient", false);
        assertFalse(clearances.cleared("patient", true, clearances.number()));
        assertFalse(clearances.cleared("patient", false, clearances.number()));
    }

    @Test
    void shouldTakeNoMorePublishersThanItKeeps() {
        for (int i = 0; i < Clearances.MAX_PUBLISHERS; i++) {
            assertTrue(clearances.set("p" + i, true));
        }
        int number = clearances.number();
        assertFalse(clearances.set("one more", false));
        assertEquals(number, clearances.number());
        assertTrue(clearances.set("p0", false));
    }
}
