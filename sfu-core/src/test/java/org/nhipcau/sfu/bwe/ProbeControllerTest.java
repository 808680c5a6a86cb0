// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.sfu.bwe;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.nhipcau.sfu.bwe.ProbeController.Verdict;

class ProbeControllerTest {
    private static final long MS = 1_000_000L;
    private static final long ESTIMATE_BPS = 150_000;
    private static final long WANTED_BPS = 2_000_000;
    private static final long DELAY_US = 50_000;

    private final ProbeController probes = new ProbeController(EstimatorSettings.DEFAULT);
    private long nowMs = 1_000;
    private long sentBytes;
    private long sequence;
    private long linkFreeUs;

    // Fills each probe through a link of a rate, told of after 100 ms, until a verdict. @return bytes that it took
    private long probe(long linkBps, Verdict expected) {
        long before = probes.fillerBytes();
        long settled = sequence;
        long settlesMs = 0;
        for (long endMs = nowMs + 20_000; nowMs < endMs; nowMs++) {
            // What is sent between probes earns what filler may cost.
            sentBytes += probes.sending() ? 0 : 19;
            probes.poll(ESTIMATE_BPS, WANTED_BPS, false, 0, sentBytes, sequence, nowMs * MS);
            while (probes.fillerBytesDue(sentBytes, nowMs * MS) > 0) {
                int bytes = probes.packetBytes();
                linkFreeUs = Math.max(linkFreeUs, nowMs * 1_000) + bytes * 8_000_000L / linkBps;
                sentBytes += bytes;
                probes.onFiller(bytes);
                probes.onPacket(sequence++, true, nowMs * 1_000, linkFreeUs + DELAY_US, bytes);
                settlesMs = nowMs + 100;
            }
            settled = nowMs >= settlesMs ? sequence : settled;
            Verdict verdict = probes.judge(settled, ESTIMATE_BPS, 0, 100 * MS, nowMs * MS);
            if (verdict != Verdict.NONE) {
                assertEquals(expected, verdict);
                return probes.fillerBytes() - before;
            }
        }
        throw new AssertionError("no verdict");
    }

    @Test
    void shouldSendTheSecondTrainOnlyWhereTheFirstShowsMoreOnceProbesHaveFailed() {
        // The first of all goes faster, and so is shorter.
        probe(ESTIMATE_BPS, Verdict.NO_MORE);
        long both = probe(ESTIMATE_BPS, Verdict.NO_MORE);
        long scouted = probe(ESTIMATE_BPS, Verdict.NO_MORE);
        assertTrue(scouted <= both * 0.6, () -> scouted + " bytes, with both trains " + both);
        long confirmed = probe(2_000_000, Verdict.MORE);
        assertTrue(confirmed >= scouted * 1.8, () -> confirmed + " bytes, alone " + scouted);
        assertTrue(probes.provenBps() > ESTIMATE_BPS * 1.3, () -> "proven " + probes.provenBps());
    }
}
