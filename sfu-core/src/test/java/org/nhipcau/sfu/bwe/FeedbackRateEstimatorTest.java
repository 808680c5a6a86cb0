// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.sfu.bwe;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.function.IntToLongFunction;
import org.junit.jupiter.api.Test;
import org.nhipcau.sfu.buffer.PacketBuffer;
import org.nhipcau.sfu.rtcp.RtcpHandler;
import org.nhipcau.sfu.rtcp.RtcpReader;
import org.nhipcau.sfu.rtcp.RtcpWriter;
import org.nhipcau.sfu.rtcp.TransportFeedbackFlyweight;
import org.nhipcau.sfu.rtcp.TransportFeedbackWriter;

class FeedbackRateEstimatorTest {
    private static final long MS = 1_000_000L;
    private final SentPacketLog log = new SentPacketLog();
    private final FeedbackRateEstimator estimator = new FeedbackRateEstimator(log);
    private long nowMs = 1_000;

    /** Sends for some time; each 100 ms feedback of all of it. The function says how long a packet takes, -1: lost. */
    private void send(int ms, int packetsPer100Ms, IntToLongFunction delayMs) {
        int count = 0;
        for (int t = 0; t < ms; t += 100) {
            long[] arrivalUs = new long[packetsPer100Ms];
            int base = 0;
            for (int i = 0; i < packetsPer100Ms; i++) {
                long atMs = nowMs + i * 100L / packetsPer100Ms;
                int sequence = log.onSent(1_000, atMs * MS);
                base = i == 0 ? sequence : base;
                long delay = delayMs.applyAsLong(count++);
                arrivalUs[i] = delay < 0 ? TransportFeedbackWriter.NOT_RECEIVED : (atMs + delay) * 1_000;
            }
            nowMs += 100;
            feedback(base, arrivalUs);
        }
    }

    private void feedback(int base, long[] arrivalUs) {
        PacketBuffer out = PacketBuffer.allocate();
        RtcpWriter writer = new RtcpWriter();
        writer.begin(out, 1_200);
        writer.transportFeedback(1, 1, 0, base, arrivalUs, 0, arrivalUs.length);
        new RtcpReader().read(out, new RtcpHandler() {
            @Override
            public void transportFeedback(TransportFeedbackFlyweight feedback) {
                estimator.onTransportFeedback(feedback, nowMs * MS);
            }
        });
    }

    @Test
    void shouldSeeNoLimitOnACleanPath() {
        send(5_000, 50, i -> 30);
        assertFalse(estimator.limited());
        assertTrue(estimator.estimateBps() >= FeedbackRateEstimator.START_BPS);
        assertEquals(0, estimator.lossRatio());
    }

    @Test
    void shouldFallToWhatArrivesWhenAQueueStands() {
        send(2_000, 50, i -> 30);
        send(3_000, 50, i -> 30 + Math.min(600, i * 3L));
        assertTrue(estimator.limited());
        assertTrue(estimator.estimateBps() < 4_000_000 * 0.9, estimator.estimateBps() + "");
        assertTrue(estimator.queueUs() > 120_000);
    }

    @Test
    void shouldNotTakeAFewLossesOfAThinStreamForALimit() {
        send(30_000, 3, i -> i % 12 == 0 ? -1 : 30);
        assertTrue(estimator.estimateBps() > 3_000_000, estimator.estimateBps() + "");
    }

    @Test
    void shouldTellHowManyAreLostInARow() {
        send(10_000, 50, i -> 30);
        assertEquals(1, estimator.burstLength());
        send(10_000, 50, i -> i % 30 < 3 ? -1 : 30);
        assertEquals(3, estimator.burstLength(), 0.1);
        send(10_000, 50, i -> i % 25 == 0 ? -1 : 30);
        assertEquals(1, estimator.burstLength(), 0.1);
    }

    @Test
    void shouldFallWithHeavyLossAndRiseSlowlyAfterwards() {
        send(2_000, 50, i -> 30);
        send(2_000, 50, i -> i % 2 == 0 ? -1 : 30);
        send(1_000, 50, i -> 30);
        long low = estimator.estimateBps();
        assertTrue(low < 2_200_000, low + "");
        send(1_000, 50, i -> 30);
        assertEquals(low, estimator.estimateBps(), low * 0.05);
        send(10_000, 50, i -> 30);
        assertTrue(estimator.estimateBps() > low * 1.5 && estimator.estimateBps() < low * 2.5,
                estimator.estimateBps() + "");
    }

    @Test
    void shouldNotRiseWithoutFeedback() {
        send(3_000, 50, i -> i % 2 == 0 ? -1 : 30);
        long low = estimator.estimateBps();
        for (int i = 0; i < 100; i++) {
            nowMs += 100;
            log.onSent(1_000, nowMs * MS);
            estimator.onTimer(nowMs * MS);
        }
        assertEquals(low, estimator.estimateBps());
        assertFalse(estimator.fresh(nowMs * MS));
    }

    @Test
    void shouldTryASmallPictureWhenNothingIsBeingSent() {
        estimator.onRemb(1, nowMs * MS);
        assertEquals(FeedbackRateEstimator.MIN_BPS, estimator.estimateBps());
        estimator.onRemb(Long.MAX_VALUE, nowMs * MS);
        for (int i = 0; i < 60; i++) {
            send(500, 50, n -> n % 10 == 0 ? 30 : -1);
        }
        long low = estimator.estimateBps();
        assertTrue(low < 100_000, low + "");
        nowMs += 60_000;
        estimator.onTimer(nowMs * MS);
        assertEquals(400_000, estimator.estimateBps());
    }

    @Test
    void shouldIgnoreFeedbackOfPacketsNeverSent() {
        send(1_000, 50, i -> 30);
        long before = estimator.estimateBps();
        long[] lies = new long[200];
        Arrays.fill(lies, TransportFeedbackWriter.NOT_RECEIVED);
        lies[0] = 1;
        lies[199] = 2;
        for (int i = 0; i < 50; i++) {
            nowMs += 100;
            feedback(30_000, lies);
        }
        assertEquals(before, estimator.estimateBps());
        assertFalse(estimator.limited());
    }

    @Test
    void shouldStayWithinBoundsWhateverIsClaimed() {
        for (long remb : new long[] {0, 1, Long.MAX_VALUE, 30_000_000}) {
            estimator.onRemb(remb, nowMs * MS);
            assertTrue(estimator.estimateBps() >= FeedbackRateEstimator.MIN_BPS);
            assertTrue(estimator.estimateBps() <= FeedbackRateEstimator.MAX_BPS);
        }
        for (int i = 0; i < 10_000; i++) {
            nowMs += 100;
            estimator.onLossReport(i % 256, Long.MAX_VALUE / 4, nowMs * MS);
            assertTrue(estimator.estimateBps() >= FeedbackRateEstimator.MIN_BPS
                    && estimator.estimateBps() <= FeedbackRateEstimator.MAX_BPS);
        }
    }
}
