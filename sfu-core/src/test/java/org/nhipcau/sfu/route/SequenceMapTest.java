// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.sfu.route;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SequenceMapTest {

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 127, 128, 32_767, 32_768, 65_534, 65_535})
    void shouldFindEveryNumberAtEveryWrap(int first) {
        SequenceMap map = new SequenceMap(16, 1_000, first);
        for (int i = 0; i < 40; i++) {
            int slot = map.append(i % 3, 1_000 + i, i, -i, i % 5 == 0, 0);
            assertEquals(first + i, map.outOf(slot));
            assertEquals(first + i, map.newest());
        }
        for (int i = 0; i < 60; i++) {
            int slot = map.slotOf(first + i & 0xffff);
            assertEquals(i >= 24 && i < 40, slot >= 0, "number " + i);
            if (slot >= 0) {
                assertEquals(1_000 + i, map.source(slot));
                assertEquals(i, map.timestampOffset(slot));
                assertEquals(-i, map.pictureOffset(slot));
                assertEquals(i % 3, map.encoding(slot));
                assertEquals(i % 5 == 0, map.reserved(slot));
                assertEquals(slot, map.slotOfSource(1_000 + i));
            }
        }
        assertEquals(-1, map.slotOf(first - 1 & 0xffff));
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 65_535})
    void shouldForgetSourcesButGoOnCounting(int first) {
        SequenceMap map = new SequenceMap(16, 1_000, first);
        map.append(0, 5, 0, 0, true, 0);
        map.forget();
        assertEquals(-1, map.slotOf(first));
        assertEquals(-1, map.slotOfSource(5));
        int slot = map.append(0, 5, 0, 0, false, 0);
        assertEquals(first + 1, map.outOf(slot));
        assertEquals(slot, map.slotOfSource(5));
    }

    @ParameterizedTest
    @ValueSource(ints = {0})
    void shouldCountTriesApartFromTheReservation(int first) {
        SequenceMap map = new SequenceMap(16, 1_000, first);
        int slot = map.append(2, 5, 0, 0, true, 0);
        map.onRetry(slot, 77);
        assertTrue(map.reserved(slot));
        assertEquals(1, map.tries(slot));
        assertEquals(77, map.lastMs(slot));
        map.take(slot);
        assertFalse(map.reserved(slot));
        assertEquals(1, map.tries(slot));
        map.fill(slot);
        assertEquals(-1, map.encoding(slot));
    }

    /** Whatever is appended and however runs change: a source packet of the run is found exactly under its number. */
    @Property(tries = 300, seed = "20261121")
    void findsEachSourceOfTheRunAndNoOther(
            @ForAll @Size(min = 1, max = 300) List<@IntRange(min = 0, max = 12) Integer> steps,
            @ForAll @IntRange(min = 0, max = 65_535) int first) {
        SequenceMap map = new SequenceMap(64, 1_000, first);
        List<Long> run = new ArrayList<>();
        long source = 60_000;
        for (int step : steps) {
            if (step == 12) {
                map.beginRun();
                run.clear();
                source -= 500;
                continue;
            }
            source += step + 1;
            map.append(0, source, 0, 0, false, 0);
            run.add(source);
        }
        for (int i = 0; i < run.size(); i++) {
            int slot = map.slotOfSource(run.get(i));
            boolean remembered = run.size() - i <= 64;
            assertEquals(remembered, slot >= 0);
            if (remembered) {
                assertEquals(run.get(i), map.source(slot));
                assertEquals(map.newest() - (run.size() - 1 - i), map.outOf(slot));
            }
        }
        for (long other = source - 200; other <= source + 5; other++) {
            if (!run.contains(other)) {
                assertEquals(-1, map.slotOfSource(other));
            }
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 65_500})
    void shouldGrowToWhatItsTimeHoldsAndKeepAllOfIt(int first) {
        SequenceMap map = new SequenceMap(1_024, 1_500, first);
        // 60 packets a second; the clock passes from positive to negative numbers of 32 bits on the way.
        int startMs = Integer.MAX_VALUE - 40_000;
        for (int i = 0; i < 5_000; i++) {
            int slot = map.append(1, 90_000 + i, i, i, i % 9 == 0, startMs + i * 1_000 / 60);
            assertEquals(first + i, map.outOf(slot));
            for (int back = 0; back < 90 && back <= i; back += 7) {
                int found = map.slotOf(first + i - back & 0xffff);
                assertEquals(90_000 + i - back, map.source(found), "at " + i + " back " + back);
                assertEquals(found, map.slotOfSource(90_000 + i - back));
                assertEquals(found, map.slotOfOut(first + i - back));
                assertEquals((i - back) % 9 == 0, map.reserved(found));
            }
        }
        assertEquals(128, map.capacity());
        assertEquals(-1, map.slotOf(first + 5_000 - 129 & 0xffff));
    }

    @ParameterizedTest
    @ValueSource(ints = {0})
    void shouldTakeABurstUpToItsBound(int first) {
        SequenceMap map = new SequenceMap(1_024, 1_500, first);
        for (int i = 0; i < 3_000; i++) {
            map.append(0, i, 0, 0, false, 7);
        }
        assertEquals(1_024, map.capacity());
        assertEquals(1_976, map.source(map.slotOf(1_976)));
        assertEquals(-1, map.slotOf(1_975));
    }

    /** Growth gives no number back that had been forgotten before, and knows none that was never given out. */
    @ParameterizedTest
    @ValueSource(ints = {0, 65_530})
    void shouldNotRememberWhatItForgotBeforeItGrew(int first) {
        SequenceMap map = new SequenceMap(1_024, 1_000, first);
        for (int i = 0; i < 100; i++) {
            map.append(0, i, 0, 0, false, i * 1_000);
        }
        assertEquals(16, map.capacity());
        map.append(0, 100, 0, 0, false, 99_000);
        map.forget();
        for (int i = 0; i < 17; i++) {
            map.append(0, 200 + i, 0, 0, false, 99_001);
        }
        assertEquals(32, map.capacity());
        for (int i = 0; i < 101; i++) {
            assertEquals(-1, map.slotOf(first + i & 0xffff));
        }
        for (int i = 0; i < 17; i++) {
            assertEquals(200 + i, map.source(map.slotOf(first + 101 + i & 0xffff)));
        }
    }
}
