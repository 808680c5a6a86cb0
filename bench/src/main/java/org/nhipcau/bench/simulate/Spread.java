// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.bench.simulate;

import java.util.List;
import java.util.stream.DoubleStream;
import org.nhipcau.sfu.sim.scenario.Metric;
import org.nhipcau.sfu.sim.scenario.Outcome;

/**
 * One figure over many seeds.
 *
 * @param median half of the seeds are better; {@link Outcome#NEVER} where the time never came in half of them
 * @param bad one seed of twenty is worse: the 95 % quantile, or the 5 % one where more is better
 */
record Spread(double median, double bad) {
    static final Spread NONE = new Spread(Double.NaN, Double.NaN);

    static Spread of(List<Outcome> outcomes, Metric metric) {
        return of(outcomes.stream().mapToDouble(outcome -> outcome.get(metric)), metric);
    }

    /** @param figures one of each seed, in any order; NaN: not measured */
    static Spread of(DoubleStream figures, Metric metric) {
        double[] values = figures.filter(value -> !Double.isNaN(value)).sorted().toArray();
        if (values.length == 0) {
            return NONE;
        }
        int tail = (int) Math.floor(0.95 * (values.length - 1) + 0.5);
        double bad = values[metric.moreIsBetter() ? values.length - 1 - tail : tail];
        double upper = values[values.length / 2];
        // Half of "never" is no time.
        double middle = upper >= Outcome.NEVER ? Outcome.NEVER : (values[(values.length - 1) / 2] + upper) / 2;
        return new Spread(middle, bad);
    }

    /** Written shortly; "never" where a time never came. */
    static String shown(double value, Metric metric) {
        if (Double.isNaN(value)) {
            return "-";
        }
        if (value >= Outcome.NEVER) {
            return "never";
        }
        int digits = metric.unit().isEmpty() ? 3 : Math.abs(value) < 10 ? 2 : 0;
        return String.format(java.util.Locale.ROOT, "%." + digits + "f", value);
    }
}
