// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.sfu.overload;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

class LoadMonitorTest {
    private static final long MS = 1_000_000L;
    private static final long SECOND_NS = 1_000 * MS;
    private final LoadMonitor monitor = new LoadMonitor();
    private long nowNs = -5 * SECOND_NS;

    /** Cycles of one length and pause, with a window's end whenever one is due. */
    private void run(long forNs, long cycleNs, long pauseNs, boolean drained) {
        for (long endNs = nowNs + forNs; nowNs < endNs; nowNs += pauseNs) {
            long startNs = nowNs;
            nowNs += cycleNs;
            if (monitor.onCycle(startNs, nowNs, drained)) {
                monitor.endWindow(nowNs, 0);
            }
        }
    }

    @Test
    void shouldTellTheShareOfTimeInCycles() {
        run(3 * SECOND_NS, 2 * MS, 3 * MS, true);
        assertEquals(0.4, monitor.utilisation(SECOND_NS), 0.02);
        assertEquals(0.4, monitor.utilisation(2 * SECOND_NS), 0.02);
        assertEquals(0, monitor.lagNs());
    }

    @Test
    void shouldForgetWhatWasSecondsAgo() {
        run(3 * SECOND_NS, 4 * MS, MS, true);
        run(1_300 * MS, MS, 4 * MS, true);
        assertEquals(0.2, monitor.utilisation(SECOND_NS), 0.03);
        assertTrue(monitor.utilisation(3 * SECOND_NS) > 0.4);
    }

    @Test
    void shouldNotCallAFirstLongCycleAFullSecond() {
        assertTrue(monitor.onCycle(nowNs, nowNs + 300 * MS, true));
        monitor.endWindow(nowNs + 300 * MS, 0);
        assertEquals(0.3, monitor.utilisation(SECOND_NS), 0.001);
        assertEquals(0, monitor.lagNs(), "a long cycle that emptied the socket kept nobody waiting for the next");
    }

    @Test
    void shouldCountTheWayToTheNextBatchWhereMoreWaits() {
        run(2 * SECOND_NS, 1 * MS, 200_000, false);
        assertEquals(1.0, monitor.utilisation(SECOND_NS), 0.001);
    }

    @Test
    void shouldNotCountALongRestAsWorkWhenMoreSeemedToWait() {
        run(2 * SECOND_NS, 1 * MS, 19 * MS, false);
        assertEquals(0.1, monitor.utilisation(SECOND_NS), 0.01);
    }

    @Test
    void shouldTellForHowLongTheSocketWasNotEmpty() {
        run(40 * MS, 2 * MS, 0, false);
        run(80 * MS, 2 * MS, 3 * MS, true);
        assertEquals(42, monitor.lagNs() / MS);
        run(200 * MS, 2 * MS, 3 * MS, true);
        assertEquals(0, monitor.lagNs());
    }

    @Test
    void shouldLetLagGrowFromWindowToWindow() {
        run(250 * MS, 2 * MS, 0, false);
        assertTrue(monitor.lagNs() >= 198 * MS, () -> monitor.lagNs() + " ns");
    }

    @Test
    void shouldTellOnlyNewDrops() {
        monitor.onCycle(nowNs, nowNs + MS, true);
        monitor.endWindow(nowNs + 100 * MS, 41);
        assertEquals(41, monitor.lost());
        monitor.endWindow(nowNs + 200 * MS, 44);
        assertEquals(3, monitor.lost());
        monitor.endWindow(nowNs + 300 * MS, 44);
        assertEquals(0, monitor.lost());
    }

    @Test
    void shouldEndAWindowOnlyAfterATenthOfASecond() {
        assertFalse(monitor.onCycle(nowNs, nowNs + 99 * MS, true));
        assertTrue(monitor.onCycle(nowNs + 99 * MS, nowNs + 100 * MS, true));
    }
}
