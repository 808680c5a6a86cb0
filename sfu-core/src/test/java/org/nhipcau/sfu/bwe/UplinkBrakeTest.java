// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.sfu.bwe;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

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
    /** The sender's clock less ours. */
    private long clockUs;

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
            brake.onPacket((int) ((nowUs + clockUs << 18) / 1_000_000) & 0xffffff, BYTES, arrivedUs * US);
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
    void shouldNotTakeAMomentsQueueForOthersWhilePicturesRest() {
        send(90_000, 2_000_000, 0, -1, 5_000);
        send(90_000, 64_000, 0, -1, 7_000);
        // Tried again and again they rest for ever longer: for 16 s in the end.
        for (int i = 0; i < 3; i++) {
            while (brake.resting()) {
                send(20_000, 64_000, 0, -1, 500);
            }
            send(90_000, 64_000, 0, -1, 2_500);
        }
        send(20_000, 64_000, 0, -1, 9_000);
        for (int i = 0; i < 4; i++) {
            send(90_000, 64_000, 0, -1, 300);
            assertTrue(brake.resting());
            send(20_000, 64_000, 0, -1, 700);
            assertTrue(brake.resting());
        }
    }

    @Test
    void shouldLetPicturesRestEverLongerThoughTheVoiceFallsSilentMeanwhile() {
        send(90_000, 2_000_000, 0, -1, 5_000);
        send(90_000, 64_000, 0, -1, 7_000);
        for (int i = 0; i < 4; i++) {
            assertTrue(brake.resting());
            // The queue drains, and then nothing comes for 2 s and more.
            nowUs += 5_000_000;
            send(20_000, 64_000, 0, -1, 100);
            assertFalse(brake.resting());
            send(90_000, 64_000, 0, -1, 2_500);
        }
        send(20_000, 64_000, 0, -1, 30_000);
        assertTrue(brake.resting(), "for 32 s by now");
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
        assertFalse(brake.narrow(arrivedUs * US), "its own share says nothing of what the uplink carries");
    }

    @Test
    void shouldNotCallAnUplinkNarrowForLongBesideAnUpload() {
        send(90_000, 2_000_000, 0, -1, 5_000);
        int narrow = 0;
        for (int i = 0; i < 600; i++) {
            send(brake.resting() ? 45_000 : 90_000, 2_000_000, 0, 300_000 + random.nextLong(400_000), 500);
            narrow += brake.narrow(arrivedUs * US) ? 1 : 0;
        }
        assertTrue(narrow < 60, narrow + " of 600");
    }

    @Test
    void shouldTakeBackNothingThatWasKnownBeforeOthersFilledTheQueue() {
        send(90_000, 2_000_000, 0, -1, 5_000);
        narrowForMs();
        send(90_000, 64_000, 0, -1, 8_000);
        assertTrue(brake.resting());
        while (brake.resting()) {
            send(20_000, 64_000, 0, -1, 500);
        }
        send(90_000, 2_000_000, 0, 600_000, 8_500);
        send(45_000, 2_000_000, 0, 600_000, 5_000);
        assertEquals(UplinkBrake.NONE, brake.capBps());
        assertTrue(brake.narrow(arrivedUs * US), "for a minute since it was seen to be");
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

    // Asks nothing of a sender on a good link, and still sees a cut.
    private void assertAsksNothingUntilACut() {
        for (int i = 0; i < 400; i++) {
            send(300_000, 2_000_000, 20_000, -1, 100);
            assertEquals(UplinkBrake.NONE, brake.capBps());
        }
        send(300_000, 150_000, 0, -1, 1_000);
        assertTrue(brake.capBps() < 150_000, () -> "cap " + brake.capBps());
    }

    @ParameterizedTest(name = "by {0} ms")
    @ValueSource(longs = {-32_500, -31_500, -5_000, -700, -200, 200, 5_000, 31_500, 32_500})
    void shouldNotTakeAClockThatIsSetForAQueue(long byMs) {
        send(300_000, 2_000_000, 20_000, -1, 5_000);
        clockUs += byMs * 1_000;
        assertAsksNothingUntilACut();
    }

    @Test
    void shouldNotMindThatTheClockWraps() {
        nowUs = 60_000_000;
        assertAsksNothingUntilACut();
    }

    @ParameterizedTest(name = "for {0} ms")
    @ValueSource(longs = {2_500, 10_000, 31_000})
    void shouldNotTakeAClockThatStoodStillInASleepForAQueue(long forMs) {
        send(300_000, 2_000_000, 20_000, -1, 5_000);
        nowUs += forMs * 1_000;
        clockUs -= forMs * 1_000;
        assertAsksNothingUntilACut();
    }

    @Test
    void shouldStillSeeAQueueThatADeadLinkLeftBehind() {
        send(90_000, 2_000_000, 0, -1, 5_000);
        // Nothing passes for 3 s, and then hardly as much as is sent.
        linkFreeUs = nowUs + 3_000_000;
        send(90_000, 80_000, 0, -1, 6_000);
        assertTrue(brake.resting());
    }

    @Test
    void shouldForgetInASilenceWhatTheUplinkCarried() {
        send(90_000, 2_000_000, 0, 20_000, 5_000);
        send(60_000, 40_000, 0, -1, 1_000);
        send(60_000, 2_000_000, 0, 20_000, 900);
        assertTrue(brake.capBps() < 90_000, () -> "easing, cap " + brake.capBps());
        nowUs += 2_000_000;
        // Of 40 kbit/s each packet would take 90 ms, and hide that it waits as long.
        send(200_000, 2_000_000, 0, 20_000, 1_000);
        send(200_000, 2_000_000, 0, 130_000, 1_000);
        assertTrue(brake.capBps() < 200_000, () -> "cap " + brake.capBps());
    }

    // Pictures are tried, and rest again. @return for how long the uplink counts as narrow after that
    private long narrowForMs() {
        send(90_000, 64_000, 0, -1, 8_000);
        assertTrue(brake.narrow(arrivedUs * US));
        long sinceUs = arrivedUs;
        while (brake.narrow(arrivedUs * US)) {
            send(20_000, 64_000, 0, -1, 1_000);
        }
        return (arrivedUs - sinceUs) / 1_000;
    }

    @Test
    void shouldTryARicherVoiceEverMoreSeldomWhereThatFails() {
        send(90_000, 2_000_000, 0, -1, 5_000);
        long firstMs = narrowForMs();
        assertEquals(30_000, firstMs, 6_000);
        assertEquals(60_000, narrowForMs(), 6_000);
        assertEquals(120_000, narrowForMs(), 6_000);
        assertEquals(240_000, narrowForMs(), 6_000);
        assertEquals(240_000, narrowForMs(), 6_000);
        // A trial that goes well for long: whatever comes then is another matter.
        send(40_000, 64_000, 0, -1, 70_000);
        assertEquals(30_000, narrowForMs(), 6_000);
    }

    @Test
    void shouldNotTakeSilenceForATrialThatGoesWell() {
        send(90_000, 2_000_000, 0, -1, 5_000);
        assertEquals(30_000, narrowForMs(), 6_000);
        for (int i = 0; i < 1_200; i++) {
            nowUs += UPDATE_US;
            brake.update(0, nowUs * US);
        }
        nextUpdateUs = nowUs;
        assertEquals(60_000, narrowForMs(), 6_000);
    }

    @Test
    void shouldNotTakeWhatAHoleHeldBackForAWideUplink() {
        send(90_000, 2_000_000, 0, -1, 5_000);
        narrowForMs();
        send(90_000, 64_000, 0, -1, 8_000);
        assertTrue(brake.narrow(arrivedUs * US));
        while (brake.resting()) {
            send(20_000, 64_000, 0, -1, 500);
        }
        // Behind the narrow link nothing passes for 3 s, and then all at once.
        linkFreeUs = nowUs + 3_000_000;
        send(60_000, 2_000_000, 0, -1, 5_000);
        assertTrue(brake.narrow(arrivedUs * US));
    }

    @Test
    void shouldTryARicherVoiceAsSoonAsMorePassed() {
        send(90_000, 2_000_000, 0, -1, 5_000);
        narrowForMs();
        send(90_000, 64_000, 0, -1, 8_000);
        assertTrue(brake.narrow(arrivedUs * US));
        send(20_000, 2_000_000, 0, -1, 4_000);
        assertTrue(brake.narrow(arrivedUs * US), "nothing shows yet that it carries more");
        send(200_000, 2_000_000, 0, -1, 2_000);
        assertFalse(brake.narrow(arrivedUs * US));
        assertEquals(30_000, narrowForMs(), 6_000);
    }
}
