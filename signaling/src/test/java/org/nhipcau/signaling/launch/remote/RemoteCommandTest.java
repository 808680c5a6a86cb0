// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.signaling.launch.remote;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.nhipcau.signaling.rest.RestFixture;
import picocli.CommandLine;

/** The everyday commands against a server. */
class RemoteCommandTest {
    private static final Pattern PSEUDONYM = Pattern.compile("P_[1-9A-HJ-NP-Za-km-z]{12}");

    @TempDir
    Path directory;

    private RestFixture rest;
    private Path keyFile;
    private String error;

    @BeforeEach
    void open() throws Exception {
        rest = new RestFixture(directory.resolve("data"), 1_000);
        keyFile = Files.writeString(directory.resolve("key"), rest.allKey() + "\n");
    }

    @AfterEach
    void close() throws Exception {
        rest.close();
    }

    /** What the command printed. */
    private String run(int code, Object command, String... args) {
        StringWriter out = new StringWriter();
        StringWriter err = new StringWriter();
        List<String> all = new ArrayList<>(List.of(args));
        all.addAll(List.of("--server", rest.base().toString(), "--key-file", keyFile.toString()));
        int was = new CommandLine(command).setOut(new PrintWriter(out, true)).setErr(new PrintWriter(err, true))
                .execute(all.toArray(String[]::new));
        error = err.toString();
        assertEquals(code, was, out + error);
        return out.toString();
    }

    private static String first(Pattern pattern, String text) {
        Matcher found = pattern.matcher(text);
        assertTrue(found.find(), text);
        return found.group();
    }

    private String staff(String name, String role) {
        return named(name, role, new StaffCommand(), "add", "--role", role, "--facility", "BV01");
    }

    /** The pseudonym that a command makes of a name on standard input. */
    private String named(String name, String role, Object command, String... args) {
        InputStream before = System.in;
        System.setIn(new ByteArrayInputStream((name + "\n").getBytes(StandardCharsets.UTF_8)));
        try {
            String out = run(0, command, args);
            assertFalse(out.contains(name), out);
            assertTrue(out.contains("· " + role), out);
            return first(PSEUDONYM, out);
        } finally {
            System.setIn(before);
        }
    }

    @Test
    void shouldDoTheEverydayWork() throws Exception {
        run(0, new FacilityCommand(), "add", "BV01", "--name", "Bệnh viện Tỉnh", "--level", "PROVINCE", "--province",
                "31");
        assertTrue(run(0, new FacilityCommand(), "list").contains("Bệnh viện Tỉnh"));
        run(0, new FacilityCommand(), "change", "BV01", "--name", "Bệnh viện Đa khoa");
        assertTrue(run(0, new FacilityCommand(), "show", "BV01").contains("Bệnh viện Đa khoa"));
        String chair = staff("Nguyễn Văn An", "CHAIR");
        assertTrue(run(0, new StaffCommand(), "list").contains(chair));
        run(0, new StaffCommand(), "change", chair, "--role", "EXPERT");
        String patient = named("Giàng A Bệnh", "PATIENT", new ConsultationCommands(), "patient");
        named("Giàng Thị Mẹ", "CAREGIVER", new ConsultationCommands(), "patient", "--caregiver");
        String made = run(0, new ConsultationCommands(), "request", "--kind", "ON_DEMAND", "--facility", "BV01",
                "--patient", patient, "--participant", chair + ":EXPERT:BV01");
        String id = first(Pattern.compile("C_[1-9A-HJ-NP-Za-km-z]{12}"), made);
        assertTrue(run(0, new ConsultationCommands(), "move", id, "accept").contains("ACCEPTED"));
        run(0, new ConsultationCommands(), "approve", id, chair);
        assertTrue(run(0, new ConsultationCommands(), "show", id).contains("APPROVED"));
        assertTrue(run(0, new ConsultationCommands(), "list", "--state", "ACCEPTED").contains(id));
        assertTrue(run(0, new ConsultationCommands(), "token", id, chair).contains("eyJ"));
        run(0, new FacilityCommand(), "close", "BV01");
        assertTrue(run(0, new FacilityCommand(), "show", "BV01").contains("không · no"));
    }

    @Test
    void shouldMakeAndRevokeKeys() {
        String made = run(0, new ApiKeyCommand(), "add", "--label", "Vtelehealth", "--scope",
                "consultations:read,staff:read");
        String key = first(Pattern.compile("nck_\\S+"), made);
        String id = key.split("_")[1];
        String list = run(0, new ApiKeyCommand(), "list");
        assertTrue(list.contains(id) && !list.contains(key.substring(17)), list);
        run(0, new ApiKeyCommand(), "revoke", id);
        assertTrue(run(0, new ApiKeyCommand(), "scopes").contains("consultations:write"));
    }

    @Test
    void shouldTellRefusalsInBothLanguagesAndEndWithOne() {
        run(1, new FacilityCommand(), "show", "NOWHERE");
        assertTrue(error.contains("Không tìm thấy · There is no such thing"), error);
        run(1, new ApiKeyCommand(), "add", "--label", "x", "--scope", "no:scope");
        assertTrue(error.contains("/scopes/0"), error);
    }
}
