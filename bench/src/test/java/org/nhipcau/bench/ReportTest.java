// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What becomes of figures: a table and a file. */
class ReportTest {
    private final ByteArrayOutputStream printed = new ByteArrayOutputStream();
    private final Report report = new Report(new SmokeBench(), BenchOptions.ofWords(List.of()),
            new PrintStream(printed, true, StandardCharsets.UTF_8));

    private String print() {
        report.print();
        return printed.toString(StandardCharsets.UTF_8);
    }

    private static String lineOf(String text, String word) {
        return text.lines().filter(line -> line.contains(word)).findFirst().orElseThrow();
    }

    @Test
    void shouldJudgeFiguresByTheirTargets() {
        report.figures().put("share", 0.81, "", Target.atLeast(0.8).then(0.95))
                .put("top", 0.96, "", Target.atLeast(0.8).then(0.95))
                .put("pause", 1.5, "ms", Target.atMost(1))
                .put("edge", 1, "ms", Target.atMost(1))
                .absent("unknown", "not here", Target.atLeast(1));
        String text = print();
        assertTrue(lineOf(text, "share").endsWith("≥ 0.800, then 0.950  pass, not the next"));
        assertTrue(lineOf(text, "top").endsWith("pass, and the next"));
        assertTrue(lineOf(text, "pause").endsWith("≤ 1                  MISS"));
        assertTrue(lineOf(text, "edge").endsWith("pass"));
        assertTrue(lineOf(text, "unknown").endsWith("not measured"));
        assertTrue(report.missed());
        assertFalse(report.failed(), "a missed target is a finding, not a failure");
    }

    @Test
    void shouldFailWhenACheckDoesNotHold() {
        report.check("all there", true, "5 of 5");
        assertFalse(report.failed());
        report.check("nothing foreign", false, "1 byte");
        assertTrue(report.failed());
        assertTrue(print().contains("FAILED  nothing foreign: 1 byte"));
    }

    @Test
    void shouldWriteFiguresUnderTheirNames(@TempDir Path directory) throws Exception {
        report.figures().put("forwardedPerCpuSecond", 1_234_567, "1/s").put("limitRatio", 0.97, "", Target.atLeast(0.8))
                .put("engine", "libcrypto").put("broken", Double.NaN, "us");
        report.row("cases").put("receivers", 10, "").put("cost", 0.5, "us");
        report.row("cases").put("receivers", 50, "").put("cost", 0.25, "us");
        report.environment("udpPort", "linux");
        Path named = directory.resolve("deep").resolve("named.json");
        List<Path> written = report.write(directory, named);
        assertEquals(2, written.size());
        assertTrue(written.getFirst().getFileName().toString().matches("smoke-\\d{8}T\\d{6}Z\\.json"));
        JsonNode json = new ObjectMapper().readTree(named.toFile());
        assertEquals(1_234_567, json.get("forwardedPerCpuSecond").asLong());
        assertEquals(0.97, json.get("limitRatio").asDouble());
        assertEquals("libcrypto", json.get("engine").asText());
        assertTrue(json.get("broken").isNull());
        assertEquals(0.25, json.get("cases").get(1).get("cost").asDouble());
        assertEquals("us", json.get("units").get("cost").asText());
        assertTrue(json.get("targets").get(0).get("reached").asBoolean());
        assertEquals("linux", json.get("machine").get("udpPort").asText());
        for (String field : List.of("cpu", "cores", "memory", "kernel", "jvm", "jvmFlags", "version")) {
            assertTrue(json.get("machine").hasNonNull(field), field);
        }
        assertTrue(json.hasNonNull("commit") && json.hasNonNull("date"));
        assertNull(json.get("figures"));
    }

    @Test
    void shouldShowNumbersAsAReaderCanUseThem() {
        assertEquals("1,234,567", Figures.number(1_234_567));
        assertEquals("1,235", Figures.number(1_234.6));
        assertEquals("123", Figures.number(123.4));
        assertEquals("12.3", Figures.number(12.34));
        assertEquals("0.123", Figures.number(0.1234));
        assertEquals("0.00123", Figures.number(0.001234));
        assertEquals("0", Figures.number(0));
    }
}
