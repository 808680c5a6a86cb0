// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.sfu.net;

import java.net.InetSocketAddress;
import org.nhipcau.sfu.buffer.PacketBuffer;

/** What an endpoint's loop drives. Thread: the loop's. */
public interface DatagramHandler {
    /** One datagram. Its bytes may be changed and stay until the end of the next {@link #onDutyCycle}. */
    void onDatagram(PacketBuffer datagram, InetSocketAddress from, long nowNs);

    /**
     * End of a batch, a wake-up or a tick.
     *
     * @return when the next cycle is needed at the latest, in ns of the same clock
     */
    long onDutyCycle(long nowNs);

    /**
     * The cycle is over, its packets are with the socket: for handlers that watch their load.
     *
     * @param drained the socket had no more datagrams when this cycle's were taken
     */
    default void onCycleEnd(long nowNs, boolean drained) { }
}
