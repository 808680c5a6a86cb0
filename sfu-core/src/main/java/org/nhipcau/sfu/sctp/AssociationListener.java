// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.sfu.sctp;

import org.nhipcau.sfu.sctp.receive.MessageSink;

/** Learns what an association carries and what becomes of it. May call it back. Thread: the association's. */
public interface AssociationListener extends MessageSink {
    /** Messages may go from now on. */
    void onEstablished();

    /** The other side ended a stream of its own: what comes on it from now on is another one's. */
    void onIncomingReset(int streamId);

    /** A stream of ours that was to be reset has been. */
    void onOutgoingReset(int streamId);

    /** It is over; nothing comes after this. */
    void onEnded(AssociationEnd end);
}
