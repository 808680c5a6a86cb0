// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.sfu.quality;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

class FreezeMeterTest {
    private static final long MS = 1_000_000;

    private final FreezeMeter meter = new FreezeMeter(0);
    private long nowNs = -7_000 * MS;

    private void frames(int count, long gapMs) {
        for (int i = 0; i < count; i++) {
            nowNs += gapMs * MS;
            meter.onFrame(nowNs);
        }
    }

    @Test
    void shouldCallAGapAFreezeByTheRuleOfTheBrowser() {
        frames(40, 33);
        frames(1, 182);
        assertEquals(0, meter.totalNs(nowNs));
        frames(40, 33);
        frames(1, 190);
        assertEquals(190 * MS, meter.totalNs(nowNs));
        assertEquals(1, meter.takeFreezes());
        assertEquals(0, meter.takeFreezes());
    }

    @Test
    void shouldMeasureAGapAgainstSlowFramesWhereFramesAreSlow() {
        frames(40, 200);
        frames(1, 590);
        assertEquals(0, meter.totalNs(nowNs));
        frames(40, 200);
        frames(1, 610);
        assertEquals(610 * MS, meter.totalNs(nowNs));
    }

    @Test
    void shouldCountAGapThatIsStillOpen() {
        frames(40, 33);
        assertFalse(meter.frozen(nowNs + 150 * MS));
        assertTrue(meter.frozen(nowNs + 200 * MS));
        assertEquals(200 * MS, meter.takeFrozenNs(nowNs + 200 * MS));
        assertEquals(1_000 * MS, meter.takeFrozenNs(nowNs + 1_200 * MS));
        nowNs += 1_267 * MS;
        frames(1, 33);
        assertEquals(100 * MS, meter.takeFrozenNs(nowNs));
        assertEquals(0, meter.takeFrozenNs(nowNs + 30 * MS));
    }

    @Test
    void shouldNotCallAPauseAFreeze() {
        frames(40, 33);
        meter.pause(nowNs);
        assertEquals(0, meter.totalNs(nowNs + 60_000 * MS));
        nowNs += 60_000 * MS;
        frames(40, 33);
        assertEquals(0, meter.totalNs(nowNs));
        // What was frozen before the pause stays so.
        meter.pause(nowNs + 500 * MS);
        assertEquals(500 * MS, meter.totalNs(nowNs + 9_000 * MS));
    }

    @Test
    void shouldTakePacketsAndLayersOfOneMomentForOneFrame() {
        for (int i = 0; i < 60; i++) {
            nowNs += 200 * MS;
            for (int p = 0; p < 6; p++) {
                meter.onFrame(nowNs + p * MS);
            }
        }
        nowNs += 500 * MS;
        meter.onFrame(nowNs);
        assertEquals(0, meter.totalNs(nowNs), "5 frames a second, and one of them late");
    }

    @Test
    void shouldNotCallFewFramesOrAQuietScreenAFreeze() {
        frames(4, 33);
        assertFalse(meter.frozen(nowNs + 5_000 * MS));
        FreezeMeter screen = new FreezeMeter(2_500 * MS);
        for (int i = 0; i < 40; i++) {
            screen.onFrame(i * 33 * MS);
        }
        assertFalse(screen.frozen(39 * 33 * MS + 2_400 * MS));
        assertTrue(screen.frozen(39 * 33 * MS + 2_600 * MS));
    }
}
