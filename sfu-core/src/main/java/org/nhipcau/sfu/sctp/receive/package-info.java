// SPDX-License-Identifier: Apache-2.0
/**
 * The receiving half of an association: which numbers came, what their parts make together, what is acknowledged.
 *
 * <p>Specs: RFC 9260 §6.2, §6.5, §6.9; RFC 3758 §3.6. What a peer can make us remember is bounded by bytes and by count
 * ({@link org.nhipcau.sfu.sctp.receive.Reassembly}): who goes beyond has its association aborted, and nothing else.
 *
 * <p>Thread and ownership: one, the association's; time is passed in. Floor 3: uses wire.
 *
 * <p>Reading order: {@link org.nhipcau.sfu.sctp.receive.Receiver}, {@link org.nhipcau.sfu.sctp.receive.Reassembly},
 * {@link org.nhipcau.sfu.sctp.receive.ReceivedTsns}.
 */
package org.nhipcau.sfu.sctp.receive;
