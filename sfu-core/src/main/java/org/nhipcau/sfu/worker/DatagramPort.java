// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.sfu.worker;

import org.nhipcau.sfu.buffer.PacketBuffer;
import org.nhipcau.sfu.peer.Path;

/** A worker's UDP socket as the worker sees it. Thread: the worker's, except {@link #wakeUp}. */
public interface DatagramPort {
    /**
     * Room for one datagram in the batch that is sent next.
     *
     * @return an empty packet of {@link PacketBuffer#SLOT_BYTES} of room, the same object each time; it counts only
     *     until the next call
     */
    PacketBuffer begin(Path to);

    /**
     * Takes the packet given by the last {@link #begin} into the batch; an empty one is left out. Datagrams of one path that follow each other
     * and are of one size, the last perhaps shorter, may leave as one train.
     */
    void commit(Path to);

    /** Gives all datagrams of the batch to the socket. */
    void flush();

    /** Makes the loop run a duty cycle soon. Thread: any. Cheap when one is pending already. */
    void wakeUp();
}
