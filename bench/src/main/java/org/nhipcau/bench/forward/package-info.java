// SPDX-License-Identifier: Apache-2.0
/**
 * The whole server over real sockets, one stream in and N out: what a forwarded packet costs, what share that is of a C
 * program that does the least that can be done, and what delay the server adds.
 *
 * <p>Three processes: the bench, which gives orders; {@link org.nhipcau.bench.forward.ForwardServer}, the node as
 * production starts it, on one core; {@link org.nhipcau.bench.forward.ForwardPeers}, sender and viewers with a handshake
 * and keys of their own, on another. Every packet is counted on each side, what the kernel has dropped is told apart from
 * what the node has, and one of 64 is decrypted and compared.
 *
 * <p>Linux only: the peers use recvmmsg, UDP_SEGMENT and the kernel's arrival times
 * ({@link org.nhipcau.bench.forward.LinuxUdp}).
 *
 * <p>Reading order: {@link org.nhipcau.bench.forward.ForwardBench}, {@link org.nhipcau.bench.forward.ForwardCase},
 * {@link org.nhipcau.bench.forward.ForwardRun}, then the two processes.
 */
package org.nhipcau.bench.forward;
