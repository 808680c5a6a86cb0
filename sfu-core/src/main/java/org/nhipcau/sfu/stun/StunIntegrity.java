// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.sfu.stun;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * One short-term credential's key for MESSAGE-INTEGRITY: signs and verifies with a keyed HMAC-SHA1 that is reused.
 *
 * <p>Spec: RFC 8489 §9.1, §14.5. Thread: the owner's only.
 */
public final class StunIntegrity {
    /** Bytes of the attribute's value. */
    static final int VALUE_BYTES = 20;

    private final Mac mac;
    private final byte[] computed = new byte[VALUE_BYTES];
    private final byte[] received = new byte[VALUE_BYTES];

    /** @param password the ICE password; its characters are the key (RFC 8445 §7.2.2) */
    public StunIntegrity(String password) {
        if (password.isEmpty()) {
            throw new IllegalArgumentException("empty STUN password");
        }
        try {
            mac = Mac.getInstance("HmacSHA1");
            mac.init(new SecretKeySpec(password.getBytes(StandardCharsets.UTF_8), "HmacSHA1"));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every Java platform has HmacSHA1", e);
        }
    }

    void update(byte[] bytes, int count) {
        mac.update(bytes, 0, count);
    }

    /** Ends the computation begun by {@link #update}. The array is this object's own and valid until the next call. */
    byte[] finish() {
        try {
            mac.doFinal(computed, 0);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("the array holds a SHA-1 hash", e);
        }
        return computed;
    }

    /** Room for the value found in a message, so that reading it allocates nothing. */
    byte[] received() {
        return received;
    }

    /** Ends the computation and compares it with {@link #received()}, in a time that does not depend on the bytes. */
    boolean finishMatches() {
        return MessageDigest.isEqual(finish(), received);
    }
}
