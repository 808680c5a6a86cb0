// SPDX-License-Identifier: Apache-2.0
/**
 * SCTP over DTLS: carries messages in streams between the node and one client, beside the media.
 *
 * <pre>
 *  DTLS record --&gt; Association.onPacket --&gt; receive: Receiver --&gt; AssociationListener (channel: DataChannels)
 *                       | handshake, resets                              |
 *  DTLS record &lt;-- Association.poll &lt;------ send: Sender &lt;------------- send
 * </pre>
 *
 * <p>Specs: RFC 8261 (over DTLS), RFC 9260 (SCTP), RFC 3758 (partial reliability), RFC 6525 (resetting streams, outgoing
 * side), RFC 8831. Left out on purpose: several addresses, interleaving (RFC 8260), a state cookie that carries the
 * state (see {@link org.nhipcau.sfu.sctp.Handshake}), heartbeats of our own (the transport's consent checks tell who is
 * gone), restart of an association, a graceful end begun by us.
 *
 * <p>A pure machine: packets and the time go in, packets and messages come out. What a peer can make it remember is
 * bounded by bytes and by count; who goes beyond loses the association and nothing else. Bytes from the net never throw.
 *
 * <p>Thread and ownership: one, the worker's that owns the peer. Floor 3: uses its own sub-packages.
 *
 * <p>Reading order: {@link org.nhipcau.sfu.sctp.Association}, {@link org.nhipcau.sfu.sctp.Handshake}, then send and
 * receive.
 */
package org.nhipcau.sfu.sctp;
