// SPDX-License-Identifier: Apache-2.0
/**
 * The node's sockets and its addresses: the only package of the core that knows Netty, and the only one that knows
 * ice4j.
 *
 * <p>Specs: RFC 8445 §5.1 (candidates). ice4j is used for one thing at run time: its STUN mapping harvester finds the
 * public address (ADR 0004).
 *
 * <p>Thread and ownership: an endpoint belongs to its worker's thread; {@link org.nhipcau.sfu.net.PublicAddresses} is
 * immutable. Floor 7.
 *
 * <p>Reading order: {@link org.nhipcau.sfu.net.PublicAddresses}, then the endpoints.
 */
package org.nhipcau.sfu.net;
