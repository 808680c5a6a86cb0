// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.sfu.seam;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

class MailboxTest {
    private final Mailbox<Integer> mailbox = new Mailbox<>(4);

    @Test
    void shouldHandOutInTheOrderOfOffersAcrossTheWrap() {
        int next = 0;
        for (int item = 0; item < 11; item++) {
            assertTrue(mailbox.offer(item));
            assertTrue(mailbox.offer(item + 100));
            assertEquals(next = item, mailbox.poll());
            assertEquals(next + 100, mailbox.poll());
        }
        assertNull(mailbox.poll());
        assertTrue(mailbox.isEmpty());
    }

    @Test
    void shouldRefuseWhatHasNoPlaceAndKeepTheRest() {
        for (int item = 1; item <= 4; item++) {
            assertTrue(mailbox.offer(item));
        }
        assertFalse(mailbox.offer(5));
        assertEquals(4, mailbox.size());
        assertEquals(mailbox.capacity(), mailbox.size());
        assertEquals(1, mailbox.poll());
        assertTrue(mailbox.offer(6));
    }

    @Test
    void shouldKeepPlacesFreeForOffersWithoutALimit() {
        assertTrue(mailbox.offerBelow(2, 1));
        assertTrue(mailbox.offerBelow(2, 2));
        assertFalse(mailbox.offerBelow(2, 3));
        assertTrue(mailbox.offer(4));
        assertTrue(mailbox.offer(5));
        assertFalse(mailbox.offer(6));
        assertEquals(1, mailbox.poll());
        assertEquals(2, mailbox.poll());
        assertFalse(mailbox.offerBelow(2, 7));
        assertEquals(4, mailbox.poll());
        assertTrue(mailbox.offerBelow(2, 8));
    }

    @Test
    void shouldNameWhatCapacityIsAllowed() {
        assertThrows(IllegalArgumentException.class, () -> new Mailbox<>(1));
        assertThrows(IllegalArgumentException.class, () -> new Mailbox<>(6));
        assertTrue(assertThrows(IllegalArgumentException.class, () -> new Mailbox<>(0)).getMessage()
                .contains("power of two"));
    }
}
