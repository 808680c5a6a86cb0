// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.bench.rural.link;

/**
 * How the link behaves beside its rate.
 *
 * @param delayMs one way
 * @param jitterMs sigma of the delay
 * @param queueBytes what fits before the bottleneck; more is dropped
 * @param lossPercent of packets, independent of each other; 0 where the profile tells losses
 * @param burstPackets mean length of a run of lost packets; 1: losses are independent of each other
 * @param outage null: none
 */
public record LinkSettings(double delayMs, double jitterMs, int queueBytes, double lossPercent, double burstPackets,
        Outage outage) {

    /** Chance in percent that a packet after a lost one gets through, of the two-state model of bursts. */
    double burstEndsPercent() {
        return 100 / burstPackets;
    }

    /** Chance in percent that a burst begins, of the two-state model. */
    double burstBeginsPercent() {
        return burstEndsPercent() * lossPercent / (100 - lossPercent);
    }

    /** Bits that could have passed, the outage left out. */
    public double capacityBits(LinkProfile profile, Direction direction, double fromMs, double toMs) {
        if (outage == null || outage.endMs() <= fromMs || outage.atMs() >= toMs) {
            return profile.capacityBits(direction, fromMs, toMs);
        }
        return profile.capacityBits(direction, fromMs, Math.max(fromMs, outage.atMs()))
                + profile.capacityBits(direction, Math.min(toMs, outage.endMs()), toMs);
    }
}
