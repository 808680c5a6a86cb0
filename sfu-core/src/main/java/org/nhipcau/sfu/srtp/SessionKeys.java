// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.sfu.srtp;

import java.security.GeneralSecurityException;
import java.util.Arrays;
import javax.crypto.Cipher;
import javax.crypto.spec.SecretKeySpec;

/**
 * The six session keys of one direction, derived from its master key and salt.
 *
 * <p>Spec: RFC 3711 §4.3 with a key derivation rate of 0, RFC 6188 §3 for 256-bit keys, RFC 7714 §11 for the 12-byte
 * salts. jitsi-srtp's own derivation is package-private there, so this one is checked against it in tests instead.
 *
 * @param rtpSalt 12 bytes for AES-GCM, 14 for AES-CM
 * @param rtpAuthentication empty for AES-GCM
 */
record SessionKeys(byte[] rtpKey, byte[] rtpSalt, byte[] rtpAuthentication, byte[] rtcpKey, byte[] rtcpSalt,
        byte[] rtcpAuthentication) {
    private static final int BLOCK_BYTES = 16;

    static SessionKeys derive(SrtpProfile profile, byte[] masterKey, byte[] masterSalt) {
        if (masterKey.length != profile.keyBytes() || masterSalt.length != profile.saltBytes()) {
            throw new IllegalArgumentException("key or salt of the wrong length for " + profile);
        }
        try {
            Cipher aes = Cipher.getInstance("AES/ECB/NoPadding");
            aes.init(Cipher.ENCRYPT_MODE, new SecretKeySpec(masterKey, "AES"));
            return new SessionKeys(
                    derive(aes, masterSalt, 0, profile.keyBytes()),
                    derive(aes, masterSalt, 2, profile.saltBytes()),
                    derive(aes, masterSalt, 1, profile.authenticationKeyBytes()),
                    derive(aes, masterSalt, 3, profile.keyBytes()),
                    derive(aes, masterSalt, 5, profile.saltBytes()),
                    derive(aes, masterSalt, 4, profile.authenticationKeyBytes()));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("AES is missing in this Java runtime", e);
        }
    }

    private static byte[] derive(Cipher aes, byte[] masterSalt, int label, int length)
            throws GeneralSecurityException {
        byte[] block = Arrays.copyOf(masterSalt, BLOCK_BYTES);
        block[7] ^= (byte) label;
        byte[] stream = new byte[(length + BLOCK_BYTES - 1) / BLOCK_BYTES * BLOCK_BYTES];
        for (int i = 0; i * BLOCK_BYTES < length; i++) {
            block[BLOCK_BYTES - 1] = (byte) i;
            aes.doFinal(block, 0, BLOCK_BYTES, stream, i * BLOCK_BYTES);
        }
        byte[] key = Arrays.copyOf(stream, length);
        Arrays.fill(stream, (byte) 0);
        return key;
    }

    /** Overwrites all keys. */
    void wipe() {
        for (byte[] key : new byte[][] {rtpKey, rtpSalt, rtpAuthentication, rtcpKey, rtcpSalt, rtcpAuthentication}) {
            Arrays.fill(key, (byte) 0);
        }
    }

    @Override
    public String toString() {
        return "SessionKeys";
    }
}
