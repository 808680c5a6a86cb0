// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.signaling.store.keys;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.Base64;
import javax.crypto.Cipher;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.SecretKeySpec;

/**
 * Seals what identifies people: AES-256-GCM with a random nonce, bound to the place it belongs to, so that a sealed
 * text put elsewhere does not open.
 *
 * <p>A key made for one person seals at most a few texts; the ring's key seals one short text per person and change,
 * far below the 2^32 that random nonces allow.
 *
 * <p>Spec: NIST SP 800-38D §8.2.2, §8.3. Thread: any.
 */
public final class Seal {
    private static final int NONCE_BYTES = 12;
    private static final int TAG_BITS = 128;

    private final KeyRing ring;
    private final SecureRandom random;

    /** @param random of nonces and keys */
    public Seal(KeyRing ring, SecureRandom random) {
        this.ring = ring;
        this.random = random;
    }

    /** Which key of the ring seals now. */
    public String currentKeyId() {
        return ring.keyId();
    }

    /** A key for one person. */
    public byte[] newKey() {
        byte[] key = new byte[KeyRing.KEY_BYTES];
        random.nextBytes(key);
        return key;
    }

    /** Seals under the ring's current key; the text names the key. */
    public String seal(byte[] plain, String place) {
        String keyId = ring.keyId();
        return keyId + '.' + seal(ring.sealKey(keyId), plain, place);
    }

    /**
     * Opens what {@link #seal(byte[], String)} made.
     *
     * @throws GeneralSecurityException when it was altered, belongs elsewhere, or its key is not configured
     */
    public byte[] open(String sealed, String place) throws GeneralSecurityException {
        int dot = sealed.indexOf('.');
        byte[] key = dot < 0 ? null : ring.sealKey(sealed.substring(0, dot));
        if (key == null) {
            throw new GeneralSecurityException("no key of that id is configured");
        }
        return open(key, sealed.substring(dot + 1), place);
    }

    /** Which key of the ring sealed it. */
    public static String keyId(String sealed) {
        return sealed.substring(0, Math.max(0, sealed.indexOf('.')));
    }

    /** Seals under a key of its own. */
    public String seal(byte[] key, byte[] plain, String place) {
        byte[] nonce = new byte[NONCE_BYTES];
        random.nextBytes(nonce);
        try {
            byte[] sealed = cipher(Cipher.ENCRYPT_MODE, key, nonce, place).doFinal(plain);
            byte[] out = Arrays.copyOf(nonce, NONCE_BYTES + sealed.length);
            System.arraycopy(sealed, 0, out, NONCE_BYTES, sealed.length);
            return Base64.getEncoder().encodeToString(out);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    /**
     * Opens what {@link #seal(byte[], byte[], String)} made.
     *
     * @throws GeneralSecurityException when it was altered, belongs elsewhere, or the key is another
     */
    public byte[] open(byte[] key, String sealed, String place) throws GeneralSecurityException {
        byte[] in;
        try {
            in = Base64.getDecoder().decode(sealed);
        } catch (IllegalArgumentException e) {
            throw new GeneralSecurityException("no sealed text");
        }
        if (in.length < NONCE_BYTES) {
            throw new GeneralSecurityException("no sealed text");
        }
        byte[] nonce = Arrays.copyOf(in, NONCE_BYTES);
        return cipher(Cipher.DECRYPT_MODE, key, nonce, place).doFinal(in, NONCE_BYTES, in.length - NONCE_BYTES);
    }

    private static Cipher cipher(int mode, byte[] key, byte[] nonce, String place) throws GeneralSecurityException {
        Cipher cipher = Cipher.getInstance("AES/GCM/NoPadding");
        cipher.init(mode, new SecretKeySpec(key, "AES"), new GCMParameterSpec(TAG_BITS, nonce));
        cipher.updateAAD(place.getBytes(StandardCharsets.UTF_8));
        return cipher;
    }
}
