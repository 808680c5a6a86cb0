// SPDX-License-Identifier: Apache-2.0
/**
 * The sending half of an association: what waits, what is under way, when it is sent again, how much may be under way.
 *
 * <pre>
 *  offer --&gt; SendQueue --(fragments)--&gt; Sender: outstanding chunks --&gt; packets
 *                                          ^ SACK, T3              CongestionControl, RetransmissionTimeout
 * </pre>
 *
 * <p>Specs: RFC 9260 §6 and §7, RFC 3758 (messages given up). Left out on purpose: several paths, interleaving
 * (RFC 8260), path MTU discovery.
 *
 * <p>Thread and ownership: one, the association's; time is passed in. Floor 3: uses wire.
 *
 * <p>Reading order: {@link org.nhipcau.sfu.sctp.send.OutboundMessage}, {@link org.nhipcau.sfu.sctp.send.SendQueue},
 * {@link org.nhipcau.sfu.sctp.send.Sender}.
 */
package org.nhipcau.sfu.sctp.send;
