// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.sfu.route;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Random;
import org.junit.jupiter.api.Test;
import org.nhipcau.sfu.api.PictureStep;

/** Three layers of three temporal layers: 60 to 150, 200 to 450 and 800 to 1,700 kbit/s. */
class LayerChoiceTest {
    private static final long MS = 1_000_000L;
    private static final long TICK_NS = 100 * MS;
    private static final long[][] KBPS = {{60, 90, 150}, {200, 300, 450}, {800, 1_200, 1_700}};

    private final Ladder ladder = ladder();
    private final LayerChoice choice = new LayerChoice();
    private long nowNs = 1_000 * MS;

    static Ladder ladder() {
        Ladder ladder = new Ladder();
        ladder.begin(6_000, 4_000 * MS);
        for (int layer = 0; layer < 3; layer++) {
            for (int temporal = layer == 0 ? 0 : 1; temporal < 3; temporal++) {
                ladder.add(layer, temporal == 2 ? 3 : temporal, KBPS[layer][temporal] * 1_000, 7.5 * (1 << temporal),
                        KBPS[layer][0] * 1_000, 8_000L << layer);
            }
        }
        return ladder;
    }

    private static int best(Ladder ladder, long bps) {
        int rung = Ladder.OFF;
        while (rung < ladder.top() && ladder.bps(rung + 1) <= bps) {
            rung++;
        }
        return rung;
    }

    private void grant(long kbps) {
        choice.grant(ladder, best(ladder, kbps * 1_000), kbps * 1_000, nowNs);
        nowNs += TICK_NS;
    }

    private void grantFor(long ms, long kbps) {
        for (long passed = 0; passed < ms; passed += 100) {
            grant(kbps);
        }
    }

    private void assertStands(int layer, int temporal) {
        assertEquals(layer + "/" + temporal, choice.layer() + "/" + choice.temporal());
    }

    @Test
    void shouldTakeWhatIsGrantedAtFirstAndAllWithoutALimit() {
        grant(500);
        assertStands(1, 3);
        choice.unlimited();
        assertEquals(ladder.top(), choice.held(ladder));
        assertEquals(PictureStep.MOVING, choice.step());
    }

    @Test
    void shouldGiveUpFramesAtOnceAndTakeThemUpAfterAMoment() {
        grant(500);
        grant(350);
        assertStands(1, 1);
        grant(500);
        assertStands(1, 1);
        grantFor(500, 500);
        assertStands(1, 3);
    }

    @Test
    void shouldRideOutAShortWantWithFewerFramesOfTheSameLayer() {
        grant(500);
        grant(250);
        assertStands(1, 0);
        grant(500);
        assertStands(1, 3);
        // The same want, lasting: the layer below, and of the present one the fewest frames until its key frame comes.
        grantFor(400, 250);
        assertStands(0, 3);
        assertEquals(0, choice.meanwhile());
    }

    @Test
    void shouldLeaveALayerAtOnceThatDoesNotFitAtAll() {
        choice.unlimited();
        grant(160);
        assertStands(0, 3);
        grant(70);
        assertStands(0, 0);
        assertEquals(PictureStep.FEW_FRAMES, choice.step());
        grant(30);
        assertEquals(PictureStep.STILL, choice.step());
        grant(5);
        assertEquals(PictureStep.OFF, choice.step());
    }

    @Test
    void shouldComeBackWithinThreeSecondsAfterASingleCut() {
        choice.unlimited();
        grantFor(30_000, 160);
        grantFor(800, 2_000);
        assertStands(2, 3);
        grantFor(20_000, 20);
        grantFor(1_300, 2_000);
        assertStands(2, 3);
    }

    /** What held for five seconds was no mistake when the path falls: a mobile link falls and rises again all the time. */
    @Test
    void shouldFollowALinkThatFallsAndRisesAgainAndAgain() {
        grant(160);
        for (int i = 0; i < 6; i++) {
            grantFor(700, 500);
            assertStands(1, 3);
            grantFor(4_300, 500);
            grantFor(5_000, 160);
            assertStands(0, 3);
        }
        for (int i = 0; i < 6; i++) {
            grantFor(5_000, 30);
            assertEquals(PictureStep.STILL, choice.step());
            grantFor(700, 160);
            assertEquals(PictureStep.MOVING, choice.step());
            grantFor(4_300, 160);
        }
    }

    /** What is taken back at once was one, and is tried again more and more rarely. */
    @Test
    void shouldWaitLongerAfterEachStepThatIsTakenBackAtOnce() {
        grant(160);
        for (long holdMs = 500; holdMs <= 8_000; holdMs *= 2) {
            grantFor(holdMs, 500);
            assertStands(0, 3);
            grant(500);
            assertStands(1, 3);
            grantFor(1_000, 160);
            assertStands(0, 3);
        }
    }

    @Test
    void shouldKeepToALayerWhoseKeyFramePassesTheLink() {
        grant(160);
        Ladder heavy = new Ladder();
        heavy.begin(6_000, 4_000 * MS);
        heavy.add(0, 3, 150_000, 30, 60_000, 8_000);
        heavy.add(1, 3, 160_000, 30, 70_000, 40_000);
        for (int i = 0; i < 100; i++) {
            choice.grant(heavy, 1, 200_000, nowNs += TICK_NS);
        }
        assertStands(0, 3);
        for (int i = 0; i < 10; i++) {
            choice.grant(heavy, 1, 400_000, nowNs += TICK_NS);
        }
        assertStands(1, 3);
    }

    @Test
    void shouldGiveAViewerThatAsksForMoreWhatThereIsAtOnce() {
        choice.wish(0, nowNs);
        grant(160);
        choice.wish(2, nowNs);
        grant(2_000);
        assertStands(2, 3);
    }

    /** Whatever the path does, switches of layer, still pictures and pauses stay few. */
    @Test
    void shouldNeverFlap() {
        long worstFirst = 0;
        long worstLater = 0;
        for (long seed = 1; seed <= 3_000; seed++) {
            Random random = new Random(seed);
            LayerChoice wavering = new LayerChoice();
            Ladder steps = ladder();
            long now = random.nextLong(1L << 50);
            int kind = random.nextInt(4);
            long periodNs = (200 + random.nextInt(20_000)) * MS;
            long kbps = 2_000;
            String before = "";
            long[] perMinute = new long[5];
            for (int tick = 0; tick < 3_000; tick++, now += TICK_NS) {
                kbps = switch (kind) {
                    case 0 -> now / periodNs % 2 == 0 ? 2_000 : 10;
                    case 1 -> now / periodNs % 2 == 0 ? 500 : 420;
                    case 2 -> 5 + random.nextInt(2_000);
                    default -> Math.clamp(kbps + random.nextInt(201) - 100, 5, 2_000);
                };
                wavering.grant(steps, best(steps, kbps * 1_000), kbps * 1_000, now);
                boolean moves = wavering.step().compareTo(PictureStep.FEW_FRAMES) >= 0;
                String stands = moves ? "layer " + wavering.layer() : wavering.step().name();
                perMinute[tick / 600] += stands.equals(before) ? 0 : 1;
                before = stands;
            }
            worstFirst = Math.max(worstFirst, perMinute[0]);
            for (int minute = 1; minute < 5; minute++) {
                worstLater = Math.max(worstLater, perMinute[minute]);
                assertTrue(perMinute[minute] <= 20, perMinute[minute] + " switches in minute " + minute + ", seed " + seed);
            }
            assertTrue(perMinute[0] <= 40, perMinute[0] + " switches in the first minute, seed " + seed);
        }
        System.out.println("switches a minute at worst: " + worstFirst + " in the first, " + worstLater + " later");
        assertTrue(worstFirst > 5, "the paths did not waver");
    }
}
