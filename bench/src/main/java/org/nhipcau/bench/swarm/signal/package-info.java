// SPDX-License-Identifier: Apache-2.0
/**
 * The client's side of signaling: a WebSocket that speaks the client protocol, and session descriptions.
 *
 * <p>The older form of the protocol, with one connection for sending and one for receiving, is spoken, because every
 * server of the protocol knows it. Specs: RFC 8866, RFC 8829, RFC 8839, RFC 8843, RFC 8853; of descriptions only what a
 * client of ours needs. Left out on purpose: data channels (a data section is accepted and stays silent), resuming.
 *
 * <p>Thread: {@link org.nhipcau.bench.swarm.signal.SignalLink} calls back on threads of the HTTP client; the rest is
 * pure.
 *
 * <p>Reading order: {@link org.nhipcau.bench.swarm.signal.SignalLink}, then
 * {@link org.nhipcau.bench.swarm.signal.SdpDescription} and {@link org.nhipcau.bench.swarm.signal.SdpText}.
 */
package org.nhipcau.bench.swarm.signal;
