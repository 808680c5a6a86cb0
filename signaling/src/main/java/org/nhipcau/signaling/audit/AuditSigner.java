// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.signaling.audit;

import java.security.MessageDigest;

/** The keyed half of the record: what only the holder of the key can make. Thread: any. */
public interface AuditSigner {
    /** Which key signs now. */
    String keyId();

    /** HMAC-SHA256 of the data under a key; null when there is no key of that id. */
    byte[] sign(String keyId, byte[] data);

    /** Whether the code was made by the key of that id. */
    default boolean valid(String keyId, byte[] data, byte[] mac) {
        byte[] expected = sign(keyId, data);
        return expected != null && MessageDigest.isEqual(expected, mac);
    }
}
