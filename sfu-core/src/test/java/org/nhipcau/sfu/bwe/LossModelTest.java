// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.sfu.bwe;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

class LossModelTest {
    private static final long SPACING_US = 10_000;
    private static final int BYTES = 1_000;
    private static final long REPORT_US = 100_000;

    private final LossModel loss = new LossModel();
    private long nowUs = 10_000_000;

    private void send(int packets, boolean received) {
        for (int i = 0; i < packets; i++) {
            loss.onPacket(received, nowUs, BYTES);
            nowUs += SPACING_US;
        }
    }

    private void report(boolean queued) {
        loss.endReport(queued, nowUs * 1_000);
    }

    @Test
    void shouldCountARowOfLossesUntilItIsAnOutage() {
        for (int row : new int[] {40, 41}) {
            LossModelTest run = new LossModelTest();
            run.send(100, true);
            // From the first of them to the last it is 10 ms less: 390 and 400 ms.
            run.send(row, false);
            run.report(false);
            assertEquals(0, run.loss.lossRatio(), "the row has not ended");
            run.send(1, true);
            run.loss.endReport(false, run.nowUs * 1_000);
            boolean outage = row == 41;
            assertEquals(outage ? 1 : 0, run.loss.outages());
            // Ten milliseconds lie between the two reports, in which the first fades a little.
            assertEquals(outage ? 0 : 40.0 / 141, run.loss.lossRatio(), outage ? 0 : 1e-3);
        }
    }

    @Test
    void shouldSayNothingOnFewPackets() {
        send(9, true);
        send(9, false);
        send(1, true);
        report(false);
        assertEquals(0, loss.lossRatio(), "of 19 packets");
        LossModelTest more = new LossModelTest();
        more.send(10, true);
        more.send(9, false);
        more.send(1, true);
        more.report(false);
        assertEquals(9.0 / 20, more.loss.lossRatio(), 1e-12);
        assertEquals(9, more.loss.burstLength(), 1e-12);
    }

    @Test
    void shouldTakeBackWhatCameLateAndNoMore() {
        send(30, true);
        send(2, false);
        send(8, true);
        report(false);
        assertEquals(2.0 / 40, loss.lossRatio(), 1e-12);
        loss.onLate();
        assertEquals(1.0 / 40, loss.lossRatio(), 1e-12);
        assertEquals(1.0 / 40, loss.inherentRatio(), 1e-12);
        loss.onLate();
        loss.onLate();
        assertEquals(0, loss.lossRatio());
        assertEquals(0, loss.inherentRatio());
        assertEquals(1, loss.burstLength());
    }

    @Test
    void shouldNotBlameTheRadioForWhatAQueueThrewAway() {
        send(30, true);
        send(10, false);
        send(10, true);
        report(true);
        assertEquals(0.2, loss.lossRatio(), 1e-12);
        assertEquals(0, loss.inherentRatio());
    }

    @Test
    void shouldForgetAfterSeconds() {
        send(80, true);
        send(20, false);
        send(1, true);
        report(false);
        double before = loss.lossRatio();
        nowUs += 8_000_000;
        send(100, true);
        report(false);
        // Two memories and a second: e^-2.25 of what was.
        double keep = Math.exp(-(8 + 1.0) / 4);
        assertEquals(20 * keep / (101 * keep + 100), loss.lossRatio(), 1e-12);
        assertTrue(loss.lossRatio() < before / 5);
    }

    // Reports of so many packets, of which so many arrive, all but the last of them in front.
    private void paced(int reports, int[] sent, int[] arrived) {
        for (int i = 0; i < reports; i++) {
            int packets = sent[i % sent.length];
            int lost = packets - arrived[i % arrived.length];
            for (int p = 1; p <= packets; p++) {
                loss.onPacket(p < packets - lost || p == packets, nowUs + REPORT_US * p / packets, BYTES);
            }
            nowUs += REPORT_US;
            report(false);
        }
    }

    @Test
    void shouldKnowAPolicerByWhatArrivesNotFollowingWhatIsSent() {
        paced(30, new int[] {6, 9, 12}, new int[] {6, 6, 6});
        assertFalse(loss.policed(), "too few reports to tell");
        paced(30, new int[] {6, 9, 12}, new int[] {6, 6, 6});
        assertTrue(loss.policed());
        loss.onRateLowered();
        assertFalse(loss.policed(), "what follows is judged by itself");
        paced(60, new int[] {6, 5, 4}, new int[] {6, 5, 4});
        assertFalse(loss.policed(), "all comes through below its rate");
    }

    @Test
    void shouldNotTakeARadioForAPolicer() {
        paced(90, new int[] {6, 9, 12}, new int[] {4, 6, 8});
        assertEquals(1.0 / 3, loss.inherentRatio(), 0.01);
        assertFalse(loss.policed(), "a third is lost of much and of little");
        LossModelTest steady = new LossModelTest();
        steady.paced(90, new int[] {9}, new int[] {6});
        assertFalse(steady.loss.policed(), "nothing can be told from one rate alone");
    }
}
