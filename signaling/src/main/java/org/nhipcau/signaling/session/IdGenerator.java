// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.signaling.session;

import java.util.random.RandomGenerator;
import livekit.LivekitModels.TrackSource;
import livekit.LivekitModels.TrackType;

/**
 * Makes the pseudonymous ids that clients see. Clients test the prefixes; the 22 random characters of 62 carry 131
 * bits, so that an id cannot be guessed.
 *
 * <p>Thread: any, if the random source allows it.
 */
public final class IdGenerator {
    private static final String ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
    private static final int RANDOM_CHARS = 22;

    private final RandomGenerator random;

    /** @param random a cryptographic source, except in tests */
    public IdGenerator(RandomGenerator random) {
        this.random = random;
    }

    public String room() {
        return withPrefix("RM_");
    }

    public String participant() {
        return withPrefix("PA_");
    }

    /** {@code TR_}, then A or V, then C, M, S, s or U for the source: clients and tools read kind and source off it. */
    public String track(TrackType type, TrackSource source) {
        char kind = type == TrackType.VIDEO ? 'V' : 'A';
        char origin = switch (source) {
            case CAMERA -> 'C';
            case MICROPHONE -> 'M';
            case SCREEN_SHARE -> 'S';
            case SCREEN_SHARE_AUDIO -> 's';
            default -> 'U';
        };
        return withPrefix("TR_" + kind + origin);
    }

    private String withPrefix(String prefix) {
        StringBuilder id = new StringBuilder(prefix.length() + RANDOM_CHARS).append(prefix);
        for (int i = 0; i < RANDOM_CHARS; i++) {
            id.append(ALPHABET.charAt(random.nextInt(ALPHABET.length())));
        }
        return id.toString();
    }
}
