// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.signaling.sdp;

import java.util.List;
import java.util.Map;
import org.nhipcau.sfu.api.ConsumerParameters;
import org.nhipcau.sfu.api.DataParameters;
import org.nhipcau.sfu.api.HeaderExtensions;
import org.nhipcau.sfu.api.ProducerParameters;
import org.nhipcau.sfu.api.RemoteTransport;

/**
 * The state of a peer connection after one offer and answer.
 *
 * @param sdp what to send to the client: the answer, or empty when the client's answer was taken in
 * @param producers all tracks that the client now sends on this connection
 * @param consumers all tracks that are now bound to a section, consumerId equal to trackId
 * @param midToTrackId track of every bound section (for a client that answers: of the offer)
 * @param missingAudio audio tracks that found no free section: so many sections the client must add before all
 *     subscriptions are bound. A section that lost its track this round cannot take another one before the next.
 * @param missingVideo the same for video
 * @param refusedTracks subscriptions that no format of the client can carry
 * @param data what was settled on data channels; null: there are none
 */
public record Negotiated(String sdp, RemoteTransport remote, HeaderExtensions extensions,
        List<ProducerParameters> producers, List<ConsumerParameters> consumers, Map<String, String> midToTrackId,
        int missingAudio, int missingVideo, List<String> refusedTracks, DataParameters data) {
    public Negotiated {
        producers = List.copyOf(producers);
        consumers = List.copyOf(consumers);
        midToTrackId = Map.copyOf(midToTrackId);
        refusedTracks = List.copyOf(refusedTracks);
    }
}
