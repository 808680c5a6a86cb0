// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.sfu.peer;

import java.net.InetSocketAddress;
import org.nhipcau.sfu.buffer.PacketBuffer;

/** What a peer needs of the worker it lives on. Thread: the worker's. */
public interface Output {
    /**
     * Room for one datagram where the socket will take it from.
     *
     * @return an empty packet, the same object each time: it counts only until the next call of any of these methods
     */
    PacketBuffer begin(Path to);

    /** The packet given by {@link #begin} is complete: it goes out with the next flush. One never committed is void. */
    void commit(Path to);

    /** The address has passed an authenticated check of this peer: datagrams from it belong to the peer. */
    void onValidated(Peer peer, InetSocketAddress address);

    /** A fault of the node concerns this peer alone. */
    void onFault(Peer peer, RuntimeException fault, long nowNs);

    /** A fault of the node has ended the data of one peer; its media goes on. */
    void onDataFault(RuntimeException fault);
}
