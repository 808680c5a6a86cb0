// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.signaling.session;

import static org.junit.jupiter.api.Assertions.assertEquals;

import livekit.LivekitModels.ConnectionQuality;
import org.junit.jupiter.api.Test;

class ConnectionScoreTest {
    @Test
    void shouldFallAtOnceAndRiseAfterTwoIntervals() {
        ConnectionScore score = new ConnectionScore();
        assertEquals(ConnectionQuality.POOR, score.update(2));
        assertEquals(ConnectionQuality.POOR, score.update(4.3));
        assertEquals(ConnectionQuality.POOR, score.update(2));
        assertEquals(ConnectionQuality.POOR, score.update(3.5));
        assertEquals(ConnectionQuality.GOOD, score.update(3.5));
        assertEquals(ConnectionQuality.GOOD, score.update(4.3));
        assertEquals(ConnectionQuality.EXCELLENT, score.update(4.3));
    }
}
