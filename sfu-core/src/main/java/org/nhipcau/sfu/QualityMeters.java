// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.sfu;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.DistributionSummary;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.EnumMap;
import java.util.Map;
import org.nhipcau.sfu.api.MediaEvent.DirectionQuality;
import org.nhipcau.sfu.api.MediaEvent.QualityReport;
import org.nhipcau.sfu.api.MediaKind;
import org.nhipcau.sfu.api.QualityCause;

/**
 * The quality of calls as histograms, by direction, media kind and cause. Each report is one observation of each.
 *
 * <p>Thread: the event pump's alone. All meters are made ahead, so that a scrape shows every series from the start and a
 * report looks nothing up by name.
 */
final class QualityMeters {
    private static final double[] SHARES = {0.001, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.3, 0.5, 1};
    private static final double[] SECONDS = {0.002, 0.005, 0.01, 0.02, 0.04, 0.08, 0.16, 0.32, 1};
    /** G.109's classes of the rating as scores, and some between: best from 4.34, poor below 3.1. */
    private static final double[] SCORES = {1.5, 2, 2.58, 3.1, 3.35, 3.6, 3.8, 4.03, 4.2, 4.34, 4.5};
    private static final double[] BITS = {8e3, 16e3, 32e3, 64e3, 128e3, 256e3, 512e3, 1e6, 2e6, 4e6, 8e6, 32e6};

    private final MeterRegistry registry;
    private final DistributionSummary roundTrip;
    private final Direction uplink;
    private final Direction downlink;

    QualityMeters(MeterRegistry registry) {
        this.registry = registry;
        this.roundTrip = DistributionSummary.builder("nhipcau.sfu.round.trip.time").baseUnit("seconds")
                .description("Round trip between node and clients")
                .serviceLevelObjectives(0.02, 0.05, 0.1, 0.2, 0.4, 0.6, 0.8, 1.2, 2, 5).register(registry);
        this.uplink = new Direction("uplink");
        this.downlink = new Direction("downlink");
    }

    void record(QualityReport report) {
        record(roundTrip, report.roundTripTimeMs() < 0 ? -1 : report.roundTripTimeMs() / 1_000);
        uplink.record(report.uplink());
        downlink.record(report.downlink());
    }

    private static void record(DistributionSummary summary, double value) {
        if (value >= 0) {
            summary.record(value);
        }
    }

    private static double positive(long bitrateBps) {
        return bitrateBps > 0 ? bitrateBps : -1;
    }

    /** The meters of one direction. */
    private final class Direction {
        private final String name;
        private final Map<MediaKind, DistributionSummary> loss = new EnumMap<>(MediaKind.class);
        private final Map<MediaKind, DistributionSummary> rate = new EnumMap<>(MediaKind.class);
        private final Map<QualityCause, DistributionSummary> score = new EnumMap<>(QualityCause.class);
        private final Map<QualityCause, DistributionSummary> freeze = new EnumMap<>(QualityCause.class);
        private final Map<QualityCause, Counter> reports = new EnumMap<>(QualityCause.class);
        private final DistributionSummary unrepaired;
        private final DistributionSummary jitter;
        private final Counter freezes;

        Direction(String name) {
            this.name = name;
            for (MediaKind kind : MediaKind.values()) {
                loss.put(kind, summary("loss.ratio", "Packets lost before repair, per transport and interval", "kind",
                        kind, SHARES));
                rate.put(kind, summary("bitrate", "Media rate of a transport, in bits per second", "kind", kind, BITS));
            }
            for (QualityCause cause : QualityCause.values()) {
                score.put(cause, summary("audio.score", "Sound of a transport by the E-model index, as a mean opinion "
                        + "score from 1 to 4.5", "cause", cause, SCORES));
                freeze.put(cause, summary("freeze.ratio", "Share of an interval in which the picture that fared worst "
                        + "stood still", "cause", cause, SHARES));
                reports.put(cause, Counter.builder("nhipcau.sfu.quality.reports")
                        .description("Intervals of transports, by what they suffered from").tag("direction", name)
                        .tag("cause", SfuMetrics.label(cause)).register(registry));
            }
            unrepaired = DistributionSummary.builder("nhipcau.sfu.loss.unrepaired.ratio")
                    .description("Audio packets lost after repair, per transport and interval")
                    .tag("direction", name).tag("kind", "audio").serviceLevelObjectives(SHARES).register(registry);
            jitter = DistributionSummary.builder("nhipcau.sfu.jitter").baseUnit("seconds")
                    .description("Interarrival jitter of audio").tag("direction", name)
                    .serviceLevelObjectives(SECONDS).register(registry);
            freezes = Counter.builder("nhipcau.sfu.freezes").description("Freezes of pictures that ended")
                    .tag("direction", name).register(registry);
        }

        private DistributionSummary summary(String what, String description, String label, Enum<?> value,
                double[] bounds) {
            return DistributionSummary.builder("nhipcau.sfu." + what).description(description).tag("direction", name)
                    .tag(label, SfuMetrics.label(value)).serviceLevelObjectives(bounds).register(registry);
        }

        void record(DirectionQuality quality) {
            QualityMeters.record(loss.get(MediaKind.AUDIO), quality.audioLossRatio());
            QualityMeters.record(loss.get(MediaKind.VIDEO), quality.videoLossRatio());
            QualityMeters.record(unrepaired, quality.audioUnrepairedRatio());
            QualityMeters.record(jitter, quality.jitterMs() < 0 ? -1 : quality.jitterMs() / 1_000);
            // No rate: nothing was sent, which is no bad rate.
            QualityMeters.record(rate.get(MediaKind.AUDIO), positive(quality.audioBitrateBps()));
            QualityMeters.record(rate.get(MediaKind.VIDEO), positive(quality.videoBitrateBps()));
            QualityMeters.record(score.get(quality.cause()), quality.audioScore());
            QualityMeters.record(freeze.get(quality.cause()), quality.freezeRatio());
            reports.get(quality.cause()).increment();
            freezes.increment(quality.freezes());
        }
    }
}
