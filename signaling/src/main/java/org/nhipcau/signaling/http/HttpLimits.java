// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.signaling.http;

import org.nhipcau.signaling.SignalingConfig;

/**
 * Bounds of the HTTP edge.
 *
 * @param maxRequestLineBytes request line, and each header block
 * @param requestsPerSecond steady rate on one connection
 * @param requestBurst allowed above the rate
 * @param maxConnections open at once; further ones get 503
 * @param requestTimeoutS a request that is not complete by then, or an idle connection, is closed
 * @param responseTimeoutS a response that the client has not taken by then is given up
 */
public record HttpLimits(int maxRequestLineBytes, int requestsPerSecond, int requestBurst, int maxConnections,
        int requestTimeoutS, int responseTimeoutS) {
    /** Long enough for the page over a link of 64 kbit/s. */
    private static final int RESPONSE_TIMEOUT_S = 120;

    /** Bounds of the public port. */
    public static HttpLimits of(SignalingConfig.Limits limits) {
        return new HttpLimits(limits.maxRequestLineBytes(), limits.messagesPerSecond(), limits.messageBurst(),
                limits.maxConnections(), limits.authTimeoutS(), RESPONSE_TIMEOUT_S);
    }
}
