// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.bench.rural;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.nhipcau.bench.rural.judge.Metric;
import org.nhipcau.bench.rural.link.Direction;
import org.nhipcau.bench.rural.link.LinkProfile;

class ScenarioTest {
    @Test
    void shouldHaveEveryRowOfTheGoalTable() throws Exception {
        Set<Integer> rows = new TreeSet<>();
        Scenario.builtIn().forEach(scenario -> scenario.goals().forEach(goal -> rows.add(goal.row())));
        assertEquals(IntStream.rangeClosed(1, 15).boxed().toList(), List.copyOf(rows));
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
            LinkProfile profile;
            try (InputStream csv = Scenario.class.getResourceAsStream("profiles/" + scenario.profile() + ".csv")) {
                assertNotNull(csv, scenario.profile());
                profile = LinkProfile.parse(scenario.profile(),
                        new String(csv.readAllBytes(), StandardCharsets.UTF_8).lines().toList());
            }
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
        Scenario cut = Scenario.builtIn().stream().filter(each -> each.name().equals("cut")).findFirst().orElseThrow();
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
        assertEquals(List.of(Metric.AUDIO_CONCEALED, Metric.UTILISATION, Metric.QUEUE_P95),
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
