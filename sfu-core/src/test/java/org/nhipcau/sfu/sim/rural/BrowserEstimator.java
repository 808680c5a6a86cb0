// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.sfu.sim.rural;

import java.util.function.DoubleSupplier;
import org.nhipcau.sfu.rtcp.TransportFeedbackFlyweight;

/**
 * What a browser believes of its uplink: the essence of libwebrtc's GoogCC, so that a publisher on a poor link gives
 * way as a real one would. Groups of packets, a trend line over twenty of them with an adaptive threshold, additive
 * increase near a rate that was too much and multiplicative elsewhere, a rate that is kept while a queue drains, the
 * rule for loss. Of its probes only the outcome is modelled: now and then, while less is sent than is believed, it
 * learns what the link carries at that moment, up to a factor. Beside the rate it says how fast the pacer goes, and
 * which frames are left out since too much is under way. A queue that stands for longer than it remembers round trips
 * counts as part of the path there: so a browser keeps it.
 *
 * <p>Constants from libwebrtc {@code modules/congestion_controller/goog_cc/trendline_estimator.cc},
 * {@code modules/remote_bitrate_estimator/aimd_rate_control.cc}, {@code goog_cc/link_capacity_estimator.cc} and
 * {@code goog_cc/send_side_bandwidth_estimation.cc}; of the pacer {@code video/video_send_stream_impl.cc} (1.1 where
 * transport-wide numbers are agreed upon) and {@code modules/pacing/pacing_controller.cc}; of the congestion window
 * {@code rtc_base/experiments/rate_control_settings.cc}, {@code goog_cc/congestion_window_pushback_controller.cc} and
 * {@code goog_cc/goog_cc_network_control.cc}.
 *
 * <p>Thread: one. Owns: a ring of what was sent.
 */
final class BrowserEstimator {
    private static final int SENT = 4_096;
    private static final long GROUP_US = 5_000;
    private static final int WINDOW = 20;
    private static final double SMOOTHING = 0.9;
    private static final double GAIN = 4;
    private static final double START_BPS = 300_000;
    private static final double MIN_BPS = 30_000;
    private static final double BETA = 0.85;
    private static final double FIRST_PROBE = 6;
    private static final double PROBE = 2;
    private static final double PROBE_SHARE = 0.95;
    private static final long PROBE_NS = 5_000_000_000L;
    private static final double IDLE_SHARE = 0.65;
    private static final long RATE_WINDOW_US = 500_000;
    private static final double PACE = 1.1;
    /** No packet is to wait longer in the pacer, whatever the rate. */
    private static final double PACER_LIMIT_SECONDS = 2;
    private static final double ACCEPTED_QUEUE_SECONDS = 0.35;
    private static final double LEAST_WINDOW_BYTES = 3_000;
    private static final double LEAST_PUSHED_BPS = 30_000;
    /** So many reports are remembered for the shortest round trip: a queue of seconds becomes part of it. */
    private static final int ROUND_TRIPS = 32;
    private static final double BACK_OFF_BPS = 5_000;
    private static final double CAPACITY_WEIGHT = 0.05;
    private static final double CAPACITY_DEVIATIONS = 3;
    private static final double MTU_BITS = 1_200 * 8;
    private static final double FRAMES_PER_SECOND = 30;
    private static final double REPORT_SECONDS = 0.1;

    private final long[] sentUs = new long[SENT];
    private final int[] lengths = new int[SENT];
    private final int[] underway = new int[SENT];
    private double estimateBps = START_BPS;
    private final double maxBps;
    private final DoubleSupplier carriedBps;
    private long nextProbeNs;
    private long lastUpdateNs;
    private long lastDecreaseNs = Long.MIN_VALUE / 2;
    private long lastLossNs = Long.MIN_VALUE / 2;

    // The group under way and the one before it, by their last packets.
    private long groupFirstSentUs = -1;
    private long groupSentUs;
    private long groupArrivedUs;
    private long beforeSentUs = -1;
    private long beforeArrivedUs;

    private final double[] times = new double[WINDOW];
    private final double[] delays = new double[WINDOW];
    private int deltas;
    private double accumulated;
    private double smoothed;
    private double threshold = 12.5;
    private long overUsingSinceUs = -1;
    private long lastArrivedUs;
    private double previousTrend;

    private long windowStartUs = -1;
    private long windowBytes;
    private double arrivedBps;
    private int lost;
    private int told;
    private long underwayBytes;
    private final double[] roundTrips = new double[ROUND_TRIPS];
    private int reports;
    private boolean underUse;
    /** Of what came through when there was too much, in kbit/s, and its variance over it; 0: not known. */
    private double capacityKbps;
    private double capacityVariance = 0.4;
    private double kept = 1;
    private int frames;

    /** @param maxBps what there is to send at most @param carriedBps what the link carries at a moment */
    BrowserEstimator(double maxBps, DoubleSupplier carriedBps) {
        this.maxBps = maxBps;
        this.carriedBps = carriedBps;
    }

    void onSent(int sequence, int lengthBytes, long nowNs) {
        sentUs[sequence & SENT - 1] = nowNs / 1_000;
        lengths[sequence & SENT - 1] = lengthBytes;
        underwayBytes += lengthBytes - underway[sequence & SENT - 1];
        underway[sequence & SENT - 1] = lengthBytes;
    }

    /** How fast packets leave that do not wait for their turn. @param limitBps told by REMB */
    double paceBps(double limitBps, int waitingBytes) {
        return Math.max(PACE * Math.min(estimateBps, limitBps), waitingBytes * 8 / PACER_LIMIT_SECONDS);
    }

    /**
     * Whether the next frame is left out, of each n one, since more is under way than the window allows.
     *
     * @param limitBps told by REMB
     */
    boolean leavesOut(double targetBps, double limitBps) {
        double window = Math.max(LEAST_WINDOW_BYTES,
                (roundTripSeconds() + ACCEPTED_QUEUE_SECONDS) * Math.min(estimateBps, limitBps) / 8);
        double fill = underwayBytes / window;
        kept = fill > 1.5 ? kept * 0.9 : fill > 1 ? kept * 0.95 : fill < 0.1 ? 1 : Math.min(1, kept * 1.05);
        kept = Math.max(kept, Math.min(1, LEAST_PUSHED_BPS / targetBps));
        frames++;
        return kept < 1 && frames % (int) Math.ceil(1 / (1 - kept)) == 0;
    }

    double estimateBps() {
        return estimateBps;
    }

    void onFeedback(TransportFeedbackFlyweight feedback, long nowNs) {
        boolean overUse = false;
        double longestSeconds = 0;
        feedback.rewind();
        while (feedback.next()) {
            told++;
            int slot = feedback.sequence() & SENT - 1;
            underwayBytes -= underway[slot];
            underway[slot] = 0;
            if (feedback.received()) {
                longestSeconds = Math.max(longestSeconds, nowNs / 1e9 - sentUs[slot] / 1e6);
                overUse |= onArrived(sentUs[slot], feedback.arrivalTimeUs(), lengths[slot]);
            } else {
                lost++;
            }
        }
        if (longestSeconds > 0) {
            roundTrips[reports++ % ROUND_TRIPS] = longestSeconds;
        }
        update(overUse, nowNs);
    }

    private double roundTripSeconds() {
        double least = reports == 0 ? 0 : Double.MAX_VALUE;
        for (int i = 0; i < Math.min(reports, ROUND_TRIPS); i++) {
            least = Math.min(least, roundTrips[i]);
        }
        return least;
    }

    private boolean onArrived(long sent, long arrived, int lengthBytes) {
        countRate(arrived, lengthBytes);
        if (groupFirstSentUs < 0 || sent - groupFirstSentUs > GROUP_US) {
            boolean overUse = groupFirstSentUs >= 0 && beforeSentUs >= 0 && onGroup();
            if (groupFirstSentUs >= 0) {
                beforeSentUs = groupSentUs;
                beforeArrivedUs = groupArrivedUs;
            }
            groupFirstSentUs = sent;
            groupSentUs = sent;
            groupArrivedUs = arrived;
            return overUse;
        }
        groupSentUs = Math.max(groupSentUs, sent);
        groupArrivedUs = Math.max(groupArrivedUs, arrived);
        return false;
    }

    private void countRate(long arrivedUs, int lengthBytes) {
        if (windowStartUs < 0) {
            windowStartUs = arrivedUs;
        }
        windowBytes += lengthBytes;
        if (arrivedUs - windowStartUs >= RATE_WINDOW_US) {
            arrivedBps = windowBytes * 8e6 / (arrivedUs - windowStartUs);
            windowStartUs = arrivedUs;
            windowBytes = 0;
        }
    }

    private boolean onGroup() {
        double deltaMs = (groupArrivedUs - beforeArrivedUs - (groupSentUs - beforeSentUs)) / 1e3;
        accumulated += deltaMs;
        smoothed = SMOOTHING * smoothed + (1 - SMOOTHING) * accumulated;
        int slot = deltas++ % WINDOW;
        times[slot] = groupArrivedUs / 1e3;
        delays[slot] = smoothed;
        double trend = deltas < WINDOW ? previousTrend : slope();
        double modified = Math.min(deltas, 60) * trend * GAIN;
        underUse = modified < -threshold;
        boolean over = detect(modified, trend);
        adapt(modified);
        previousTrend = trend;
        return over;
    }

    private double slope() {
        double meanTime = 0;
        double meanDelay = 0;
        for (int i = 0; i < WINDOW; i++) {
            meanTime += times[i] / WINDOW;
            meanDelay += delays[i] / WINDOW;
        }
        double above = 0;
        double below = 0;
        for (int i = 0; i < WINDOW; i++) {
            above += (times[i] - meanTime) * (delays[i] - meanDelay);
            below += (times[i] - meanTime) * (times[i] - meanTime);
        }
        return below == 0 ? 0 : above / below;
    }

    private boolean detect(double modified, double trend) {
        if (modified <= threshold) {
            overUsingSinceUs = -1;
            return false;
        }
        if (overUsingSinceUs < 0) {
            overUsingSinceUs = groupArrivedUs;
            return false;
        }
        return groupArrivedUs - overUsingSinceUs > 10_000 && trend >= previousTrend;
    }

    private void adapt(double modified) {
        double distance = Math.abs(modified) - threshold;
        double elapsedMs = Math.min((groupArrivedUs - lastArrivedUs) / 1e3, 100);
        lastArrivedUs = groupArrivedUs;
        if (distance <= 15) {
            threshold = Math.clamp(threshold + distance * elapsedMs * (distance < 0 ? 0.039 : 0.0087), 6.0, 600.0);
        }
    }

    private void update(boolean overUse, long nowNs) {
        double seconds = lastUpdateNs == 0 ? 0 : Math.min(1, (nowNs - lastUpdateNs) / 1e9);
        lastUpdateNs = nowNs;
        boolean lossy = told >= 20 && lost > told * 0.1;
        if (overUse && nowNs - lastDecreaseNs > 200_000_000L) {
            estimateBps = Math.min(estimateBps, Math.max(MIN_BPS, BETA * arrivedBps - BACK_OFF_BPS));
            lastDecreaseNs = nowNs;
            onCapacity(arrivedBps / 1e3);
        } else if (lossy && nowNs - lastLossNs > 400_000_000L) {
            estimateBps *= 1 - lost / (double) told / 2;
            lastLossNs = nowNs;
        } else if (!overUse && !underUse && overUsingSinceUs < 0 && !lossy) {
            double limit = arrivedBps == 0 ? estimateBps : 1.5 * arrivedBps + 10_000;
            if (arrivedBps / 1e3 > capacityKbps + capacityDeviation()) {
                capacityKbps = 0;
            }
            double raised = estimateBps + (capacityKbps > 0 ? additiveBps() : Math.max(1_000, estimateBps * 0.08))
                    * seconds;
            estimateBps = Math.max(estimateBps, Math.min(raised, limit));
            probe(nowNs);
        }
        if (told >= 20) {
            told = 0;
            lost = 0;
        }
        estimateBps = Math.clamp(estimateBps, MIN_BPS, maxBps);
    }

    private void onCapacity(double kbps) {
        if (capacityKbps > 0 && kbps < capacityKbps - capacityDeviation() || capacityKbps == 0) {
            capacityKbps = kbps;
            return;
        }
        double error = capacityKbps - kbps;
        capacityKbps -= CAPACITY_WEIGHT * error;
        capacityVariance = Math.clamp((1 - CAPACITY_WEIGHT) * capacityVariance
                + CAPACITY_WEIGHT * error * error / Math.max(1, capacityKbps), 0.4, 2.5);
    }

    private double capacityDeviation() {
        return CAPACITY_DEVIATIONS * Math.sqrt(capacityVariance * capacityKbps);
    }

    // Near what it thinks the link carries: half a packet of the mean size in a round trip, and at least 4 kbit/s.
    private double additiveBps() {
        double frameBits = estimateBps / FRAMES_PER_SECOND;
        double packetBits = frameBits / Math.ceil(frameBits / MTU_BITS);
        return Math.max(4_000, packetBits / (roundTripSeconds() + REPORT_SECONDS));
    }

    private void probe(long nowNs) {
        if (nowNs >= nextProbeNs && arrivedBps < IDLE_SHARE * estimateBps || nextProbeNs == 0) {
            double factor = nextProbeNs == 0 ? FIRST_PROBE : PROBE;
            nextProbeNs = nowNs + PROBE_NS;
            estimateBps = Math.max(estimateBps, Math.min(factor * estimateBps, PROBE_SHARE * carriedBps.getAsDouble()));
        }
    }
}
