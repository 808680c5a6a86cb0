// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.bench.swarm.media;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Random;
import org.junit.jupiter.api.Test;

final class FrameShaperTest {
    private static final long SEED = 7;
    private static final int MIN_BYTES = 58;

    @Test
    void shouldKeepTheBitrateOverManyFrames() {
        for (int bitrateBps : new int[] {160_000, 450_000, 1_700_000}) {
            FrameShaper shaper = new FrameShaper(bitrateBps, 30, true, MIN_BYTES, new Random(SEED));
            long bytes = 0;
            for (int i = 0; i < 9_000; i++) {
                boolean key = i % 900 == 0;
                bytes += shaper.nextFrameBytes(key, shaper.temporalLayer(i % 900));
            }
            double measuredBps = bytes * 8 / 300.0;
            assertEquals(bitrateBps, measuredBps, bitrateBps * 0.05);
        }
    }

    @Test
    void shouldMakeKeyFramesFourToSixTimesAsLarge() {
        FrameShaper shaper = new FrameShaper(1_700_000, 30, true, MIN_BYTES, new Random(SEED));
        double mean = 1_700_000 / 8.0 / 30;
        for (int i = 0; i < 200; i++) {
            double factor = shaper.nextFrameBytes(true, 0) / mean;
            assertTrue(factor >= 3.99 && factor <= 6.01, () -> "factor " + factor + ", seed " + SEED);
        }
    }

    @Test
    void shouldShrinkFramesAfterAKeyFrameAndThenReturn() {
        FrameShaper withKey = new FrameShaper(1_000_000, 30, false, MIN_BYTES, new Random(SEED));
        FrameShaper without = new FrameShaper(1_000_000, 30, false, MIN_BYTES, new Random(SEED));
        withKey.nextFrameBytes(true, 0);
        // The key frame took one number of the sequence.
        new Random(SEED).nextDouble();
        long after = 0;
        long plain = 0;
        for (int i = 0; i < 10; i++) {
            after += withKey.nextFrameBytes(false, 0);
            plain += without.nextFrameBytes(false, 0);
        }
        assertTrue(after < plain * 0.9, after + " against " + plain + ", seed " + SEED);
        for (int i = 0; i < 50; i++) {
            withKey.nextFrameBytes(false, 0);
        }
        long later = 0;
        for (int i = 0; i < 300; i++) {
            later += withKey.nextFrameBytes(false, 0);
        }
        assertEquals(300 * 1_000_000 / 8.0 / 30, later, 300 * 1_000_000 / 8.0 / 30 * 0.05);
    }

    @Test
    void shouldMakeTheSameFramesOfTheSameSeed() {
        FrameShaper one = new FrameShaper(450_000, 30, true, MIN_BYTES, new Random(SEED));
        FrameShaper other = new FrameShaper(450_000, 30, true, MIN_BYTES, new Random(SEED));
        for (int i = 0; i < 100; i++) {
            assertEquals(one.nextFrameBytes(i == 0, one.temporalLayer(i)),
                    other.nextFrameBytes(i == 0, other.temporalLayer(i)));
        }
    }

    @Test
    void shouldRepeatTheTemporalPatternFromEachKeyFrame() {
        FrameShaper shaper = new FrameShaper(450_000, 30, true, MIN_BYTES, new Random(SEED));
        int[] layers = new int[8];
        for (int i = 0; i < layers.length; i++) {
            layers[i] = shaper.temporalLayer(i);
        }
        org.junit.jupiter.api.Assertions.assertArrayEquals(new int[] {0, 2, 1, 2, 0, 2, 1, 2}, layers);
    }

    @Test
    void shouldSplitIntoPacketsEqualToWithinOneByteTheLargerOnesLast() {
        for (int frameBytes : new int[] {1, 58, 1_149, 1_150, 1_151, 2_299, 2_300, 2_301, 7_083, 42_500}) {
            int packets = FrameShaper.packets(frameBytes, 1_150);
            int sum = 0;
            int before = 0;
            int smallest = Integer.MAX_VALUE;
            for (int i = 0; i < packets; i++) {
                int bytes = FrameShaper.packetBytes(frameBytes, packets, i);
                assertTrue(bytes >= before, "larger ones last");
                before = bytes;
                smallest = Math.min(smallest, bytes);
                sum += bytes;
            }
            assertEquals(frameBytes, sum);
            assertTrue(before <= 1_150 && before - smallest <= 1, "frame of " + frameBytes);
        }
    }
}
