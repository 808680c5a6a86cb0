// SPDX-License-Identifier: Apache-2.0
/**
 * Sockets: the only place of the core that knows Netty and system calls, and the addresses that clients are told.
 *
 * <p>{@link org.nhipcau.sfu.net.UdpEndpoint} is a worker's UDP socket and its thread: datagrams in by batches, trains of
 * datagrams out. {@link org.nhipcau.sfu.net.DatagramPorts} chooses how: {@code LinuxDatagramPort} makes the system calls
 * itself (recvmmsg, sendmmsg, UDP_SEGMENT, UDP_GRO; nothing allocated per datagram), {@code NettyDatagramPort} does it
 * by Netty, on epoll or on the Java runtime's channels. {@link org.nhipcau.sfu.net.PublicAddresses} finds what
 * candidates name, with ice4j's mapping harvester for the address behind a NAT.
 *
 * <p>To read in this order: UdpEndpoint, SendBatch, LinuxDatagramPort, ReceiveBatch, AddressTable, LinuxSender,
 * LinuxWait, LinuxSocket, LibC.
 *
 * <p>Specs: udp(7) of Linux, RFC 8445 §5.1 (candidates), RFC 8489 (STUN, towards the configured servers).
 *
 * <p>Thread: each endpoint has one loop thread, on which its worker runs; PublicAddresses is immutable. Floor 7.
 */
package org.nhipcau.sfu.net;
