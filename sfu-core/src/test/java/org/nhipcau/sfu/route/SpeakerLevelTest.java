// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.sfu.route;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.nhipcau.sfu.api.TrackSource;

class SpeakerLevelTest {
    private final SpeakerLevel level = new SpeakerLevel(TrackSource.MICROPHONE);
    private int timestamp = -10_000;

    private double window(int packets, int dbov) {
        for (int i = 0; i < packets; i++) {
            level.onPacket(dbov, timestamp += 960, 48_000);
        }
        return level.endWindow(400);
    }

    @Test
    void shouldHearAVoiceAboveTheThresholdOnly() {
        assertEquals(0, window(20, 36));
        assertTrue(window(20, 35) > 0);
    }

    @Test
    void shouldNeedFortyPercentOfTheWindow() {
        assertEquals(0, window(7, 10));
        assertTrue(window(8, 10) > 0);
    }

    @Test
    void shouldRiseTowardsTheLinearLevelAndFallAfterSpeech() {
        double first = window(20, 20);
        double second = window(20, 20);
        assertEquals(0.1 * 2 / 3, first, 0.001);
        assertTrue(second > first && second < 0.1);
        double after = window(0, 127);
        assertTrue(after < second);
        for (int i = 0; i < 5; i++) {
            after = window(1, 127);
        }
        assertTrue(after < 0.001);
    }

    @Test
    void shouldNotTakeThePauseOfDtxForALongPacket() {
        level.onPacket(127, 0, 48_000);
        level.onPacket(20, 400 * 48, 48_000);
        assertEquals(0, level.endWindow(400));
    }

    @Test
    void shouldNotCallASharedScreensSoundSpeech() {
        SpeakerLevel screen = new SpeakerLevel(TrackSource.SCREEN_SHARE_AUDIO);
        for (int i = 0; i < 20; i++) {
            screen.onPacket(5, i * 960, 48_000);
        }
        assertEquals(0, screen.endWindow(400));
    }
}
