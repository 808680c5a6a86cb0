// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.bench.swarm.media;

import org.nhipcau.sfu.buffer.PacketBuffer;

/** Where the packets of senders and receivers go: a transport, or a test. Thread: the caller's. */
public interface MediaOutput {
    /** @return false when it could not go out: the number is not used up */
    boolean sendRtp(PacketBuffer plain, int headerLength);

    boolean sendRtcp(PacketBuffer compound);

    /** The next transport-wide sequence number, 16 bits. */
    int nextTransportSequence();
}
