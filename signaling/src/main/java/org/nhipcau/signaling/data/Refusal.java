// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.signaling.data;

/** Why a message goes to nobody. The protocol has no answer for its sender: it is counted. */
public enum Refusal {
    /** No message of the protocol, or one with more receivers named than a room holds. */
    MALFORMED,
    /** The sender has not the right to send data, or is not in. */
    NOT_PERMITTED,
    /** A sequence number or nonce that was there before. */
    REPEATED,
    /** A kind of message that is not the sender's to send, or that the server does not know. */
    KIND,
    /** With its sender's name in it, it is longer than a data channel carries. */
    TOO_LONG
}
