// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.sfu.quality;

import org.nhipcau.sfu.api.MediaEvent.DirectionQuality;

/**
 * Turns the tallies of one direction into its figures: those of the last interval, and ratings over the last five.
 *
 * <p>Use, once an interval: {@link #begin}, fill the tally, {@link #judge}, tell the {@link Blame} what else there is,
 * {@link #end}. Thread: one.
 */
public final class DirectionMeter {
    /** Intervals that ratings and causes look back over. */
    static final int WINDOW = 5;
    /** A loss ratio of fewer packets says nothing. */
    private static final int LEAST_PACKETS = 8;
    /** What is lost before repair costs a share too: repair takes time and rate. By taste. */
    private static final double BEFORE_REPAIR_WEIGHT = 0.25;

    private final DirectionTally[] ring = new DirectionTally[WINDOW];
    private int at;
    private double lossPoints;
    private double delayPoints;
    private double mouthToEarMs;
    private boolean audio;
    private double audioLossRatio;
    private double audioUnrepairedRatio;
    private double burstRatio = 1;
    private double videoLossRatio;
    private double videoUnrepairedRatio;
    private double jitterMs = -1;

    public DirectionMeter() {
        for (int i = 0; i < WINDOW; i++) {
            ring[i] = new DirectionTally();
        }
    }

    /** The tally of the interval that ends now. */
    public DirectionTally begin() {
        at = (at + 1) % WINDOW;
        ring[at].clear();
        return ring[at];
    }

    /**
     * Judges the link by the tallies.
     *
     * @param oneWayMs what a packet takes on this direction; negative: unknown
     */
    public void judge(double oneWayMs) {
        long audioExpected = 0;
        long lost = 0;
        double bursts = 0;
        double unrepaired = 0;
        long videoExpected = 0;
        long videoLost = 0;
        long videoUnrepaired = 0;
        audio = false;
        jitterMs = -1;
        for (DirectionTally each : ring) {
            audio |= each.audio;
            audioExpected += each.audioExpected;
            lost += each.audioLost;
            bursts += each.audioBursts;
            unrepaired += each.audioUnrepaired;
            videoExpected += each.videoExpected;
            videoLost += each.videoLost;
            videoUnrepaired += each.videoUnrepaired;
            jitterMs = Math.max(jitterMs, each.jitterMs);
        }
        audioLossRatio = ratio(lost, audioExpected);
        audioUnrepairedRatio = Math.min(audioLossRatio, ratio(unrepaired, audioExpected));
        burstRatio = AudioIndex.burstRatio(lost, bursts, audioExpected);
        videoLossRatio = ratio(videoLost, videoExpected);
        videoUnrepairedRatio = Math.min(videoLossRatio, ratio(videoUnrepaired, videoExpected));
        double counted = Math.max(audioUnrepairedRatio, BEFORE_REPAIR_WEIGHT * Math.max(audioLossRatio, videoLossRatio));
        lossPoints = AudioIndex.lossPoints(counted, burstRatio);
        mouthToEarMs = AudioIndex.mouthToEarMs(oneWayMs, jitterMs);
        delayPoints = AudioIndex.delayPoints(mouthToEarMs);
    }

    // Losses that a report took back may make a window's sum negative: then nothing was lost.
    private static double ratio(double lost, long expected) {
        return expected < LEAST_PACKETS ? 0 : Math.clamp(lost / expected, 0, 1);
    }

    /** What the link costs: loss and delay together. */
    public double linkPoints() {
        return lossPoints + delayPoints;
    }

    /** What sound loses for good on this direction costs. */
    public double audioLossPoints() {
        return AudioIndex.lossPoints(audioUnrepairedRatio, burstRatio);
    }

    /** The larger of the loss ratios before repair. */
    public double lossRatio() {
        return Math.max(audioLossRatio, videoLossRatio);
    }

    /** Audio lost for good in the window. */
    public double audioUnrepairedRatio() {
        return audioUnrepairedRatio;
    }

    /** Video lost for good in the window. */
    public double videoUnrepairedRatio() {
        return videoUnrepairedRatio;
    }

    /** Largest jitter of sound in the window; -1 unknown. */
    public double jitterMs() {
        return jitterMs;
    }

    /** The figures of the interval, with the cause that the blame settles on. */
    public DirectionQuality end(long intervalNs, Blame blame) {
        DirectionTally now = ring[at];
        double rating = audio ? AudioIndex.rating(mouthToEarMs, audioUnrepairedRatio, burstRatio) : -1;
        blame.settle();
        return new DirectionQuality(interval(now.audioLost, now.audioExpected),
                interval(now.videoLost, now.videoExpected), interval(now.audioUnrepaired, now.audioExpected),
                burstRatio, now.jitterMs, rate(now.audioBytes, intervalNs), rate(now.videoBytes, intervalNs),
                Math.max(0, now.packets), now.frozenShare, now.freezes, rating,
                audio ? AudioIndex.score(rating) : -1, AudioIndex.score(AudioIndex.BEST - linkPoints()),
                blame.cause(), blame.points(blame.cause()));
    }

    private static double interval(double lost, long expected) {
        return expected <= 0 ? -1 : Math.clamp(lost / expected, 0, 1);
    }

    private static long rate(long bytes, long intervalNs) {
        return intervalNs <= 0 ? 0 : Math.max(0, bytes) * 8_000 / Math.max(1, intervalNs / 1_000_000);
    }

    /** Share of the window in which the picture that fared worst stood still. */
    public double frozenShare() {
        double frozen = 0;
        int due = 0;
        for (DirectionTally each : ring) {
            if (each.frozenShare >= 0) {
                due++;
                frozen += each.frozenShare;
            }
        }
        return due == 0 ? 0 : frozen / due;
    }
}
