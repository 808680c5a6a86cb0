// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.signaling.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ConfigLoaderTest {
    private static final String SECRET = "0123456789abcdef0123456789abcdef";

    @TempDir
    private Path directory;

    private Path file(String text) throws IOException {
        return Files.writeString(directory.resolve("server.conf"), text);
    }

    private static ConfigLoader withKey() {
        return new ConfigLoader(Map.of("NHIPCAU_KEYS", "a: " + SECRET));
    }

    private static List<String> problems(ConfigLoader loader) {
        return assertThrows(InvalidConfigException.class, loader::load).problems();
    }

    private static String problem(ConfigLoader loader) {
        List<String> problems = problems(loader);
        assertEquals(1, problems.size(), problems::toString);
        return problems.getFirst();
    }

    @Test
    void shouldLayCommandLineOverEnvironmentOverFileOverDefaults() throws Exception {
        Path file = file("signaling { http.port = 1, http.admin-port = 2, keys { b: \"" + SECRET + "\" } }\n"
                + "sfu.workers = 3");
        ServerConfig config = withKey().file(file).set("signaling.http.port", 5).load();
        assertEquals(5, config.signaling().http().port());
        assertEquals(2, config.signaling().http().adminPort());
        assertEquals(3, config.sfu().workers());
        assertEquals(Map.of("a", SECRET, "b", SECRET), config.signaling().keys());
        assertEquals(300, config.signaling().rooms().emptyTimeoutS());
        assertEquals(Path.of("data"), config.dataDir());
    }

    @Test
    void shouldNameUnknownKeysAndTheOneMeant() throws Exception {
        assertEquals("signaling.http.prot is not a key (line 2); did you mean signaling.http.port?",
                problem(withKey().file(file("\nsignaling.http.prot = 1"))));
        assertEquals("signaling.port is not a key; did you mean control.port?",
                problem(withKey().set("signaling.port=1")));
        assertTrue(problem(withKey().set("signaling.limits.maxFrameBytes=20000"))
                .endsWith("did you mean signaling.limits.max-frame-bytes?"));
        assertEquals("wholly is not a key; allowed: see the keys that \"config\" prints",
                problem(withKey().set("wholly.other.thing=1")));
    }

    @Test
    void shouldNameKeyValueAndWhatIsAllowed() throws Exception {
        assertEquals("signaling.http.port is 65536; allowed: 0 to 65535",
                problem(withKey().set("signaling.http.port=65536")));
        assertEquals("signaling.http.port is -1; allowed: 0 to 65535",
                problem(withKey().set("signaling.http.port=-1")));
        assertEquals("signaling.http.port is 1.5; allowed: a whole number, 0 to 65535",
                problem(withKey().set("signaling.http.port=1.5")));
        assertEquals("signaling.http.port is \"many\"; allowed: a whole number, 0 to 65535",
                problem(withKey().set("signaling.http.port=many")));
        assertEquals("signaling.rooms.auto-create is \"maybe\"; allowed: true or false",
                problem(withKey().set("signaling.rooms.auto-create=maybe")));
        assertEquals("log.format is \"xml\"; allowed: text, json", problem(withKey().set("log.format=xml")));
        assertEquals("sfu.packet-cache-packets is 100; allowed: a power of two from 64 to 16384",
                problem(withKey().set("sfu.packet-cache-packets=100")));
        assertEquals("sfu.thin-speech is \"some\"; allowed: never, all, any",
                problem(withKey().set("sfu.thin-speech=some")));
        assertEquals("sfu.thin-speech is true; allowed: never, all, any",
                problem(withKey().set("sfu.thin-speech=true")));
        assertEquals("sfu.workers is 257; allowed: 0 to 256", problem(withKey().set("sfu.workers=257")));
        assertEquals("signaling.http is 5; allowed: a section, { … }", problem(withKey().set("signaling.http=5")));
        assertEquals("signaling.webhooks.urls is 5; allowed: a list of texts, [\"a\", \"b\"]",
                problem(withKey().set("signaling.webhooks.urls=5")));
        assertEquals("sfu.first-port is 99999999999; allowed: a 32-bit number",
                problem(withKey().set("sfu.first-port=99999999999")));
    }

    @Test
    void shouldTellAllProblemsAtOnce() {
        assertEquals(3, problems(withKey().set("signaling.http.port=-1").set("log.level=loud").set("x=1")).size());
    }

    @Test
    void shouldCheckWhatOnlyShowsTogether() throws Exception {
        assertTrue(problem(withKey().set("signaling.rooms.ping-timeout-s=5")).contains("more than"));
        assertTrue(problem(withKey().set("signaling.limits.message-burst=10")).contains("at least"));
        assertTrue(problem(withKey().set("signaling.limits.failed-credential-burst=10")).contains("at least"));
        assertTrue(problem(withKey().set("signaling.http.bind-address=localhost")).contains("literal"));
        assertTrue(problem(withKey().set("sfu.bind-address=999.1.1.1")).contains("literal"));
        assertTrue(problem(withKey().set("control.host=0.0.0.0")).startsWith("control.token is empty"));
        String token = "control.token=0123456789abcdef0123456789abcdef";
        withKey().set("control.host=node.example").set(token).load();
        assertEquals("control.certificate-file is empty; allowed: a PEM file when control.host is not loopback",
                problem(withKey().mediaNode(true).set("control.host=0.0.0.0").set(token)));
        assertTrue(problem(withKey().set("control.private-key-file=k.pem"))
                .startsWith("control.certificate-file is empty"));
        assertTrue(problem(withKey().set("control.token=short")).startsWith("control.token is (hidden)"));
        assertTrue(problem(withKey().set("signaling.http.allowed-origins=[\"example.org\"]")).contains("scheme"));
        assertTrue(problem(withKey().set("signaling.webhooks.urls=[\"ftp://x/\"]")).contains("http(s)"));
        assertTrue(problem(withKey().set("signaling.webhooks.urls=[\"http://u:p@x/\"]")).contains("http(s)"));
        assertTrue(problem(withKey().set("signaling.webhooks.api-key=nobody")).contains("a name of signaling.keys"));
    }

    @Test
    void shouldWantKeysWithLongSecrets() throws Exception {
        assertTrue(problem(new ConfigLoader(Map.of())).startsWith("signaling.keys is empty"));
        String tooShort = problem(new ConfigLoader(Map.of("NHIPCAU_KEYS", "a: tooshort")));
        assertEquals("signaling.keys.\"a\" is (hidden) of 8 characters; allowed: 32 or more", tooShort);
        assertTrue(problem(new ConfigLoader(Map.of("NHIPCAU_KEYS", "nocolon"))).startsWith("NHIPCAU_KEYS is (hidden)"));
        assertEquals(2, new ConfigLoader(Map.of("NHIPCAU_KEYS", "a: " + SECRET + ", b.c: " + SECRET)).load()
                .signaling().keys().size());
        assertTrue(new ConfigLoader(Map.of()).mediaNode(true).load().signaling().keys().isEmpty());
    }

    @Test
    void shouldRunDevelopmentModeOnLoopbackOnly() throws Exception {
        ServerConfig config = new ConfigLoader(Map.of()).dev(true).load();
        assertEquals(Map.of("devkey", "devsecret-devsecret-devsecret-devs"), config.signaling().keys());
        assertEquals("127.0.0.1", config.sfu().bindAddress());
        assertTrue(config.signaling().dev());
        for (String key : List.of("signaling.http.bind-address", "signaling.http.admin-bind-address",
                "sfu.bind-address")) {
            String refused = problem(new ConfigLoader(Map.of()).dev(true).set(key, "0.0.0.0"));
            assertTrue(refused.startsWith("signaling.dev is true; allowed: only when"), refused);
            new ConfigLoader(Map.of()).dev(true).set(key, "::1").load();
        }
        assertTrue(problem(new ConfigLoader(Map.of()).file(file("signaling.dev = true\nsfu.bind-address = \"::\"")))
                .startsWith("signaling.dev"));
        ServerConfig ownKeys = new ConfigLoader(Map.of("NHIPCAU_KEYS", "k: secret")).dev(true).load();
        assertEquals(Map.of("k", "secret"), ownKeys.signaling().keys());
    }

    @Test
    void shouldGiveAMediaNodeAnAdminPortOfItsOwn() throws Exception {
        assertEquals(7888, withKey().load().signaling().http().adminPort());
        assertEquals(7889, withKey().mediaNode(true).load().signaling().http().adminPort());
        assertEquals(5, withKey().mediaNode(true).set("signaling.http.admin-port", 5).load().signaling().http()
                .adminPort());
    }

    @Test
    void shouldTellOfFilesItCannotRead() throws Exception {
        assertTrue(problem(withKey().file(directory.resolve("none.conf"))).contains("cannot be read"));
        assertTrue(problem(withKey().file(directory)).contains("cannot be read"));
        assertTrue(problem(withKey().file(file("a = {"))).contains("cannot be read"));
        assertTrue(problem(withKey().set("novalue")).contains("key=value"));
    }

    @Test
    void shouldNeverShowSecrets() throws Exception {
        String control = "control-secret-control-secret-control";
        ConfigLoader loader = new ConfigLoader(Map.of("NHIPCAU_KEYS", "a: " + SECRET,
                "NHIPCAU_CONTROL_TOKEN", control)).file(file("signaling.keys { c.d: [1], e: \"file-secret-file\" }"));
        String problems = String.join("\n", problems(loader));
        String shown = String.join("\n", new ConfigLoader(Map.of("NHIPCAU_KEYS", "a: " + SECRET,
                "NHIPCAU_CONTROL_TOKEN", control)).inForce());
        ServerConfig config = withKey().set("control.token", control).load();
        for (String text : List.of(problems, shown, config.toString(), config.control().toString())) {
            assertFalse(text.contains(SECRET) || text.contains(control) || text.contains("file-secret"), text);
        }
        assertTrue(shown.contains("signaling.keys.a = (hidden)"));
        assertTrue(shown.contains("control.token = (hidden)"));
    }
}
