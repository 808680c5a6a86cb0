// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.signaling.sdp;

import java.util.List;
import org.nhipcau.sfu.api.EncodingParameters;
import org.nhipcau.sfu.api.MediaKind;
import org.nhipcau.sfu.api.TrackSource;

/**
 * A track that the client announced (add_track) and that a section of its offer shall carry.
 *
 * @param trackId the server's id of the track
 * @param cids client ids by which the section's msid track id may name it
 * @param mimeType the codec to put first in the answer; empty: the first of the offer that the server takes
 * @param layers announced layers in rising size (rid is filled in from the offer), may be empty
 * @param red true: audio/red may come first in the answer
 * @param dtx Opus discontinuous transmission is wanted
 * @param stereo stereo Opus is wanted
 * @param packetMs that each packet of sound should hold; 0: as all do
 */
public record PublishIntent(String trackId, List<String> cids, MediaKind kind, TrackSource source, String mimeType,
        List<EncodingParameters> layers, boolean muted, boolean red, boolean dtx, boolean stereo,
        int packetMs) {
    public PublishIntent {
        cids = List.copyOf(cids);
        layers = List.copyOf(layers);
    }
}
