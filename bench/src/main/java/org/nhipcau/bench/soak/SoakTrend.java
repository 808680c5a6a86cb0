// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.bench.soak;

import java.util.ArrayList;
import java.util.List;
import java.util.function.ToDoubleFunction;
import org.nhipcau.bench.scale.LinearFit;

/** Readings of a server at rest, and whether a line through them stays flat. Thread: one. */
final class SoakTrend {
    private static final double SECONDS_PER_HOUR = 3_600;
    /** Of the first readings this share is left out: caches fill and code is compiled. */
    private static final double WARM_UP_SHARE = 0.25;
    /** Fewer readings say nothing. */
    static final int MIN_READINGS = 4;

    private final List<Reading> readings = new ArrayList<>();

    /**
     * One reading.
     *
     * @param seconds since the start
     * @param liveHeapBytes after a collection
     * @param residentBytes with a heap that is resident as a whole
     * @param slotsInUse packet slots held
     * @param cacheBytes held for retransmission
     * @param peers transports open
     */
    record Reading(double seconds, double liveHeapBytes, double residentBytes, double threads, double descriptors,
            double slotsInUse, double cacheBytes, double peers) {}

    /**
     * How one figure went.
     *
     * @param growth along the fitted line from its first reading to its last
     * @param perHour the same per hour
     * @param flat growth is within the tolerance
     */
    record Verdict(double growth, double perHour, double tolerance, boolean flat) {}

    void add(Reading reading) {
        readings.add(reading);
    }

    List<Reading> readings() {
        return List.copyOf(readings);
    }

    /** The readings that a line is put through. */
    List<Reading> fitted() {
        int from = (int) Math.ceil(readings.size() * WARM_UP_SHARE);
        return readings.subList(Math.min(from, readings.size()), readings.size());
    }

    /** @throws IllegalStateException when there are too few readings */
    Verdict verdict(ToDoubleFunction<Reading> figure, double tolerance) {
        List<Reading> points = fitted();
        if (points.size() < MIN_READINGS) {
            throw new IllegalStateException("only " + points.size() + " readings after the warm-up; needed: "
                    + MIN_READINGS);
        }
        LinearFit fit = LinearFit.of(points.stream().mapToDouble(Reading::seconds).toArray(),
                points.stream().mapToDouble(figure).toArray());
        double growth = fit.slope() * (points.getLast().seconds() - points.getFirst().seconds());
        return new Verdict(growth, fit.slope() * SECONDS_PER_HOUR, tolerance, growth <= tolerance);
    }
}
