// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.sfu.route;

import java.util.Arrays;
import java.util.List;
import org.nhipcau.sfu.api.CodecParameters;

/**
 * What a publisher's payload types stand for, as negotiated for one track: the index of the codec, and what of it matters
 * packet by packet.
 *
 * <p>Spec: RFC 3551 §3, RFC 4588 §8.6, RFC 2198 §5. Thread: any; never changes.
 */
final class PayloadFormats {
    private final byte[] codecs = new byte[128];
    private final byte[] repaired = new byte[128];
    private final boolean[] vp8;
    private final boolean[] red;
    private final boolean anyRed;

    PayloadFormats(List<CodecParameters> negotiated) {
        Arrays.fill(codecs, (byte) -1);
        Arrays.fill(repaired, (byte) -1);
        vp8 = new boolean[negotiated.size()];
        red = new boolean[negotiated.size()];
        boolean any = false;
        for (int i = 0; i < negotiated.size(); i++) {
            CodecParameters codec = negotiated.get(i);
            codecs[codec.payloadType()] = (byte) i;
            if (codec.rtxPayloadType() >= 0) {
                repaired[codec.rtxPayloadType()] = (byte) i;
            }
            vp8[i] = codec.mimeKey().equals("video/vp8");
            red[i] = codec.mimeKey().equals(FormatMap.RED);
            any |= red[i];
        }
        anyRed = any;
    }

    /** Index of the codec with this payload type; -1 when none was negotiated. */
    int of(int payloadType) {
        return codecs[payloadType];
    }

    /** Index of the codec that this RTX payload type repairs; -1 when it is none. */
    int repairedBy(int payloadType) {
        return repaired[payloadType];
    }

    boolean vp8(int format) {
        return vp8[format];
    }

    /** The format wraps another, with copies of earlier packets. */
    boolean red(int format) {
        return red[format];
    }

    /** Some packets may come with copies of earlier ones. */
    boolean anyRed() {
        return anyRed;
    }
}
