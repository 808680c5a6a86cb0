// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.sfu.bwe;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;

class FeedbackIntervalTest {
    private static final long MS = 1_000_000L;
    private final FeedbackInterval interval = new FeedbackInterval();
    private long nowNs;

    // A packet every 10 ms.
    private void send(long bps, long ms) {
        for (long until = nowNs + ms * MS; nowNs < until; nowNs += 10 * MS) {
            interval.onPacket((int) (bps / 800), nowNs);
        }
    }

    @Test
    void shouldReportFasterForASecondWhenTheRateChanges() {
        assertEquals(FeedbackInterval.NORMAL_NS, interval.ns(0));
        send(800_000, 3_000);
        assertEquals(FeedbackInterval.NORMAL_NS, interval.ns(nowNs));
        send(300_000, 1_100);
        assertEquals(FeedbackInterval.CHANGING_NS, interval.ns(nowNs));
        send(300_000, 3_000);
        assertEquals(FeedbackInterval.NORMAL_NS, interval.ns(nowNs));
        send(600_000, 1_100);
        assertEquals(FeedbackInterval.CHANGING_NS, interval.ns(nowNs));
    }

    @Test
    void shouldSpareAThinLinkUntilItCarriesMore() {
        send(48_000, 3_000);
        assertEquals(FeedbackInterval.THIN_NS, interval.ns(nowNs));
        send(500_000, 150);
        assertEquals(FeedbackInterval.NORMAL_NS, interval.ns(nowNs), "before the half second is over");
        send(500_000, 1_000);
        assertEquals(FeedbackInterval.CHANGING_NS, interval.ns(nowNs));
    }

    @Test
    void shouldGiveWaitingPacketsTheirReportAtTheNewInterval() {
        TwccRecorder recorder = new TwccRecorder();
        recorder.onPacket(1, 10 * MS);
        assertEquals(110 * MS, recorder.nextDeadlineNs());
        recorder.reportWithin(50 * MS);
        assertEquals(60 * MS, recorder.nextDeadlineNs());
        recorder.reportWithin(250 * MS);
        assertEquals(60 * MS, recorder.nextDeadlineNs(), "what was promised holds");
    }
}
