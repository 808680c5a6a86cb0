// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.signaling.session;

/** What the WebSocket transport asks of the rooms. Thread: any; {@link #open} does not block. */
public interface SignalingService {
    /**
     * Checks rights and limits without changing anything; what the validate endpoints and the upgrade ask.
     *
     * @throws JoinRefusedException with the HTTP status and the text for the client
     */
    void check(JoinAttempt attempt) throws JoinRefusedException;

    /**
     * Begins a session on a socket that has been upgraded. The first message to the sink is join, reconnect or leave.
     */
    ClientSession open(JoinAttempt attempt, SignalSink sink);
}
