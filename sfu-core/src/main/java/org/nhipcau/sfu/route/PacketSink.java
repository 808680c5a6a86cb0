// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.sfu.route;

import org.nhipcau.sfu.buffer.PacketBuffer;

/**
 * Where a peer's outgoing packets go: the transport below encrypts and sends them.
 *
 * <p>Thread: the worker's that owns the room.
 */
public interface PacketSink {
    /** The peer takes media: connected, and its consent is valid. */
    boolean ready();

    /**
     * Room for one packet where the socket will take it from. Only while {@link #ready}.
     *
     * @return an empty packet without head room, the same object each time; it counts only until the next call of any
     *     sink of the worker, and is void unless sent before that
     */
    PacketBuffer begin();

    /** Encrypts the begun packet, which is complete, in place and sends it. */
    void sendRtp(PacketBuffer begun, int headerLength, long nowNs);

    /**
     * Encrypts the payload on its way from another packet to behind the header in the begun one, and sends that.
     *
     * @param source stays as it is
     * @param from where the payload begins in the source
     * @param lengthBytes of the payload with its padding
     */
    void sendRtp(PacketBuffer begun, int headerLength, PacketBuffer source, int from, int lengthBytes, long nowNs);

    /** Encrypts the begun packet, which is complete, in place and sends it. */
    void sendRtcp(PacketBuffer begun, long nowNs);

    /** Something sent to this peer met a fault of the node: it concerns this peer alone. */
    void onFault(RuntimeException fault, long nowNs);
}
