// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.sfu.route;

import java.util.List;
import java.util.Locale;
import org.nhipcau.sfu.api.CodecParameters;

/**
 * Translates a producer's payload formats into a consumer's: what is sent as which payload type, and what is not taken
 * at all. Redundancy of a publisher is opened where it comes in, so it is not among what is translated.
 *
 * <p>Thread: immutable after construction.
 */
final class FormatMap {
    static final String RED = "audio/red";
    static final String OPUS = "audio/opus";
    static final String H264 = "video/h264";
    private static final String VP9 = "video/vp9";
    private static final String AV1 = "video/av1";

    /** How one format of the producer reaches the consumer. */
    enum Treatment {
        REFUSED,
        FORWARD
    }

    private final Treatment[] treatments;
    private final int[] payloadTypes;
    private final int[] rtxPayloadTypes;
    private final boolean anyRtx;
    private final int redPayloadType;
    private final boolean soundAskedAgain;

    FormatMap(List<CodecParameters> produced, List<CodecParameters> accepted) {
        treatments = new Treatment[produced.size()];
        payloadTypes = new int[produced.size()];
        rtxPayloadTypes = new int[produced.size()];
        boolean rtx = false;
        for (int i = 0; i < produced.size(); i++) {
            CodecParameters source = produced.get(i);
            CodecParameters target = source.mimeKey().equals(RED) ? null : match(source, accepted);
            treatments[i] = target == null ? Treatment.REFUSED : Treatment.FORWARD;
            payloadTypes[i] = target == null ? -1 : target.payloadType();
            rtxPayloadTypes[i] = target == null ? -1 : target.rtxPayloadType();
            rtx |= rtxPayloadTypes[i] >= 0;
        }
        anyRtx = rtx;
        CodecParameters opus = accepted.stream().filter(c -> c.mimeKey().equals(OPUS)).findFirst().orElse(null);
        redPayloadType = opus == null ? -1 : accepted.stream().filter(c -> wraps(c, opus.payloadType()))
                .mapToInt(CodecParameters::payloadType).findFirst().orElse(-1);
        soundAskedAgain = opus != null && opus.nack();
    }

    // The parameters of RED are payload types with strokes between, the primary block's first.
    private static boolean wraps(CodecParameters codec, int payloadType) {
        String type = Integer.toString(payloadType);
        return codec.mimeKey().equals(RED) && (codec.formatParameters().isEmpty() || codec.formatParameters().keySet()
                .stream().anyMatch(key -> key.equals(type) || key.startsWith(type + "/")));
    }

    /** @param format index into the producer's codecs */
    Treatment treatment(int format) {
        return treatments[format];
    }

    /** The receiver's payload type. */
    int payloadType(int format) {
        return payloadTypes[format];
    }

    /** The receiver's RTX payload type, -1: none. */
    int rtxPayloadType(int format) {
        return rtxPayloadTypes[format];
    }

    /** Some accepted format can be retransmitted. */
    boolean anyRtx() {
        return anyRtx;
    }

    /** The receiver's payload type for Opus with redundancy; -1: it takes none. */
    int redPayloadType() {
        return redPayloadType;
    }

    /** The receiver tells which packets of Opus it misses. */
    boolean soundAskedAgain() {
        return soundAskedAgain;
    }

    private static CodecParameters match(CodecParameters source, List<CodecParameters> accepted) {
        CodecParameters best = null;
        int bestScore = 0;
        for (CodecParameters candidate : accepted) {
            int score = score(source, candidate);
            if (score > bestScore) {
                best = candidate;
                bestScore = score;
            }
        }
        return best;
    }

    // 0: another format. A higher score is a closer one.
    private static int score(CodecParameters a, CodecParameters b) {
        if (!a.mimeKey().equals(b.mimeKey()) || a.clockRate() != b.clockRate()) {
            return 0;
        }
        return switch (a.mimeKey()) {
            case H264 -> !same(a, b, "packetization-mode", "0") ? 0
                    : same(a, b, "profile-level-id", "42000a") ? 3 : profile(a).equals(profile(b)) ? 2 : 1;
            case VP9 -> same(a, b, "profile-id", "0") ? 1 : 0;
            case AV1 -> same(a, b, "profile", "0") ? 1 : 0;
            default -> 1;
        };
    }

    // The first two bytes of profile-level-id; the level is asymmetric by negotiation (RFC 6184 §8.2.2).
    private static String profile(CodecParameters codec) {
        String id = codec.formatParameters().getOrDefault("profile-level-id", "42000a").toLowerCase(Locale.ROOT);
        return id.length() < 4 ? id : id.substring(0, 4);
    }

    private static boolean same(CodecParameters a, CodecParameters b, String key, String unset) {
        return a.formatParameters().getOrDefault(key, unset)
                .equalsIgnoreCase(b.formatParameters().getOrDefault(key, unset));
    }
}
