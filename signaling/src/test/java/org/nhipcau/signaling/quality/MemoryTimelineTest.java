// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.signaling.quality;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.nhipcau.sfu.api.QualityCause;

class MemoryTimelineTest {
    private long nowMs = 1_000_000;
    private final MemoryTimeline timeline = new MemoryTimeline(60_000, 1 << 20, () -> nowMs);

    private static QualitySample sample(long atMs, String participant) {
        return new QualitySample(atMs, participant, true, 0.0123, -1, 0.001, 12.5, 640.3, 32_000, 1_500_000, 0.25, 2,
                3.456, 4.321, QualityCause.PUBLISHER_UPLINK, 23.45);
    }

    @Test
    void shouldGiveBackWhatItWasGiven() {
        timeline.begin("hẹn", "RM_1", nowMs);
        Random random = new Random(42);
        List<QualitySample> given = new ArrayList<>();
        for (int i = 0; i < 1_000; i++) {
            double unknown = random.nextInt(4) == 0 ? -1 : random.nextInt(10_001) / 10_000.0;
            given.add(new QualitySample(nowMs + i, "PA_" + random.nextInt(40), random.nextBoolean(), unknown, unknown,
                    unknown, random.nextInt(100_000) / 10.0, unknown < 0 ? -1 : random.nextInt(100_000) / 10.0,
                    random.nextInt(1 << 20), random.nextInt(Integer.MAX_VALUE), unknown, random.nextInt(1_000),
                    random.nextInt(1_000, 4_501) / 1_000.0, -1,
                    QualityCause.values()[random.nextInt(QualityCause.values().length)],
                    random.nextInt(10_001) / 100.0));
        }
        timeline.add("RM_1", given);
        assertEquals(given, timeline.samples("RM_1", 0, Long.MAX_VALUE));
        assertEquals(given.subList(10, 21), timeline.samples("RM_1", nowMs + 10, nowMs + 20));
        assertTrue(timeline.bytes() < 1_000 * 100, timeline.bytes() + " bytes for a thousand samples");
    }

    @Test
    void shouldKnowASessionForAWhileAfterItsEnd() {
        timeline.begin("room", "RM_1", nowMs);
        timeline.add("RM_1", List.of(sample(nowMs, "PA_a")));
        timeline.end("RM_1", nowMs);
        timeline.begin("room", "RM_2", nowMs);
        nowMs += 59_000;
        assertEquals(List.of("RM_1", "RM_2"), timeline.sessions("room").stream().map(each -> each.id()).toList());
        assertEquals(1, timeline.samples("RM_1", 0, Long.MAX_VALUE).size());
        nowMs += 1_000;
        assertEquals(List.of("RM_2"), timeline.sessions("room").stream().map(each -> each.id()).toList());
        assertEquals(List.of(), timeline.samples("RM_1", 0, Long.MAX_VALUE));
    }

    @Test
    void shouldForgetOldSamplesOfASessionThatLasts() {
        timeline.begin("room", "RM_1", nowMs);
        for (int i = 0; i < 10_000; i++) {
            nowMs += 1_000;
            timeline.add("RM_1", List.of(sample(nowMs, "PA_a")));
        }
        List<QualitySample> kept = timeline.samples("RM_1", 0, Long.MAX_VALUE);
        // Whole blocks are forgotten, so up to one of them is older than asked for.
        assertTrue(kept.size() >= 60 && kept.size() < 60 + 128 + 1, kept.size() + " kept");
        assertEquals(nowMs, kept.getLast().atEpochMs());
    }

    @Test
    void shouldStayWithinItsBytesWhateverComes() {
        long maxBytes = 200_000;
        MemoryTimeline small = new MemoryTimeline(Long.MAX_VALUE / 4, maxBytes, () -> nowMs);
        for (int room = 0; room < 300; room++) {
            small.begin("room" + room, "RM_" + room, nowMs);
            for (int i = 0; i < 200; i++) {
                nowMs += 100;
                small.add("RM_" + room, List.of(sample(nowMs, "PA_" + i % 5)));
                assertTrue(small.bytes() <= maxBytes, small.bytes() + " bytes");
            }
            if (room % 2 == 0) {
                small.end("RM_" + room, nowMs);
            }
        }
        assertEquals(200, small.samples("RM_299", 0, Long.MAX_VALUE).size(), "the newest are kept");
        assertEquals(List.of(), small.samples("RM_0", 0, Long.MAX_VALUE), "the oldest are given up");
    }

    @Test
    void shouldKeepNothingWhenToldSo() {
        MemoryTimeline none = new MemoryTimeline(0, 1 << 20, () -> nowMs);
        none.begin("room", "RM_1", nowMs);
        none.add("RM_1", List.of(sample(nowMs, "PA_a")));
        assertEquals(List.of(), none.sessions("room"));
        assertEquals(0, none.bytes());
    }
}
