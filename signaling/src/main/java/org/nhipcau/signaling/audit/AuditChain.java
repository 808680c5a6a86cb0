// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.signaling.audit;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/**
 * Chains entries: gives each its number, its text, its hash over the one before, and its code.
 *
 * <p>Spec: FIPS 180-4 (SHA-256), RFC 2104 (HMAC). Thread: one at a time.
 */
public final class AuditChain {
    /** What the first entry follows. */
    public static final String GENESIS = "0".repeat(64);

    private static final HexFormat HEX = HexFormat.of();

    private final AuditSigner signer;
    private long seq;
    private String hash;

    /** Goes on after the entry of that number and hash; 0 and {@link #GENESIS} for an empty record. */
    public AuditChain(AuditSigner signer, long seq, String hash) {
        this.signer = signer;
        this.seq = seq;
        this.hash = hash;
    }

    /** The next link. */
    public AuditRow add(AuditEntry entry) {
        long next = seq + 1;
        ObjectNode text = JsonNodeFactory.instance.objectNode();
        text.put("seq", next);
        text.put("at", entry.at().toEpochMilli());
        text.put("kind", entry.kind());
        text.put("consultation", entry.consultation());
        text.put("actor", entry.actor());
        text.set("data", entry.data());
        String body = CanonicalJson.write(text);
        String keyId = signer.keyId();
        byte[] link = hash(hash, body);
        hash = HEX.formatHex(link);
        seq = next;
        return new AuditRow(next, entry.at().toEpochMilli(), entry.kind(), entry.consultation(), entry.actor(), body,
                hash, HEX.formatHex(signer.sign(keyId, link)), keyId);
    }

    /** Number of the last link. */
    public long seq() {
        return seq;
    }

    /** Hash of the last link. */
    public String hash() {
        return hash;
    }

    static byte[] hash(String before, String body) {
        MessageDigest sha = sha256();
        sha.update(HEX.parseHex(before));
        return sha.digest(body.getBytes(StandardCharsets.UTF_8));
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }
}
