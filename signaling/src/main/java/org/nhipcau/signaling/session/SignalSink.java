// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.signaling.session;

import livekit.LivekitRtc.SignalResponse;

/** The way back to one client's socket. Thread: any; never blocks. */
public interface SignalSink {
    /**
     * Queues one message. A socket that is closed, or whose reader is so slow that the queue bound is reached, drops
     * it (the latter closes the socket, so that the client resumes with whole state).
     */
    void send(SignalResponse message);

    /** Sends what is queued, then closes the WebSocket with a code of RFC 6455 §7.4. Idempotent. */
    void close(int code, String reason);
}
