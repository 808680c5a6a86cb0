// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.sfu.sctp.receive;

/** A part of a message. Spec: RFC 9260 §3.3.1. */
record Fragment(int tsn, int streamId, int ssn, int protocolId, boolean unordered, boolean begin, boolean end,
        byte[] bytes) {
    /** Both may be parts of one message. */
    boolean sameMessage(Fragment other) {
        return streamId == other.streamId && unordered == other.unordered && (unordered || ssn == other.ssn);
    }
}
