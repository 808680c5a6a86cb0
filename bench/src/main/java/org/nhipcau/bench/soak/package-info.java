// SPDX-License-Identifier: Apache-2.0
/**
 * Lets clients come, go and change their minds for minutes or days, and shows that nothing in the server grows by it.
 *
 * <p>Readings are taken only when the guests have left and the same few clients are there as at the first reading, so
 * that they can be compared; a line through them tells growth from noise.
 *
 * <p>Reading order: {@link org.nhipcau.bench.soak.SoakBench}, {@link org.nhipcau.bench.soak.SoakSchedule}, SoakRun,
 * SoakTrend.
 */
package org.nhipcau.bench.soak;
