// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.signaling.store.keys;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.Base64;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Map;
import javax.crypto.KDF;
import javax.crypto.Mac;
import javax.crypto.spec.HKDFParameterSpec;
import javax.crypto.spec.SecretKeySpec;
import org.nhipcau.signaling.audit.AuditSigner;

/**
 * The configured keys: the first seals and signs, the others still open and check what they made before.
 *
 * <p>Each use has a key of its own, derived from the secret, so that no text made for one is valid for another.
 *
 * <p>Spec: RFC 5869, RFC 2104. Thread: any.
 */
public final class KeyRing implements AuditSigner {
    static final int KEY_BYTES = 32;
    private static final int ID_CHARS = 8;

    private final Map<String, byte[]> secrets;
    private final String current;
    private final Map<String, byte[]> auditKeys = new LinkedHashMap<>();
    private final Map<String, byte[]> sealKeys = new LinkedHashMap<>();

    private KeyRing(Map<String, byte[]> secrets) {
        this.secrets = secrets;
        current = secrets.keySet().iterator().next();
        secrets.forEach((id, secret) -> {
            auditKeys.put(id, derive(secret, "nhipcau audit 1"));
            sealKeys.put(id, derive(secret, "nhipcau seal 1"));
        });
    }

    /**
     * Reads keys: each 32 bytes in base64, parted by commas or lines, the one in use first. Lines that begin with # are
     * left out.
     *
     * @throws UnusableKeyException telling what is allowed
     */
    public static KeyRing parse(String text) throws UnusableKeyException {
        Map<String, byte[]> secrets = new LinkedHashMap<>();
        for (String line : text.split("\n")) {
            if (line.strip().startsWith("#")) {
                continue;
            }
            for (String word : line.split(",")) {
                if (!word.isBlank()) {
                    byte[] secret = decode(word.strip());
                    secrets.put(id(secret), secret);
                }
            }
        }
        if (secrets.isEmpty()) {
            throw new UnusableKeyException("no key; allowed: 32 bytes in base64, such as "
                    + "\"openssl rand -base64 32\" prints");
        }
        return new KeyRing(secrets);
    }

    private static byte[] decode(String word) throws UnusableKeyException {
        byte[] secret;
        try {
            secret = Base64.getDecoder().decode(word);
        } catch (IllegalArgumentException e) {
            throw new UnusableKeyException("(hidden) of " + word.length()
                    + " characters, no base64; allowed: 32 bytes in "
                    + "base64");
        }
        if (secret.length != KEY_BYTES) {
            throw new UnusableKeyException("(hidden) of " + secret.length + " bytes; allowed: 32 bytes in base64");
        }
        byte first = secret[0];
        boolean constant = true;
        for (byte b : secret) {
            constant &= b == first;
        }
        if (constant) {
            throw new UnusableKeyException("(hidden), the same byte 32 times; allowed: 32 random bytes in base64");
        }
        return secret;
    }

    // Tells keys apart and gives nothing of them away.
    private static String id(byte[] secret) {
        try {
            MessageDigest sha = MessageDigest.getInstance("SHA-256");
            sha.update("nhipcau key id 1".getBytes(StandardCharsets.UTF_8));
            return HexFormat.of().formatHex(sha.digest(secret)).substring(0, ID_CHARS);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    private static byte[] derive(byte[] secret, String use) {
        try {
            return KDF.getInstance("HKDF-SHA256").deriveData(HKDFParameterSpec.ofExtract().addIKM(secret)
                    .thenExpand(use.getBytes(StandardCharsets.UTF_8), KEY_BYTES));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Which key seals and signs now. */
    @Override
    public String keyId() {
        return current;
    }

    @Override
    public byte[] sign(String keyId, byte[] data) {
        byte[] key = auditKeys.get(keyId);
        if (key == null) {
            return null;
        }
        try {
            Mac mac = Mac.getInstance("HmacSHA256");
            mac.init(new SecretKeySpec(key, "HmacSHA256"));
            return mac.doFinal(data);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    /** The key of that id that seals; null when it is not configured. */
    byte[] sealKey(String keyId) {
        return sealKeys.get(keyId);
    }

    /** Whether a key of that id is configured. */
    public boolean has(String keyId) {
        return secrets.containsKey(keyId);
    }

    @Override
    public String toString() {
        return "KeyRing" + secrets.keySet();
    }
}
