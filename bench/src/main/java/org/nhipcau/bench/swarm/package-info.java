// SPDX-License-Identifier: Apache-2.0
/**
 * A swarm of real clients: they join through the client protocol, connect by ICE and DTLS, send and receive encrypted
 * media, and check every packet. Many live on one thread, so that they cost less than the server they load.
 *
 * <p>They load any server that speaks the protocol: nothing here knows ours. {@link
 * org.nhipcau.bench.swarm.ServerProcess} starts one of ours, or watches any process from outside.
 *
 * <p>Thread and ownership: a client belongs to the loop it was given; its public methods may be called from any thread
 * and take effect on the loop.
 *
 * <p>Reading order: {@link org.nhipcau.bench.swarm.Swarm}, {@link org.nhipcau.bench.swarm.SwarmClient}, the two
 * connections behind it, then the packages {@code signal}, {@code transport} and {@code media}.
 */
package org.nhipcau.bench.swarm;
