// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.signaling.sdp;

import java.util.List;
import org.nhipcau.sfu.api.LocalTransport;

/**
 * The server's side of offer and answer of one peer connection; remembers sections, mids, payload types and bindings
 * from one round to the next.
 *
 * <p>Thread: one at a time.
 */
public interface PeerNegotiation {
    /**
     * Whether this offer restarts ICE: its user name fragment or password differs from the last accepted one. The
     * caller then fetches new local credentials before it calls {@link #answer}.
     */
    boolean restartsIce(String offerSdp) throws SdpException;

    /**
     * Answers a client's offer.
     *
     * @param publish tracks announced and not withdrawn; those already bound keep their section
     * @param subscribe tracks to send on this connection (single peer connection; empty for a publisher connection)
     * @throws SdpException when the offer cannot be used; the state is unchanged
     */
    Negotiated answer(String offerSdp, LocalTransport local, List<PublishIntent> publish,
            List<SubscribeIntent> subscribe) throws SdpException;

    /**
     * Makes the server's offer of a subscriber connection, to be followed by {@link #accept}. A second offer takes the
     * place of one that the client did not answer (its socket was lost on the way).
     */
    String offer(LocalTransport local, List<SubscribeIntent> subscribe);

    /** The mids and tracks of the offer made last. */
    java.util.Map<String, String> offeredMidToTrackId();

    /** Takes in the client's answer to the last offer. */
    Negotiated accept(String answerSdp) throws SdpException;
}
