// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.bench.simulate;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.nhipcau.bench.BenchOptions.UsageException;
import org.nhipcau.sfu.sim.scenario.Metric;
import org.nhipcau.sfu.sim.scenario.Outcome;
import org.nhipcau.sfu.sim.scenario.Scenario;

class SimulateBenchTest {
    @Test
    void shouldChooseScenariosByNameAndByBeginning() throws UsageException {
        assertEquals(List.of("cut"), names("cut"));
        assertEquals(List.of("loss_10", "loss_20", "loss_30", "back"), names("loss,back,loss_20"));
        assertTrue(names("all").size() > 20);
        assertThrows(UsageException.class, () -> SimulateBench.chosen("cut,nosuch"));
        assertThrows(UsageException.class, () -> SimulateBench.chosen("cut,"));
    }

    private static List<String> names(String list) throws UsageException {
        return SimulateBench.chosen(list).stream().map(Scenario::name).toList();
    }

    @Test
    void shouldGiveTheSameFiguresOnAnyNumberOfThreads() throws Exception {
        Scenario join = SimulateBench.chosen("join_256").getFirst();
        try (SeedRuns one = new SeedRuns(1); SeedRuns three = new SeedRuns(3)) {
            List<Outcome> alone = one.run(join, 5, 4);
            List<Outcome> together = three.run(join, 5, 4);
            for (int i = 0; i < 4; i++) {
                assertEquals(5 + i, together.get(i).seed());
                assertEquals(alone.get(i).figures(), together.get(i).figures());
            }
            Spread queue = Spread.of(alone, Metric.QUEUE_P95);
            assertTrue(queue.bad() >= queue.median(), queue::toString);
            Spread used = Spread.of(alone, Metric.UTILISATION);
            assertTrue(used.bad() <= used.median(), used::toString);
            assertTrue(one.secondsPerCpuSecond() > 1, () -> "speed " + one.secondsPerCpuSecond());
        }
    }
}
