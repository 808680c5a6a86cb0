// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.bench.rural;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.nhipcau.bench.BenchOptions.UsageException;
import org.nhipcau.bench.ReportLines;
import org.nhipcau.bench.goals.GoalTable;
import org.nhipcau.bench.rural.judge.Metric;
import org.nhipcau.bench.rural.link.Direction;
import org.nhipcau.bench.rural.link.LinkProfile;

class ScenarioTest {
    /** The goal table: row, figure, and what it should reach. What is not measured stands in it too. */
    private static final Set<String> GOALS = Set.of(
            "1 stallShareOfAllowed 1", "1 audioConcealedPercent 2", "1 utilisation 0.9", "1 queueP95Ms 60",
            "2 rampTo500KbpsMs 1000", "2 rampTo1000KbpsMs 2000", "2 rampToLayerMs 3000", "2 audioQueueRiseMs 20",
            "3 utilisation 0.93", "3 queueP95Ms 25", "3 paddingPercent 3",
            "4 videoKbps 1500", "4 fpsP5 24", "4 audioConcealedPercent 0.3",
            "4 videoKbps 1200", "4 fpsP5 20", "4 audioConcealedPercent 1",
            "4 videoKbps 900", "4 fpsP5 15", "4 audioConcealedPercent 3",
            "5 audioConcealedPercent 2", "5 audioIndex 3.5",
            "6 audioIndex 3.3", "6 audioConcealedPercent 3", "6 longestPictureGapMs 5000",
            "7 audibleSecondsPercent 95",
            "8 recoveryAudioMs 300", "8 recoveryVideoMs 1000", "8 recoveryLayerMs 3000", "8 iceRestarts 0", "8 rejoins 0",
            "9 recoveryAudioMs 1500", "9 recoveryVideoMs 2500", "9 rateAfterShare 0.7",
            "9 rejoin from a new address or port: not measured",
            "10 rampTo500KbpsMs 6000",
            "11 videoShare 0.25", "11 audioConcealedPercent 1",
            "12 firstAudioMs 800", "12 firstFrameMs 1500", "12 queueP95Ms 150",
            "13 freezeRatio 0.5 of the best anchor", "13 audioConcealedPercent 1", "13 utilisation 0.85", "13 queueP95Ms 100",
            "14 othersFreezeRatio 0", "14 othersLayerSwitchesPerMinute 0", "14 queue of the others: not measured",
            "15 freezeRatio 0.5 of the best anchor", "15 pliPerMinute 2",
            "0 paddingPercent 3", "0 rtxPerLostByte 1.1");

    @Test
    void shouldHaveEveryGoalOfTheTable() throws Exception {
        Set<String> goals = new TreeSet<>();
        for (Scenario scenario : Scenario.builtIn()) {
            for (Goal goal : scenario.goals()) {
                goals.add(goal.row() + " " + goal.metric().key() + " " + (goal.target() == null
                        ? goal.anchorShare() + " of the best anchor"
                        : goal.target().bound() % 1 == 0 ? Long.toString((long) goal.target().bound())
                        : Double.toString(goal.target().bound())));
            }
            scenario.unmeasured().forEach(each -> goals.add(each.row() + " " + each.figure() + ": not measured"));
        }
        assertEquals(new TreeSet<>(GOALS), goals);
    }

    @Test
    void shouldAgreeWithThePageOfGoals() throws Exception {
        Set<String> page = new TreeSet<>();
        for (GoalTable.Row row : GoalTable.rows()) {
            for (GoalTable.Wanted wanted : row.goals()) {
                GoalTable.Source source = wanted.browser();
                source.scenarios().forEach(scenario -> page.add(row.number() + " " + scenario + " " + source.figure()
                        + (source.ofAnchor() ? " of the best anchor " : source.atLeast() ? " >= " : " <= ")
                        + source.bound()));
            }
        }
        Set<String> played = new TreeSet<>();
        for (Scenario scenario : Scenario.builtIn()) {
            scenario.goals().forEach(goal -> played.add(goal.row() + " " + scenario.name() + " " + goal.metric().key()
                    + (goal.target() == null ? " of the best anchor " + goal.anchorShare()
                            : (goal.target().atLeast() ? " >= " : " <= ") + goal.target().bound())));
        }
        assertEquals(played, page);
    }

    @Test
    void shouldPlayWhatTheTableTellsOf() throws Exception {
        assertEquals(10, named("poor_among_good").others());
        assertEquals(60_000, named("dead_60").link().outage().lengthMs());
        Scenario rise = named("satellite_rise");
        assertEquals(List.of(150.0, 1_800.0), List.of(profile(rise).at(rise.riseMs() - 1).downKbps(),
                profile(rise).at(rise.riseMs()).downKbps()));
    }

    @Test
    void shouldPrintWhatIsMissedAndWhatIsNotMeasured(@TempDir Path folder) throws Exception {
        Map<Metric, Double> figures = new EnumMap<>(Metric.class);
        for (Metric metric : Metric.values()) {
            figures.put(metric, Double.NaN);
        }
        figures.put(Metric.RECOVERY_AUDIO, 400.0);
        figures.put(Metric.RECOVERY_VIDEO, Double.POSITIVE_INFINITY);
        List<String> dead = told(named("dead_30"), figures, Anchors.read(""));
        assertTrue(dead.get(0).matches(".*recoveryAudioMs.*400.*pass"), dead.get(0));
        assertTrue(dead.get(1).matches(".*recoveryVideoMs.*never.*MISS"), dead.get(1));
        assertTrue(dead.get(2).matches(".*rateAfterShare.*- \\(.*not measured"), dead.get(2));
        assertTrue(dead.get(3).matches(".*new address.*- \\(the emulated link.*not measured"), dead.get(3));

        figures.put(Metric.FREEZE_RATIO, 0.3);
        assertTrue(told(named("poor_uplink"), figures, Anchors.read("")).getFirst()
                .matches(".*freezeRatio.*0.300.*no anchor measured"));
        Path peer = folder.resolve("peer.json");
        Files.writeString(peer, """
                {"machine": {"server": "peer"}, "runs": [
                {"profile": "commune_3g_edge", "scenario": "poor_uplink", "freezeRatio": 0.5},
                {"profile": "commune_3g_edge", "scenario": "poor_uplink", "freezeRatio": 0.9},
                {"profile": "commune_3g_edge", "scenario": "poor_uplink", "freezeRatio": 0.7},
                {"profile": "cut_2000_150", "scenario": "cut", "freezeRatio": 0.1}]}""");
        Path other = Files.writeString(folder.resolve("other.json"), """
                {"machine": {"server": "peer"}, "runs": [
                {"profile": "commune_3g_edge", "scenario": "poor_uplink", "freezeRatio": 0.8}]}""");
        String line = told(named("poor_uplink"), figures, Anchors.read(peer + "," + other)).getFirst();
        assertTrue(line.matches(".*freezeRatio.*0.300 .*0.350 .*pass"), line);
        Files.writeString(peer, "{\"machine\": {\"server\": \"ours\"}}");
        assertThrows(UsageException.class, () -> Anchors.read(peer.toString()));
        assertThrows(UsageException.class, () -> Anchors.read(folder.resolve("nosuch").toString()));
    }

    @Test
    void shouldHoldACallOverAFileAgainstAnchorsOverTheSameFile(@TempDir Path folder) throws Exception {
        Map<Metric, Double> figures = new EnumMap<>(Metric.class);
        for (Metric metric : Metric.values()) {
            figures.put(metric, 0.3);
        }
        Path peer = Files.writeString(folder.resolve("peer.json"), """
                {"machine": {"server": "peer"}, "runs": [
                {"profile": "car", "scenario": "trace", "freezeRatio": 0.8},
                {"profile": "boat", "scenario": "trace", "freezeRatio": 0.2}]}""");
        Anchors anchors = Anchors.read(peer.toString());
        String car = told(Scenario.ofFile("/somewhere/car.csv", 60), figures, anchors).getFirst();
        assertTrue(car.matches(".*freezeRatio.*0.300 .*0.400 .*pass"), car);
        String boat = told(Scenario.ofFile("boat.csv", 60), figures, anchors).getFirst();
        assertTrue(boat.matches(".*freezeRatio.*0.300 .*0.100 .*MISS"), boat);
        String train = told(Scenario.ofFile("train.csv", 60), figures, anchors).getFirst();
        assertTrue(train.matches(".*freezeRatio.*0.300 .*no anchor measured"), train);
    }

    private static List<String> told(Scenario scenario, Map<Metric, Double> figures, Anchors anchors) {
        return ReportLines.of(new RuralBench(), report -> RuralBench.goals(report, scenario, 1, anchors, figures))
                .stream().filter(text -> text.contains(scenario.name())).toList();
    }

    private static Scenario named(String name) throws Exception {
        return Scenario.builtIn().stream().filter(each -> each.name().equals(name)).findFirst().orElseThrow();
    }

    private static LinkProfile profile(Scenario scenario) throws Exception {
        try (InputStream csv = Scenario.class.getResourceAsStream("profiles/" + scenario.profile() + ".csv")) {
            assertNotNull(csv, scenario.profile());
            return LinkProfile.parse(scenario.profile(),
                    new String(csv.readAllBytes(), StandardCharsets.UTF_8).lines().toList());
        }
    }

    @Test
    void shouldBeSoundEachByItself() throws Exception {
        Set<String> names = new HashSet<>();
        for (Scenario scenario : Scenario.builtIn()) {
            String name = scenario.name();
            assertTrue(names.add(name), name + " is there twice");
            assertFalse(scenario.title().isEmpty() || scenario.goals().isEmpty(), name);
            assertTrue(scenario.fromMs() + scenario.settleMs() < scenario.toMs()
                    && scenario.toMs() <= scenario.seconds() * 1_000.0, name);
            LinkProfile profile = profile(scenario);
            if (scenario.fallMs() >= 0) {
                assertTrue(profile.at(scenario.fallMs()).kbps(Direction.DOWN)
                        < profile.at(scenario.fallMs() - 1).kbps(Direction.DOWN), name);
            }
            if (scenario.link().outage() != null) {
                assertTrue(scenario.link().outage().endMs() + 10_000 <= scenario.seconds() * 1_000L, name);
            }
        }
    }

    @Test
    void shouldReadCloselyWhereSomethingIsTimed() throws Exception {
        Scenario cut = named("cut");
        assertEquals(3, cut.timed().size());
        assertArrayEquals(new double[] {59_500, 70_000}, cut.timed().get(2));
    }

    @Test
    void shouldEndEarlierWhereAskedTo() throws Exception {
        Scenario cut = Scenario.builtIn().getFirst();
        assertEquals(cut, cut.atMost(1_000));
        assertEquals(40_000, cut.atMost(40).toMs());
        assertEquals(40, cut.atMost(40).seconds());
    }

    @Test
    void shouldJudgeAFileByTheGoalsOfTraces() throws Exception {
        Scenario trace = Scenario.ofFile("/somewhere/car.csv", 60);
        assertEquals(60_000, trace.toMs());
        assertEquals(List.of(Metric.FREEZE_RATIO, Metric.AUDIO_CONCEALED, Metric.UTILISATION, Metric.QUEUE_P95,
                Metric.RTX_PER_LOST, Metric.PADDING),
                trace.goals().stream().map(Goal::metric).toList());
    }

    @Test
    void shouldWriteWhatABrowserTakesForCameraAndMicrophone(@TempDir Path folder) throws Exception {
        TestMedia.writeVoice(folder.resolve("voice.wav"));
        byte[] wave = Files.readAllBytes(folder.resolve("voice.wav"));
        assertEquals("RIFF", new String(wave, 0, 4, StandardCharsets.US_ASCII));
        // Never silent for as long as an Opus frame.
        for (int at = 44; at + 1_920 <= wave.length; at += 1_920) {
            double energy = 0;
            for (int i = at; i < at + 1_920; i += 2) {
                int sample = (short) (wave[i] & 0xff | wave[i + 1] << 8);
                energy += (double) sample * sample;
            }
            assertTrue(Math.sqrt(energy / 960) > 100, "silent at byte " + at);
        }
        TestMedia.writeCamera(folder.resolve("camera.y4m"));
        try (InputStream camera = Files.newInputStream(folder.resolve("camera.y4m"))) {
            String head = new String(camera.readNBytes(64), StandardCharsets.US_ASCII);
            assertTrue(head.startsWith("YUV4MPEG2 W1280 H720 F30:1 "), head);
            int frameBytes = 6 + 1280 * 720 * 3 / 2;
            long size = Files.size(folder.resolve("camera.y4m"));
            assertEquals(60L * frameBytes + head.indexOf('\n') + 1, size);
        }
    }
}
