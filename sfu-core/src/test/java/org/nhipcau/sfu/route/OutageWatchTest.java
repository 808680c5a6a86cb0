// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.sfu.route;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

class OutageWatchTest {
    private static final long MS = 1_000_000L;

    private final OutageWatch watch = new OutageWatch();

    @Test
    void shouldNotTakeAStallForAHole() {
        for (long now = 0; now < 390 * MS; now += 10 * MS) {
            assertFalse(watch.look(true, 0, now));
        }
        assertFalse(watch.look(false, 390 * MS, 390 * MS));
        for (long now = 400 * MS; now < 790 * MS; now += 10 * MS) {
            assertFalse(watch.look(true, 390 * MS, now), "the silence began anew");
        }
        assertFalse(watch.dark());
    }

    @Test
    void shouldTellBeginningAndEndOnce() {
        watch.look(true, 0, 0);
        assertTrue(watch.look(true, 0, OutageWatch.DARK_AFTER_NS));
        assertTrue(watch.dark());
        assertFalse(watch.look(true, 0, OutageWatch.DARK_AFTER_NS + 10 * MS));
        assertTrue(watch.look(false, 20_000 * MS, 20_000 * MS));
        assertFalse(watch.dark());
        assertFalse(watch.look(false, 20_010 * MS, 20_010 * MS));
    }

    @Test
    void shouldThinTheSoundOnlyWhenNothingAtAllIsHeard() {
        long heard = 0;
        watch.look(true, heard, 0);
        int left = 0;
        for (long now = 20 * MS; now <= 10_000 * MS; now += 20 * MS) {
            watch.look(true, heard, now);
            left += watch.soundMayLeave(now) ? 1 : 0;
        }
        assertEquals(50 + 90, left, 2, "all of a second, then ten packets a second");

        long now = 10_020 * MS;
        watch.look(true, now - 20 * MS, now);
        assertTrue(watch.dark(), "no feedback yet, so no pictures");
        assertTrue(watch.soundMayLeave(now));
        assertTrue(watch.soundMayLeave(now + 1), "but all of the sound, since somebody is there");
    }

    @Test
    void shouldLetAllSoundLeaveFromTheFirstSignOfLife() {
        watch.look(true, 0, 0);
        watch.look(true, 0, 2_000 * MS);
        watch.look(true, 0, 2_010 * MS);
        watch.soundMayLeave(2_010 * MS);
        assertFalse(watch.soundMayLeave(2_030 * MS));
        watch.onHeard();
        assertTrue(watch.soundMayLeave(2_040 * MS));
    }
}
