// SPDX-License-Identifier: Apache-2.0
/**
 * What a caller on a poor link saw and heard, from what the browsers counted and what the link's emulator logged; the
 * server's own word is never asked.
 *
 * <p>{@link org.nhipcau.bench.rural.judge.BrowserLog} reads one browser's counters,
 * {@link org.nhipcau.bench.rural.judge.Freezes} tells freezes as Chrome does,
 * {@link org.nhipcau.bench.rural.judge.Judge} makes the figures of a run, which
 * {@link org.nhipcau.bench.rural.judge.Metric} names and explains, and
 * {@link org.nhipcau.bench.rural.judge.RunPlot} draws the run. All pure.
 *
 * <p>Thread: one per object.
 */
package org.nhipcau.bench.rural.judge;
