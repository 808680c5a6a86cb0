// SPDX-License-Identifier: Apache-2.0
/**
 * Sockets: the only place of the core that knows Netty, and the addresses that clients are told.
 *
 * <p>{@link org.nhipcau.sfu.net.UdpEndpoint} is a worker's UDP socket and its thread: datagrams in by recvmmsg, batches
 * out by sendmmsg (epoll on Linux, NIO elsewhere). {@link org.nhipcau.sfu.net.PublicAddresses} finds what candidates
 * name, with ice4j's mapping harvester for the address behind a NAT.
 *
 * <p>Specs: RFC 8445 §5.1 (candidates), RFC 8489 (STUN, towards the configured servers).
 *
 * <p>Thread: each endpoint has one loop thread, on which its worker runs; PublicAddresses is immutable. Floor 7.
 */
package org.nhipcau.sfu.net;
