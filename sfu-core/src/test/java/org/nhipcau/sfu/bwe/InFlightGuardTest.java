// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.sfu.bwe;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

class InFlightGuardTest {
    private static final long MS = 1_000_000L;
    private static final long START_NS = 5_000 * MS;
    private static final int BYTES = 1_000;
    private static final long WIRE_BYTES = BYTES + SendSideEstimator.PACKET_OVERHEAD_BYTES;
    private static final long ROUND_TRIP_NS = 100 * MS;

    private final SentPacketLog log = new SentPacketLog();
    private final InFlightGuard guard = new InFlightGuard(log, EstimatorSettings.DEFAULT);

    private void send(int packets, long spacingNs) {
        for (int i = 0; i < packets; i++) {
            log.onSent(BYTES, START_NS + i * spacingNs);
        }
    }

    @Test
    void shouldCountWhatNothingWasHeardOf() {
        send(3, MS);
        assertEquals(3 * WIRE_BYTES, guard.inFlightBytes());
        guard.onSettled(2, START_NS + ROUND_TRIP_NS);
        assertEquals(WIRE_BYTES, guard.inFlightBytes());
        guard.onSettled(1, START_NS + 2 * ROUND_TRIP_NS);
        assertEquals(WIRE_BYTES, guard.inFlightBytes(), "told of again");
        guard.onSettled(3, START_NS + 3 * ROUND_TRIP_NS);
        assertEquals(0, guard.inFlightBytes());
        assertEquals(3 * WIRE_BYTES, guard.sentBytes());
    }

    /** The log is a ring: what it has forgotten is neither under way nor known. */
    @Test
    void shouldLeaveOutWhatTheLogHasForgotten() {
        for (int i = 0; i < 5; i++) {
            send(1_000, MS / 10);
            assertEquals((i + 1) * 1_000 * WIRE_BYTES, guard.sentBytes());
        }
        assertEquals(5_000 * WIRE_BYTES, guard.inFlightBytes());
        guard.onSettled(10, START_NS + ROUND_TRIP_NS);
        assertEquals(SentPacketLog.CAPACITY * WIRE_BYTES, guard.inFlightBytes());
        guard.onSettled(5_000, START_NS + 2 * ROUND_TRIP_NS);
        assertEquals(0, guard.inFlightBytes());
        assertEquals(5_000 * WIRE_BYTES, guard.sentBytes());
    }

    @Test
    void shouldCallOverdueWhatIsOlderThanTheRoundTripAndGrace() {
        long graceNs = 20 * MS;
        guard.onRoundTrip(ROUND_TRIP_NS, 0, START_NS);
        send(4, 10 * MS);
        long dueNs = START_NS + 10 * MS + ROUND_TRIP_NS + graceNs;
        assertEquals(WIRE_BYTES, guard.overdueBytes(graceNs, dueNs), "the second is due now, the first was before");
        assertEquals(2 * WIRE_BYTES, guard.overdueBytes(graceNs, dueNs + 1_000));
        guard.onSettled(1, dueNs);
        assertEquals(WIRE_BYTES, guard.overdueBytes(graceNs, dueNs + 1_000));
        assertEquals(3 * WIRE_BYTES, guard.overdueBytes(graceNs, dueNs + 1_000 * MS));
    }

    @Test
    void shouldFallSilentAfterARoundTripAndTheLongestWaitForAReport() {
        guard.onRoundTrip(ROUND_TRIP_NS, 0, START_NS);
        assertFalse(guard.silent(START_NS + 10_000 * MS), "nothing is under way");
        send(1, 0);
        // Half an interval between reports on top, of 100 ms as long as none came.
        long silentNs = START_NS + ROUND_TRIP_NS + InFlightGuard.SILENCE_NS + 50 * MS;
        assertFalse(guard.silent(silentNs));
        assertTrue(guard.silent(silentNs + 1));
        guard.onSettled(1, silentNs + 1);
        assertFalse(guard.silent(silentNs + 10_000 * MS));
    }

    @Test
    void shouldCallReportsLateByTheSecondInARow() {
        for (long lagMs : new long[] {700, 701}) {
            InFlightGuardTest run = new InFlightGuardTest();
            run.guard.onRoundTrip(ROUND_TRIP_NS, 0, START_NS);
            run.guard.onRoundTrip(ROUND_TRIP_NS + 2_000 * MS, 0, START_NS);
            assertFalse(run.guard.lagging(), "one is late by chance");
            run.guard.onRoundTrip(ROUND_TRIP_NS + 50 * MS + lagMs * MS, 50 * MS, START_NS);
            assertEquals(lagMs > 700, run.guard.lagging(), "what it waited for on the way there is not its own");
        }
    }

    @Test
    void shouldBelieveTheFirstReportBehindASilence() {
        for (long afterNs : new long[] {350 * MS, 350 * MS + 1}) {
            InFlightGuardTest run = new InFlightGuardTest();
            run.guard.onRoundTrip(ROUND_TRIP_NS, 0, START_NS);
            run.guard.onSettled(0, START_NS);
            run.guard.onRoundTrip(ROUND_TRIP_NS + 1_400 * MS, 0, START_NS + afterNs);
            assertEquals(afterNs > 350 * MS, run.guard.lagging());
            // Twice as late as is late: a quarter of the estimate, and a voice with a small picture always.
            assertEquals(run.guard.lagging() ? 500_000 : 2_000_000, run.guard.reliableBps(2_000_000));
            assertEquals(run.guard.lagging() ? 130_000 : 400_000, run.guard.reliableBps(400_000));
            assertEquals(100_000, run.guard.reliableBps(100_000));
        }
    }

    @Test
    void shouldLetTwoPacketsAndARoundTripOfTheEstimateBeUnderWay() {
        guard.onRoundTrip(ROUND_TRIP_NS, 0, START_NS);
        // 100 ms there and back, and 115 ms until the next report.
        assertEquals(800_000 / 8 * 215 / 1_000, guard.windowBytes(800_000, 0));
        assertEquals(800_000 / 8 * 315 / 1_000, guard.windowBytes(800_000, 100 * MS));
        assertEquals(2_600, guard.windowBytes(12_000, 0));
    }
}
