// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.bench.rural.judge;

import java.util.List;
import java.util.Optional;
import java.util.function.DoubleUnaryOperator;
import org.nhipcau.bench.plot.Axis;
import org.nhipcau.bench.plot.LinePlot;
import org.nhipcau.bench.plot.Series;
import org.nhipcau.bench.rural.link.Direction;
import org.nhipcau.bench.rural.link.PacketLog;

/**
 * One run over time, as pictures below each other: what the link could carry and what was sent and came through, the
 * wait for it, the picture's size and frame rate, and what was frozen or invented.
 */
public final class RunPlot {
    private static final double STEP_MS = 500;
    private static final double SECOND_MS = 1_000;
    private static final double PERCENT = 100;

    private final String title;
    private final Situation situation;
    private final BrowserLog viewer;
    private final PacketLog packets;
    private final double endMs;

    /** @param title of the run, for example profile and seed */
    public RunPlot(String title, Situation situation, BrowserLog viewer, Optional<PacketLog> packets) {
        this.title = title;
        this.situation = situation;
        this.viewer = viewer;
        this.packets = packets.orElse(null);
        this.endMs = viewer.endMs();
    }

    public String svg() {
        java.util.ArrayList<LinePlot> plots = new java.util.ArrayList<>();
        if (packets != null) {
            plots.add(rates());
            plots.add(queue());
        }
        plots.add(layers());
        plots.add(harm());
        return LinePlot.stacked(plots);
    }

    private LinePlot rates() {
        Direction direction = situation.direction();
        Series capacity = over("capacity", STEP_MS, t -> Math.min(
                situation.settings().capacityBits(situation.profile(), direction, t, t + STEP_MS) / STEP_MS,
                // What has no limit is drawn as what was sent.
                unlimited(t) ? packets.sentBits(direction, t, t + STEP_MS) / STEP_MS : Double.POSITIVE_INFINITY));
        return new LinePlot(title, "judged: " + direction.word() + "; IP bytes, each half second",
                Axis.linear("seconds"), Axis.linear("kbit/s"))
                .add(over("sent", STEP_MS, t -> packets.sentBits(direction, t, t + STEP_MS) / STEP_MS))
                .add(capacity)
                .add(over("came through", STEP_MS,
                        t -> packets.deliveredBits(direction, t, t + STEP_MS, packet -> true) / STEP_MS));
    }

    private boolean unlimited(double t) {
        return situation.profile().at(t).kbps(situation.direction()) < 0;
    }

    private LinePlot queue() {
        return new LinePlot("Wait for the link", "longest of each half second and 95 % of its packets",
                Axis.linear("seconds"), Axis.linear("queue, ms"))
                .add(over("longest", STEP_MS, t -> zeroOf(packets.queuedMs(situation.direction(), t, t + STEP_MS, 1,
                        packet -> true))))
                .add(over("95 %", STEP_MS, t -> zeroOf(packets.queuedMs(situation.direction(), t, t + STEP_MS, 0.95,
                        packet -> true))));
    }

    private LinePlot layers() {
        Series height = new Series("layer (lines of the picture)");
        double last = 0;
        for (BrowserLog.Point point : viewer.points()) {
            if (point.tMs() >= 0 && point.tMs() <= endMs) {
                if (point.height() != last) {
                    height.add(point.tMs() / SECOND_MS, last);
                }
                last = point.height();
                height.add(point.tMs() / SECOND_MS, last);
            }
        }
        return new LinePlot("Picture", "as the browser shows it", Axis.linear("seconds"),
                Axis.linear("lines; frames per 10 s"))
                .add(height)
                .add(over("frames decoded per 10 s", SECOND_MS,
                        t -> 10 * viewer.grown("received.video.frames", t, t + SECOND_MS)));
    }

    private LinePlot harm() {
        List<Freezes.Freeze> freezes = Freezes.find(viewer.framesMs(), viewer.endMs());
        return new LinePlot("Freezes and invented sound", "share of each second", Axis.linear("seconds"),
                Axis.linear("%"))
                .add(over("picture frozen", SECOND_MS, t -> PERCENT * Freezes.share(freezes, t, t + SECOND_MS)))
                .add(over("sound concealed", SECOND_MS, t -> PERCENT * zeroOf(viewer.concealed(t, t + SECOND_MS))));
    }

    private Series over(String name, double stepMs, DoubleUnaryOperator value) {
        Series series = new Series(name);
        for (double t = 0; t + stepMs <= endMs; t += stepMs) {
            double y = value.applyAsDouble(t);
            series.add(t / SECOND_MS, y).add((t + stepMs) / SECOND_MS, y);
        }
        return series;
    }

    private static double zeroOf(double value) {
        return Double.isNaN(value) ? 0 : value;
    }
}
