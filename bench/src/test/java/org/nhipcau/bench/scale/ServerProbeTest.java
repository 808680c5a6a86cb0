// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.bench.scale;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ServerProbeTest {
    @Test
    void shouldSumTheSeriesOfEachName() {
        Map<String, Double> metrics = ServerProbe.parse("""
                # HELP a_total what it counts
                # TYPE a_total counter
                a_total{worker="0"} 2.0
                a_total{worker="1",reason="x y"} 3.5E2
                plain 7
                stamped{x="}"} 8 1700000000
                """);
        assertEquals(Map.of("a_total", 352.0, "plain", 7.0, "stamped", 8.0), metrics);
    }

    @Test
    void shouldTellDropsByReasonOverAllWorkers() {
        Map<String, Double> drops = ServerProbe.parseDrops("""
                nhipcau_sfu_drops_total{reason="rtx_budget",worker="0"} 2.0
                nhipcau_sfu_drops_total{reason="rtx_budget",worker="1"} 3.0
                nhipcau_sfu_drops_total{worker="1",reason="too_old"} 1.0
                nhipcau_sfu_drops_total{reason="other_layer",worker="0"} 0.0
                nhipcau_sfu_packets_in_total{worker="0"} 9.0
                """);
        assertEquals(Map.of("rtx_budget", 5.0, "too_old", 1.0), drops);
    }

    @Test
    void shouldReadTheJvmsAccountOfItsMemory() {
        Map<String, Double> memory = ServerProbe.parseNativeMemory("""
                Total: reserved=1500000KB, committed=200000KB
                -                 Java Heap (reserved=500000KB, committed=65536KB)
                                            (mmap: reserved=500000KB, committed=65536KB, peak=65536KB)
                -                    Thread (reserved=26756KB, committed=1404KB)
                """);
        assertEquals(Map.of("Java Heap", 65_536.0 * 1_024, "Thread", 1_404.0 * 1_024), memory);
    }

    @Test
    void shouldTellRatesBetweenTwoMoments() {
        ServerProbe.Moment before = new ServerProbe.Moment(1_000_000_000L, 3, Map.of("c", 10.0));
        ServerProbe.Moment after = new ServerProbe.Moment(3_000_000_000L, 4, Map.of("c", 110.0));
        assertEquals(50, after.rate(before, "c"), 1e-9);
        assertEquals(0.5, after.cores(before), 1e-9);
        assertThrows(IllegalStateException.class, () -> after.rate(before, "d"));
    }

    @Test
    void shouldFitALine() {
        LinearFit exact = LinearFit.of(new double[] {0, 10, 20}, new double[] {5, 25, 45});
        assertEquals(2, exact.slope(), 1e-12);
        assertEquals(5, exact.atZero(), 1e-12);
        assertEquals(0, exact.slopeError(), 1e-12);
        // Residuals 1/6, -1/3, 1/6 of x = -1, 0, 1: error √((1/6) / 1 / 2).
        assertEquals(Math.sqrt(1.0 / 12), LinearFit.of(new double[] {-1, 0, 1}, new double[] {0, 0, 1}).slopeError(),
                1e-12);
        assertThrows(IllegalArgumentException.class, () -> LinearFit.of(new double[] {1, 1}, new double[] {1, 2}));
        assertEquals(2.5, LinearFit.median(4, 1, 3, 2), 0);
        assertEquals(3, LinearFit.median(9, 1, 3), 0);
    }

    @Test
    void shouldTurnPacketsPerSecondIntoTimePerPacket() throws Exception {
        ReceiverCost.Point point = ReceiverCost.read(50, new ObjectMapper().readTree("""
                {"forwardedPerCpuSecond": 1000000, "forwardedPerCpuSecondMin": 800000,
                "forwardedPerCpuSecondMax": 1250000, "engine": "x"}"""));
        assertEquals(new ReceiverCost.Point(50, 1_000, 800, 1_250, "x"), point);
        assertThrows(IOException.class, () -> ReceiverCost.read(50, new ObjectMapper().readTree("{}")));
    }
}
