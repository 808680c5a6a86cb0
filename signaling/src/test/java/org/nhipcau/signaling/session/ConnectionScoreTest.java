// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.signaling.session;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import livekit.LivekitModels.ConnectionQuality;
import org.junit.jupiter.api.Test;
import org.nhipcau.sfu.api.MediaEvent.DirectionStatistics;

class ConnectionScoreTest {
    private static ConnectionQuality mark(double audioLoss, double videoLoss, double rttMs, double jitterMs) {
        double score = ConnectionScore.of(new DirectionStatistics(audioLoss, videoLoss, jitterMs, 1, 1), rttMs);
        return new ConnectionScore().update(score);
    }

    @Test
    void shouldMarkWhatLinksFeelLike() {
        assertEquals(ConnectionQuality.EXCELLENT, mark(0, 0, 20, 2));
        assertEquals(ConnectionQuality.EXCELLENT, mark(0.02, 0.02, 60, 5));
        assertEquals(ConnectionQuality.GOOD, mark(0.05, 0, 80, 10));
        assertEquals(ConnectionQuality.POOR, mark(0.10, 0, 80, 10));
        assertEquals(ConnectionQuality.POOR, mark(0.2, 0.2, 200, 50));
        assertEquals(ConnectionQuality.EXCELLENT, mark(0, 0.08, 40, 5), "video loss is repaired before it is seen");
        assertEquals(ConnectionQuality.POOR, mark(0, 0.5, 40, 5));
        assertEquals(ConnectionQuality.EXCELLENT, mark(0, 0, 300, 5));
        assertEquals(ConnectionQuality.POOR, mark(0, 0, 1_000, 5), "nobody can talk over a second of round trip");
        assertEquals(ConnectionQuality.EXCELLENT, mark(-1, -1, 40, -1), "nothing sent, nothing suffered");
    }

    @Test
    void shouldFallWithLossDelayAndJitter() {
        for (int percent = 1; percent <= 100; percent++) {
            assertTrue(ConnectionScore.mos(percent / 100.0, 50, 5)
                    <= ConnectionScore.mos((percent - 1) / 100.0, 50, 5));
        }
        for (int ms = 10; ms <= 3_000; ms += 10) {
            assertTrue(ConnectionScore.mos(0, ms, 5) <= ConnectionScore.mos(0, ms - 10, 5));
            assertTrue(ConnectionScore.mos(0, 50, ms) <= ConnectionScore.mos(0, 50, ms - 10));
        }
        assertEquals(1, ConnectionScore.mos(1, 10_000, 10_000));
        assertTrue(ConnectionScore.BEST > 4.3 && ConnectionScore.BEST < 4.6);
    }

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
