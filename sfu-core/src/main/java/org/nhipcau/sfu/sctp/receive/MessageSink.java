// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.sfu.sctp.receive;

/** Takes whole messages, in the order of their stream where it has one. Thread: the association's. */
@FunctionalInterface
public interface MessageSink {
    /** @param payload the receiver's from now on */
    void onMessage(int streamId, int protocolId, byte[] payload);
}
