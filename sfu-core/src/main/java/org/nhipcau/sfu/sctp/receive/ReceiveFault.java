// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.sfu.sctp.receive;

/** Why what came in ends the association. */
public enum ReceiveFault {
    /** A DATA chunk too short for its own fields. */
    MALFORMED,
    /** A DATA chunk without data (RFC 9260 §3.3.10.9). */
    NO_USER_DATA,
    /** More than may wait, a message that is too long, or too many streams. */
    OUT_OF_ROOM
}
