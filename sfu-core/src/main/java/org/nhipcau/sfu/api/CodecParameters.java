// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.sfu.api;

import java.util.Locale;
import java.util.Map;

/**
 * One negotiated payload format.
 *
 * @param mimeType for example {@code video/VP8}, {@code audio/opus}, {@code audio/red}; compared without case
 * @param payloadType 0 to 127
 * @param clockRate RTP timestamp ticks per second
 * @param channels audio channels; 0 for video
 * @param formatParameters the a=fmtp values by key
 * @param rtxPayloadType the RTX payload type associated with this one, -1: none (RFC 4588)
 * @param nack generic NACK negotiated
 * @param pli picture loss indication negotiated
 * @param fir full intra request negotiated
 * @param remb goog-remb negotiated
 * @param transportCc transport-wide congestion control feedback negotiated
 * @param ccfb RFC 8888 congestion control feedback negotiated, in place of the transport-wide one
 */
public record CodecParameters(String mimeType, int payloadType, int clockRate, int channels,
        Map<String, String> formatParameters, int rtxPayloadType, boolean nack, boolean pli, boolean fir, boolean remb,
        boolean transportCc, boolean ccfb) {
    public CodecParameters {
        formatParameters = Map.copyOf(formatParameters);
    }

    /** A format without RFC 8888 feedback. */
    public CodecParameters(String mimeType, int payloadType, int clockRate, int channels,
            Map<String, String> formatParameters, int rtxPayloadType, boolean nack, boolean pli, boolean fir,
            boolean remb, boolean transportCc) {
        this(mimeType, payloadType, clockRate, channels, formatParameters, rtxPayloadType, nack, pli, fir, remb,
                transportCc, false);
    }

    /** The mime type in lower case, for comparisons. */
    public String mimeKey() {
        return mimeType.toLowerCase(Locale.ROOT);
    }
}
