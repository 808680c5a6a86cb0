// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.sfu.route;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;
import org.nhipcau.sfu.api.SfuConfig;

/** How thin speech is wanted by one viewer, and by several together. Frames are of 20 ms. */
class SpeechRateTest {
    private static final long STEP_NS = 200_000_000L;
    private static final int USUAL_BYTES = 60;
    private final AudioProtection protection = new AudioProtection(null);
    private long nowNs = STEP_NS;

    // So many seconds of speech, of so many bytes a frame, with bursts of 2.5 where there is loss.
    private int after(double seconds, int frames, int frameBytes, double loss, long estimateBps) {
        for (int i = 0; i < seconds * 1e9 / STEP_NS; i++) {
            nowNs += STEP_NS;
            protection.onPackets(frames, frames, frames * frameBytes);
            protection.update(loss, 2.5, estimateBps, nowNs);
        }
        return protection.wantedSpeechBps();
    }

    private int talking(double seconds, double loss, long estimateBps) {
        return after(seconds, 10, USUAL_BYTES, loss, estimateBps);
    }

    @Test
    void shouldLeaveSpeechAsItIsWhereItFitsWithAllThatProtectsIt() {
        assertEquals(0, talking(30, 0, 2_000_000));
        assertEquals(0, talking(30, 0.2, 256_000));
        assertEquals(0, talking(30, 0, 64_000));
    }

    @Test
    void shouldAskForThinnerSpeechWhereCopiesDoNotFit() {
        int wanted = talking(10, 0.2, 64_000);
        assertEquals(true, wanted > 0 && wanted <= 12_000, wanted + " bps");
    }

    @Test
    void shouldAskForThinnerSpeechWhereNotEvenSoundFits() {
        int wanted = talking(10, 0, 24_000);
        assertEquals(true, wanted > 0 && wanted <= 12_000, wanted + " bps");
    }

    @Test
    void shouldNotAskBecauseOfADip() {
        assertEquals(0, talking(10, 0.01, 300_000));
        assertEquals(0, talking(0.8, 0.01, 24_000));
        assertEquals(0, talking(60, 0.01, 300_000));
    }

    @Test
    void shouldWantMoreAgainOnlyWhenThePathHasCarriedItForLong() {
        int thin = talking(10, 0.2, 64_000);
        // What comes in is thin by now, and says nothing of what would come otherwise.
        assertEquals(thin, after(19, 10, thin / 400, 0, 300_000));
        assertEquals(thin, after(2, 10, thin / 400, 0.2, 40_000));
        assertEquals(thin, after(19, 10, thin / 400, 0, 300_000));
        assertEquals(0, after(2, 10, thin / 400, 0, 300_000));
    }

    @Test
    void shouldReadNothingFromAPause() {
        assertEquals(0, after(60, 0, USUAL_BYTES, 0.2, 64_000));
        int thin = talking(10, 0.2, 64_000);
        assertEquals(thin, after(60, 0, USUAL_BYTES, 0.2, 2_000_000));
    }

    @Test
    void shouldReckonWithHowRichAPublisherIs() {
        assertEquals(0, talking(10, 0, 56_000));
        int wanted = after(10, 10, 3 * USUAL_BYTES, 0, 56_000);
        assertEquals(true, wanted > 0 && wanted <= 16_000, wanted + " bps");
    }

    @Test
    void shouldSoonForgetHowRichAPublisherWas() {
        assertEquals(true, after(10, 10, 3 * USUAL_BYTES, 0, 56_000) > 0);
        assertEquals(0, talking(43, 0, 56_000), "of that 20 s for caution");
    }

    @Test
    void shouldFollowTheRuleAmongSeveral() {
        int[][] cases = {{-1, -1}, {-1, 0}, {-1, 12_000}, {0, 0}, {0, 12_000}, {16_000, 12_000}};
        int[] any = {-1, 0, 12_000, 0, 12_000, 12_000};
        int[] all = {-1, 0, 12_000, 0, 0, 16_000};
        for (int i = 0; i < cases.length; i++) {
            for (int turn = 0; turn < 2; turn++) {
                int one = cases[i][turn];
                int other = cases[i][1 - turn];
                assertEquals(any[i], ThinSpeech.together(one, other, SfuConfig.ThinSpeech.ANY), one + ", " + other);
                assertEquals(all[i], ThinSpeech.together(one, other, SfuConfig.ThinSpeech.ALL), one + ", " + other);
            }
        }
        assertEquals(0, ThinSpeech.together(12_000, 12_000, SfuConfig.ThinSpeech.NEVER));
    }
}
