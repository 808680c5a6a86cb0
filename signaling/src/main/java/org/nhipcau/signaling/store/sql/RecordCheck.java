// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.signaling.store.sql;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.Map;
import java.util.Optional;
import org.nhipcau.signaling.audit.AuditHead;
import org.nhipcau.signaling.audit.AuditRow;
import org.nhipcau.signaling.audit.AuditSigner;
import org.nhipcau.signaling.audit.AuditVerifier;
import org.nhipcau.signaling.audit.CanonicalJson;

/**
 * Checks everything that the record proves: first the chain itself, entry by entry; then that the events of every
 * consultation and every stay are those that the chain tells of, no more, no fewer, none altered.
 *
 * <p>It reads as of one moment and holds one digest per consultation and one line per stay, not the entries.
 *
 * <p>Thread: one. Owns: what it has counted.
 */
public final class RecordCheck {
    /** What was found. */
    public record Result(long entries, AuditHead.Mark end, Optional<String> problem) {}

    private static final class Told {
        long version;
        boolean fromFirst;
        String digest = "";
    }

    private final Map<String, Told> consultations = new HashMap<>();
    private final Map<Long, String> stays = new HashMap<>();
    private final AuditVerifier verifier;
    private long entries;

    private RecordCheck(AuditVerifier verifier) {
        this.verifier = verifier;
    }

    /** Checks the record from its base on against the head that was read before. */
    public static Result run(Database database, AuditSigner signer, AuditHead.State state) {
        if (state.retired()) {
            return new Result(0, state.mark(), Optional.of("the head of the record was signed with a key that is no "
                    + "longer in use: the server's next start, or \"./nhipcau reseal\", makes the record go over to "
                    + "the key in use; if that was done, somebody who has the old key wrote this head"));
        }
        return prove(database, signer, state, false);
    }

    /** Checks a record that was put in from a copy, against what the head said when the copy was made. */
    public static Result ofCopy(Database database, AuditSigner signer, AuditHead.State state) {
        // The key of that time may have been replaced since.
        return prove(database, signer, new AuditHead.State(state.mark(), state.torn(), true), false);
    }

    /** Checks a record whose head is lost, from the place on where it says itself that it begins. */
    public static Result withoutHead(Database database, AuditSigner signer) {
        AuditHead.Mark base = database.read(RecordCheck::base);
        return prove(database, signer, new AuditHead.State(base, false, true), true);
    }

    private static AuditHead.Mark base(Connection connection) throws SQLException {
        return Sql.first(connection, "SELECT seq, at_ms, kind, consultation, actor, body, hash, mac, key_id FROM audit "
                + "WHERE kind = ? ORDER BY seq DESC LIMIT 1", row -> {
                    JsonNode told = data(AuditLog.row(row));
                    long seq = told.path("upTo").asLong();
                    String hash = told.path("hash").asText();
                    return hash.matches("[0-9a-f]{64}") ? new AuditHead.Mark(seq, hash, seq, hash)
                            : AuditHead.Mark.EMPTY;
                }, Retention.CUT).orElse(AuditHead.Mark.EMPTY);
    }

    /** @param leftovers a crash may have left entries from before the beginning, which the next start takes away */
    private static Result prove(Database database, AuditSigner signer, AuditHead.State state, boolean leftovers) {
        RecordCheck check = new RecordCheck(new AuditVerifier(signer, state));
        AuditHead.Mark mark = state.mark();
        Optional<String> problem = database.readLong(connection -> check.all(connection, mark, leftovers));
        return new Result(check.entries, new AuditHead.Mark(check.verifier.seq(), check.verifier.hash(), mark.baseSeq(),
                mark.baseHash()), problem);
    }

    /** Whether the record holds that entry. */
    public static boolean holds(Database database, long seq, String hash) {
        return database.read(connection -> Sql.first(connection, "SELECT hash FROM audit WHERE seq = ?",
                row -> row.getString(1), seq).map(hash::equals).orElseGet(() -> seq == 0));
    }

    private Optional<String> all(Connection connection, AuditHead.Mark mark, boolean leftovers) throws SQLException {
        String[] problem = {leftovers ? null : Sql.first(connection, "SELECT seq FROM audit WHERE seq <= ? ORDER BY seq LIMIT 1",
                row -> "entry " + row.getLong(1) + " stands before the beginning of the record", mark.baseSeq())
                .orElse(null)};
        AuditLog.each(connection, mark.baseSeq(), row -> {
            if (problem[0] == null) {
                problem[0] = verifier.accept(row).orElse(null);
                note(row);
            }
        });
        if (problem[0] == null) {
            problem[0] = verifier.finish().orElse(null);
        }
        if (problem[0] == null) {
            problem[0] = tip(connection).orElse(null);
        }
        // Of a record whose oldest entries were let go, older stays are not told any more.
        boolean whole = mark.baseSeq() == 0;
        if (problem[0] == null) {
            problem[0] = events(connection, whole).orElse(null);
        }
        if (problem[0] == null) {
            problem[0] = attendance(connection, whole).orElse(null);
        }
        return Optional.ofNullable(problem[0]);
    }

    private Optional<String> tip(Connection connection) throws SQLException {
        boolean fits = Sql.first(connection, "SELECT seq, hash FROM audit_tip WHERE id = 1",
                row -> row.getLong(1) == verifier.seq() && row.getString(2).equals(verifier.hash())).orElse(false);
        return fits ? Optional.empty() : Optional.of("the tip of the record is not its last entry, " + verifier.seq());
    }

    private void note(AuditRow row) throws SQLException {
        entries++;
        if (row.kind().startsWith(SqlJournal.KIND)) {
            noteEvent(row.consultation(), data(row));
        } else if (row.kind().equals("attendance.begun")) {
            JsonNode data = data(row);
            stays.put(data.path("stay").asLong(), line(row.consultation(), data.path("person").asText(),
                    data.path("role").asText(), data.path("facility").asText(), data.path("device").asText(),
                    data.path("from").asLong()));
        } else if (row.kind().equals("attendance.ended")) {
            JsonNode data = data(row);
            stays.computeIfPresent(data.path("stay").asLong(), (id, line) -> line + '|' + data.path("to").asLong()
                    + '|' + data.path("endedBy").asText());
        } else if (row.kind().equals(Retention.FORGOTTEN)) {
            JsonNode data = data(row);
            data.path("consultations").forEach(id -> consultations.remove(id.asText()));
            data.path("stays").forEach(id -> stays.remove(id.asLong()));
        }
    }

    private static JsonNode data(AuditRow row) throws SQLException {
        try {
            return SqlJournal.JSON.readTree(row.body()).path("data");
        } catch (JsonProcessingException e) {
            throw new SQLException("an entry cannot be read");
        }
    }

    private static String line(String consultation, String person, String role, String facility, String device,
            long fromMs) {
        return String.join("|", consultation, person, role, facility, device, Long.toString(fromMs));
    }

    private void noteEvent(String consultation, JsonNode data) {
        Told told = consultations.computeIfAbsent(consultation, any -> new Told());
        long version = data.path("version").asLong();
        if (told.digest.isEmpty()) {
            told.fromFirst = version == 1;
        }
        told.version = version;
        told.digest = digest(told.digest, version, CanonicalJson.write(data.path("event")));
    }

    private static String digest(String before, long version, String body) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(
                    (before + version + body).getBytes(StandardCharsets.UTF_8)));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    private Optional<String> events(Connection connection, boolean whole) throws SQLException {
        Map<String, Told> kept = new HashMap<>();
        Sql.each(connection, "SELECT consultation, version, body FROM consultation_event "
                + "ORDER BY consultation, version",
                row -> {
                    Told told = kept.computeIfAbsent(row.getString(1), any -> new Told());
                    told.version = row.getLong(2);
                    told.digest = digest(told.digest, told.version, row.getString(3));
                });
        for (Map.Entry<String, Told> entry : consultations.entrySet()) {
            Told there = kept.remove(entry.getKey());
            if (entry.getValue().fromFirst && (there == null || !there.digest.equals(entry.getValue().digest))) {
                return Optional.of("the events of consultation " + entry.getKey()
                        + (there == null ? " are missing" : " are not those that the record tells of"));
            }
        }
        return whole ? kept.keySet().stream().sorted().findFirst().map(
                id -> "the record tells of no consultation " + id) : Optional.empty();
    }

    private Optional<String> attendance(Connection connection, boolean whole) throws SQLException {
        String[] problem = new String[1];
        Sql.each(connection, "SELECT id, consultation, person, role, facility, device, from_ms, to_ms, ended_by "
                + "FROM attendance ORDER BY id", row -> {
                    String line = line(row.getString(2), row.getString(3), row.getString(4), row.getString(5),
                            row.getString(6), row.getLong(7));
                    long to = row.getLong(8);
                    line = row.wasNull() ? line : line + '|' + to + '|' + row.getString(9);
                    String told = stays.remove(row.getLong(1));
                    if (problem[0] == null && (told == null ? whole : !told.equals(line))) {
                        problem[0] = "stay " + row.getLong(1) + " is not as the record tells";
                    }
                });
        if (problem[0] == null && !stays.isEmpty()) {
            problem[0] = "stay " + stays.keySet().iterator().next() + " is missing";
        }
        return Optional.ofNullable(problem[0]);
    }
}
