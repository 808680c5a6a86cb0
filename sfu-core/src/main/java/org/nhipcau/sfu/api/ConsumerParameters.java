// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.sfu.api;

import java.util.List;

/**
 * A track that the node sends to a peer.
 *
 * @param consumerId unique on the peer
 * @param trackId the producer's
 * @param mid of the m= section that carries it to this peer
 * @param ssrc random, unique on the peer, not 0
 * @param rtxSsrc random, unique on the peer; 0: no RTX
 * @param cname canonical name for SDES, the same for all consumers of one participant (RFC 3550 §6.5.1)
 * @param codecs accepted formats in the receiver's payload type numbers; packets of a format that is not among them
 *     are not forwarded (RED is unpacked for those who take only Opus)
 * @param cleared the viewer may see the track although it is not proven to be covered; false: restricted
 */
public record ConsumerParameters(String consumerId, String trackId, String mid, long ssrc, long rtxSsrc, String cname,
        List<CodecParameters> codecs, ConsumerSettings settings, boolean cleared) {
    public ConsumerParameters {
        codecs = List.copyOf(codecs);
    }

    /** A track for a restricted viewer. */
    public ConsumerParameters(String consumerId, String trackId, String mid, long ssrc, long rtxSsrc, String cname,
            List<CodecParameters> codecs, ConsumerSettings settings) {
        this(consumerId, trackId, mid, ssrc, rtxSsrc, cname, codecs, settings, false);
    }

    /** The same track for a viewer who wants something else of it. */
    public ConsumerParameters withSettings(ConsumerSettings other) {
        return new ConsumerParameters(consumerId, trackId, mid, ssrc, rtxSsrc, cname, codecs, other, cleared);
    }
}
