// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.signaling.audit;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.Optional;
import java.util.Set;

/**
 * Goes through the record from its beginning and names the first place that is not as it was written.
 *
 * <p>Rows are given in the order of their numbers; then {@link #finish} holds the end against the head.
 *
 * <p>A key that another has followed is left behind and signs nothing more. What counts is the order in the record, not
 * that in the configuration. Records of before this was a rule may go back and forth, up to the entry by which they
 * came under it: one that tells of everything, or of the change of the key.
 *
 * <p>Thread: one.
 */
public final class AuditVerifier {
    /** The kind of the entry by which the record goes over to another key. */
    public static final String KEY_CHANGED = "audit.key-changed";
    /** In the data of the entry from which on the record tells of everything. */
    public static final String MARK = "bound";

    private static final JsonMapper JSON = JsonMapper.builder().build();

    private final AuditSigner signer;
    private final AuditHead.Mark head;
    private final boolean torn;
    private final boolean headRetired;
    private final Set<String> leftBehind = new HashSet<>();
    private String lastKey = "";
    private boolean keysOnlyGoOn;
    private long seq;
    private String hash;
    private String hashAtHead;

    /** @param state what the key holder wrote down last */
    public AuditVerifier(AuditSigner signer, AuditHead.State state) {
        this.signer = signer;
        head = state.mark();
        torn = state.torn();
        headRetired = state.retired();
        seq = head.baseSeq();
        hash = head.baseHash();
        hashAtHead = head.seq() == seq ? hash : null;
    }

    /** Checks the next row; tells what is wrong with it. */
    public Optional<String> accept(AuditRow row) {
        long expected = seq + 1;
        if (row.seq() != expected) {
            return row.seq() < expected
                    ? Optional.of("entry " + row.seq() + " stands where entry " + expected + " should")
                    : Optional.of("entry " + expected + " is missing: after " + seq + " comes " + row.seq());
        }
        byte[] link = AuditChain.hash(hash, row.body());
        if (!HexFormat.of().formatHex(link).equals(row.hash())) {
            return Optional.of("entry " + expected + " was changed, or is not the one that followed entry " + seq);
        }
        if (!signer.valid(row.keyId(), link, bytes(row.mac()))) {
            return Optional.of("entry " + expected + " was not written with the key"
                    + (signer.sign(row.keyId(), link) == null ? " (no key " + row.keyId() + " is configured)" : ""));
        }
        Optional<String> more = fields(row).or(() -> key(row));
        if (more.isPresent()) {
            return more;
        }
        seq = expected;
        hash = row.hash();
        if (seq == head.seq()) {
            hashAtHead = hash;
        }
        return Optional.empty();
    }

    private Optional<String> key(AuditRow row) {
        // After a head of the key in use nothing else signs.
        boolean overtaken = seq >= head.seq() && !headRetired && !row.keyId().equals(signer.keyId());
        if (overtaken || keysOnlyGoOn && leftBehind.contains(row.keyId())) {
            return Optional.of("entry " + row.seq() + " was written with the key " + row.keyId()
                    + " after that key was retired");
        }
        if (!row.keyId().equals(lastKey)) {
            leftBehind.add(lastKey);
            leftBehind.remove(row.keyId());
            lastKey = row.keyId();
        }
        return Optional.empty();
    }

    /** Holds the end against the head; tells what is wrong. */
    public Optional<String> finish() {
        if (seq < head.seq()) {
            return Optional.of("entry " + (seq + 1) + " is missing: the record ends at entry " + seq
                    + ", the head says " + head.seq() + ": its end was cut, or an older copy was put back");
        }
        if (!head.hash().equals(hashAtHead)) {
            return Optional.of("entry " + head.seq() + " is another one than the head says");
        }
        // A crash can tear the head only while it is written, and then the entry it was for is there already.
        if (torn && seq == head.seq()) {
            return Optional.of("the head record was damaged, and no entry follows " + seq
                    + ": its end was cut, or the file was altered");
        }
        return Optional.empty();
    }

    private static byte[] bytes(String hex) {
        try {
            return HexFormat.of().parseHex(hex);
        } catch (IllegalArgumentException e) {
            return new byte[0];
        }
    }

    // The text is chained; what queries look for stands beside it and could be changed alone.
    private Optional<String> fields(AuditRow row) {
        try {
            JsonNode body = JSON.readTree(row.body());
            boolean same = body.path("seq").asLong() == row.seq() && body.path("at").asLong() == row.atMs()
                    && body.path("kind").asText().equals(row.kind())
                    && body.path("consultation").asText().equals(row.consultation())
                    && body.path("actor").asText().equals(row.actor());
            keysOnlyGoOn |= row.kind().equals(KEY_CHANGED) || body.path("data").path(MARK).asBoolean();
            return same ? Optional.empty()
                    : Optional.of("entry " + row.seq() + " says something else in its fields than in its text");
        } catch (JsonProcessingException e) {
            return Optional.of("entry " + row.seq() + " is no JSON");
        }
    }

    /** Number of the last entry that was found good. */
    public long seq() {
        return seq;
    }

    /** Hash of the last entry that was found good. */
    public String hash() {
        return hash;
    }
}
