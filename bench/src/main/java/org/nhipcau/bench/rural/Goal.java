// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.bench.rural;

import org.nhipcau.bench.Target;
import org.nhipcau.bench.rural.judge.Metric;

/**
 * What a figure of a scenario should reach.
 *
 * @param row of the goal table; {@link #FURTHER}: of what it wants published beside its rows
 * @param target null: a share of what the best other server reaches
 * @param anchorShare that share; NaN where there is a target
 */
record Goal(int row, Metric metric, Target target, double anchorShare) {
    /** Stands for a row where a goal holds for all of them. */
    static final int FURTHER = 0;

    /** With what others reached put in. */
    Target target(Scenario scenario, Anchors anchors) {
        if (target != null) {
            return target;
        }
        double best = anchors.best(scenario.name(), scenario.profileName(), metric);
        return Double.isNaN(best) ? Target.wanting("no anchor measured") : Target.atMost(anchorShare * best);
    }
}
