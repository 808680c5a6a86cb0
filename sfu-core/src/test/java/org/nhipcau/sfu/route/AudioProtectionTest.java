// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.sfu.route;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** What is foretold of a plan, against a simulated channel; and what is chosen. Speech is 24 kbps in frames of 20 ms. */
class AudioProtectionTest {
    private static final long STEP_NS = 200_000_000L;
    private static final long SECOND_NS = 1_000_000_000L;
    private final AudioProtection protection = new AudioProtection(null);
    private long nowNs = SECOND_NS;

    private static AudioPlan plan(int frames, int... distances) {
        return AudioPlan.ALL.stream().filter(p -> p.framesPerPacket() == frames
                && java.util.Arrays.equals(p.distances(), distances)).findFirst().orElseThrow();
    }

    @Test
    void shouldForetellTheResidualLossOfASimulatedChannel() {
        for (double loss : new double[] {0.1, 0.2, 0.3}) {
            for (double burst : new double[] {1 / (1 - loss), 2, 3, 5}) {
                boolean[] lost = channel(loss, burst, 400_000, 11);
                for (AudioPlan plan : AudioPlan.ALL) {
                    double missed = missed(lost, plan.distances());
                    double foretold = plan.residualLoss(loss, burst);
                    assertEquals(missed, foretold, 0.004 + 0.1 * missed, plan + " at " + loss + ", bursts of " + burst);
                }
            }
        }
    }

    private static boolean[] channel(double loss, double burst, int packets, long seed) {
        Random random = new Random(seed);
        boolean[] lost = new boolean[packets];
        boolean bad = false;
        double enter = loss / ((1 - loss) * burst);
        for (int i = 0; i < packets; i++) {
            bad = bad ? random.nextDouble() >= 1 / burst : random.nextDouble() < enter;
            lost[i] = bad;
        }
        return lost;
    }

    private static double missed(boolean[] lost, int[] distances) {
        int missed = 0;
        for (int i = 0; i < lost.length - 8; i++) {
            boolean gone = lost[i];
            for (int distance : distances) {
                gone &= lost[i + distance];
            }
            missed += gone ? 1 : 0;
        }
        return missed / (double) (lost.length - 8);
    }

    @Test
    void shouldDoWhatItIsToldInAComparison() {
        AudioPlan named = AudioPlan.named("20:4,2");
        assertEquals(plan(1, 4, 2), named);
        assertEquals(AudioPlan.PLAIN, AudioPlan.named("20"));
        org.junit.jupiter.api.Assertions.assertNull(AudioPlan.named(null));
        AudioProtection fixed = new AudioProtection(named);
        fixed.update(0, 1, 10_000, nowNs);
        fixed.update(0, 1, 10_000, nowNs + STEP_NS);
        assertEquals(named, fixed.plan());
        IllegalArgumentException unknown = org.junit.jupiter.api.Assertions.assertThrows(
                IllegalArgumentException.class, () -> AudioPlan.named("60:9"));
        assertTrue(unknown.getMessage().startsWith("nhipcau.sound.plan is 60:9; allowed: 20 20:1 20:2 20:4 20:2,1 "),
                unknown.getMessage());
    }

    @Test
    void shouldForetellTheRateOnTheWire() {
        assertEquals(47_200, AudioPlan.PLAIN.costBps(50, 24_000, 1), 1);
        assertEquals(32_000, plan(3).costBps(50, 24_000, 1), 500);
        assertEquals(73_000, plan(1, 1).costBps(50, 24_000, 1), 500);
        assertEquals(56_500, plan(3, 1).costBps(50, 24_000, 1), 700);
        assertEquals(0, AudioPlan.PLAIN.delayMs(3), "as it comes");
        assertEquals(60, plan(3, 1).delayMs(3));
        assertEquals(100, plan(3, 1).delayMs(1));
        assertEquals(19_700, AudioPlan.PLAIN.costBps(50, 12_000, 3), 100, "in packets of 60 ms as they come");
        assertEquals(31_700 + 700, plan(3, 1).costBps(50, 12_000, 3), 100);
    }

    // Lets it pass as a call does: so many seconds of speech, with that loss and path.
    private AudioPlan after(double seconds, double loss, double burst, long estimateBps) {
        for (int i = 0; i < seconds * SECOND_NS / STEP_NS; i++) {
            nowNs += STEP_NS;
            protection.onPackets(10, 10, 600);
            assertTrue(protection.due(nowNs));
            protection.update(loss, burst, estimateBps, nowNs);
        }
        return protection.plan();
    }

    @Test
    void shouldAddNothingOnAGoodPath() {
        assertEquals(AudioPlan.PLAIN, after(10, 0, 1, 2_000_000));
        assertEquals(AudioPlan.PLAIN, after(10, 0, 1, 256_000));
        assertEquals(AudioPlan.PLAIN, after(10, 0.0005, 1, 1_000_000));
    }

    @Test
    void shouldTakeOneNearCopyForSingleLosses() {
        assertEquals(plan(1, 1), after(2, 0.02, 1, 1_000_000));
    }

    @Test
    void shouldSpreadCopiesWhereLossComesInBursts() {
        after(10, 0.2, 2.5, 256_000);
        AudioPlan plan = protection.plan();
        assertTrue(plan.distances().length >= 2 && plan.distances()[0] >= 4, plan.toString());
        assertTrue(plan.residualLoss(0.2, 2.5) <= 0.02, plan.toString());
    }

    @Test
    void shouldPutFramesTogetherWhereHeadersEatThePath() {
        assertEquals(AudioPlan.PLAIN, after(8, 0, 1, 256_000));
        assertEquals(2, after(8, 0, 1, 90_000).framesPerPacket());
        assertEquals(3, after(8, 0, 1, 36_000).framesPerPacket());
        assertEquals(AudioPlan.PLAIN, after(30, 0, 1, 400_000));
    }

    @Test
    void shouldProtectAsMuchAsFitsAThinPath() {
        AudioPlan plan = after(10, 0.2, 2, 64_000);
        assertEquals(3, plan.framesPerPacket(), plan.toString());
        assertEquals(1, plan.distances().length, plan.toString());
        assertTrue(plan.costBps(50, 24_000, 1) <= 64_000, plan.toString());
    }

    @Test
    void shouldTakeLongPacketsForWhatTheyAre() {
        assertEquals(plan(3, 2, 1), afterLong(10, 0.2, 2.5, 50_000), "two copies fit where headers are a third");
        assertEquals(AudioPlan.PLAIN, afterLong(20, 0, 1, 36_000), "nothing is to be put together");
    }

    // So many seconds of speech in packets of 60 ms.
    private AudioPlan afterLong(double seconds, double loss, double burst, long estimateBps) {
        for (int i = 0; i < seconds * SECOND_NS / STEP_NS; i++) {
            nowNs += STEP_NS;
            protection.onPackets(3 + i % 3 / 2, 10, 300);
            protection.update(loss, burst, estimateBps, nowNs);
        }
        return protection.plan();
    }

    @Test
    void shouldNotStayWithAPlanThatLongPacketsDoNotAllow() {
        AudioPlan near = after(10, 0.1, 1, 300_000);
        assertEquals(1, near.framesPerPacket(), near.toString());
        assertEquals(3, afterLong(10, 0.1, 1, 300_000).framesPerPacket(), "of two near copies only one would go");
        assertEquals(1, after(10, 0.1, 1, 300_000).framesPerPacket());
    }

    @Test
    void shouldNotWaverBetweenMicrophonesWhosePacketsDiffer() {
        int changes = 0;
        AudioPlan plan = null;
        for (int i = 0; i < 300; i++) {
            nowNs += STEP_NS;
            // 50 packets of 20 ms and 16.7 of 60 in a second: one and a half frames in each.
            protection.onPackets(13 + i % 3 / 2, 20, 900);
            protection.update(0.1, 1.5, 300_000, nowNs);
            changes += i > 50 && protection.plan() != plan ? 1 : 0;
            plan = protection.plan();
        }
        assertEquals(0, changes);
    }

    @Test
    void shouldDropCopiesBeforeSoundItself() {
        after(10, 0.2, 2.5, 300_000);
        assertTrue(protection.plan().distances().length >= 2);
        AudioPlan falling = after(0.2, 0.2, 2.5, 40_000);
        assertEquals(0, falling.distances().length, falling.toString());
        assertTrue(falling.costBps(50, 24_000, 1) <= 40_000, falling.toString());
        AudioPlan nothingFits = after(0.2, 0.2, 2.5, 8_000);
        assertEquals(0, nothingFits.distances().length);
        assertEquals(3, nothingFits.framesPerPacket(), "the cheapest, not silence");
    }

    @Test
    void shouldBeginAtOnceAndEndLate() {
        after(2, 0, 1, 1_000_000);
        assertTrue(after(0.2, 0.1, 2, 1_000_000).distances().length > 0, "at the first report");
        AudioPlan storm = protection.plan();
        assertEquals(storm, after(1, 0, 1, 1_000_000), "a second without loss");
        assertTrue(after(60, 0, 1, 1_000_000).plain());
    }

    @Test
    void shouldNotFlapWhateverTheLossAround() {
        long seed = 4;
        Random random = new Random(seed);
        List<AudioPlan> plans = new ArrayList<>();
        after(5, 0.05, 1.5, 120_000);
        for (int i = 0; i < 300; i++) {
            AudioPlan before = protection.plan();
            AudioPlan now = after(0.2, Math.max(0, 0.05 + random.nextGaussian() * 0.03), 1.5,
                    (long) (120_000 * (1 + random.nextGaussian() * 0.05)));
            if (now != before) {
                plans.add(now);
            }
        }
        assertTrue(plans.size() <= 6, "seed " + seed + ": " + plans);
    }

    @Test
    void shouldAnswerWithinBoundsWhateverItIsTold() {
        for (double loss : new double[] {-1, 0, 1, 7, Double.NaN}) {
            for (double burst : new double[] {0, 1, 1_000, Double.POSITIVE_INFINITY}) {
                for (long estimate : new long[] {0, -1, 1, Long.MAX_VALUE}) {
                    assertTrue(AudioPlan.ALL.contains(after(0.2, loss, burst, estimate)));
                }
            }
        }
    }

    @Test
    void shouldCountWithLessWhileAQueueStands() {
        assertEquals(60_000, AudioProtection.roomBps(60_000, 0));
        assertEquals(60_000, AudioProtection.roomBps(60_000, 30_000));
        assertEquals(48_000, AudioProtection.roomBps(60_000, 130_000));
        assertEquals(30_000, AudioProtection.roomBps(60_000, 3_000_000), "sound itself goes on");
    }
}
