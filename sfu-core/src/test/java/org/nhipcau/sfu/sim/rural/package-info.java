// SPDX-License-Identifier: Apache-2.0
/**
 * Consultations over poor links in virtual time: a publisher with a camera and a microphone, the real room between, and
 * viewers that judge for themselves what they saw and heard. Minutes pass in milliseconds; every run is a function of
 * its seed.
 *
 * <p>The link has its own word on what was carried ({@link org.nhipcau.sfu.sim.link.LinkLog}), the viewer on what was
 * shown and heard ({@link org.nhipcau.sfu.sim.rural.PictureRecord}, {@link org.nhipcau.sfu.sim.rural.SoundRecord}); the
 * server is not asked.
 *
 * <p>Thread: one per run; runs share nothing.
 *
 * <p>Reading order: {@link org.nhipcau.sfu.sim.rural.SimulatedRoom}, SimulatedTransport,
 * {@link org.nhipcau.sfu.sim.rural.SimulatedPublisher}, {@link org.nhipcau.sfu.sim.rural.SimulatedViewer}, the two
 * receivers and records; then the scenarios in {@code org.nhipcau.sfu.sim.scenario}.
 */
package org.nhipcau.sfu.sim.rural;
