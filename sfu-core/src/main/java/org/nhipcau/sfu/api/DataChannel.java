// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.sfu.api;

/** One of the two ways that messages take between a client and the node; known by its label, never by a number. */
public enum DataChannel {
    /** Every message arrives, in order. */
    RELIABLE("_reliable"),
    /** A message that is lost stays lost, and holds up none after it. */
    LOSSY("_lossy");

    private final String label;

    DataChannel(String label) {
        this.label = label;
    }

    /** What the channel is opened under (RFC 8832 5.1). */
    public String label() {
        return label;
    }
}
