// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.sfu.route;

import org.nhipcau.sfu.buffer.PacketBuffer;

/**
 * Where a peer's outgoing packets go: the transport below encrypts and sends them.
 *
 * <p>Thread: the worker's that owns the room. A buffer belongs to whoever acquired it until it is handed over by one of
 * the other methods.
 */
public interface PacketSink {
    /** The peer takes media: connected, and its consent is valid. */
    boolean ready();

    /** An empty buffer, or null when the pool is exhausted. */
    PacketBuffer acquire();

    /** Takes back a buffer that is not sent after all. */
    void release(PacketBuffer unused);

    /** Encrypts in place and sends; takes ownership. */
    void sendRtp(PacketBuffer plain, long nowNs);

    /** Encrypts in place and sends; takes ownership. */
    void sendRtcp(PacketBuffer plain, long nowNs);
}
