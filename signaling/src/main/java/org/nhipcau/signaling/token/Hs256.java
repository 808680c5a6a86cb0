// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.signaling.token;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.util.Base64;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * The one signature of tokens. A plain MAC, because libraries refuse the short secrets that development set-ups of the
 * client SDKs use; production secrets are held to 32 characters by the configuration.
 *
 * <p>Spec: RFC 7515 §3.1, RFC 7518 §3.2.
 */
final class Hs256 {
    private static final String ALGORITHM = "HmacSHA256";

    private Hs256() {}

    static SecretKeySpec key(String secret) {
        return new SecretKeySpec(secret.getBytes(StandardCharsets.UTF_8), ALGORITHM);
    }

    /** The signature of {@code header.payload} in base64url without padding, as ASCII bytes. */
    static byte[] sign(SecretKeySpec key, String signingInput) {
        try {
            Mac mac = Mac.getInstance(ALGORITHM);
            mac.init(key);
            return Base64.getUrlEncoder().withoutPadding()
                    .encode(mac.doFinal(signingInput.getBytes(StandardCharsets.ISO_8859_1)));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every Java platform has HmacSHA256", e);
        }
    }
}
