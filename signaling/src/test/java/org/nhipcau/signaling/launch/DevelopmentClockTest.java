// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.signaling.launch;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DevelopmentClockTest {
    private static final Instant NOW = Instant.parse("2026-11-22T09:00:00Z");

    private final DevelopmentClock clock = new DevelopmentClock(() -> NOW);

    private int set(String body) {
        return clock.set(body.getBytes(StandardCharsets.UTF_8)).status();
    }

    @Test
    void shouldBeTheMachinesUntilItIsSetAhead() {
        assertEquals(NOW, clock.instant());
        assertEquals(200, set("{\"aheadMs\":300000}"));
        assertEquals(NOW.plusSeconds(300), clock.instant());
    }

    @Test
    void shouldNeverGoBack() {
        assertEquals(200, set("{\"aheadMs\":1000}"));
        assertEquals(400, set("{\"aheadMs\":999}"));
        assertEquals(200, set("{\"aheadMs\":1000}"));
        assertEquals(NOW.plusSeconds(1), clock.instant());
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "x", "[]", "5", "{}", "{\"aheadMs\":\"5\"}", "{\"aheadMs\":1.5}", "{\"aheadMs\":-1}",
        "{\"aheadMs\":31622400001}", "{\"aheadMs\":99999999999999999999}", "{\"aheadMs\":1,\"x\":2}"})
    void shouldRefuseWhatIsNoTime(String body) {
        assertEquals(400, set(body));
        assertEquals(NOW, clock.instant());
    }
}
