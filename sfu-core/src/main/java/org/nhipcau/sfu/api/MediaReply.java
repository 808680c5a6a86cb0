// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.sfu.api;

/** The answer to one {@link MediaCommand}. */
public sealed interface MediaReply {

    /** Carried out; nothing to tell. */
    record Done() implements MediaReply {}

    /** The local side of a transport, for the session description that goes to the client. */
    record PeerOpened(LocalTransport local) implements MediaReply {}

    /**
     * Not carried out; nothing changed.
     *
     * @param detail English, for logs: names what was wrong, holds no personal data, is not shown to clients
     */
    record Refused(Reason reason, String detail) implements MediaReply {}

    /** Why a command was refused. */
    enum Reason {
        /** No such room, peer, producer or consumer. */
        NOT_FOUND,
        /** The id, SSRC or mid is in use, or the change is not allowed in this state. */
        CONFLICT,
        /** A parameter is missing or outside its range. */
        INVALID,
        /** A configured limit is reached, or the node is too busy. */
        CAPACITY,
        /** A fault of the node. */
        INTERNAL
    }
}
