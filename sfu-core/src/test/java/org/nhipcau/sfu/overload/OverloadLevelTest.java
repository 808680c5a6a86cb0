// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.sfu.overload;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.nhipcau.sfu.overload.OverloadLevel.HIGH_LAYERS;
import static org.nhipcau.sfu.overload.OverloadLevel.LOW_LAYER;
import static org.nhipcau.sfu.overload.OverloadLevel.NONE;
import static org.nhipcau.sfu.overload.OverloadLevel.NO_VIDEO;
import static org.nhipcau.sfu.overload.OverloadLevel.OFF;
import static org.nhipcau.sfu.overload.OverloadLevel.SPEECH_ONLY;
import static org.nhipcau.sfu.overload.OverloadLevel.STAGE_ONLY;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** Each row of the table, as the class draws it. */
class OverloadLevelTest {
    private static final int ANY = Integer.MAX_VALUE;

    @ParameterizedTest
    @CsvSource({
        // level, layers, on the stage, elsewhere
        "NONE, 1, any, any", "NONE, 3, any, any",
        "HIGH_LAYERS, 1, any, 0", "HIGH_LAYERS, 2, any, 0", "HIGH_LAYERS, 3, any, 1",
        "LOW_LAYER, 1, 0, 0", "LOW_LAYER, 3, 0, 0",
        "STAGE_ONLY, 1, 0, off", "STAGE_ONLY, 3, 0, off",
        "NO_VIDEO, 1, off, off", "NO_VIDEO, 3, off, off",
        "SPEECH_ONLY, 1, off, off", "SPEECH_ONLY, 3, off, off"})
    void shouldLimitPicturesByTheTable(OverloadLevel level, int layers, String stage, String others) {
        assertEquals(layer(stage), level.highestLayer(true, layers));
        assertEquals(layer(others), level.highestLayer(false, layers));
    }

    private static int layer(String word) {
        return word.equals("any") ? ANY : word.equals("off") ? OFF : Integer.parseInt(word);
    }

    @Test
    void shouldTakeFramesAwayOnlyWhereOnlyTheStageIsLeft() {
        for (OverloadLevel level : OverloadLevel.values()) {
            assertEquals(level == STAGE_ONLY, level.fewestFrames(), level.name());
        }
    }

    @Test
    void shouldGiveUpRepairsOfPicturesEarly() {
        assertTrue(NONE.repairsVideo(false));
        assertTrue(HIGH_LAYERS.repairsVideo(true));
        assertFalse(HIGH_LAYERS.repairsVideo(false));
        for (OverloadLevel level : new OverloadLevel[] {LOW_LAYER, STAGE_ONLY, NO_VIDEO, SPEECH_ONLY}) {
            assertFalse(level.repairsVideo(true), level.name());
            assertFalse(level.repairsVideo(false), level.name());
        }
    }

    @ParameterizedTest
    @EnumSource
    void shouldNeverGiveUpTheSoundOfControllerOrSpeaker(OverloadLevel level) {
        assertTrue(level.forwardsSound(true, false));
        assertTrue(level.forwardsSound(false, true));
        assertTrue(level.forwardsSound(true, true));
        assertEquals(level != SPEECH_ONLY, level.forwardsSound(false, false));
    }

    @ParameterizedTest
    @EnumSource
    void shouldGiveUpAllPicturesBeforeAnySound(OverloadLevel level) {
        if (!level.forwardsSound(false, false)) {
            assertEquals(OFF, level.highestLayer(true, 3));
            assertEquals(OFF, level.previous().highestLayer(true, 3));
        }
    }

    @Test
    void shouldTakeMoreAwayWithEachLevel() {
        for (OverloadLevel level : OverloadLevel.values()) {
            for (int layers = 1; layers <= 3; layers++) {
                for (boolean stage : new boolean[] {true, false}) {
                    assertTrue(level.next().highestLayer(stage, layers) <= level.highestLayer(stage, layers));
                }
            }
        }
        assertEquals(NONE, NONE.previous());
        assertEquals(SPEECH_ONLY, SPEECH_ONLY.next());
    }
}
