// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.bench.scale;

import java.util.Arrays;

/**
 * A straight line through measured points, by least squares, and how far they lie from it.
 *
 * @param slope growth of y per 1 of x
 * @param atZero y where x is 0
 * @param slopeError standard error of the slope; NaN with fewer than three points
 */
public record LinearFit(double slope, double atZero, double slopeError) {

    /** @throws IllegalArgumentException when there are fewer than two different x */
    public static LinearFit of(double[] x, double[] y) {
        if (x.length != y.length || Arrays.stream(x).distinct().count() < 2) {
            throw new IllegalArgumentException("a line needs points of at least two different x");
        }
        double meanX = Arrays.stream(x).average().orElseThrow();
        double meanY = Arrays.stream(y).average().orElseThrow();
        double squares = 0;
        double products = 0;
        for (int i = 0; i < x.length; i++) {
            squares += (x[i] - meanX) * (x[i] - meanX);
            products += (x[i] - meanX) * (y[i] - meanY);
        }
        double slope = products / squares;
        double rest = 0;
        for (int i = 0; i < x.length; i++) {
            double off = y[i] - meanY - slope * (x[i] - meanX);
            rest += off * off;
        }
        double error = x.length < 3 ? Double.NaN : Math.sqrt(rest / (x.length - 2) / squares);
        return new LinearFit(slope, meanY - slope * meanX, error);
    }

    /** The middle one; of an even number the mean of both in the middle. */
    public static double median(double... values) {
        if (values.length == 0) {
            return Double.NaN;
        }
        double[] sorted = values.clone();
        Arrays.sort(sorted);
        int middle = sorted.length / 2;
        return sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
    }
}
