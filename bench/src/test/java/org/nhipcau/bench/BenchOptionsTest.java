// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.bench;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.nhipcau.bench.BenchOptions.UsageException;

/** What a bench's command line may say. */
class BenchOptionsTest {
    private static final List<BenchOption> KNOWN = List.of(
            BenchOption.whole("--count", 1, 500, 50, "how many"),
            BenchOption.wholes("--sizes", 1, 9, "1,3", "which"),
            BenchOption.decimal("--share", 0, 1, 0.5, "how much"),
            BenchOption.choice("--sink", List.of("drain", "none"), "drain", "where to"),
            BenchOption.text("--file", "FILE", null, "a file"),
            BenchOption.flag("--long", "longer"));

    private static BenchOptions parse(String... words) throws UsageException {
        return BenchOptions.parse(KNOWN, List.of(words));
    }

    private static String refusal(String... words) {
        return assertThrows(UsageException.class, () -> parse(words)).getMessage();
    }

    @Test
    void shouldTakePresetsWhereNothingIsGiven() throws Exception {
        BenchOptions options = parse();
        assertEquals(50, options.whole("--count"));
        assertArrayEquals(new int[] {1, 3}, options.wholes("--sizes"));
        assertEquals(0.5, options.decimal("--share"));
        assertEquals("drain", options.text("--sink"));
        assertEquals(Optional.empty(), options.optionalText("--file"));
        assertFalse(options.flag("--long"));
    }

    @Test
    void shouldTakeValuesInBothForms() throws Exception {
        BenchOptions options = parse("--count", "500", "--sizes=9", "--sink=none", "--file", "a=b", "--long");
        assertEquals(500, options.whole("--count"));
        assertArrayEquals(new int[] {9}, options.wholes("--sizes"));
        assertEquals("none", options.text("--sink"));
        assertEquals(Optional.of("a=b"), options.optionalText("--file"));
        assertTrue(options.flag("--long"));
        assertTrue(options.isGiven("--count"));
        assertFalse(options.isGiven("--share"));
    }

    @Test
    void shouldNameWhatIsAllowed() {
        assertEquals("--count is '0'; allowed: a whole number from 1 to 500", refusal("--count", "0"));
        assertEquals("--count is '501'; allowed: a whole number from 1 to 500", refusal("--count=501"));
        assertEquals("--count is '5x'; allowed: a whole number from 1 to 500", refusal("--count", "5x"));
        assertEquals("--sink is 'sea'; allowed: one of drain, none", refusal("--sink", "sea"));
        assertEquals("--share is 'NaN'; allowed: a number from 0.0 to 1.0", refusal("--share", "NaN"));
        assertEquals("--sizes is '1,,2'; allowed: whole numbers from 1 to 9, with commas between them",
                refusal("--sizes", "1,,2"));
        assertEquals("--file is ''; allowed: any text that is not empty", refusal("--file="));
    }

    @Test
    void shouldKeepSecretsOutOfTheReport() throws Exception {
        BenchOptions options = BenchOptions.parse(List.of(BenchOption.secret("--secret", "S", "")),
                List.of("--secret", "k4Tz"));
        assertEquals(Optional.of("k4Tz"), options.optionalText("--secret"));
        assertFalse(options.asMap().toString().contains("k4Tz"));
    }

    @Test
    void shouldTryFilesWhenTheCommandLineIsRead(@TempDir Path directory) throws Exception {
        Path file = directory.resolve("new").resolve("report.json");
        BenchOption output = BenchOption.output("--json", "");
        assertTrue(output.accepts(file.toString()));
        assertFalse(Files.exists(file), "trying leaves no file");
        Files.writeString(file, "kept");
        assertTrue(output.accepts(file.toString()));
        assertEquals("kept", Files.readString(file));
        assertFalse(output.accepts(directory.toString()));
        assertFalse(output.accepts(file.resolve("below-a-file").toString()));
        assertTrue(BenchOption.input("--from", "").accepts(file.toString()));
        assertFalse(BenchOption.input("--from", "").accepts(directory.toString()));
        assertFalse(BenchOption.program("--limit", "").accepts(file.toString()));
        assertFalse(BenchOption.program("--limit", "").accepts(directory.toString()));
    }

    @Test
    void shouldEndWithTheCodeOfWrongUsageBeforeAnythingIsMeasured() {
        for (List<String> wrong : List.of(List.<String>of(), List.of("nosuch"), List.of("forward", "--receivers", "0"),
                List.of("forward", "--engine", "nosuch"), List.of("forward", "--limit", "nosuch"),
                List.of("jmh", "no-such-benchmark"), List.of("jmh", "("), List.of("jmh", "-nosuch"),
                List.of("jmh", "RtpRewrite", "--json", "/proc/nosuch/report.json"),
                List.of("jvm", "--only", "production,nosuch"), List.of("smoke", "--only", "nosuch"),
                List.of("capacity", "--from", "nosuch"), List.of("load", "--url", "ws://127.0.0.1:1"),
                List.of("load", "--url", "gopher://h", "--key", "k", "--secret", "s"),
                List.of("rural", "--profile", "no_such_village"), List.of("rural", "--profile", "../secret"),
                List.of("rural", "--peer", "ws://10.0.0.1:1"), List.of("rural", "--emulator", "nosuch"),
                List.of("rural", "--peer", "ws://127.0.0.1:1", "--key", "k", "--secret", "s"))) {
            assertEquals(BenchMain.USAGE, BenchMain.run(wrong, System.out), wrong.toString());
        }
    }

    @Test
    void shouldRefuseWhatItDoesNotKnow() {
        assertEquals("unknown option '--many'; known: --count --sizes --share --sink --file --long",
                refusal("--many", "1"));
        assertEquals("unknown option '7'; known: --count --sizes --share --sink --file --long", refusal("7"));
        assertEquals("--count needs a value; allowed: a whole number from 1 to 500", refusal("--count"));
        assertEquals("--long takes no value", refusal("--long=yes"));
        assertEquals("--count is given twice", refusal("--count", "1", "--count", "2"));
    }

    @Test
    void shouldAcceptThePresetsAndSmokeArgumentsOfEveryBench() throws Exception {
        assertTrue(BenchMain.BENCHES.size() >= 3);
        for (Bench bench : BenchMain.BENCHES) {
            for (BenchOption option : bench.options()) {
                assertTrue(option.preset() == null || option.accepts(option.preset()),
                        bench.name() + " " + option.name());
            }
            if (bench.smoke() != null && bench.words().isEmpty()) {
                BenchOptions.parse(bench.options(), bench.smoke());
            }
        }
    }
}
