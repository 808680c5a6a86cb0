// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.sfu.api;

import java.util.List;

/**
 * A track that a peer sends.
 *
 * @param trackId unique in the room
 * @param mid of the m= section that carries it (RFC 5888)
 * @param codecs negotiated formats, preferred first, in the publisher's payload type numbers
 * @param encodings one, or the simulcast layers in rising size
 * @param importance of the participant who sends it
 * @param gate the face policy that it is born under; of a track that is there already only a higher epoch counts
 */
public record ProducerParameters(String trackId, MediaKind kind, TrackSource source, String mid,
        List<CodecParameters> codecs, List<EncodingParameters> encodings, boolean muted, Importance importance,
        GateParameters gate) {
    public ProducerParameters {
        codecs = List.copyOf(codecs);
        encodings = List.copyOf(encodings);
    }

    /** The same track, muted or not. */
    public ProducerParameters withMuted(boolean mute) {
        return new ProducerParameters(trackId, kind, source, mid, codecs, encodings, mute, importance, gate);
    }

    /** The same track of a participant of another importance. */
    public ProducerParameters withImportance(Importance other) {
        return new ProducerParameters(trackId, kind, source, mid, codecs, encodings, muted, other, gate);
    }

    /** The same track under another face policy. */
    public ProducerParameters withGate(GateParameters other) {
        return new ProducerParameters(trackId, kind, source, mid, codecs, encodings, muted, importance, other);
    }

    /** A track of an ordinary participant, under no face policy. */
    public ProducerParameters(String trackId, MediaKind kind, TrackSource source, String mid,
            List<CodecParameters> codecs, List<EncodingParameters> encodings, boolean muted) {
        this(trackId, kind, source, mid, codecs, encodings, muted, Importance.ORDINARY);
    }

    /** A track under no face policy. */
    public ProducerParameters(String trackId, MediaKind kind, TrackSource source, String mid,
            List<CodecParameters> codecs, List<EncodingParameters> encodings, boolean muted, Importance importance) {
        this(trackId, kind, source, mid, codecs, encodings, muted, importance, GateParameters.NONE);
    }
}
