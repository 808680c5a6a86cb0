// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.sfu.bwe;

/**
 * Counts what is lost on the path and keeps two explanations apart: the radio loses packets whatever is sent, or a full
 * queue throws away what is too much.
 *
 * <p>Loss while delays are flat is held to be the radio's own. It does not lower the rate; only the repair of sound and
 * pictures looks at it. Loss beside a standing queue is congestion's, which the delay tells of anyway. There is one
 * exception: a policer drops what exceeds its rate and queues nothing. It gives itself away, because what is sent
 * faster than usual is lost far more often than what is sent slower ({@link #policed}).
 *
 * <p>Packets lost in a row for {@link #OUTAGE_US} and longer are an outage, and no loss ratio says anything about it:
 * they are left out. Gaps that a publisher's own path made are not in here at all: what was not sent has no number.
 *
 * <p>By taste: the constants, tuned in simulation. Thread: one.
 */
final class LossModel {
    static final long OUTAGE_US = 400_000;
    private static final double MEMORY_SECONDS = 4;
    private static final double CORRELATION_SECONDS = 10;
    private static final int ENOUGH_PACKETS = 20;
    private static final int ENOUGH_TO_COMPARE = 120;
    private static final double POLICED_LOSS = 0.05;
    private static final double MAX_INHERENT = 0.6;

    // Of the last seconds, older ones ever less.
    private double packets;
    private double lost;
    private double runs;
    private double radioPackets;
    private double radioLost;
    // By whether they were sent faster or slower than usual.
    private double fastPackets;
    private double fastLost;
    private double slowPackets;
    private double slowLost;
    private double usualBps;

    // A row of losses that has not ended.
    private int run;
    private long runSinceUs;
    private long runUntilUs;

    private int reportPackets;
    private int reportLost;
    private int reportBytes;
    private long reportFirstUs;
    private long reportLastUs;
    private long lastNs = Long.MIN_VALUE;
    private long outages;

    /** What a connection before knew. */
    void start(double lossRatio, double burstLength) {
        packets = ENOUGH_PACKETS * 2;
        lost = packets * lossRatio;
        runs = lost / burstLength;
        radioPackets = packets;
        radioLost = lost;
    }

    /** One packet, in the order of sending. */
    void onPacket(boolean received, long sentUs, int wireBytes) {
        if (reportPackets == 0 && run == 0) {
            reportFirstUs = sentUs;
        }
        reportLastUs = sentUs;
        reportBytes += wireBytes;
        if (!received) {
            if (run++ == 0) {
                runSinceUs = sentUs;
            }
            runUntilUs = sentUs;
            return;
        }
        reportPackets++;
        if (run > 0) {
            endRun();
        }
    }

    private void endRun() {
        if (runUntilUs - runSinceUs < OUTAGE_US) {
            reportPackets += run;
            reportLost += run;
            runs++;
        } else {
            outages++;
        }
        run = 0;
    }

    /** One that was counted as lost came in after all. */
    void onLate() {
        lost = Math.max(0, lost - 1);
        radioLost = Math.max(0, radioLost - 1);
    }

    /** @param queued there was a standing queue while these packets were under way */
    void endReport(boolean queued, long nowNs) {
        double seconds = lastNs == Long.MIN_VALUE ? 0 : (nowNs - lastNs) / 1e9;
        lastNs = nowNs;
        double keep = Math.exp(-seconds / MEMORY_SECONDS);
        packets = packets * keep + reportPackets;
        lost = lost * keep + reportLost;
        runs *= keep;
        if (!queued) {
            radioPackets = radioPackets * keep + reportPackets;
            radioLost = radioLost * keep + reportLost;
            correlate(Math.exp(-seconds / CORRELATION_SECONDS));
        }
        reportPackets = 0;
        reportLost = 0;
        reportBytes = 0;
    }

    private void correlate(double keep) {
        fastPackets *= keep;
        fastLost *= keep;
        slowPackets *= keep;
        slowLost *= keep;
        long spanUs = reportLastUs - reportFirstUs;
        if (reportPackets < 4 || spanUs < 20_000) {
            return;
        }
        double bps = reportBytes * 8e6 / spanUs;
        if (bps > usualBps) {
            fastPackets += reportPackets;
            fastLost += reportLost;
        } else {
            slowPackets += reportPackets;
            slowLost += reportLost;
        }
        usualBps = usualBps == 0 ? bps : usualBps + (bps - usualBps) * 0.05;
    }

    /** Share of the packets that are lost, outages apart, 0 to 1. */
    double lossRatio() {
        return packets < ENOUGH_PACKETS ? 0 : Math.min(1, lost / packets);
    }

    /** Share of the packets that the radio loses, whatever is sent. */
    double inherentRatio() {
        return radioPackets < ENOUGH_PACKETS ? 0 : Math.min(MAX_INHERENT, radioLost / radioPackets);
    }

    /** Packets lost in a row, on average; 1 where hardly anything is lost. */
    double burstLength() {
        return runs < 0.5 || lost < 1 ? 1 : Math.max(1, lost / runs);
    }

    /** What is sent faster than usual is lost so much more often that chance does not explain it. */
    boolean policed() {
        if (fastPackets < ENOUGH_TO_COMPARE || slowPackets < ENOUGH_TO_COMPARE) {
            return false;
        }
        double fast = fastLost / fastPackets;
        double slow = slowLost / slowPackets;
        double all = (fastLost + slowLost) / (fastPackets + slowPackets);
        // Losses that come in bursts are fewer events than packets.
        double deviation = Math.sqrt(all * (1 - all) * 2 * burstLength() * (1 / fastPackets + 1 / slowPackets));
        return fast > POLICED_LOSS && slow < fast * 0.4 && fast - slow > 4 * deviation;
    }

    /** The rate was lowered: what follows is judged by itself. */
    void forgetCorrelation() {
        fastPackets = 0;
        fastLost = 0;
        slowPackets = 0;
        slowLost = 0;
        usualBps = 0;
    }

    /** Rows of losses that were outages, so far. */
    long outages() {
        return outages;
    }
}
