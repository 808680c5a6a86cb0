// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.bench;

/**
 * What a figure should reach.
 *
 * @param atLeast true: the figure must not be smaller; false: not larger
 * @param bound the target
 * @param next a sharper target for later; NaN: none
 */
public record Target(boolean atLeast, double bound, double next) {

    public static Target atLeast(double bound) {
        return new Target(true, bound, Double.NaN);
    }

    public static Target atMost(double bound) {
        return new Target(false, bound, Double.NaN);
    }

    /** This target with a sharper one for later. */
    public Target then(double sharper) {
        return new Target(atLeast, bound, sharper);
    }

    boolean holds(double value) {
        return holds(value, bound);
    }

    private boolean holds(double value, double limit) {
        return atLeast ? value >= limit : value <= limit;
    }

    String text() {
        String sign = atLeast ? "≥ " : "≤ ";
        return sign + Figures.number(bound) + (Double.isNaN(next) ? "" : ", then " + Figures.number(next));
    }

    String verdict(double value) {
        if (!holds(value)) {
            return "MISS";
        }
        return Double.isNaN(next) ? "pass" : holds(value, next) ? "pass, and the next" : "pass, not the next";
    }
}
