// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.bench.rural;

import org.nhipcau.bench.Target;
import org.nhipcau.bench.rural.judge.Metric;

/**
 * What a figure of a scenario should reach.
 *
 * @param row of the goal table
 */
record Goal(int row, Metric metric, Target target) {}
