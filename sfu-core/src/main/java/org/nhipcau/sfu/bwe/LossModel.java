// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.sfu.bwe;

/**
 * Counts what is lost on the path and keeps two explanations apart: the radio loses packets whatever is sent, or a full
 * queue throws away what is too much.
 *
 * <p>Loss while delays are flat is held to be the radio's own. It does not lower the rate; only the repair of sound and
 * pictures looks at it. Loss beside a standing queue is congestion's, which the delay tells of anyway. There is one
 * exception: a policer drops what exceeds its rate and queues nothing. It gives itself away, because no more arrives
 * when more is sent ({@link #policed}).
 *
 * <p>Packets lost in a row for {@link #OUTAGE_US} and longer are an outage, and no loss ratio says anything about it:
 * they are left out. Gaps that a publisher's own path made are not in here at all: what was not sent has no number.
 *
 * <p>By taste: the constants, tuned in simulation. Thread: one.
 */
final class LossModel {
    static final long OUTAGE_US = 400_000;
    private static final double MEMORY_SECONDS = 4;
    private static final double CORRELATION_SECONDS = 15;
    private static final int ENOUGH_PACKETS = 20;
    private static final int ENOUGH_REPORTS = 30;
    private static final double POLICED_LOSS = 0.04;
    private static final double POLICED_SLOPE = 0.6;
    private static final double POLICED_DEVIATIONS = 3;
    private static final double MAX_INHERENT = 0.6;

    // Of the last seconds, older ones ever less.
    private double packets;
    private double lost;
    private double runs;
    private double radioPackets;
    private double radioLost;
    // Of reports with flat delays: how many, and sums of what was sent (x) and what arrived (y), in kbit/s.
    private double reports;
    private double sumX;
    private double sumY;
    private double sumXx;
    private double sumXy;
    private double sumYy;

    // A row of losses that has not ended.
    private int run;
    private long runSinceUs;
    private long runUntilUs;

    private int reportPackets;
    private int reportLost;
    private int reportBytes;
    private long previousLastUs;
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
        reports *= keep;
        sumX *= keep;
        sumY *= keep;
        sumXx *= keep;
        sumXy *= keep;
        sumYy *= keep;
        long spanUs = reportLastUs - previousLastUs;
        previousLastUs = reportLastUs;
        if (reportPackets < 4 || spanUs < 20_000 || spanUs > 1_000_000) {
            return;
        }
        double x = reportBytes * 8e3 / spanUs;
        double y = x * (reportPackets - reportLost) / reportPackets;
        reports++;
        sumX += x;
        sumY += y;
        sumXx += x * x;
        sumXy += x * y;
        sumYy += y * y;
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

    /**
     * What arrives does not follow what is sent, so much less than chance explains: it is cut off at a rate. The slope
     * of what arrived over what was sent is 1 less the loss where the radio loses, and 0 behind a policer.
     */
    boolean policed() {
        if (reports < ENOUGH_REPORTS || inherentRatio() < POLICED_LOSS) {
            return false;
        }
        double varianceX = sumXx / reports - sumX / reports * (sumX / reports);
        double varianceY = sumYy / reports - sumY / reports * (sumY / reports);
        if (varianceX <= 0) {
            return false;
        }
        double slope = (sumXy / reports - sumX / reports * (sumY / reports)) / varianceX;
        double residual = Math.max(0, varianceY - slope * slope * varianceX);
        double error = Math.sqrt(residual / varianceX / (reports - 2));
        return slope + POLICED_DEVIATIONS * error < POLICED_SLOPE * (1 - inherentRatio());
    }

    /** The rate was lowered to what the policer lets pass: what follows is judged by itself. */
    void onRateLowered() {
        reports = 0;
        sumX = 0;
        sumY = 0;
        sumXx = 0;
        sumXy = 0;
        sumYy = 0;
        radioLost = 0;
    }

    /** Rows of losses that were outages, so far. */
    long outages() {
        return outages;
    }
}
