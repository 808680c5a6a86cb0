// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.bench.scale;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.Test;

class CapacityPlanTest {
    /** 0.01 cores, 1 MB, and 10 Mbit/s out on the wire: 1,000 datagrams of 1,184 + 66 bytes. */
    private static final ConsultationCost COST =
            new ConsultationCost("720p", 0.01, 0.001, 1e6, 400, 900, 500, 1_000, 500_000, 1_184_000);
    private static final CapacityPlan PLAN = new CapacityPlan(11_400, 32, 128e9, 25e9, 0.5, 0.2, 34, 0.3);

    @Test
    void shouldCountFramesOnTheWire() {
        assertEquals(10e6, COST.wireBpsOut(), 1);
        assertEquals(8 * (500_000 + 500 * 66), COST.wireBpsIn(), 1);
    }

    @Test
    void shouldFillAServerUpToItsTightestLimit() {
        // CPU: 32 × 0.5 / 0.01; network: 25e9 × 0.5 / 10e6; memory: 128e9 × 0.5 / 1e6.
        assertEquals(1_600, PLAN.perServer(COST, CapacityPlan.Limit.CPU), 1e-6);
        assertEquals(1_250, PLAN.perServer(COST, CapacityPlan.Limit.NETWORK), 1e-6);
        assertEquals(64_000, PLAN.perServer(COST, CapacityPlan.Limit.MEMORY), 1e-6);
        assertEquals(CapacityPlan.Limit.NETWORK, PLAN.tightest(COST));
        assertEquals(1_250, PLAN.perServer(COST));
        assertEquals(114, PLAN.cores(COST), 1e-9);
        assertEquals(11.4e9, PLAN.memoryBytes(COST), 1);
    }

    @Test
    void shouldPlaceServersWithSpareOnes() {
        // 5,700 in each of two centres: 5 servers, and 1 spare one. 336 in a province: 1, and 1 spare one.
        assertEquals(12, PLAN.centralServers(COST));
        assertEquals(336, PLAN.consultationsPerProvince());
        assertEquals(2, PLAN.serversPerProvince(COST));
        assertEquals(68, PLAN.regionalServers(COST));
        assertEquals(0.1, PLAN.regionalBackboneBps(COST) / PLAN.centralBackboneBps(COST), 1e-12);
    }

    @Test
    void shouldRefuseServersThatCarryNothing() {
        CapacityPlan tiny = new CapacityPlan(10, 1, 1e3, 25e9, 0.5, 0.2, 1, 0.3);
        assertThrows(IllegalStateException.class, () -> tiny.perServer(COST));
    }

    @Test
    void shouldWriteEveryFigureOfThePlanOnThePage() {
        String page = new CapacityReport(PLAN, List.of(COST), "made by hand").markdown();
        for (String expected : List.of("made by hand", "11,400", "| cores at work | 114 |", "| cores with headroom | 228 |",
                "| consultations per server | 1,250 |", "| limited by | network |", "| central: servers | 12 |",
                "| regional: servers | 68 |", "| out, Gbit/s | 114 |", "0.0100 ± 0.00100", "34 provinces", "30 %")) {
            assertTrue(page.contains(expected), expected + " is missing in\n" + page);
        }
    }

    @Test
    void shouldReadConsultationsFromAReport() throws Exception {
        JsonNode report = new ObjectMapper().readTree("""
                {"consultations": [{"mix": "720p", "cores": 0.01, "coresError": 0.001, "memoryBytes": 1000000,
                "packetsIn": 400, "packetsOut": 900, "datagramsIn": 500, "datagramsOut": 1000, "bytesIn": 500000,
                "bytesOut": 1184000}]}""");
        assertEquals(List.of(COST), ConsultationCost.read(report));
        JsonNode broken = new ObjectMapper().readTree("{\"consultations\": [{\"mix\": \"x\", \"cores\": 0}]}");
        assertThrows(IOException.class, () -> ConsultationCost.read(broken));
        assertThrows(IOException.class, () -> ConsultationCost.read(new ObjectMapper().readTree("{}")));
    }
}
