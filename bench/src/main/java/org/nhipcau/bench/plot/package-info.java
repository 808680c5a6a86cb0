// SPDX-License-Identifier: Apache-2.0
/**
 * Draws the figures of a bench as an SVG that reads on a light and on a dark page, without any library.
 *
 * <p>Spec: SVG 1.1. Left out on purpose: bars, images, scripts, fonts of its own. Thread: one per plot.
 *
 * <p>Reading order: {@link org.nhipcau.bench.plot.Axis}, {@link org.nhipcau.bench.plot.Series},
 * {@link org.nhipcau.bench.plot.LinePlot}.
 */
package org.nhipcau.bench.plot;
