// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.sfu.route;

import java.util.HashSet;
import java.util.Set;
import org.nhipcau.sfu.api.CodecParameters;
import org.nhipcau.sfu.api.EncodingParameters;
import org.nhipcau.sfu.api.MediaKind;
import org.nhipcau.sfu.api.MediaReply;
import org.nhipcau.sfu.api.ProducerParameters;
import org.nhipcau.sfu.codec.PayloadReaders;

/**
 * Checks the parameters of a producer before anything is changed.
 *
 * <p>Control path.
 */
final class ProducerCheck {
    static final int MAX_ENCODINGS = 8;

    private ProducerCheck() {}

    /** @return null when they can be taken, else why not */
    static MediaReply.Refused check(ProducerParameters parameters, MediaEndpoint endpoint, Room room) {
        String fault = faultOfCodecs(parameters);
        if (fault == null) {
            fault = faultOfEncodings(parameters);
        }
        if (fault == null) {
            fault = TrackGate.faultOf(parameters.gate(), parameters.trackId());
        }
        if (fault != null) {
            return MediaEndpoint.refuse(MediaReply.Reason.INVALID, fault);
        }
        Producer existing = room.producer(parameters.trackId());
        if (existing != null && (existing.endpoint != endpoint || existing.kind() != parameters.kind())) {
            return MediaEndpoint.refuse(MediaReply.Reason.CONFLICT, "the track id is in use");
        }
        for (Producer other : endpoint.producers()) {
            if (other != existing && other.parameters().mid().equals(parameters.mid())) {
                return MediaEndpoint.refuse(MediaReply.Reason.CONFLICT, "the mid is in use by another producer");
            }
        }
        if (existing == null && endpoint.producers().length >= room.config.maxProducersPerPeer()) {
            return MediaEndpoint.refuse(MediaReply.Reason.CAPACITY, "maxProducersPerPeer is reached");
        }
        return conflictOfSsrcs(parameters, endpoint, existing);
    }

    private static String faultOfCodecs(ProducerParameters parameters) {
        if (parameters.codecs().isEmpty()) {
            return "a producer without codecs";
        }
        Set<Integer> payloadTypes = new HashSet<>();
        for (CodecParameters codec : parameters.codecs()) {
            if (codec.payloadType() < 0 || codec.payloadType() > 127 || codec.rtxPayloadType() > 127) {
                return "payload type " + codec.payloadType() + " or its RTX is not 0 to 127";
            }
            if (!payloadTypes.add(codec.payloadType())
                    || codec.rtxPayloadType() >= 0 && !payloadTypes.add(codec.rtxPayloadType())) {
                return "a payload type is given twice";
            }
            if (codec.clockRate() < 1_000 || codec.clockRate() > 192_000) {
                return "clock rate " + codec.clockRate() + " is not 1000 to 192000";
            }
            if (parameters.kind() == MediaKind.VIDEO && !PayloadReaders.supports(codec.mimeKey())) {
                return "video format not supported: " + codec.mimeKey();
            }
        }
        return null;
    }

    private static String faultOfEncodings(ProducerParameters parameters) {
        int count = parameters.encodings().size();
        if (count < 1 || count > MAX_ENCODINGS || parameters.kind() == MediaKind.AUDIO && count > 1) {
            return count + " encodings; allowed: 1 for audio, 1 to " + MAX_ENCODINGS + " for video";
        }
        Set<String> rids = new HashSet<>();
        for (EncodingParameters encoding : parameters.encodings()) {
            if (!rids.add(encoding.rid()) || count > 1 && encoding.rid().isEmpty() && encoding.ssrc() == 0) {
                return "each of several encodings needs a rid of its own";
            }
            if (encoding.ssrc() < 0 || encoding.ssrc() > 0xffff_ffffL || encoding.rtxSsrc() < 0
                    || encoding.rtxSsrc() > 0xffff_ffffL) {
                return "an ssrc has more than 32 bits";
            }
        }
        return null;
    }

    private static MediaReply.Refused conflictOfSsrcs(ProducerParameters parameters, MediaEndpoint endpoint,
            Producer existing) {
        Set<Long> seen = new HashSet<>();
        for (EncodingParameters encoding : parameters.encodings()) {
            for (long ssrc : new long[] {encoding.ssrc(), encoding.rtxSsrc()}) {
                SsrcBinder.Binding owner = ssrc == 0 ? null : endpoint.bindingOf(ssrc);
                if (ssrc != 0 && !seen.add(ssrc) || owner != null && owner.encoding().producer != existing) {
                    return MediaEndpoint.refuse(MediaReply.Reason.CONFLICT, "an ssrc is in use on this peer");
                }
            }
        }
        return null;
    }
}
