// SPDX-License-Identifier: Apache-2.0
/**
 * The packet thread: one {@link org.nhipcau.sfu.worker.MediaWorker} owns its UDP port, its rooms and all their peers,
 * and runs each packet to completion.
 *
 * <p>Nothing but bounded queues crosses threads here, all of them lock-free: commands in (many to one), events and
 * replies out (many to one), and for rooms that span workers the pipes between two of them (one to one), see
 * {@link org.nhipcau.sfu.pipe}. A failed offer is answered and counted, never waited for.
 *
 * <p>A duty cycle: datagrams of one batch, then {@link org.nhipcau.sfu.worker.MediaWorker#onDutyCycle}: what
 * other workers are to get is handed over, the batch is forwarded with what came from them, commands, timers that are
 * due, one flush.
 *
 * <p>Thread: one per worker, driven by the {@link org.nhipcau.sfu.worker.DatagramPort}'s loop; other threads hold a
 * {@link org.nhipcau.sfu.worker.MediaWorkerProxy}. Floor 6.
 *
 * <p>Reading order: MediaWorker, PeerDirectory, WorkerCommand, CommandReceiver, WorkerRooms, WorkerPeers, WorkerPipes,
 * MediaWorkerProxy.
 */
package org.nhipcau.sfu.worker;
