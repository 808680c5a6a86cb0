// SPDX-License-Identifier: Apache-2.0
/**
 * The privacy gate: whether those who must not see a clear face may be sent a track right now.
 *
 * <p>A track under a face policy is forwarded to a restricted viewer only while it holds a <em>lease</em>, which fresh
 * proof of its publisher grants and extends. No lease, no packet: there is no other way to open, so whatever breaks (a
 * client, a socket, a process, a long pause, a bug that loses a message) shuts the gate within a second and a half.
 *
 * <pre>
 *            2 good proofs               weak proof
 *  UNPROVEN ---------------> PROVEN ------------------> SUSPECT
 *    ^  ^                    |  ^  \                    |   |
 *    |  +--------------------+  |   \ dead, off         |   | dead, off, or 1.5 s unresolved
 *    |     lease ran out,       |    v                  |   v
 *    |     stream changed       |   VIOLATED &lt;----------|---+
 *    |                          |    |   ^ dead, off from any state
 *    |                          +----+   |
 *    |           5 s good, released where latched, not the third time
 *    |                          +-----------------------+
 *    |                              2 good proofs
 *    +--- any state: a policy with a higher epoch
 * </pre>
 *
 * <p>What viewers, caches, queues and pipes do about it is the forwarding floor's. Here is only the decision.
 *
 * <p>Specs: privacy design, section E (level <em>attested</em>); ADR 17.
 *
 * <p>Thread: one, the worker's that owns the track. Time comes in as {@code nowNs}. Floor 3: uses api.
 *
 * <p>Reading order: {@link org.nhipcau.sfu.gate.PrivacyGate}, {@link org.nhipcau.sfu.gate.Clearances}.
 */
package org.nhipcau.sfu.gate;
