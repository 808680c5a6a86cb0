// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.bench.forward;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** The values of several rounds: their middle and their spread. Thread: one. */
final class Median {
    private final List<Double> values = new ArrayList<>();

    void add(double value) {
        values.add(value);
    }

    /** The middle value, or the mean of the two in the middle; NaN without any. */
    double middle() {
        double[] sorted = sorted();
        int half = sorted.length / 2;
        return sorted.length == 0 ? Double.NaN
                : sorted.length % 2 == 1 ? sorted[half] : (sorted[half - 1] + sorted[half]) / 2;
    }

    double least() {
        return values.isEmpty() ? Double.NaN : sorted()[0];
    }

    double most() {
        return values.isEmpty() ? Double.NaN : sorted()[values.size() - 1];
    }

    private double[] sorted() {
        double[] sorted = values.stream().mapToDouble(Double::doubleValue).toArray();
        Arrays.sort(sorted);
        return sorted;
    }
}
