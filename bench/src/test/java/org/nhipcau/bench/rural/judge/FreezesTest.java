// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.bench.rural.judge;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.stream.DoubleStream;
import org.junit.jupiter.api.Test;

class FreezesTest {
    private static double[] steady(int frames, double gapMs, double... then) {
        return DoubleStream.concat(DoubleStream.iterate(0, t -> t + gapMs).limit(frames), DoubleStream.of(then))
                .toArray();
    }

    @Test
    void shouldFollowChromesRuleToTheMillisecond() {
        // 30 gaps of 30 ms, then g: the mean of the last 30 is floor((29 * 30 + g) / 30), and a freeze is at least
        // 150 ms above it. With 185 ms the mean is 35, with 184 ms too.
        double last = 900;
        assertEquals(List.of(new Freezes.Freeze(last, last + 185)),
                Freezes.find(steady(31, 30, last + 185), last + 185));
        assertEquals(List.of(), Freezes.find(steady(31, 30, last + 184), last + 184));
    }

    @Test
    void shouldAskForThreeTimesTheMeanWhereFramesAreFew() {
        // 10 frames a second: mean floor((29 * 100 + g) / 30); 310 ms is below 3 * 107, 330 ms is 3 * 107 and above.
        double last = 3000;
        assertEquals(0, Freezes.find(steady(31, 100, last + 310), last + 310).size());
        assertEquals(1, Freezes.find(steady(31, 100, last + 330), last + 330).size());
    }

    @Test
    void shouldNotJudgeTheFirstGaps() {
        assertEquals(0, Freezes.find(new double[] {0, 30, 60, 90, 2000}, 2000).size());
        assertEquals(1, Freezes.find(new double[] {0, 30, 60, 90, 120, 2000}, 2000).size());
    }

    @Test
    void shouldCountAPictureThatNeverMovesAgain() {
        List<Freezes.Freeze> freezes = Freezes.find(steady(31, 33), 10_990);
        assertEquals(List.of(new Freezes.Freeze(990, 10_990)), freezes);
        assertEquals(1, Freezes.share(freezes, 5000, 6000));
        assertEquals(0.5, Freezes.share(freezes, 490, 1490));
        assertTrue(Double.isNaN(Freezes.share(freezes, 5, 5)));
    }

    @Test
    void shouldNotFindAnyInNothing() {
        assertEquals(List.of(), Freezes.find(new double[0], 5000));
        assertEquals(List.of(), Freezes.find(steady(200, 33.3), 200 * 33.3));
    }
}
