// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.sfu.bwe;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.nhipcau.sfu.buffer.PacketBuffer;
import org.nhipcau.sfu.rtcp.RtcpHandler;
import org.nhipcau.sfu.rtcp.RtcpReader;
import org.nhipcau.sfu.rtcp.RtcpWriter;
import org.nhipcau.sfu.rtcp.TransportFeedbackFlyweight;

class TwccRecorderTest {
    private static final long MS = 1_000_000L;
    private final TwccRecorder recorder = new TwccRecorder();
    private final RtcpWriter writer = new RtcpWriter();
    /** What was reported: 16-bit number to arrival in us, -1 for missing. */
    private final TreeMap<Integer, Long> reported = new TreeMap<>();
    private int packets;

    private void report(long nowNs) {
        boolean more = true;
        while (more) {
            PacketBuffer out = PacketBuffer.allocate();
            writer.begin(out, 1_200);
            more = recorder.write(writer, 1, 2, nowNs);
            if (out.length() == 0) {
                return;
            }
            packets++;
            assertTrue(new RtcpReader().read(out, new RtcpHandler() {
                @Override
                public void transportFeedback(TransportFeedbackFlyweight feedback) {
                    while (feedback.next()) {
                        reported.put(feedback.sequence(), feedback.received() ? feedback.arrivalTimeUs() : -1L);
                    }
                }
            }));
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 127, 128, 32_767, 32_768, 65_534, 65_535})
    void shouldReportEachNumberOnceFromAnyStart(int start) {
        assertEquals(Long.MAX_VALUE, recorder.nextDeadlineNs());
        recorder.onPacket(start, 64 * MS);
        recorder.onPacket(start + 1 & 0xffff, 65 * MS);
        recorder.onPacket(start + 4 & 0xffff, 66 * MS);
        assertEquals(164 * MS, recorder.nextDeadlineNs());
        report(163 * MS);
        assertEquals(0, packets);
        report(164 * MS);
        assertEquals(5, reported.size());
        assertEquals(64_000, reported.get(start));
        assertEquals(66_000, reported.get(start + 4 & 0xffff));
        assertEquals(-1, reported.get(start + 2 & 0xffff));
        reported.clear();
        report(1_000 * MS);
        assertTrue(reported.isEmpty());
    }

    @Test
    void shouldReportALatePacketAnewTogetherWithThoseBehindIt() {
        recorder.onPacket(10, 0);
        recorder.onPacket(12, MS);
        report(100 * MS);
        assertEquals(-1, reported.get(11));
        recorder.onPacket(11, 110 * MS);
        report(210 * MS);
        assertEquals(110_000, reported.get(11));
        assertEquals(1_000, reported.get(12));
    }

    @Test
    void shouldKeepTheArrivalOfADuplicateAndIgnoreTheLongLost() {
        recorder.onPacket(10, 0);
        recorder.onPacket(10, 50 * MS);
        report(100 * MS);
        assertEquals(0, reported.get(10));
        recorder.onPacket(1_000, 101 * MS);
        report(201 * MS);
        recorder.onPacket(20, 202 * MS);
        assertEquals(Long.MAX_VALUE, recorder.nextDeadlineNs());
    }

    @Test
    void shouldBoundItsWindowWhenNumbersJump() {
        recorder.onPacket(0, 0);
        recorder.onPacket(30_000, MS);
        recorder.onPacket(60_000, 2 * MS);
        report(200 * MS);
        assertTrue(reported.size() <= TwccRecorder.WINDOW);
        assertEquals(2_000, reported.get(60_000));
    }

    @Test
    void shouldReportEveryArrivalUnderRandomLossAndReordering() {
        long seed = 99;
        Random random = new Random(seed);
        TreeMap<Integer, Long> truth = new TreeMap<>();
        long nowNs = 64 * MS;
        for (int i = 0; i < 3_000; i++) {
            nowNs += random.nextInt(3) * MS;
            int sequence = 65_000 + i & 0xffff;
            if (random.nextInt(5) != 0) {
                int shown = random.nextInt(10) == 0 ? sequence - 3 & 0xffff : sequence;
                if (!truth.containsKey(shown)) {
                    truth.put(shown, nowNs / 1_000);
                }
                recorder.onPacket(shown, nowNs);
            }
            if (nowNs >= recorder.nextDeadlineNs()) {
                report(nowNs);
            }
        }
        report(nowNs + 200 * MS);
        truth.forEach((sequence, us) -> assertEquals(us, reported.get(sequence), "seed " + seed + " " + sequence));
        assertFalse(truth.isEmpty());
    }

    @Test
    void shouldTakeLittleMemoryForOrdinaryTrafficAndGrowForABurstWithoutForgetting() {
        assertEquals(0, recorder.capacity());
        for (int i = 0; i < 10_000; i++) {
            recorder.onPacket(i & 0xffff, i * MS);
            if (recorder.nextDeadlineNs() <= i * MS) {
                report(i * MS);
            }
        }
        assertEquals(512, recorder.capacity());
        reported.clear();
        for (int i = 10_000; i < 11_500; i++) {
            recorder.onPacket(i, 10_001 * MS + i);
        }
        assertEquals(2_048, recorder.capacity());
        report(10_200 * MS);
        for (int i = 10_000; i < 11_500; i++) {
            assertTrue(reported.get(i) >= 0, "" + i);
        }
    }
}
