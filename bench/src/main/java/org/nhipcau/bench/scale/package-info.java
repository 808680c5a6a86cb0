// SPDX-License-Identifier: Apache-2.0
/**
 * How the server grows: cost per forwarded packet with receivers and with rooms, memory per subscriber with tracks, and
 * what a nation of consultations would need by these figures.
 *
 * <p>Costs over receivers come from the forward bench, one process per point; everything else from real clients against
 * the whole server, whose CPU and memory are read from outside. Slopes are fitted through several sizes, so that what
 * the server costs at rest is not counted per client.
 *
 * <p>Reading order: {@link org.nhipcau.bench.scale.ScaleBench}, {@link org.nhipcau.bench.scale.ServerProbe},
 * {@link org.nhipcau.bench.scale.LinearFit}; then {@link org.nhipcau.bench.scale.CapacityPlan}.
 */
package org.nhipcau.bench.scale;
