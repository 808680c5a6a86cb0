// SPDX-License-Identifier: Apache-2.0
/**
 * {@code bench simulate}: the goal table's links in virtual time with many seeds, and the search that tunes constants.
 *
 * <p>The scenarios are those of sfu-core's tests, whose jar this module takes; no socket, clock or second JVM is in them,
 * so the figures are the same on every machine, and only the speed is not.
 *
 * <p>Thread: the command's, and one for each core that runs seeds. Reading order:
 * {@link org.nhipcau.bench.simulate.SimulateBench}, {@link org.nhipcau.bench.simulate.SeedRuns},
 * {@link org.nhipcau.bench.simulate.Spread}.
 */
package org.nhipcau.bench.simulate;
