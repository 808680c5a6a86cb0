// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.sfu.bwe;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class UplinkBrakeTest {
    private static final long US = 1_000L;
    private static final int BYTES = 400;
    private static final int WIRE_BITS = (BYTES + SendSideEstimator.PACKET_OVERHEAD_BYTES) * 8;
    private static final long UPDATE_US = 100_000;

    private final UplinkBrake brake = new UplinkBrake();
    private final SplittableRandom random = new SplittableRandom(4);
    private long nowUs = 1_000_000;
    private long linkFreeUs;
    private long nextUpdateUs;
    private long arrivedUs;
    private long voiceBps;

    // Evenly, through a link of a rate; others keep the queue at a length where that is not negative.
    private void send(long bps, long linkBps, long jitterUs, long othersUs, long forMs) {
        long everyUs = WIRE_BITS * 1_000_000L / bps;
        for (long endUs = nowUs + forMs * 1_000; nowUs < endUs; nowUs += everyUs) {
            linkFreeUs = Math.max(linkFreeUs, nowUs) + WIRE_BITS * 1_000_000L / linkBps;
            long out = othersUs < 0 ? linkFreeUs : nowUs + othersUs;
            arrivedUs = Math.max(arrivedUs, out + 20_000 + (jitterUs == 0 ? 0 : random.nextLong(jitterUs)));
            while (nextUpdateUs < arrivedUs) {
                brake.update(voiceBps, nextUpdateUs * US);
                nextUpdateUs += UPDATE_US;
            }
            brake.onPacket((int) ((nowUs << 18) / 1_000_000) & 0xffffff, BYTES, arrivedUs * US);
        }
    }

    @Test
    void shouldAskNothingWherePacketsOnlyJitter() {
        for (int i = 0; i < 60; i++) {
            send(200_000, 2_000_000, 40_000, -1, 1_000);
            assertEquals(UplinkBrake.NONE, brake.capBps());
        }
    }

    @Test
    void shouldAskForLessThanPassesSoonAfterACut() {
        send(500_000, 2_000_000, 0, -1, 5_000);
        send(500_000, 150_000, 0, -1, 200);
        assertTrue(brake.capBps() < 150_000, () -> "cap " + brake.capBps());
        assertFalse(brake.resting());
    }

    @Test
    void shouldLetGoWithinSecondsOnceTheQueueIsGone() {
        send(500_000, 2_000_000, 0, -1, 5_000);
        send(500_000, 150_000, 0, -1, 500);
        send(90_000, 150_000, 0, -1, 4_000);
        assertTrue(brake.capBps() >= 130_000, () -> "cap " + brake.capBps());
        send(130_000, 2_000_000, 0, -1, 7_000);
        assertEquals(UplinkBrake.NONE, brake.capBps());
    }

    @Test
    void shouldLetPicturesRestWhereTheLeastIsTooMuch() {
        send(90_000, 2_000_000, 0, -1, 5_000);
        send(90_000, 64_000, 0, -1, 7_000);
        assertTrue(brake.resting());
        // The voice alone, as long as it takes.
        send(45_000, 64_000, 0, -1, 12_000);
        assertFalse(brake.resting());
        // Pictures again, and again too much: they rest for longer than the queue takes to go.
        send(90_000, 64_000, 0, -1, 2_500);
        assertTrue(brake.resting());
        send(20_000, 64_000, 0, -1, 2_000);
        assertTrue(brake.resting());
        send(20_000, 64_000, 0, -1, 4_000);
        assertFalse(brake.resting());
    }

    @Test
    void shouldLetBeWhereOthersFillTheQueue() {
        send(300_000, 2_000_000, 0, -1, 5_000);
        send(300_000, 2_000_000, 0, 300_000, 1_000);
        assertTrue(brake.capBps() < 300_000, () -> "cap " + brake.capBps());
        send(120_000, 2_000_000, 0, 300_000, 5_000);
        for (int i = 0; i < 15; i++) {
            assertEquals(UplinkBrake.NONE, brake.capBps());
            assertFalse(brake.resting());
            send(300_000, 2_000_000, 0, 300_000, 1_000);
        }
    }

    @Test
    void shouldNotLetPicturesRestForLongWhereOthersFillALongQueue() {
        send(90_000, 2_000_000, 0, -1, 5_000);
        send(90_000, 2_000_000, 0, 600_000, 8_500);
        assertTrue(brake.resting());
        send(45_000, 2_000_000, 0, 600_000, 3_000);
        assertFalse(brake.resting());
        assertEquals(UplinkBrake.NONE, brake.capBps());
    }

    @Test
    void shouldLetPicturesRestOnWhereTheVoiceAloneTakesMostOfTheUplink() {
        voiceBps = 58_000;
        send(90_000, 2_000_000, 0, -1, 5_000);
        send(95_000, 64_000, 0, -1, 9_000);
        assertTrue(brake.resting());
        // It drains by a tenth of a second in each.
        for (int i = 0; i < 20; i++) {
            send(58_000, 64_000, 0, -1, 1_000);
            assertTrue(brake.resting());
        }
    }

    @Test
    void shouldCallAnUplinkNarrowForAWhileAfterItWasSeenToBe() {
        send(300_000, 2_000_000, 0, -1, 5_000);
        assertFalse(brake.narrow(arrivedUs * US));
        send(300_000, 150_000, 0, -1, 1_000);
        assertFalse(brake.narrow(arrivedUs * US), "a voice and a picture fit");
        send(60_000, 150_000, 0, -1, 8_000);
        send(90_000, 64_000, 0, -1, 3_000);
        assertTrue(brake.narrow(arrivedUs * US));
        send(20_000, 2_000_000, 0, -1, 20_000);
        assertTrue(brake.narrow(arrivedUs * US), "not again and again");
        send(20_000, 2_000_000, 0, -1, 15_000);
        assertFalse(brake.narrow(arrivedUs * US));
    }

    @Test
    void shouldCallItNarrowForLongerWhereItSoonProvesSoAgain() {
        send(300_000, 2_000_000, 0, -1, 5_000);
        send(90_000, 64_000, 0, -1, 3_000);
        send(20_000, 64_000, 0, -1, 36_000);
        assertFalse(brake.narrow(arrivedUs * US));
        send(90_000, 64_000, 0, -1, 3_000);
        assertTrue(brake.narrow(arrivedUs * US));
        send(20_000, 64_000, 0, -1, 50_000);
        assertTrue(brake.narrow(arrivedUs * US), "twice as long");
        send(300_000, 2_000_000, 0, -1, 20_000);
        assertFalse(brake.narrow(arrivedUs * US), "and no longer where it carries more");
        send(90_000, 64_000, 0, -1, 3_000);
        send(20_000, 64_000, 0, -1, 36_000);
        assertFalse(brake.narrow(arrivedUs * US), "which makes it a new one");
    }

    @Test
    void shouldCallItNarrowOnWhileQueuesShowThatItIs() {
        send(300_000, 2_000_000, 0, -1, 5_000);
        send(90_000, 64_000, 0, -1, 3_000);
        for (int i = 0; i < 6; i++) {
            send(40_000, 64_000, 0, -1, 16_000);
            send(75_000, 64_000, 0, -1, 1_500);
            assertFalse(brake.resting());
            assertTrue(brake.narrow(arrivedUs * US));
        }
    }

    @Test
    void shouldNotKeepPicturesFromAPathThatHasBecomeLonger() {
        for (long longerUs : new long[] {60_000, 300_000, 900_000}) {
            UplinkBrakeTest call = new UplinkBrakeTest();
            call.voiceBps = 48_000;
            call.send(90_000, 2_000_000, 0, 20_000, 5_000);
            call.send(90_000, 2_000_000, 0, 1_400_000, 4_000);
            assertTrue(call.brake.resting());
            call.send(48_000, 2_000_000, 0, longerUs + 20_000, 60_000);
            assertFalse(call.brake.resting(), () -> "longer by " + longerUs + " us");
        }
    }

    @Test
    void shouldNotTakeAVoiceAloneForANarrowUplink() {
        voiceBps = 48_000;
        send(48_000, 2_000_000, 0, 20_000, 5_000);
        for (int i = 0; i < 30; i++) {
            send(48_000, 2_000_000, 0, 150_000, 1_000);
            assertFalse(brake.narrow(arrivedUs * US));
            assertFalse(brake.resting());
        }
    }

    @Test
    void shouldNotTakeAHoleForAQueue() {
        send(500_000, 1_000_000, 0, -1, 5_000);
        // Nothing passes for 1.3 s, and then all that was held back.
        linkFreeUs = nowUs + 1_300_000;
        for (int i = 0; i < 30; i++) {
            send(500_000, 1_000_000, 0, -1, 100);
            assertFalse(brake.resting());
        }
    }

    @Test
    void shouldKnowAfterASilenceHowLatePacketsAre() {
        send(90_000, 2_000_000, 0, 20_000, 5_000);
        send(90_000, 2_000_000, 0, 1_400_000, 4_000);
        assertTrue(brake.resting());
        // The camera was all that was sent: it comes back to an empty link.
        nowUs += 5_000_000;
        for (int i = 0; i < 20; i++) {
            send(300_000, 2_000_000, 0, 20_000, 500);
            assertFalse(brake.resting());
        }
    }
}
