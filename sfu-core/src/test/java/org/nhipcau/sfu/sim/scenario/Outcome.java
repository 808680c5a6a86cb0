// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.sfu.sim.scenario;

import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;
import org.nhipcau.sfu.sim.link.Flow;
import org.nhipcau.sfu.sim.link.LinkLog;
import org.nhipcau.sfu.sim.rural.PictureRecord;
import org.nhipcau.sfu.sim.rural.SimulatedViewer;

/**
 * The figures of one run of a scenario.
 *
 * <p>Thread: one.
 */
public final class Outcome {
    /** Stands for "never within the run" where a time is asked. */
    public static final double NEVER = 1e6;
    private static final long RATE_WINDOW_MS = 500;
    /** Fewer lost bytes than this say nothing of what their repair cost. */
    private static final long LOST_BYTES = 10_000;
    private static final double CAPTURE_AND_PLAYOUT_MS = 60;

    private final long seed;
    private final Map<Metric, Double> figures = new EnumMap<>(Metric.class);
    private double simulatedSeconds;

    Outcome(long seed) {
        this.seed = seed;
    }

    public long seed() {
        return seed;
    }

    /** NaN where it was not measured. */
    public double get(Metric metric) {
        return figures.getOrDefault(metric, Double.NaN);
    }

    public Map<Metric, Double> figures() {
        return figures;
    }

    Outcome put(Metric metric, double value) {
        figures.put(metric, value);
        return this;
    }

    Outcome putTime(Metric metric, double ms) {
        return put(metric, ms < 0 ? NEVER : ms);
    }

    /** How long the run was, in its own time. */
    public double simulatedSeconds() {
        return simulatedSeconds;
    }

    Outcome ran(double seconds) {
        simulatedSeconds = seconds;
        return this;
    }

    /** What every scenario tells of one stretch of a viewer's time. */
    Outcome watch(SimulatedViewer viewer, long fromMs, long toMs, double wantedBps) {
        LinkLog link = viewer.transport().down().log();
        PictureRecord picture = viewer.picture();
        double minutes = (toMs - fromMs) / 60e3;
        watchLink(link, fromMs, toMs, wantedBps);
        put(Metric.AUDIO_CONCEALED, viewer.sound().concealedPercent(fromMs, toMs));
        put(Metric.AUDIO_STALL, viewer.sound().longestStallMs(fromMs, toMs));
        put(Metric.AUDIO_INDEX, eModelIndex(viewer, fromMs, toMs));
        put(Metric.INTELLIGIBLE, viewer.sound().intelligibleSeconds(fromMs, toMs));
        put(Metric.FREEZE_RATIO, picture.freezeRatio(fromMs, toMs));
        put(Metric.FPS_P5, picture.framesPerSecond(fromMs, toMs, 0.05));
        put(Metric.MEAN_LAYER, picture.meanLayer(fromMs, toMs));
        put(Metric.LONGEST_GAP, picture.longestGapMs(fromMs, toMs));
        put(Metric.VIDEO_KBPS, (link.deliveredBytes(Flow.VIDEO, fromMs, toMs)
                + link.deliveredBytes(Flow.RTX, fromMs, toMs)) * 8.0 / (toMs - fromMs));
        put(Metric.LAYER_SWITCHES, picture.switches(fromMs, toMs) / minutes);
        return put(Metric.PLI, viewer.keyFrameRequests(fromMs, toMs) / minutes);
    }

    // What a link itself tells.
    Outcome watchLink(LinkLog link, long fromMs, long toMs, double wantedBps) {
        double allBytes = Math.max(1, link.deliveredBytes(null, fromMs, toMs));
        put(Metric.UTILISATION, link.utilisation(fromMs, toMs, wantedBps));
        put(Metric.QUEUE_P95, link.waitedMs(null, fromMs, toMs, 0.95));
        put(Metric.AUDIO_QUEUE_P95, link.waitedMs(Flow.AUDIO, fromMs, toMs, 0.95));
        long lostRtx = link.missingBytes(Flow.RTX, fromMs, toMs);
        long lost = lostRtx + link.missingBytes(Flow.VIDEO, fromMs, toMs);
        if (lost >= LOST_BYTES) {
            put(Metric.RTX_PER_LOST, (link.deliveredBytes(Flow.RTX, fromMs, toMs) + lostRtx) / (double) lost);
        }
        put(Metric.PADDING, 100 * link.deliveredBytes(Flow.PADDING, fromMs, toMs) / allBytes);
        return put(Metric.RTX, 100 * link.deliveredBytes(Flow.RTX, fromMs, toMs) / allBytes);
    }

    // Of each figure the worse.
    void worse(Outcome other) {
        other.figures.forEach((metric, value) -> figures.merge(metric, value,
                (a, b) -> metric.moreIsBetter() ? Math.min(a, b) : Math.max(a, b)));
    }

    // G.107 in the short form of Cole and Rosenbluth, with Ie 5 and Bpl 20; what was concealed counts as lost.
    private static double eModelIndex(SimulatedViewer viewer, long fromMs, long toMs) {
        double delayMs = viewer.transport().down().settings().delayNs() / 1e6
                + viewer.transport().down().log().waitedMs(Flow.AUDIO, fromMs, toMs, 0.5)
                + viewer.sound().meanBufferMs(fromMs, toMs) + CAPTURE_AND_PLAYOUT_MS;
        double lossPercent = viewer.sound().concealedPercent(fromMs, toMs);
        double delayImpairment = 0.024 * delayMs + 0.11 * Math.max(0, delayMs - 177.3);
        double lossImpairment = 5 + 90 * lossPercent / (lossPercent + 20);
        double r = Math.clamp(93.2 - delayImpairment - lossImpairment, 0.0, 100.0);
        return 1 + 0.035 * r + r * (r - 60) * (100 - r) * 7e-6;
    }

    /** When so much came through, over half a second, in ms after a time; -1: never before the end. */
    static double reachedAfterMs(LinkLog link, long fromMs, long endMs, double kbps) {
        for (long at = fromMs; at + RATE_WINDOW_MS <= endMs; at += 100) {
            if (link.deliveredBytes(null, at, at + RATE_WINDOW_MS) * 8.0 / RATE_WINDOW_MS >= kbps) {
                return at + RATE_WINDOW_MS - fromMs;
            }
        }
        return -1;
    }

    @Override
    public String toString() {
        StringBuilder text = new StringBuilder("seed " + seed);
        figures.forEach((metric, value) -> text.append(String.format(Locale.ROOT, ", %s %.3f %s", metric.label(), value,
                metric.unit())));
        return text.toString();
    }
}
