// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.sfu.worker;

import java.net.InetSocketAddress;
import org.nhipcau.sfu.buffer.PacketBuffer;

/** A worker's UDP socket as the worker sees it. Thread: the worker's, except {@link #wakeUp}. */
public interface DatagramPort {
    /** Queues a datagram for the next flush. The bytes are taken before the call returns. */
    void send(PacketBuffer datagram, InetSocketAddress to);

    /** Gives all queued datagrams to the socket. */
    void flush();

    /** Makes the loop run a duty cycle soon. Thread: any. Cheap when one is pending already. */
    void wakeUp();
}
