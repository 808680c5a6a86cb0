// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.sfu.sctp.channel;

import org.nhipcau.sfu.api.DataChannel;
import org.nhipcau.sfu.sctp.AssociationEnd;

/** Learns what a peer's channels carry. Thread: the worker's. */
public interface DataListener {
    void onOpened(DataChannel channel);

    /** @param payload the receiver's from now on */
    void onMessage(DataChannel channel, byte[] payload);

    /** A reliable message will not arrive. */
    void onLost(DataChannel channel);

    void onEnded(AssociationEnd end);
}
