// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.sfu.api;

import java.util.Locale;
import java.util.regex.Pattern;

/**
 * A certificate fingerprint of a session description. Spec: RFC 8122 §5.
 *
 * @param algorithm lower case hash name: sha-256, sha-384 or sha-512; weaker ones are refused
 * @param value upper case hexadecimal pairs with colons between
 */
public record Fingerprint(String algorithm, String value) {
    private static final Pattern VALUE = Pattern.compile("[0-9A-F]{2}(:[0-9A-F]{2})*");

    /** @throws IllegalArgumentException for a refused algorithm or a value of the wrong form or length */
    public Fingerprint {
        algorithm = algorithm.toLowerCase(Locale.ROOT);
        value = value.toUpperCase(Locale.ROOT);
        int bytes = switch (algorithm) {
            case "sha-256" -> 32;
            case "sha-384" -> 48;
            case "sha-512" -> 64;
            default -> throw new IllegalArgumentException(
                    "fingerprint algorithm not accepted (sha-256, sha-384 and sha-512 are)");
        };
        if (value.length() != bytes * 3 - 1 || !VALUE.matcher(value).matches()) {
            throw new IllegalArgumentException("fingerprint value is not " + bytes + " hexadecimal pairs");
        }
    }
}
