// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.signaling.store.sql;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.nhipcau.signaling.audit.AuditChain;
import org.nhipcau.signaling.audit.AuditHead;
import org.nhipcau.signaling.audit.AuditRow;
import org.nhipcau.signaling.audit.AuditSigner;
import org.nhipcau.signaling.audit.AuditVerifier;

/**
 * Checks everything that the record proves: first the chain itself, entry by entry; then that the events of every
 * consultation, every stay, every row of the {@link Bound} tables and the figures of every ended consultation are those
 * that the chain tells of, no more, no fewer, none altered.
 *
 * <p>Of consultations that ended before figures were told of, these are only noted as not proved.
 *
 * <p>It reads as of one moment and holds one digest per consultation and row and one line per stay, not the entries.
 *
 * <p>Thread: one. Owns: what it has counted.
 */
public final class RecordCheck {
    /**
     * What was found.
     *
     * @param note what is worth telling though nothing is wrong
     */
    public record Result(long entries, AuditHead.Mark end, Optional<String> problem, Optional<String> note) {}

    private final AuditVerifier verifier;
    private final Told told = new Told(0);
    private final List<String> notes = new ArrayList<>();

    private RecordCheck(AuditVerifier verifier) {
        this.verifier = verifier;
    }

    /**
     * Checks the record while a server may write to it: when old entries were let go between the head and the moment
     * that was looked at, both are read again.
     *
     * @throws IOException when the head cannot be read
     */
    public static Result run(Database database, AuditSigner signer, Dump.Heads heads) throws IOException {
        while (true) {
            AuditHead.State state = heads.read();
            Result result = run(database, signer, state);
            if (result.problem().isEmpty() || heads.read().mark().baseSeq() == state.mark().baseSeq()) {
                return result;
            }
        }
    }

    /** Checks the record from its base on against the head that was read before. */
    public static Result run(Database database, AuditSigner signer, AuditHead.State state) {
        if (state.retired()) {
            return new Result(0, state.mark(), Optional.of("the head of the record was signed with a key that is no "
                    + "longer in use: the server's next start, or \"./nhipcau reseal\", makes the record go over to "
                    + "the key in use; if that was done, somebody who has the old key wrote this head"),
                    Optional.empty());
        }
        return database.readLong(connection -> prove(connection, signer, state));
    }

    /** Checks a record that was put in from a copy, against what the head said when the copy was made. */
    public static Result ofCopy(Database database, AuditSigner signer, AuditHead.State state) {
        // The key of that time may have been replaced since.
        AuditHead.State then = new AuditHead.State(state.mark(), state.torn(), true);
        return database.readLong(connection -> prove(connection, signer, then));
    }

    /** Checks a record whose head is lost, from the place on where it says itself that it begins. */
    public static Result withoutHead(Database database, AuditSigner signer) {
        // As of one moment: the entry that tells of the beginning is among those that are proved.
        return database.readLong(connection -> {
            AuditHead.Mark base = base(connection);
            return prove(connection, signer, new AuditHead.State(base, false, true));
        });
    }

    private static AuditHead.Mark base(Connection connection) throws SQLException {
        return beginnings(connection).stream().findFirst().orElse(AuditHead.Mark.EMPTY);
    }

    /** Where the record says that it began, from time to time, the last first; what cannot be is no beginning. */
    private static List<AuditHead.Mark> beginnings(Connection connection) throws SQLException {
        return Sql.list(connection, Entries.COLUMNS + "WHERE kind = ? ORDER BY seq DESC", row -> {
            JsonNode told = Told.data(Entries.row(row));
            long seq = told.path("upTo").asLong();
            String hash = told.path("hash").asText();
            // Before the beginning that it tells of nothing is proved: it must be one of those that are.
            return row.getLong(1) > seq && hash.matches("[0-9a-f]{64}")
                    ? new AuditHead.Mark(seq, hash, seq, hash) : AuditHead.Mark.EMPTY;
        }, Retention.CUT);
    }

    private static Result prove(Connection connection, AuditSigner signer, AuditHead.State state) throws SQLException {
        RecordCheck check = new RecordCheck(new AuditVerifier(signer, state));
        AuditHead.Mark mark = state.mark();
        ChainWalk walk = new ChainWalk(check.verifier, check.told);
        Optional<AuditRow> first = Sql.first(connection, Entries.COLUMNS + "WHERE seq <= ? ORDER BY seq LIMIT 1",
                Entries::row, mark.baseSeq());
        Optional<String> problem = first.isPresent() ? leftovers(connection, signer, mark, first.get())
                : Optional.empty();
        if (problem.isEmpty()) {
            problem = check.all(connection, mark, walk);
        }
        AuditHead.Mark end = new AuditHead.Mark(check.verifier.seq(), check.verifier.hash(), mark.baseSeq(),
                mark.baseHash());
        first.ifPresent(row -> check.notes.addFirst("entries " + row.seq() + " to " + mark.baseSeq()
                + ", which the record has let go, are still there: the server is about to take them away, or was ended "
                + "before it did; then its next start does"));
        return new Result(walk.entries(), end, problem, check.notes.stream().reduce((a, b) -> a + "; " + b));
    }

    // Between the head and their end, or after a crash there, entries that were let go are there still, all of them.
    private static Optional<String> leftovers(Connection connection, AuditSigner signer, AuditHead.Mark mark,
            AuditRow first) throws SQLException {
        long start = first.seq() - 1;
        String hash = start == 0 ? AuditChain.GENESIS : beginnings(connection).stream()
                .filter(told -> told.seq() == start).map(AuditHead.Mark::hash).findFirst().orElse("");
        AuditVerifier before = new AuditVerifier(signer, new AuditHead.State(
                new AuditHead.Mark(mark.baseSeq(), mark.baseHash(), start, hash), false, true));
        String[] problem = new String[1];
        Sql.each(connection, Entries.COLUMNS + "WHERE seq <= ? ORDER BY seq", row -> {
            if (problem[0] == null) {
                problem[0] = before.accept(Entries.row(row)).orElse(null);
            }
        }, mark.baseSeq());
        return problem[0] == null && before.finish().isEmpty() ? Optional.empty()
                : Optional.of("entry " + first.seq() + " stands before the beginning of the record");
    }

    /** Whether the record holds that entry. */
    public static boolean holds(Database database, long seq, String hash) {
        return database.read(connection -> Sql.first(connection, "SELECT hash FROM audit WHERE seq = ?",
                row -> row.getString(1), seq).map(hash::equals).orElseGet(() -> seq == 0));
    }

    private Optional<String> all(Connection connection, AuditHead.Mark mark, ChainWalk walk) throws SQLException {
        Optional<String> problem = walk.go(connection);
        if (problem.isEmpty()) {
            problem = verifier.finish();
        }
        if (problem.isEmpty()) {
            problem = tip(connection);
        }
        // A record of before it told of everything, whose oldest entries were let go, does not tell of all stays.
        boolean whole = told.bound() || mark.baseSeq() == 0;
        if (problem.isEmpty()) {
            problem = events(connection, whole);
        }
        if (problem.isEmpty()) {
            problem = attendance(connection, whole);
        }
        for (Bound table : Bound.values()) {
            if (problem.isEmpty()) {
                problem = rows(connection, table);
            }
        }
        return problem.isEmpty() ? figures(connection) : problem;
    }

    private Optional<String> tip(Connection connection) throws SQLException {
        boolean fits = Sql.first(connection, "SELECT seq, hash FROM audit_tip WHERE id = 1",
                row -> row.getLong(1) == verifier.seq() && row.getString(2).equals(verifier.hash())).orElse(false);
        return fits ? Optional.empty() : Optional.of("the tip of the record is not its last entry, " + verifier.seq());
    }

    private Optional<String> events(Connection connection, boolean whole) throws SQLException {
        Map<String, Told.Events> kept = Binding.kept(connection);
        for (Map.Entry<String, Told.Events> entry : told.events().entrySet()) {
            Told.Events there = kept.remove(entry.getKey());
            if (entry.getValue().fromFirst && (there == null || !there.digest.equals(entry.getValue().digest))) {
                return Optional.of("the events of consultation " + entry.getKey()
                        + (there == null ? " are missing" : " are not those that the record tells of"));
            }
        }
        return whole ? kept.keySet().stream().findFirst().map(
                id -> "the record tells of no consultation " + id) : Optional.empty();
    }

    private Optional<String> attendance(Connection connection, boolean whole) throws SQLException {
        Map<Long, String> stays = told.stays();
        String[] problem = new String[1];
        Told.eachStay(connection, (id, line) -> {
            String before = stays.remove(id);
            if (problem[0] == null && (before == null ? whole : !before.equals(line))) {
                problem[0] = "stay " + id + " is not as the record tells";
            }
        });
        if (problem[0] == null && !stays.isEmpty()) {
            problem[0] = "stay " + stays.keySet().iterator().next() + " is missing";
        }
        return Optional.ofNullable(problem[0]);
    }

    private Optional<String> rows(Connection connection, Bound table) throws SQLException {
        Map<String, String> rows = told.rows();
        String[] problem = new String[1];
        table.each(connection, (key, digest) -> {
            String before = rows.remove(table.place(key));
            if (problem[0] == null && before == null && told.bound()) {
                problem[0] = "the record tells of no row " + key + " in the table " + table.table();
            } else if (problem[0] == null && before != null && !before.equals(digest)) {
                problem[0] = "the row " + key + " in the table " + table.table() + " is not as the record tells";
            }
        });
        if (problem[0] == null) {
            problem[0] = rows.keySet().stream().filter(place -> place.startsWith(table.place(""))).sorted().findFirst()
                    .map(place -> "the row " + place.substring(table.place("").length()) + " in the table "
                            + table.table() + " is missing").orElse(null);
        }
        return Optional.ofNullable(problem[0]);
    }

    // Told of when the consultation ends; until then they may be written without a word.
    private Optional<String> figures(Connection connection) throws SQLException {
        Map<String, String> rows = told.rows();
        List<String> untold = new ArrayList<>();
        List<String> altered = new ArrayList<>();
        Figures.each(connection, (key, digest) -> {
            String before = rows.remove(Figures.place(key));
            if (before == null) {
                untold.add(key);
            } else if (!before.equals(digest)) {
                altered.add(key);
            }
        });
        rows.forEach((place, digest) -> {
            if (!digest.equals(Figures.NONE)) {
                Figures.consultation(place).ifPresent(altered::add);
            }
        });
        if (!altered.isEmpty()) {
            return Optional.of("the figures of links of consultation " + altered.getFirst()
                    + " are not those that the record tells of");
        }
        int unproved = 0;
        for (String id : untold) {
            Optional<Boolean> ended = Sql.first(connection, "SELECT ended_ms FROM consultation WHERE id = ?",
                    row -> row.getObject(1) != null, id);
            if (ended.isEmpty()) {
                return Optional.of("there are figures of links of a consultation that is not kept, " + id);
            }
            unproved += ended.get() ? 1 : 0;
        }
        if (unproved > 0) {
            notes.add("the figures of links of " + unproved + " consultations are not proved: they ended before the "
                    + "record told of figures");
        }
        return Optional.empty();
    }
}
