// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.signaling.data;

import org.nhipcau.sfu.api.DataChannel;

/** Is told what becomes of messages, to count it. Nothing here names a room, a person or a word. Thread: any room's. */
public interface DataMetrics {
    /** A participant sent a message. */
    default void dataReceived(DataChannel channel) {}

    /** A message was given to the media node for so many receivers. */
    default void dataForwarded(DataChannel channel, int receivers) {}

    default void dataRefused(Refusal why) {}

    /** So many reliable messages did not reach a receiver: its channel was never there, or could take no more. */
    default void dataLost(int messages) {}
}
