// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.sfu.peer;

import java.net.InetSocketAddress;
import org.nhipcau.sfu.buffer.PacketBuffer;

/** What a peer needs of the worker it lives on. Thread: the worker's. */
public interface Output {
    /** An empty packet, or null when the pool is exhausted, which is counted. */
    PacketBuffer acquire();

    /** Takes back a packet that will not be sent. */
    void release(PacketBuffer packet);

    /** Sends a datagram and takes it over. */
    void send(PacketBuffer datagram, InetSocketAddress to);

    /** The address has passed an authenticated check of this peer: datagrams from it belong to the peer. */
    void onValidated(Peer peer, InetSocketAddress address);
}
