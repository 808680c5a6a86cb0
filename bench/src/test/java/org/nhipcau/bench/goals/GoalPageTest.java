// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.bench.goals;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.nhipcau.bench.BenchOptions.UsageException;
import org.nhipcau.bench.goals.GoalPage.AnchorFigures;

class GoalPageTest {
    private static final String SIMULATED = """
            {"bench": "simulate", "date": "2026-11-23T06:00:00Z", "commit": "0123456789abcdef", "dirty": false,
            "options": {"--scenario": "all", "--seeds": "12", "--json": "/somewhere/s.json"},
            "cut: audio concealed": 7.7, "cut_sending: audio concealed": 1.5, "cut: utilisation": 0.95,
            "cut_sending: utilisation": 0.92, "cut: queue p95": 55, "back: to 500 kbps": 1000000,
            "cut_sending: to 500 kbps": 900,
            "scenarios": [{"scenario": "uplink_3g_edge", "figure": "freeze ratio", "median": "0.382"},
            {"scenario": "uplink_3g_fair", "figure": "freeze ratio", "median": "0.100"},
            {"scenario": "uplink_3g_fair", "figure": "queue p95 [ms]", "median": "-"}]}""";
    private static final String BROWSER = """
            {"bench": "rural", "date": "2026-11-23T06:30:00Z", "commit": "fedcba9876543210", "dirty": true,
            "options": {"--emulator": "/somewhere/linklab", "--seed": "1,2,3"}, "machine": {"server": "ours"},
            "runs": [{"profile": "cut_2000_150", "scenario": "cut", "seed": 2, "disturbed": "true",
            "limitedByCpu": "false"}],
            "goals": [{"row": 1, "scenario": "cut", "seed": 1, "figure": "queueP95Ms", "value": 80},
            {"row": 1, "scenario": "cut", "seed": 2, "figure": "queueP95Ms", "value": 40},
            {"row": 1, "scenario": "cut", "seed": 3, "figure": "queueP95Ms", "value": 50},
            {"row": 2, "scenario": "cut", "seed": 1, "figure": "rampTo500KbpsMs", "value": "never"},
            {"row": 2, "scenario": "cut", "seed": 2, "figure": "rampTo500KbpsMs", "value": "never"},
            {"row": 2, "scenario": "cut", "seed": 3, "figure": "rampTo500KbpsMs", "value": 900},
            {"row": 2, "scenario": "cut", "seed": 1, "figure": "rampTo1000KbpsMs", "value": null},
            {"row": 15, "scenario": "poor_uplink", "seed": 1, "figure": "freezeRatio", "value": 0.3},
            {"row": 15, "scenario": "poor_uplink", "seed": 2, "figure": "freezeRatio", "value": 0.3},
            {"row": 15, "scenario": "poor_uplink", "seed": 3, "figure": "freezeRatio", "value": 0.3}]}""";

    private static String page(Path folder, AnchorFigures anchors) throws Exception {
        Path simulated = Files.writeString(folder.resolve("s.json"), SIMULATED);
        Path browser = Files.writeString(folder.resolve("b.json"), BROWSER);
        return new GoalPage(Reached.read("simulate", simulated.toString()), Reached.read("rural", browser.toString()),
                anchors).text(GoalTable.rows());
    }

    private static String browserPage(Path folder, String report) throws Exception {
        Path file = Files.writeString(folder.resolve("b.json"), report);
        return new GoalPage(Reached.read("simulate", ""), Reached.read("rural", file.toString()),
                (scenario, figure) -> Double.NaN).text(GoalTable.rows());
    }

    private static List<String> cells(String page, int row, String goal) {
        String line = page.lines().filter(each -> each.startsWith("| " + row + " | " + goal)).findFirst().orElseThrow();
        return Stream.of(line.split("\\|")).map(String::strip).skip(3).toList();
    }

    @Test
    void shouldWriteEachGoalAsItWasMeasured(@TempDir Path folder) throws Exception {
        String page = page(folder, (scenario, figure) -> Double.NaN);
        assertEquals(List.of("7.700 in cut, worst of 2", "MISS", "- (no figure)", "not measured"),
                cells(page, 1, "sound concealed"));
        assertEquals(List.of("0.920 in cut_sending, worst of 2", "PASS", "- (no figure)", "not measured"),
                cells(page, 1, "utilisation"));
        assertEquals(List.of("55 in cut; no figure of cut_sending", "not measured", "50", "PASS"),
                cells(page, 1, "queue p95"));
        assertEquals(List.of("never in back, worst of 2", "MISS", "never", "MISS"), cells(page, 2, "500 kbit/s"));
        assertEquals(List.of("- (no figure)", "not measured", "- (no figure)", "not measured"),
                cells(page, 2, "1 Mbit/s"));
        assertEquals(List.of("- (the simulator has no ICE)", "not measured"), cells(page, 8, "no ICE").subList(0, 2));
        assertEquals(List.of("0.382 in uplink_3g_edge, worst of 2", "no anchor measured", "0.300", "no anchor measured"),
                cells(page, 15, "receivers' freeze"));
        assertTrue(page.contains("- cut, seed 2: the emulator was late\n"), page);
    }

    @Test
    void shouldHoldFreezesAgainstHalfOfTheBestAnchor(@TempDir Path folder) throws Exception {
        assertEquals("PASS", cells(page(folder, (scenario, figure) -> 0.6), 15, "receivers' freeze").get(3));
        assertEquals("MISS", cells(page(folder, (scenario, figure) -> 0.59), 15, "receivers' freeze").get(3));
    }

    @Test
    void shouldPassOnlyWhatEveryRunHas(@TempDir Path folder) throws Exception {
        String unknown = BROWSER.replace("\"value\": 80", "\"value\": null")
                .replace("\"value\": 40", "\"value\": null");
        assertEquals(List.of("50; 1 of 3 runs of cut", "not measured"),
                cells(browserPage(folder, unknown), 1, "queue p95").subList(2, 4));
        assertEquals(List.of("50; 3 of 4 runs of cut", "not measured"),
                cells(browserPage(folder, BROWSER.replace("1,2,3", "1,2,3,4")), 1, "queue p95").subList(2, 4),
                "a run that failed has left no row");
        String slow = unknown.replace("\"value\": 50", "\"value\": 500");
        assertEquals(List.of("500; 1 of 3 runs of cut", "MISS"),
                cells(browserPage(folder, slow), 1, "queue p95").subList(2, 4));
    }

    @Test
    void shouldKnowTheLinkOfAScenario(@TempDir Path folder) throws Exception {
        Path file = Files.writeString(folder.resolve("b.json"), BROWSER);
        assertEquals("cut_2000_150", Reached.read("rural", file.toString()).profile("cut"));
        assertEquals("", Reached.read("rural", file.toString()).profile("poor_uplink"));
    }

    @Test
    void shouldTellCommandAndCommitAndNoFileOfTheMachine(@TempDir Path folder) throws Exception {
        String page = page(folder, (scenario, figure) -> Double.NaN);
        assertTrue(page.contains("- Simulated: `./nhipcau bench simulate --scenario all --seeds 12`, commit 0123456,"
                + " 2026-11-23\n"), page);
        assertTrue(page.contains("- Browser: `./nhipcau bench rural --emulator PATH --seed 1,2,3`, commit fedcba9 with changes,"
                + " 2026-11-23\n"), page);
        assertFalse(page.contains("somewhere"), page);
        String peer = browserPage(folder, BROWSER.replace("\"--seed\"",
                "\"--peer\": \"ws://192.0.2.1:7880\", \"--seed\""));
        assertTrue(peer.contains(" --seed 1,2,3 --peer URL`"), peer);
        assertFalse(peer.contains("192.0.2.1"), peer);
    }

    @Test
    void shouldHaveAllRowsWhateverWasMeasured(@TempDir Path folder) throws Exception {
        assertEquals(Stream.concat(IntStream.rangeClosed(1, 15).boxed(), Stream.of(0)).toList(),
                GoalTable.rows().stream().map(GoalTable.Row::number).toList());
        String page = page(folder, (scenario, figure) -> Double.NaN);
        for (int row = 1; row <= 15; row++) {
            String begin = "| " + row + " | ";
            assertTrue(page.lines().filter(line -> line.startsWith(begin)).count() >= 2, "row " + row);
        }
        assertTrue(page.contains("| 1 | 2 Mbit/s fall to 150 kbit/s for 30 s | 1 of 4, 2 not judged"
                + " | 1 of 4, 3 not judged |"), page);
    }

    @Test
    void shouldRefuseReportsOfSomethingElse(@TempDir Path folder) throws Exception {
        Path file = Files.writeString(folder.resolve("b.json"), BROWSER);
        assertThrows(UsageException.class, () -> Reached.read("simulate", file.toString()));
        assertThrows(UsageException.class, () -> Reached.read("rural", folder.resolve("nosuch").toString()));
        assertTrue(Reached.read("rural", "").isEmpty());
        for (String server : List.of("{\"server\": \"peer\"}", "{}")) {
            Files.writeString(file, BROWSER.replace("{\"server\": \"ours\"}", server));
            String said = assertThrows(UsageException.class, () -> Reached.read("rural", file.toString())).getMessage();
            assertTrue(said.startsWith(file + " is no report of our server") && said.contains("without --peer"), said);
        }
    }
}
