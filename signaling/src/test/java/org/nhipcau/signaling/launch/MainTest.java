// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.signaling.launch;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.nhipcau.signaling.token.Grants;
import org.nhipcau.signaling.token.TokenVerifier;

class MainTest {
    private static final Map<String, String> DEV = Map.of("devkey", "devsecret-devsecret-devsecret-devs");

    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    @TempDir
    private Path directory;

    private int run(String... args) {
        out.getBuffer().setLength(0);
        err.getBuffer().setLength(0);
        Wiring nothing = new Wiring(null, null, null, null, null);
        return Main.run(nothing, new PrintWriter(out, true), new PrintWriter(err, true), args);
    }

    private void wrong(String told, String... args) {
        assertEquals(2, run(args), () -> out + " " + err);
        assertTrue(err.toString().contains(told), err::toString);
        assertEquals("", out.toString());
        assertFalse(err.toString().contains("\tat "), err::toString);
    }

    @Test
    void shouldPrintATokenThatTheServerTakes() throws Exception {
        assertEquals(0, run("token", "--dev", "--identity", "alice", "--room", "r", "--role", "doctor", "--name", "A",
                "--ttl", "10m", "--no-publish", "--publish-data", "--publish-source", "camera,microphone",
                "--attribute", "k=v", "--metadata", "m", "--update-metadata", "--hidden"), err::toString);
        Grants grants = new TokenVerifier(DEV).verify(out.toString().strip());
        assertEquals("alice", grants.identity());
        assertEquals("doctor", grants.role());
        assertEquals(Map.of("k", "v"), grants.attributes());
        assertEquals(600, grants.expiresAtS() - grants.issuedAtS());
        assertEquals(new Grants.Video(false, false, false, false, true, "r", false, null, true,
                List.of("camera", "microphone"), true, false, true, false, false, ""), grants.video());
        assertEquals(0, run("token", "--dev", "--identity", "a", "--room", "r"));
        assertEquals(6 * 3_600, lifeS());
        assertEquals(null, new TokenVerifier(DEV).verify(out.toString().strip()).video().canPublish());
        assertEquals(0, run("token", "--dev", "--admin", "--create", "--list", "--room", "r"));
        Grants.Video api = new TokenVerifier(DEV).verify(out.toString().strip()).video();
        assertTrue(api.roomAdmin() && api.roomCreate() && api.roomList() && !api.roomJoin());
    }

    private long lifeS() throws Exception {
        Grants grants = new TokenVerifier(DEV).verify(out.toString().strip());
        return grants.expiresAtS() - grants.issuedAtS();
    }

    @Test
    void shouldSignWithConfiguredKeys() throws Exception {
        String secret = "0123456789abcdef0123456789abcdef";
        Path file = Files.writeString(directory.resolve("a.conf"),
                "signaling.keys { b: \"" + secret + "\", a: \"" + secret + "x\" }");
        assertEquals(0, run("token", "--config", file.toString(), "--identity", "a", "--room", "r"));
        assertEquals("a", new TokenVerifier(Map.of("a", secret + "x")).verify(out.toString().strip()).apiKey());
        assertEquals(0, run("token", "--config", file.toString(), "--identity", "a", "--room", "r", "--api-key", "b"));
        assertEquals("b", new TokenVerifier(Map.of("b", secret)).verify(out.toString().strip()).apiKey());
        wrong("--api-key is 'c'; allowed", "token", "--config", file.toString(), "--identity", "a", "--room", "r",
                "--api-key", "c");
    }

    @Test
    void shouldTellWrongUse() {
        wrong("a command is missing");
        wrong("Unmatched argument at index 0: 'fly'", "fly");
        wrong("Unknown option: '--fly'", "up", "--fly");
        wrong("--identity and --room are required", "token");
        wrong("--ttl is 'soon'; allowed", "token", "--identity", "a", "--room", "r", "--ttl", "soon");
        wrong("--ttl is '999d'; allowed", "token", "--identity", "a", "--room", "r", "--ttl", "999d");
        wrong("--role is 'Dr X'; allowed", "token", "--identity", "a", "--room", "r", "--role", "Dr X");
        wrong("--publish-source is 'mic'; allowed", "token",
                "--identity", "a", "--room", "r", "--publish-source", "mic");
        wrong("'x' is not an int", "up", "--port", "x");
        wrong("signaling.http.port is 70000; allowed: 0 to 65535", "up", "--dev", "--port", "70000");
        wrong("log.format is \"xml\"; allowed: text, json", "up", "--dev", "--log-format", "xml");
        wrong("did you mean sfu.workers?", "up", "--dev", "--set", "sfu.worker=1");
        wrong("signaling.dev is true; allowed: only when", "up", "--dev", "--bind", "0.0.0.0");
        wrong("cannot be read", "up", "--config", directory.resolve("none").toString());
    }

    @Test
    void shouldTellWhenADataDirectoryCannotBeUsed() throws Exception {
        Path file = Files.createFile(directory.resolve("file"));
        assertEquals(1, run("up", "--dev", "--data", file.toString()));
        assertTrue(err.toString().contains("which is a file; allowed: a directory"), err::toString);
    }

    @Test
    void shouldHelp() {
        assertEquals(0, run("--help"));
        for (String command : List.of("up", "signaling", "sfu", "token", "config")) {
            assertTrue(out.toString().contains("\n  " + command), command);
        }
        for (String command : List.of("up", "signaling", "sfu", "token", "config")) {
            assertEquals(0, run(command, "--help"));
            assertTrue(out.toString().contains("Usage: nhipcau " + command), out::toString);
        }
        assertEquals(0, run("--version"));
        assertTrue(out.toString().startsWith("nhipcau "), out::toString);
    }

    @Test
    void shouldShowTheConfigurationWithoutSecrets() {
        assertEquals(0, run("config", "--dev", "--port", "1234", "--set", "sfu.workers=2"));
        assertTrue(out.toString().contains("signaling.http.port = 1234"));
        assertTrue(out.toString().contains("sfu.workers = 2"));
        assertFalse(out.toString().contains("devsecret"));
        assertEquals(0, run("config", "--defaults"));
        assertTrue(out.toString().contains("# The media node."));
    }
}
