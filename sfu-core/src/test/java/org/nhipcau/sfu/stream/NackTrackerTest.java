// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.sfu.stream;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.Random;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

class NackTrackerTest {
    private static final long MS = 1_000_000L;
    private final NackTracker nacks = NackTracker.ofPictures();
    private final int[] target = new int[64];

    private int[] collect(long ms) {
        return Arrays.copyOf(target, nacks.collect(ms * MS, 50 * MS, target));
    }

    @Test
    void shouldAskOnlyAfterOrdinaryReordering() {
        nacks.onGap(5, 7, 0);
        assertArrayEquals(new int[0], collect(14));
        assertTrue(nacks.onArrival(6));
        assertArrayEquals(new int[] {5, 7}, collect(15));
        assertEquals(2, nacks.pending());
    }

    @Test
    void shouldAskAgainAfterARoundTripAndGiveUpAfterTenTries() {
        nacks.onGap(9, 9, 0);
        int asked = 0;
        for (long ms = 0; ms < 1_500; ms++) {
            asked += collect(ms).length;
            if (ms == 70) {
                assertEquals(1, asked, "not before the round trip is over");
            }
        }
        assertEquals(NackTracker.MAX_TRIES, asked);
        assertEquals(0, nacks.pending());
        assertEquals(1, nacks.takeAbandoned());
        assertEquals(Long.MAX_VALUE, nacks.nextDeadlineNs());
    }

    @Test
    void shouldNotAskForWhatWouldComeTooLate() {
        nacks.onGap(9, 9, 0);
        assertEquals(0, nacks.collect(1_500 * MS, 600 * MS, target), "2.1 s old when it came");
        assertEquals(1, nacks.takeAbandoned());
        nacks.onGap(10, 10, 1_600 * MS);
        assertEquals(1, nacks.collect(1_700 * MS, 600 * MS, target));
    }

    @Test
    void shouldAskForSoundOnlyWhileItCanStillBePlayed() {
        NackTracker sound = NackTracker.ofSound();
        sound.onGap(9, 9, 0);
        assertEquals(1, sound.collect(400 * MS, 100 * MS, target));
        assertEquals(0, sound.collect(600 * MS, 100 * MS, target), "0.7 s old when it came");
        assertEquals(1, sound.takeAbandoned());
        sound.onGap(10, 10, 0);
        int asked = 0;
        for (long ms = 0; ms < 400; ms++) {
            asked += sound.collect(ms * MS, 20 * MS, target);
        }
        assertEquals(3, asked, "however short the way is");
    }

    @Test
    void shouldLeaveAPublisherAloneWhoSendsNoSoundAgain() {
        NackTracker sound = NackTracker.ofSound();
        assertEquals(3 * 60, asked(sound, 0, 200, -1), "60 packets, three times each, and no more for a while");
        assertEquals(0, asked(sound, 200, 209, -1));
        assertEquals(3 * 60, asked(sound, 215, 285, -1), "tried again after half a minute");
        NackTracker heeded = NackTracker.ofSound();
        assertEquals(3 * 980 + 20, asked(heeded, 0, 1_000, 50), "one of 50 comes again: it is worth asking");
    }

    // One packet is lost each 200 ms; one in so many comes again when it was asked for once.
    private int asked(NackTracker sound, int firstPacket, int endPacket, int comes) {
        int asked = 0;
        for (int packet = firstPacket; packet < endPacket; packet++) {
            long lostNs = packet * 200L * MS;
            sound.onGap(packet, packet, lostNs);
            asked += sound.collect(lostNs + 20 * MS, 20 * MS, target);
            if (comes > 0 && packet % comes == 0) {
                sound.onArrival(packet);
            }
            for (int ms = 60; ms < 200; ms += 20) {
                asked += sound.collect(lostNs + ms * MS, 20 * MS, target);
            }
        }
        return asked;
    }

    @Test
    void shouldWriteSixteenBitNumbersAcrossTheWrap() {
        nacks.onGap(65_534, 65_537, 0);
        assertArrayEquals(new int[] {65_534, 65_535, 0, 1}, collect(20));
        nacks.clear();
        nacks.onGap(-2, -1, 0);
        assertArrayEquals(new int[] {65_534, 65_535}, collect(20));
    }

    @Test
    void shouldBecomeHopelessInsteadOfGrowing() {
        nacks.onGap(0, NackTracker.MAX_MISSING - 1L, 0);
        assertFalse(nacks.takeHopeless());
        nacks.onGap(1_000, 1_000, 0);
        assertTrue(nacks.takeHopeless());
        assertFalse(nacks.takeHopeless());
        assertEquals(0, nacks.pending());
        assertEquals(NackTracker.MAX_MISSING + 1, nacks.takeAbandoned());
        nacks.onGap(5_000, 5_000 + NackTracker.MAX_MISSING, 0);
        assertTrue(nacks.takeHopeless());
    }

    @Test
    void shouldForgetWhatAKeyFrameMadeNeedless() {
        nacks.onGap(10, 14, 0);
        nacks.forgetBefore(13);
        assertArrayEquals(new int[] {13, 14}, collect(20));
        assertFalse(nacks.onArrival(12));
    }

    @Test
    void shouldAgreeWithASetUnderRandomArrivals() {
        long seed = 4711;
        Random random = new Random(seed);
        TreeSet<Long> model = new TreeSet<>();
        long newest = 0;
        for (int i = 0; i < 20_000; i++) {
            if (random.nextInt(4) == 0 && !model.isEmpty()) {
                long late = model.stream().skip(random.nextInt(model.size())).findFirst().orElseThrow();
                assertTrue(nacks.onArrival(late), "seed " + seed);
                model.remove(late);
            } else if (model.size() < 100) {
                long gap = random.nextInt(4);
                if (gap > 0 && (model.isEmpty() || newest + gap - model.first() < NackTracker.MAX_MISSING - 200)) {
                    nacks.onGap(newest + 1, newest + gap, 0);
                    for (long s = newest + 1; s <= newest + gap; s++) {
                        model.add(s);
                    }
                }
                newest += gap + 1;
            }
            if (model.size() > 90 || random.nextInt(500) == 0) {
                long before = newest - 50;
                nacks.forgetBefore(before);
                model.headSet(before).clear();
            }
            assertEquals(model.size(), nacks.pending(), "seed " + seed + " step " + i);
        }
        assertFalse(nacks.takeHopeless(), "seed " + seed);
    }
}
