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

class CongestionRecorderTest {
    private static final long MS = 1_000_000L;
    private static final int MAX_BYTES = 600;
    private final CongestionRecorder recorder = new CongestionRecorder();
    private final RtcpWriter writer = new RtcpWriter();
    /** What was reported of each number: how long before the report it came in, in 1/1024 s; -1 missing. */
    private final TreeMap<String, Integer> reported = new TreeMap<>();
    private int packets;
    private int statuses;

    private void report(long nowNs) {
        boolean more = true;
        while (more) {
            PacketBuffer out = PacketBuffer.allocate();
            writer.begin(out, MAX_BYTES);
            more = recorder.write(writer, 1, nowNs);
            if (out.length() == 0) {
                return;
            }
            assertTrue(out.length() <= MAX_BYTES);
            packets++;
            assertTrue(new RtcpReader().read(out, new RtcpHandler() {
                @Override
                public void congestionFeedbackPacket(long ssrc, int sequence, boolean received, int ecn, int offset) {
                    statuses++;
                    reported.put(ssrc + " " + sequence, received ? offset : -1);
                }
            }));
        }
    }

    @Test
    void shouldMakeRoomForNewStreamsWhereOldOnesAreSilent() {
        for (int i = 0; i < CongestionRecorder.MAX_STREAMS; i++) {
            recorder.onPacket(i, 1, i * MS);
        }
        recorder.onPacket(100, 7, 500 * MS);
        report(600 * MS);
        assertFalse(reported.containsKey("100 7"), "all of the others may still go on");
        assertEquals(CongestionRecorder.MAX_STREAMS, statuses);
        for (int i = 1; i < CongestionRecorder.MAX_STREAMS; i++) {
            recorder.onPacket(i, 2, 2_000 * MS);
        }
        recorder.onPacket(100, 8, 2_001 * MS);
        recorder.onPacket(101, 9, 2_002 * MS);
        report(2_200 * MS);
        assertTrue(reported.containsKey("100 8"), "in the place of the first");
        assertFalse(reported.containsKey("101 9"));
        assertTrue(reported.containsKey("63 2"));
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 127, 128, 32_767, 32_768, 65_534, 65_535})
    void shouldReportEachNumberOnceFromAnyStart(int start) {
        assertEquals(Long.MAX_VALUE, recorder.nextDeadlineNs());
        recorder.onPacket(-1, start, 64 * MS);
        recorder.onPacket(-1, start + 3 & 0xffff, 66 * MS);
        recorder.onPacket(5, 9, 100 * MS);
        assertEquals(164 * MS, recorder.nextDeadlineNs());
        report(163 * MS);
        assertEquals(0, packets);
        report(164 * MS);
        assertEquals(1, packets);
        assertEquals(5, reported.size());
        assertEquals(102, reported.get(0xffff_ffffL + " " + start));
        assertEquals(-1, reported.get(0xffff_ffffL + " " + (start + 1 & 0xffff)));
        assertEquals(65, reported.get("5 9"));
        assertEquals(Long.MAX_VALUE, recorder.nextDeadlineNs());
        // One that comes late after all.
        recorder.onPacket(-1, start + 1 & 0xffff, 200 * MS);
        report(300 * MS);
        assertEquals(102, reported.get(0xffff_ffffL + " " + (start + 1 & 0xffff)));
        assertEquals(-1, reported.get(0xffff_ffffL + " " + (start + 2 & 0xffff)));
    }

    @Test
    void shouldGoOnWithAnotherPacketWhereOneIsFull() {
        for (int i = 0; i < 400; i++) {
            recorder.onPacket(1, i, i * MS / 10);
            recorder.onPacket(2, i * 2, i * MS / 10);
        }
        report(200 * MS);
        assertTrue(packets > 2, "packets " + packets);
        assertEquals(400 + 512, reported.size(), "what the window held of each");
        assertEquals(statuses, reported.size(), "each once");
    }

    @Test
    void shouldBearAnythingThatComesIn() {
        long seed = 12;
        Random random = new Random(seed);
        long nowNs = 0;
        for (int i = 0; i < 20_000; i++) {
            nowNs += random.nextInt(3) * MS;
            recorder.onPacket(random.nextInt(90), random.nextInt(1 << 16), nowNs);
            if (recorder.nextDeadlineNs() <= nowNs) {
                report(nowNs);
            }
        }
        assertFalse(reported.isEmpty(), "seed " + seed);
    }
}
