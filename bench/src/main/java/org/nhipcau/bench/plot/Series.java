// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.bench.plot;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/** Points of one line, each perhaps with its spread. Thread: one. */
public final class Series {
    private final String name;
    private final List<Point> points = new ArrayList<>();

    /**
     * A point.
     *
     * @param low smallest of what {@code y} stands for; the same as {@code y}: no spread is drawn
     * @param high largest
     */
    record Point(double x, double y, double low, double high) {}

    /** @param name for the legend */
    public Series(String name) {
        this.name = name;
    }

    public Series add(double x, double y) {
        return add(x, y, y, y);
    }

    /** A point with its spread, drawn as a whisker. */
    public Series add(double x, double y, double low, double high) {
        if (!(low <= y && y <= high) || !Double.isFinite(x) || !Double.isFinite(low) || !Double.isFinite(high)) {
            throw new IllegalArgumentException("point " + x + ", " + y + " with spread " + low + " to " + high);
        }
        points.add(new Point(x, y, low, high));
        return this;
    }

    public String name() {
        return name;
    }

    public boolean isEmpty() {
        return points.isEmpty();
    }

    List<Point> points() {
        return Collections.unmodifiableList(points);
    }
}
