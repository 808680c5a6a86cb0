// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.signaling.consultation;

import java.util.random.RandomGenerator;

/**
 * Makes and recognises the ids that leave the store: of consultations ({@code C_}) and of people ({@code P_}), twelve
 * random base58 characters each, so that an id identifies nobody and cannot be guessed (70 bits).
 *
 * <p>Spec: requirements C2.
 */
public final class PublicId {
    /** What a consultation's id begins with; it is its room's name too. */
    public static final String CONSULTATION = "C_";
    /** What a person's pseudonym begins with; it is the participant's identity too. */
    public static final String PERSON = "P_";

    private static final String BASE58 = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz";
    private static final int RANDOM_CHARS = 12;

    private PublicId() {
    }

    /** A new id; the generator must be one that cannot be guessed, except in tests. */
    public static String random(String prefix, RandomGenerator random) {
        StringBuilder id = new StringBuilder(prefix.length() + RANDOM_CHARS).append(prefix);
        for (int i = 0; i < RANDOM_CHARS; i++) {
            id.append(BASE58.charAt(random.nextInt(BASE58.length())));
        }
        return id.toString();
    }

    /** Whether this has the form of a consultation's id. */
    public static boolean isConsultation(String id) {
        return has(CONSULTATION, id);
    }

    /** Whether this has the form of a person's pseudonym. */
    public static boolean isPerson(String id) {
        return has(PERSON, id);
    }

    private static boolean has(String prefix, String id) {
        return id != null && id.length() == prefix.length() + RANDOM_CHARS && id.startsWith(prefix)
                && id.chars().skip(prefix.length()).allMatch(c -> BASE58.indexOf(c) >= 0);
    }
}
