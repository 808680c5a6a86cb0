// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.bench;

import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;

/**
 * Named figures in the order they were put: numbers with units and perhaps targets, or words. Either those of a whole
 * run or those of one row of a table.
 *
 * <p>Thread: one.
 */
public final class Figures {
    private final Map<String, Figure> byName = new LinkedHashMap<>();

    /**
     * One figure.
     *
     * @param value the number; NaN: it is a word, or absent
     * @param text the word, or why there is no number; null for a number
     * @param absent true: could not be measured
     * @param target null: none
     */
    record Figure(double value, String text, String unit, boolean absent, Target target) {

        String shown() {
            if (absent) {
                return "- (" + text + ")";
            }
            return text != null ? text : number(value);
        }

        /** For JSON. */
        Object plain() {
            if (absent) {
                return null;
            }
            if (text != null) {
                return text;
            }
            // A count stays one.
            return value == Math.rint(value) && Math.abs(value) < 1e15 ? (Object) (long) value : (Object) value;
        }

        String verdict() {
            return target == null ? "" : absent ? "not measured" : target.verdict(value);
        }
    }

    public Figures put(String name, double value, String unit) {
        return put(name, value, unit, null);
    }

    /** A number that should reach a target; one that is NaN counts as not measured. */
    public Figures put(String name, double value, String unit, Target target) {
        if (Double.isNaN(value) || Double.isInfinite(value)) {
            return add(name, new Figure(Double.NaN, "no value", unit, true, target));
        }
        return add(name, new Figure(value, null, unit, false, target));
    }

    public Figures put(String name, String text) {
        return add(name, new Figure(Double.NaN, text, "", false, null));
    }

    /** A time that was waited for and did not come, which misses every bound from above. */
    public Figures never(String name, String unit, Target target) {
        return add(name, new Figure(Double.POSITIVE_INFINITY, "never", unit, false, target));
    }

    /** A figure that this run cannot have. */
    public Figures absent(String name, String why, Target target) {
        return add(name, new Figure(Double.NaN, why, "", true, target));
    }

    private Figures add(String name, Figure figure) {
        if (byName.put(name, figure) != null) {
            throw new IllegalStateException("figure " + name + " is put twice");
        }
        return this;
    }

    Map<String, Figure> all() {
        return byName;
    }

    /** A number with as many digits as a reader can use. */
    public static String number(double value) {
        double size = Math.abs(value);
        if (value == Math.rint(value) && size < 1e15) {
            return String.format(Locale.ROOT, "%,d", (long) value);
        }
        if (size >= 1_000) {
            return String.format(Locale.ROOT, "%,.0f", value);
        }
        return String.format(Locale.ROOT, size >= 100 ? "%.0f" : size >= 10 ? "%.1f" : size >= 0.01 ? "%.3f" : "%.3g",
                value);
    }
}
