// SPDX-License-Identifier: Apache-2.0
/**
 * The transport half of a client: a UDP socket of its own, ICE, DTLS and SRTP, without any signaling.
 *
 * <p>Specs: RFC 8445 (a small full agent: host candidates of one socket, regular nomination), RFC 7675 (consent),
 * RFC 5764. The codecs of STUN, the handshake and the ciphers are those of the core. Left out on purpose: TURN, TCP,
 * mDNS names, several local addresses.
 *
 * <p>Many clients share one {@link org.nhipcau.bench.swarm.transport.SocketLoop}, a thread that reads their sockets and
 * runs their timers; every method of a {@link org.nhipcau.bench.swarm.transport.ClientTransport} is called on it.
 *
 * <p>Reading order: {@link org.nhipcau.bench.swarm.transport.ClientTransport}, then
 * {@link org.nhipcau.bench.swarm.transport.IceAgent}, {@link org.nhipcau.bench.swarm.transport.SocketLoop}.
 */
package org.nhipcau.bench.swarm.transport;
