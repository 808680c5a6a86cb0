// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.sfu.sctp;

/** Why an association ended. */
public enum AssociationEnd {
    /** By us, because it was not needed any more. */
    CLOSED,
    /** The other side shut it down or aborted it. */
    CLOSED_BY_PEER,
    /** The other side answered nothing for too long. */
    UNREACHABLE,
    /** The other side broke the rules. */
    PROTOCOL_VIOLATION,
    /** The other side made us keep more than may be kept. */
    OUT_OF_ROOM
}
