// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.signaling.launch;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.LoggingEvent;
import com.fasterxml.jackson.databind.JsonNode;
import java.net.ConnectException;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.nhipcau.signaling.token.StrictJson;

/** Log lines stay lines, and hold nothing of what foreign code says (vulnerability classes V39 and V49). */
class LogEncoderTest {
    private final LoggerContext context = new LoggerContext();

    private String log(boolean json, String logger, Throwable error, String message, Object... arguments) {
        LoggingEvent event = new LoggingEvent("fqcn", context.getLogger(logger), Level.WARN, message, error, arguments);
        event.setThreadName("main");
        event.setTimeStamp(1_800_000_000_123L);
        return new String(new LogEncoder(json).encode(event), StandardCharsets.UTF_8);
    }

    @Test
    void shouldWriteOneLineForPeople() {
        assertEquals("2027-01-15T08:00:00.123Z WARN [main] Room: 2 rooms ended\n",
                log(false, "org.nhipcau.signaling.room.Room", null, "{} rooms {}", 2, "ended"));
    }

    @Test
    void shouldWriteOneObjectALineForMachines() {
        String line = log(true, "org.nhipcau.x.Room", new IllegalStateException("said by a library",
                new ArrayIndexOutOfBoundsException("Index 5 out of bounds")), "it \"failed\"\n{}", "x\u0007y");
        assertTrue(line.endsWith("}\n") && line.indexOf('\n') == line.length() - 1, line);
        JsonNode json = StrictJson.read(line.getBytes(StandardCharsets.UTF_8));
        assertEquals("WARN", json.get("level").textValue());
        assertEquals("2027-01-15T08:00:00.123Z", json.get("time").textValue());
        assertEquals("it \"failed\"\uFFFDx\uFFFDy", json.get("message").textValue());
        assertEquals("java.lang.IllegalStateException", json.get("errors").get(0).get("error").textValue());
        assertEquals("java.lang.ArrayIndexOutOfBoundsException: Index 5 out of bounds",
                json.get("errors").get(1).get("error").textValue());
        assertTrue(json.get("errors").get(0).get("stack").get(0).textValue().contains("LogEncoderTest"));
    }

    @Test
    void shouldNotLetTextForgeLinesOrMoveCursors() {
        for (String bad : new String[] {"a\nb", "a\r\nb", "a\u001b[2Jb", "a\u0000b", "a\u2028b", "a\u202eb", "a\u0085b",
            "a\u200fb", "a\u2066b"}) {
            String text = log(false, "org.nhipcau.X", null, "{}", bad);
            assertEquals(1, text.chars().filter(c -> c == '\n').count(), text);
            assertTrue(text.endsWith("b\n") && text.contains("a\uFFFD"), text);
        }
        assertEquals("Ngân ${jndi:ldap://x} {}", LogEncoder.neutral("Ngân ${jndi:ldap://x} {}"));
    }

    @Test
    void shouldLeaveOutWhatLibrariesSayOfAddresses() {
        String error = log(false, "org.nhipcau.X", new ConnectException("no route to 192.0.2.7:443"), "it failed");
        assertFalse(error.contains("192.0.2.7"), error);
        assertTrue(error.contains("java.net.ConnectException"), error);
        for (boolean json : new boolean[] {false, true}) {
            String line = log(json, "io.netty.channel.X", null,
                    "[id: 0x1, L:/192.0.2.8:7880 - R:/[2001:db8::17]:5060, fe80::1%eth0, ::1] failed at 12:30:15");
            assertFalse(line.contains("192.0.2") || line.contains("2001:db8") || line.contains("fe80::1")
                    || line.contains("::1]"), line);
            assertTrue(line.contains("(address)") && line.contains("failed at"), line);
        }
    }
}
