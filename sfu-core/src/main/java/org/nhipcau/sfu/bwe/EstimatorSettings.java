// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.sfu.bwe;

/**
 * The constants of {@link SendSideEstimator} that decide most, together, so that a search can try others. The server
 * has one set, {@link #DEFAULT}; {@code ./nhipcau bench simulate --search} shows what others would come to.
 *
 * @param headroom share of what a busy link delivered that is believed: the rest lets a queue drain
 * @param pace how much faster than the estimate pictures may leave while no queue stands
 * @param drainMs a standing queue as long as this stops pictures altogether
 * @param thresholdMs a shorter standing queue is none
 * @param noiseShare of the path's jitter on top of that
 * @param probeQueueMs what a train of probes may add to a full path's queue
 * @param laterProbeFactor rate of a probe against the estimate, once one has failed
 * @param fillerShare of all bytes that may be filler
 * @param inFlightAllowanceMs beyond the round trip that bytes may be under way: the receiver waits before it reports
 */
public record EstimatorSettings(double headroom, double pace, double drainMs, double thresholdMs, double noiseShare,
        double probeQueueMs, double laterProbeFactor, double fillerShare, double inFlightAllowanceMs) {
    /**
     * By taste, tried in simulation; what a search finds for each is kept in {@code bench/results/constant-search.md}.
     * With a share of noise of 3, the jitter of a 3G link is taken for a queue and starves it.
     */
    public static final EstimatorSettings DEFAULT = new EstimatorSettings(0.96, 1.04, 260, 18, 5, 20, 1.5, 0.025, 100);
}
