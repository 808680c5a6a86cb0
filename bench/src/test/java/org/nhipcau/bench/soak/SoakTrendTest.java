// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.bench.soak;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import org.junit.jupiter.api.Test;

class SoakTrendTest {
    private static SoakTrend.Reading reading(double seconds, double heap) {
        return new SoakTrend.Reading(seconds, heap, 0, 0, 0, 0, 0, 0);
    }

    @Test
    void shouldNotTakeTheWarmUpForGrowth() {
        SoakTrend trend = new SoakTrend();
        double[] heap = {10, 40, 60, 60, 61, 59, 60, 60};
        for (int i = 0; i < heap.length; i++) {
            trend.add(reading(i * 10, heap[i]));
        }
        assertEquals(6, trend.fitted().size());
        assertTrue(trend.verdict(SoakTrend.Reading::liveHeapBytes, 1).flat());
    }

    @Test
    void shouldSeeALeakBehindNoise() {
        SoakTrend trend = new SoakTrend();
        for (int i = 0; i < 40; i++) {
            trend.add(reading(i * 10, 100 + i + (i % 2 == 0 ? 3 : -3)));
        }
        SoakTrend.Verdict verdict = trend.verdict(SoakTrend.Reading::liveHeapBytes, 20);
        assertFalse(verdict.flat());
        assertEquals(29, verdict.growth(), 2);
        assertEquals(360, verdict.perHour(), 30);
        assertTrue(trend.verdict(SoakTrend.Reading::liveHeapBytes, 32).flat());
    }

    @Test
    void shouldNotJudgeByTooFewReadings() {
        SoakTrend trend = new SoakTrend();
        for (int i = 0; i < 4; i++) {
            trend.add(reading(i, 1));
        }
        assertEquals(3, trend.fitted().size());
        assertThrows(IllegalStateException.class, () -> trend.verdict(SoakTrend.Reading::liveHeapBytes, 1));
    }

    @Test
    void shouldDoEverythingInTheSameOrderForTheSameSeed() {
        SoakSchedule one = new SoakSchedule(7);
        SoakSchedule other = new SoakSchedule(7);
        SoakSchedule different = new SoakSchedule(8);
        EnumSet<SoakSchedule.Act> seen = EnumSet.noneOf(SoakSchedule.Act.class);
        List<SoakSchedule.Act> first = new ArrayList<>();
        List<SoakSchedule.Act> second = new ArrayList<>();
        for (int i = 0; i < 300; i++) {
            SoakSchedule.Act act = one.next();
            first.add(act);
            second.add(different.next());
            seen.add(act);
            assertEquals(act, other.next());
            assertEquals(one.pick(9), other.pick(9));
            assertEquals(one.pauseMs(), other.pauseMs());
            different.pick(9);
            different.pauseMs();
        }
        assertEquals(EnumSet.allOf(SoakSchedule.Act.class), seen);
        assertFalse(first.equals(second));
    }
}
