// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.signaling.consultation;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.HashSet;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

class PublicIdTest {
    @Test
    void shouldMakeIdsOfTheRightFormAllDifferent_C2() {
        Random random = new Random(11);
        Set<String> seen = new HashSet<>();
        for (int i = 0; i < 10_000; i++) {
            String person = PublicId.random(PublicId.PERSON, random);
            assertTrue(PublicId.isPerson(person), person);
            assertFalse(PublicId.isConsultation(person));
            assertTrue(seen.add(person));
        }
        assertTrue(PublicId.isConsultation(PublicId.random(PublicId.CONSULTATION, random)));
    }

    @Test
    void shouldRecogniseNothingElse() {
        for (String id : new String[] {null, "", "P_", "P_1234567891", "P_1234567891234", "P_12345678912O",
            "P_12345678912l", "P_12345678 912", "p_123456789123", "Nguyễn Văn An"}) {
            assertFalse(PublicId.isPerson(id), id);
        }
        assertTrue(PublicId.isPerson("P_123456789123"));
    }

    @Test
    void shouldJudgeCodesOfFacilitiesAndReasonsAndActors() {
        assertThrows(IllegalArgumentException.class, () -> new Facility("", Facility.Level.CENTRAL, "01", ""));
        assertThrows(IllegalArgumentException.class, () -> new Facility("A B", Facility.Level.CENTRAL, "01", ""));
        assertThrows(IllegalArgumentException.class, () -> new Facility("A", Facility.Level.CENTRAL, "", ""));
        assertThrows(IllegalArgumentException.class, () -> new Facility("A", Facility.Level.CENTRAL, "01", "x y"));
        assertThrows(NullPointerException.class, () -> new Facility("A", null, "01", ""));
        assertEquals("", new Facility("A", Facility.Level.COMMUNE, "01", null).district());
        assertTrue(ReasonCode.isValid("power-cut"));
        assertFalse(ReasonCode.isValid("Bà Lan ngất"));
        assertThrows(IllegalArgumentException.class, () -> Actor.participant("Nguyễn Văn An"));
        assertThrows(IllegalArgumentException.class, () -> Actor.office("office-1", ""));
        assertThrows(IllegalArgumentException.class, () -> new Actor(Actor.Kind.PLATFORM, "p", "BM-01"));
        assertThrows(NullPointerException.class, () -> new Actor(null, "p", ""));
    }
}
