// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.sfu.route;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

class OutageWatchTest {
    private static final long MS = 1_000_000L;

    private final OutageWatch watch = new OutageWatch();

    @Test
    void shouldNotTakeAStallForAHole() {
        for (long now = 0; now < 390 * MS; now += 10 * MS) {
            assertFalse(watch.look(true, now));
        }
        assertFalse(watch.look(false, 390 * MS));
        for (long now = 400 * MS; now < 790 * MS; now += 10 * MS) {
            assertFalse(watch.look(true, now), "the silence began anew");
        }
        assertFalse(watch.dark());
    }

    @Test
    void shouldTellBeginningAndEndOnce() {
        watch.look(true, 0);
        assertTrue(watch.look(true, OutageWatch.DARK_AFTER_NS));
        assertTrue(watch.dark());
        assertFalse(watch.look(true, OutageWatch.DARK_AFTER_NS + 10 * MS));
        assertTrue(watch.look(false, 20_000 * MS));
        assertFalse(watch.dark());
        assertFalse(watch.look(false, 20_010 * MS));
    }
}
