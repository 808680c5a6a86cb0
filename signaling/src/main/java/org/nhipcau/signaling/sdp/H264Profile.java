// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.signaling.sdp;

import java.util.Locale;
import java.util.Map;

/**
 * The H.264 profile of a format, and which decoders play it.
 *
 * <p>Spec: RFC 6184 §8.1 (profile-level-id), H.264 Annex A.2.
 */
enum H264Profile {
    CONSTRAINED_BASELINE,
    BASELINE,
    MAIN,
    HIGH,
    OTHER;

    /** What RFC 6184 §8.1 assumes where the parameter is missing: baseline, level 1. */
    private static final String ABSENT = "42000a";

    /** @param parameters a=fmtp values by key */
    static H264Profile of(Map<String, String> parameters) {
        String id = parameters.getOrDefault("profile-level-id", ABSENT).toLowerCase(Locale.ROOT);
        if (!id.matches("[0-9a-f]{6}")) {
            return OTHER;
        }
        boolean constrained = (Integer.parseInt(id.substring(2, 4), 16) & 0x40) != 0;
        return switch (id.substring(0, 2)) {
            case "42" -> constrained ? CONSTRAINED_BASELINE : BASELINE;
            // Main with constraint_set0: within baseline and main, which is what constrained baseline means.
            case "4d" -> (Integer.parseInt(id.substring(2, 4), 16) & 0x80) != 0 ? CONSTRAINED_BASELINE : MAIN;
            case "64" -> HIGH;
            default -> OTHER;
        };
    }

    /** Whether a decoder of this profile plays a stream of the other. */
    boolean decodes(H264Profile stream) {
        return switch (stream) {
            case CONSTRAINED_BASELINE -> this != OTHER;
            case MAIN -> this == MAIN || this == HIGH;
            // Baseline may use flexible macroblock order, which no other profile has; nobody's encoder does.
            case BASELINE -> this != OTHER;
            case HIGH, OTHER -> this == stream;
        };
    }
}
