// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.bench.plot;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * One axis: what it shows, and where a value lies on it.
 *
 * @param label with the unit, for example {@code time per packet, ns}
 * @param log each decade has the same length
 * @param fromZero a linear axis begins at 0 although all values are far from it
 */
public record Axis(String label, boolean log, boolean fromZero) {
    private static final int TICKS = 6;

    /** Values from 0. */
    public static Axis linear(String label) {
        return new Axis(label, false, true);
    }

    /** Values around each other. */
    public static Axis close(String label) {
        return new Axis(label, false, false);
    }

    /** Decades; values must be above 0. */
    public static Axis log(String label) {
        return new Axis(label, true, false);
    }

    /**
     * The stretch of an axis that a plot shows.
     *
     * @param ticks rising, the first and last are the ends
     */
    record Range(double low, double high, List<Double> ticks, boolean log) {
        /** Where a value lies: 0 at the low end, 1 at the high end. */
        double place(double value) {
            return log ? (Math.log10(value) - Math.log10(low)) / (Math.log10(high) - Math.log10(low))
                    : (value - low) / (high - low);
        }
    }

    /** The range that holds all values, with round ends. */
    Range range(double smallest, double largest) {
        if (Double.isNaN(smallest) || Double.isNaN(largest) || smallest > largest || log && smallest <= 0) {
            throw new IllegalArgumentException("axis '" + label + "' from " + smallest + " to " + largest);
        }
        return log ? decades(smallest, largest) : steps(fromZero ? Math.min(0, smallest) : smallest,
                fromZero ? Math.max(0, largest) : largest);
    }

    private static Range steps(double smallest, double largest) {
        double span = largest - smallest;
        if (span == 0) {
            span = largest == 0 ? 1 : Math.abs(largest);
        }
        double step = niceStep(span / TICKS);
        double low = Math.floor(smallest / step) * step;
        double high = Math.ceil(Math.max(largest, low + step) / step) * step;
        List<Double> ticks = new ArrayList<>();
        int count = (int) Math.round((high - low) / step);
        for (int i = 0; i <= count; i++) {
            ticks.add(low + i * step);
        }
        return new Range(low, high, ticks, false);
    }

    // 1, 2 or 5 times a power of ten, not below.
    private static double niceStep(double raw) {
        double power = Math.pow(10, Math.floor(Math.log10(raw)));
        double lead = raw / power;
        return power * (lead <= 1 ? 1 : lead <= 2 ? 2 : lead <= 5 ? 5 : 10);
    }

    private static Range decades(double smallest, double largest) {
        List<Double> ticks = new ArrayList<>();
        int first = (int) Math.floor(Math.log10(smallest));
        int last = (int) Math.ceil(Math.log10(largest));
        int[] leads = last - first > 3 ? new int[] {1} : new int[] {1, 2, 5};
        for (int exponent = first; exponent <= last + 1; exponent++) {
            for (int lead : leads) {
                ticks.add(lead * Math.pow(10, exponent));
            }
        }
        // The largest tick at or below all values, the smallest at or above them.
        while (ticks.size() > 2 && ticks.get(1) <= smallest) {
            ticks.removeFirst();
        }
        while (ticks.size() > 2 && ticks.get(ticks.size() - 2) >= largest) {
            ticks.removeLast();
        }
        return new Range(ticks.getFirst(), ticks.getLast(), ticks, true);
    }

    /** A number as short as a tick needs it. */
    static String text(double value) {
        double size = Math.abs(value);
        if (size >= 1e6 && value % 1e5 == 0) {
            return trimmed(value / 1e6) + "M";
        }
        if (size >= 1e4 && value % 1e2 == 0) {
            return trimmed(value / 1e3) + "k";
        }
        return trimmed(value);
    }

    private static String trimmed(double value) {
        String text = String.format(Locale.ROOT, "%.6f", value).replaceAll("0+$", "").replaceAll("\\.$", "");
        return text.equals("-0") || text.isEmpty() ? "0" : text;
    }
}
