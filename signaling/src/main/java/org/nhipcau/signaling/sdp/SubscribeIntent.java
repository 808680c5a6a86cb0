// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.signaling.sdp;

import java.util.List;
import org.nhipcau.sfu.api.CodecParameters;
import org.nhipcau.sfu.api.ConsumerSettings;
import org.nhipcau.sfu.api.MediaKind;

/**
 * A track that shall be sent to the client on this peer connection.
 *
 * @param trackId the server's id of the track; also the msid track id
 * @param streamId msid stream id, for example {@code PA_x|TR_y}
 * @param cname canonical name of the publisher
 * @param codecs what the publisher sends (its payload types): decides which of the client's formats are bound
 * @param red the viewer may be sent copies of earlier packets of it, if it takes audio/red
 */
public record SubscribeIntent(String trackId, String streamId, String cname, MediaKind kind,
        List<CodecParameters> codecs, boolean red, ConsumerSettings settings) {
    public SubscribeIntent {
        codecs = List.copyOf(codecs);
    }
}
