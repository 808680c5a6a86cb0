// SPDX-License-Identifier: Apache-2.0
/**
 * Links in virtual time: rates that change as in a trace, queues, loss, jitter and outages, and the clock they run on.
 *
 * <pre>
 *  send -> drop-tail queue (ms | bytes | packets) -> serializer (exact integral of the profile) -> loss -> outage
 *       -> one-way delay + jitter, in order -> Receiver
 * </pre>
 *
 * <p>Everything is a function of the seed: the n-th packet that arrives has the same luck in every run. Nothing is
 * allocated per packet once the rings have grown.
 *
 * <p>Specs: RFC 8868 §4 (loss, queues, jitter). The file format is that of {@link LinkProfile}.
 *
 * <p>Thread: one per simulation; simulations in several threads share nothing but profiles, which do not change.
 *
 * <p>Reading order: {@link VirtualClock}, {@link Capacity}, {@link LinkProfile}, {@link LinkSettings},
 * {@link VirtualLink}, {@link LinkLog}, {@link TcpCompetitor}.
 */
package org.nhipcau.sfu.sim.link;
