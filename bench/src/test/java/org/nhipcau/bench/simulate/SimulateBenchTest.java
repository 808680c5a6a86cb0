// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.bench.simulate;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.DoubleStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.nhipcau.bench.BenchOptions.UsageException;
import org.nhipcau.bench.goals.GoalTable;
import org.nhipcau.sfu.bwe.EstimatorSettings;
import org.nhipcau.sfu.sim.link.LinkProfile;
import org.nhipcau.sfu.sim.scenario.Metric;
import org.nhipcau.sfu.sim.scenario.Outcome;
import org.nhipcau.sfu.sim.scenario.Scenario;
import org.nhipcau.sfu.sim.scenario.Tuning;

class SimulateBenchTest {
    @Test
    void shouldChooseScenariosByNameAndByBeginning() throws UsageException {
        assertEquals(List.of("cut"), names("cut"));
        assertEquals(List.of("loss_10", "loss_20", "loss_30", "back"), names("loss,back,loss_20"));
        assertTrue(names("all").size() > 20);
        assertThrows(UsageException.class, () -> SimulateBench.chosen("cut,nosuch"));
        assertThrows(UsageException.class, () -> SimulateBench.chosen("cut,"));
    }

    @Test
    void shouldJudgeWhatThePageOfGoalsTellsOf() throws Exception {
        for (GoalTable.Row row : GoalTable.rows()) {
            for (GoalTable.Wanted wanted : row.goals()) {
                GoalTable.Source source = wanted.simulated();
                for (String name : source.scenarios()) {
                    Scenario scenario = SimulateBench.chosen(name).getFirst();
                    Metric metric = Arrays.stream(Metric.values())
                            .filter(each -> each.label().equals(source.figure())).findFirst().orElseThrow();
                    assertEquals(source.ofAnchor() ? null : source.bound(), scenario.goals().get(metric),
                            name + " " + metric);
                    assertTrue(source.ofAnchor() ? SimulateBench.ALWAYS.contains(metric)
                            : source.atLeast() == metric.moreIsBetter(), name + " " + metric);
                }
            }
        }
    }

    @Test
    void shouldTakeEachFileOfADirectoryAsAScenario(@TempDir Path folder) throws Exception {
        Path link = Files.writeString(folder.resolve("my_lte_link.csv"),
                "# made up\nt_ms,up_kbps,down_kbps\n0,500,1000\n5000,300,700\n");
        Files.writeString(folder.resolve("my_3g_link.csv"), "t_ms,up_kbps,down_kbps,up_loss_pct,down_loss_pct\n0,9,99,0,1\n");
        Files.writeString(folder.resolve("notes.txt"), "no link");
        try {
            SimulateBench.readTraces(folder.toString());
            assertEquals(List.of("my_3g_link", "my_lte_link"), names("my"));
            Scenario lte = SimulateBench.chosen("my_lte_link").getFirst();
            assertEquals(13, lte.row());
            assertTrue(lte.link().contains("250 kB"), lte::link);
            assertTrue(lte.run(1).get(Metric.VIDEO_KBPS) > 100, () -> "" + lte.run(1));
            assertThrows(UsageException.class, () -> SimulateBench.readTraces(link.toString()));
            Files.writeString(folder.resolve("cut.csv"), Files.readString(link));
            refused(folder, "cut.csv");
            Files.delete(folder.resolve("cut.csv"));
            Files.writeString(folder.resolve("wrong.csv"), "0,1\n");
            refused(folder, "wrong line 1");
            assertThrows(UsageException.class, () -> names("my"), "nothing of a refused directory is left");
        } finally {
            System.clearProperty(LinkProfile.MEASURED_PROPERTY);
        }
    }

    private static void refused(Path folder, String naming) {
        System.clearProperty(LinkProfile.MEASURED_PROPERTY);
        String said = assertThrows(UsageException.class, () -> SimulateBench.readTraces(folder.toString())).getMessage();
        assertTrue(said.contains(naming), said);
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

    @Test
    void shouldCallATimeNeverThatHalfOfTheSeedsNeverSaw() {
        assertEquals(Outcome.NEVER, ramp(900, Outcome.NEVER).median());
        assertEquals("never", Spread.shown(ramp(700, 900, Outcome.NEVER, Outcome.NEVER).median(), Metric.TO_500_KBPS));
        assertEquals(800, ramp(700, 900).median());
        assertEquals(900, ramp(700, 900, Outcome.NEVER).median());
    }

    private static Spread ramp(double... ms) {
        return Spread.of(DoubleStream.of(ms), Metric.TO_500_KBPS);
    }

    @Test
    void shouldTryEveryCombinationAndRefuseWhatIsNone() throws UsageException {
        ConstantSearch search = ConstantSearch.parse("headroom=0.9:0.96:0.03,probeQueueMs=10:20:10");
        assertEquals(6, search.combinations().size());
        assertEquals(List.of(0.9, 10.0), List.copyOf(search.combinations().getFirst().values()));
        assertEquals("headroom 0.96, probeQueueMs 20", ConstantSearch.shown(search.combinations().getLast()));
        for (String wrong : List.of("", "headroom", "headroom=1:2", "nosuch=1:2:1", "headroom=2:1:1", "headroom=1:2:0",
                "headroom=a:b:c", "headroom=0:1:1e-9", "headroom=1:2:1,headroom=1:2:1")) {
            assertThrows(UsageException.class, () -> ConstantSearch.parse(wrong), wrong);
        }
    }

    @Test
    void shouldLetAConstantMakeADifference() throws Exception {
        Scenario join = SimulateBench.chosen("join_256").getFirst();
        Outcome asItIs = join.run(1);
        assertEquals(asItIs.figures(), join.run(1, EstimatorSettings.DEFAULT).figures());
        EstimatorSettings less = Tuning.with(EstimatorSettings.DEFAULT, "headroom", 0.5);
        assertNotEquals(asItIs.figures(), join.run(1, less).figures());
        assertTrue(join.distance(asItIs) >= 0);
        assertThrows(IllegalArgumentException.class, () -> Tuning.with(EstimatorSettings.DEFAULT, "nosuch", 1));
    }
}
