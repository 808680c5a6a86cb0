// SPDX-License-Identifier: Apache-2.0
/**
 * The goal table's links as scenarios: what happens on each, what is measured, what is wanted, and tests that hold what
 * was reached.
 *
 * <p>Pins are the medians of a few fixed seeds, kept in {@code scenario-pins.csv} of the test resources; running the
 * scenario tests with {@code -Dnhipcau.pins=FILE} writes those of today into a file instead of judging. The search that
 * tunes constants runs the same scenarios with many seeds ({@code ./nhipcau bench simulate}).
 *
 * <p>Thread: one per run; runs share nothing that changes.
 *
 * <p>Reading order: {@link org.nhipcau.sfu.sim.scenario.Scenarios}, {@link org.nhipcau.sfu.sim.scenario.Scenario},
 * Consultation, {@link org.nhipcau.sfu.sim.scenario.Outcome}, {@link org.nhipcau.sfu.sim.scenario.Metric}, Pins.
 */
package org.nhipcau.sfu.sim.scenario;
