// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.bench;

/**
 * What a figure should reach.
 *
 * @param atLeast true: the figure must not be smaller; false: not larger
 * @param bound the target
 * @param next a sharper target for later; NaN: none
 * @param wanting why there is no target yet, which nothing reaches; null: there is one
 */
public record Target(boolean atLeast, double bound, double next, String wanting) {

    public static Target atLeast(double bound) {
        return new Target(true, bound, Double.NaN, null);
    }

    public static Target atMost(double bound) {
        return new Target(false, bound, Double.NaN, null);
    }

    /** A target that something else has to be measured for first. @param why in some words, shown as the verdict */
    public static Target wanting(String why) {
        return new Target(false, Double.NaN, Double.NaN, why);
    }

    /** This target with a sharper one for later. */
    public Target then(double sharper) {
        return new Target(atLeast, bound, sharper, wanting);
    }

    boolean holds(double value) {
        return holds(value, bound);
    }

    private boolean holds(double value, double limit) {
        return atLeast ? value >= limit : value <= limit;
    }

    String text() {
        if (wanting != null) {
            return "-";
        }
        String sign = atLeast ? "≥ " : "≤ ";
        return sign + Figures.number(bound) + (Double.isNaN(next) ? "" : ", then " + Figures.number(next));
    }

    String verdict(double value) {
        if (wanting != null) {
            return wanting;
        }
        if (!holds(value)) {
            return "MISS";
        }
        return Double.isNaN(next) ? "pass" : holds(value, next) ? "pass, and the next" : "pass, not the next";
    }
}
