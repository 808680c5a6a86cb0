// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.signaling.launch;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.InstantSource;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.nhipcau.signaling.policy.Role;
import org.nhipcau.signaling.store.DirectoryStore;
import org.nhipcau.signaling.store.Store;
import org.nhipcau.signaling.store.StoreSettings;
import org.nhipcau.signaling.store.keys.KeySource;

/** The commands on the store, as an operator types them. */
class StoreCommandTest {
    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    @TempDir
    private Path directory;
    private Path data;
    private String patient;

    @BeforeEach
    void fill() throws Exception {
        data = directory.resolve("data");
        try (Store store = Store.open(StoreSettings.in(data), KeySource.development(data), InstantSource.system())) {
            patient = store.directory().addPerson(new DirectoryStore.Details("Giàng A Bệnh", "", ""), Role.PATIENT, "",
                    "test", InstantSource.system().instant()).pseudonym();
        }
    }

    private int run(String... args) {
        out.getBuffer().setLength(0);
        err.getBuffer().setLength(0);
        return Main.run(null, new PrintWriter(out, true), new PrintWriter(err, true), args);
    }

    @Test
    void c6AuditVerifyShouldTellWholeFromBroken() throws Exception {
        assertEquals(0, run("audit", "verify", "--data", data.toString()), err::toString);
        assertTrue(out.toString().startsWith("whole: 1 entries, end 1:"), out::toString);
        String end = out.toString().strip().replaceAll(".* end ", "");
        assertEquals(0, run("audit", "verify", "--data", data.toString(), "--expect", end), err::toString);
        assertEquals(1, run("audit", "verify", "--data", data.toString(), "--expect", "1:" + "0".repeat(64)));
        assertTrue(err.toString().contains("BROKEN: entry 1"), err::toString);
        assertEquals(2, run("audit", "verify", "--data", data.toString(), "--expect", "x"));
        assertEquals(1, run("audit", "verify", "--data", directory.resolve("none").toString()));
        assertEquals(1, run("audit", "adopt", "--data", data.toString(), "--reason", "test"), "there is a head");
        Path head = data.resolve("audit-head");
        byte[] kept = Files.readAllBytes(head);
        byte[] damaged = kept.clone();
        damaged[30] ^= 1;
        damaged[4_096 + 30] ^= 1;
        Files.write(head, damaged);
        assertEquals(1, run("audit", "verify", "--data", data.toString()));
        assertTrue(err.toString().contains("BROKEN: the head"), err::toString);
        Files.delete(head);
        assertEquals(1, run("audit", "verify", "--data", data.toString()));
        assertEquals(0, run("audit", "adopt", "--data", data.toString(), "--reason", "test"), err::toString);
        assertEquals(0, run("audit", "verify", "--data", data.toString()), err::toString);
        assertTrue(out.toString().startsWith("whole: 2 entries"), out::toString);
        assertEquals(2, run("audit"));
    }

    @Test
    void c7BackupAndRestoreShouldWorkFromTheCommandLine() throws Exception {
        Path file = directory.resolve("backup");
        assertEquals(0, run("backup", "--data", data.toString(), "--to", file.toString()), err::toString);
        assertTrue(out.toString().contains("backed up and checked: 0 consultations, 1 people"), out::toString);
        assertFalse(Files.readString(file).contains("Giàng"));
        assertEquals(1, run("backup", "--data", data.toString(), "--to", file.toString()), "not over a file");
        assertEquals(0, run("restore", "--data", data.toString(), "--from", file.toString(), "--check"), err::toString);
        assertTrue(out.toString().startsWith("whole: "), out::toString);
        assertEquals(1, run("restore", "--data", data.toString(), "--from", file.toString()));
        assertTrue(err.toString().contains("--replace"), err::toString);
        assertEquals(0, run("restore", "--data", data.toString(), "--from", file.toString(), "--replace"),
                err::toString);
        assertEquals(0, run("audit", "verify", "--data", data.toString()), err::toString);
        assertEquals(1, run("restore", "--data", data.toString(), "--from", directory.resolve("none").toString(),
                "--check"));
    }

    @Test
    void c2ExportAndEraseShouldWorkFromTheCommandLine() throws Exception {
        Path file = directory.resolve("person.json");
        assertEquals(0, run("export", "person", patient, "--names", "--data", data.toString(), "--out",
                file.toString()),
                err::toString);
        assertTrue(Files.readString(file, StandardCharsets.UTF_8).contains("Giàng A Bệnh"));
        assertEquals("rw-------", PosixFilePermissions.toString(Files.getPosixFilePermissions(file)));
        assertEquals(1, run("export", "person", patient, "--data", data.toString(), "--out", file.toString()));
        assertEquals(0, run("export", "person", patient, "--data", data.toString()), err::toString);
        assertFalse(out.toString().contains("Giàng"));
        assertEquals(2, run("erase", patient, "--data", data.toString()), "without --yes");
        assertEquals(0, run("erase", patient, "--yes", "--data", data.toString()), err::toString);
        assertEquals(0, run("export", "person", patient, "--names", "--data", data.toString()));
        assertFalse(out.toString().contains("Giàng"));
        assertEquals(1, run("erase", "P_Nobody111111", "--yes", "--data", data.toString()));
        assertEquals(1, run("export", "consultation", "C_Nobody111111", "--data", data.toString()));
        assertEquals(2, run("export", "consultation", "x", "--data", data.toString()));
        assertEquals(0, run("reseal", "--data", data.toString()), err::toString);
        assertEquals(0, run("audit", "verify", "--data", data.toString()), err::toString);
    }

    @Test
    void d4ReportShouldWorkFromTheCommandLine() {
        assertEquals(0, run("report", "--from", "2026-01-01", "--to", "2026-12-31", "--by", "facility", "--data",
                data.toString()), err::toString);
        assertEquals("facility,sessions,emergencies,participants,stays,minutes\r\n", out.toString());
        assertEquals(2, run("report", "--from", "2026-01-01", "--to", "2025-12-31", "--data", data.toString()));
        assertEquals(2, run("report", "--from", "2026-01-01", "--to", "2026-12-31", "--by", "x", "--data", "d"));
        assertEquals(2, run("report", "--from", "yesterday", "--to", "2026-12-31"));
    }

    @Test
    void shouldTellTheOptionsOfEach() {
        for (String command : List.of("audit verify", "audit adopt", "backup", "restore", "report", "export consultation",
                "export person", "erase", "reseal")) {
            assertEquals(0, run((command + " --help").split(" ")), err::toString);
            assertTrue(out.toString().contains("Usage: nhipcau " + command), out::toString);
            assertTrue(out.toString().contains("--data=DIR"), out::toString);
        }
        assertEquals(2, run("export"));
    }

    @Test
    void shouldSayWhenTheKeyIsMissing() throws Exception {
        Files.delete(data.resolve(KeySource.DEVELOPMENT_FILE));
        assertEquals(1, run("audit", "verify", "--data", data.toString()));
        assertTrue(err.toString().contains("signaling.store.key is empty"), err::toString);
        assertEquals(2, run("audit", "verify", "--data", data.toString(), "--set", "signaling.store.key=short"));
        assertTrue(err.toString().contains("signaling.store.key is (hidden)"), err::toString);
        assertFalse(err.toString().contains("short"), err::toString);
    }
}
