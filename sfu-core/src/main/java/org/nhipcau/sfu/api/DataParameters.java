// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.sfu.api;

/**
 * What a session description says of data channels. Spec: RFC 8841.
 *
 * @param remotePort the client's SCTP port, 1 to 65,535
 * @param maxMessageSizeBytes the longest message that the client takes; 0, which stands for any, and what is longer
 *     than the node's own bound become that bound
 * @param opensChannels the node opens both channels; else the client does
 */
public record DataParameters(int remotePort, int maxMessageSizeBytes, boolean opensChannels) {
    /** Longest message in either direction. */
    public static final int MAX_MESSAGE_BYTES = 65_535;
    private static final int MAX_PORT = 65_535;

    /** @throws IllegalArgumentException for a port out of range or a negative size */
    public DataParameters {
        if (remotePort < 1 || remotePort > MAX_PORT) {
            throw new IllegalArgumentException("remotePort is " + remotePort + "; allowed: 1 to " + MAX_PORT);
        }
        if (maxMessageSizeBytes < 0) {
            throw new IllegalArgumentException("maxMessageSizeBytes is " + maxMessageSizeBytes + "; allowed: 0 and more");
        }
        maxMessageSizeBytes = maxMessageSizeBytes == 0 ? MAX_MESSAGE_BYTES
                : Math.min(maxMessageSizeBytes, MAX_MESSAGE_BYTES);
    }
}
