// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.signaling.session;

import livekit.LivekitRtc.SignalRequest;

/** One accepted WebSocket of one participant, as its transport sees it. Thread: the socket's; never blocks. */
public interface ClientSession {
    /** One message of the client, in order. */
    void onMessage(SignalRequest message);

    /** The socket is gone, by whichever side; called once. The participant may resume on another socket. */
    void onClosed();
}
