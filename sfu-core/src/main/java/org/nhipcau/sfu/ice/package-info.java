// SPDX-License-Identifier: Apache-2.0
/**
 * The node's side of ICE: a lite agent that only answers, and proves by that where a client's packets may go.
 *
 * <p>Specs: RFC 8445 §2.5, §6.1.1, §7.3, RFC 8839, RFC 7675 (consent, judged by the client's authenticated checks,
 * since a lite agent sends none). Left out on purpose: the full agent (ice4j is that, in tests and load generation),
 * checks of our own, aggressive nomination as a rule of its own (a lite agent sees no difference), renomination.
 *
 * <p>Sans-IO: requests, addresses and {@code nowNs} come in; responses, the selected address and the next deadline
 * come out. Nothing is stored and nothing is answered before a request has passed FINGERPRINT, user name and
 * MESSAGE-INTEGRITY.
 *
 * <p>Thread and ownership: one agent per peer, on the peer's worker. Floor 3: stands on {@code stun}, {@code buffer}
 * and {@code api}.
 *
 * <p>Reading order: {@link org.nhipcau.sfu.ice.IceLiteAgent}, {@link org.nhipcau.sfu.ice.ValidatedAddresses},
 * {@link org.nhipcau.sfu.ice.IceCredentials}.
 */
package org.nhipcau.sfu.ice;
