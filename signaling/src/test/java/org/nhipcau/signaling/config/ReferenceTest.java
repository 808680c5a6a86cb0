// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.signaling.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigObject;
import com.typesafe.config.ConfigRenderOptions;
import com.typesafe.config.ConfigValue;
import com.typesafe.config.ConfigValueType;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.nhipcau.sfu.api.SfuConfig;

/** The defaults file and the records say the same. */
class ReferenceTest {
    private static final Pattern RANGE = Pattern.compile("Range: (-?\\d+) to (\\d+)");
    private static final String SECRET = "0123456789abcdef0123456789abcdef";

    private final Map<String, ConfigValue> documented = documented();

    private static Map<String, ConfigValue> documented() {
        Map<String, ConfigValue> keys = new TreeMap<>();
        collect("", ConfigLoader.defaults().root(), keys);
        return keys;
    }

    private static void collect(String prefix, ConfigObject section, Map<String, ConfigValue> keys) {
        section.forEach((name, value) -> {
            if (value instanceof ConfigObject inner && !name.equals("keys")) {
                collect(prefix + name + ".", inner, keys);
            } else {
                keys.put(prefix + name, value);
            }
        });
    }

    private static ConfigLoader loader() {
        return new ConfigLoader(Map.of("NHIPCAU_KEYS", "a: " + SECRET));
    }

    @Test
    void shouldDocumentEveryComponentAndNothingElse() {
        TreeSet<String> components = new TreeSet<>();
        RecordReader.keysOf(ServerConfig.class, "").forEach(key -> components.add(key.replace(".*", "")));
        assertEquals(components, new TreeSet<>(documented.keySet()));
    }

    @Test
    void shouldDescribeEveryKey() {
        documented.forEach((key, value) -> {
            String comment = String.join(" ", value.origin().comments()).strip();
            assertTrue(comment.length() > 20 && comment.endsWith("."), key + ": " + comment);
            if (value.valueType() == ConfigValueType.NUMBER) {
                assertTrue(RANGE.matcher(comment).find(), key + " is documented without a range");
            } else if (value.valueType() == ConfigValueType.BOOLEAN) {
                assertTrue(comment.contains("Allowed: true, false."), key);
            }
            if (KeyRules.CHOICES.containsKey(key)) {
                assertTrue(comment.contains("Allowed: " + String.join(", ", KeyRules.CHOICES.get(key))), key);
            }
        });
    }

    @Test
    void shouldHoldTheDocumentedRanges() throws Exception {
        for (Map.Entry<String, ConfigValue> entry : documented.entrySet()) {
            String key = entry.getKey();
            Matcher range = RANGE.matcher(String.join(" ", entry.getValue().origin().comments()));
            if (!range.find()) {
                continue;
            }
            long min = Long.parseLong(range.group(1));
            long max = Long.parseLong(range.group(2));
            if (KeyRules.RANGES.containsKey(key)) {
                assertEquals(new KeyRules.Range(min, max), KeyRules.RANGES.get(key), key);
            }
            for (long outside : new long[] {min - 1, max + 1}) {
                InvalidConfigException e = assertThrows(InvalidConfigException.class,
                        () -> loader().set(key, outside).load(), key + " = " + outside);
                assertTrue(e.getMessage().startsWith(key + " is " + outside), e.getMessage());
            }
            for (long inside : new long[] {min, max}) {
                ConfigLoader loader = loader().set(key, inside);
                // Where two keys depend on one another, the other gives way.
                switch (key) {
                    case "signaling.rooms.ping-interval-s" -> loader.set("signaling.rooms.ping-timeout-s", 300);
                    case "signaling.rooms.ping-timeout-s" -> loader.set("signaling.rooms.ping-interval-s", 1);
                    case "signaling.limits.messages-per-second" -> loader.set("signaling.limits.message-burst", 10_000);
                    case "signaling.limits.message-burst" -> loader.set("signaling.limits.messages-per-second", 1);
                    case "signaling.store.keep.audit-days" ->
                            loader.set("signaling.store.keep.consultation-days", 1);
                    case "signaling.store.keep.consultation-days" ->
                            loader.set("signaling.store.keep.audit-days", 36_500);
                    case "signaling.limits.api-requests-per-second" ->
                            loader.set("signaling.limits.api-request-burst", 10_000);
                    case "signaling.limits.api-request-burst" ->
                            loader.set("signaling.limits.api-requests-per-second", 1);
                    case "signaling.limits.failed-credentials-per-second" ->
                            loader.set("signaling.limits.failed-credential-burst", 10_000);
                    case "signaling.limits.failed-credential-burst" ->
                            loader.set("signaling.limits.failed-credentials-per-second", 1);
                    case "sfu.transport-hold-ms" -> loader.set("sfu.consent-timeout-ms", 5_000);
                    default -> { }
                }
                loader.load();
            }
        }
    }

    @Test
    void everyRuleShouldBelongToAKey() {
        KeyRules.RANGES.keySet().forEach(key -> assertTrue(documented.containsKey(key), key));
        KeyRules.CHOICES.keySet().forEach(key -> assertTrue(documented.containsKey(key), key));
    }

    @Test
    void shouldAgreeWithTheMediaNodesOwnDefaults() throws Exception {
        assertEquals(SfuConfig.DEFAULT, loader().load().sfu());
    }

    @Test
    void shouldKeepTheDefaults() {
        Config defaults = ConfigLoader.defaults();
        StringBuilder text = new StringBuilder();
        documented.forEach((key, value) -> {
            if (!key.startsWith("sfu.")) {
                text.append(key).append(" = ")
                        .append(defaults.getValue(key).render(ConfigRenderOptions.concise())).append('\n');
            }
        });
        assertEquals("""
                control.certificate-file = ""
                control.host = "127.0.0.1"
                control.port = 7870
                control.private-key-file = ""
                control.token = ""
                control.trust-file = ""
                data-dir = "data"
                log.format = "text"
                log.level = "info"
                signaling.dev = false
                signaling.http.admin-bind-address = "127.0.0.1"
                signaling.http.admin-port = 7888
                signaling.http.allowed-origins = ["*"]
                signaling.http.bind-address = "127.0.0.1"
                signaling.http.port = 7880
                signaling.keys = {}
                signaling.limits.api-request-burst = 100
                signaling.limits.api-requests-per-second = 20
                signaling.limits.auth-timeout-s = 10
                signaling.limits.failed-credential-burst = 200
                signaling.limits.failed-credentials-per-second = 20
                signaling.limits.max-attributes-bytes = 65536
                signaling.limits.max-connections = 10000
                signaling.limits.max-frame-bytes = 2097152
                signaling.limits.max-join-request-bytes = 1048576
                signaling.limits.max-metadata-bytes = 65536
                signaling.limits.max-name-chars = 256
                signaling.limits.max-participants-per-room = 200
                signaling.limits.max-request-line-bytes = 1048576
                signaling.limits.max-rooms = 1000
                signaling.limits.max-sdp-bytes = 262144
                signaling.limits.max-tracks-per-participant = 16
                signaling.limits.max-whip-sessions = 1000
                signaling.limits.message-burst = 500
                signaling.limits.messages-per-second = 50
                signaling.limits.send-queue-messages = 512
                signaling.paths.key = ""
                signaling.paths.max-age-s = 14400
                signaling.paths.max-entries = 10000
                signaling.plain-rooms = false
                signaling.quality.keep-s = 86400
                signaling.quality.max-bytes = 67108864
                signaling.quality.sample-interval-s = 5
                signaling.rooms.api-may-unmute = false
                signaling.rooms.auto-create = true
                signaling.rooms.consultation-hold-s = 300
                signaling.rooms.departure-timeout-s = 20
                signaling.rooms.empty-timeout-s = 300
                signaling.rooms.join-timeout-s = 60
                signaling.rooms.ping-interval-s = 5
                signaling.rooms.ping-timeout-s = 15
                signaling.rooms.resume-hold-s = 30
                signaling.rooms.token-refresh-s = 300
                signaling.rooms.token-ttl-s = 600
                signaling.sound.max-bitrate-bps = 0
                signaling.sound.packet-ms = 20
                signaling.sound.redundancy = true
                signaling.store.head-file = ""
                signaling.store.keep.audit-days = 3650
                signaling.store.keep.consultation-days = 3650
                signaling.store.keep.idempotency-hours = 48
                signaling.store.keep.outbox-days = 30
                signaling.store.keep.patient-name-days = 3650
                signaling.store.keep.quality-days = 730
                signaling.store.key = ""
                signaling.store.url = ""
                signaling.webhooks.api-key = ""
                signaling.webhooks.consultation-urls = []
                signaling.webhooks.max-attempts = 6
                signaling.webhooks.queue-events = 1000
                signaling.webhooks.timeout-s = 10
                signaling.webhooks.urls = []
                """, text.toString());
        assertFalse(ConfigLoader.documentation().lines().anyMatch(line -> line.length() > 120));
    }
}
