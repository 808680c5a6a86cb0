// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.signaling.store.sql;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.nhipcau.signaling.audit.AuditEntry;
import org.nhipcau.signaling.store.KeepTimes;

/**
 * Lets go of what was kept long enough, each kind at its time; what the record told of is let go with an entry that
 * says so, and the record itself last of all.
 *
 * <p>Thread: one at a time; blocks.
 */
public final class Retention {
    static final String FORGOTTEN = "retention.forgotten";
    /** The kind of the entry that tells which consultations' figures of links were let go. */
    static final String QUALITY = "retention.quality";
    /** The kind of the entry that tells after which one the record begins from then on. */
    static final String CUT = "retention.audit";
    private static final int AT_ONCE = 200;

    private record End(long seq, String hash) {}

    private final Database database;
    private final AuditLog audit;
    private final SqlDirectory directory;
    private final KeepTimes keep;

    public Retention(Database database, AuditLog audit, SqlDirectory directory, KeepTimes keep) {
        this.database = database;
        this.audit = audit;
        this.directory = directory;
        this.keep = keep;
    }

    /** Lets go of everything whose time is over. */
    public void run(Instant now) {
        Instant messages = before(now, keep.outboxDays());
        database.write(connection -> {
            Sql.update(connection, "DELETE FROM idempotency WHERE claimed_ms < ?",
                    now.minus(Duration.ofHours(keep.idempotencyHours())));
            Sql.update(connection, "DELETE FROM outbox_dead WHERE at_ms < ?", messages);
            return Sql.update(connection, "DELETE FROM outbox WHERE at_ms < ?", messages);
        });
        while (forgetFigures(before(now, keep.qualityDays()), now) == AT_ONCE) {
            // The next portion; others may write between two.
        }
        while (forgetConsultations(before(now, keep.consultationDays()), now) == AT_ONCE) {
            // The next portion; others may write between two.
        }
        List<String> patients = forgottenPatients(before(now, keep.patientNameDays()));
        if (!patients.isEmpty()) {
            directory.eraseAll(patients, "system", now);
        }
        forgetEntries(before(now, keep.auditDays()), now);
    }

    private static Instant before(Instant now, int days) {
        return now.minus(Duration.ofDays(days));
    }

    /** Lets go of figures of links, of an ended consultation all at once: as one they are told of. */
    private int forgetFigures(Instant before, Instant now) {
        return audit.change(transaction -> {
            Connection connection = transaction.connection();
            List<String> ids = Sql.list(connection, "SELECT id FROM consultation c WHERE ended_ms < ? AND EXISTS "
                    + "(SELECT 1 FROM call_quality q WHERE q.consultation = c.id) ORDER BY ended_ms, id LIMIT ?",
                    row -> row.getString(1), before, AT_ONCE);
            if (ids.isEmpty()) {
                return 0;
            }
            ObjectNode data = SqlJournal.JSON.createObjectNode();
            var told = data.putArray("consultations");
            for (String id : ids) {
                told.add(id);
                Figures.drop(connection, id);
            }
            transaction.audit(new AuditEntry(now, QUALITY, "", "system", data));
            return ids.size();
        });
    }

    private int forgetConsultations(Instant before, Instant now) {
        return audit.change(transaction -> {
            Connection connection = transaction.connection();
            List<String> ids = Sql.list(connection,
                    "SELECT id FROM consultation WHERE ended_ms < ? ORDER BY ended_ms, id "
                    + "LIMIT ?", row -> row.getString(1), before, AT_ONCE);
            if (ids.isEmpty()) {
                return 0;
            }
            ObjectNode data = SqlJournal.JSON.createObjectNode();
            var told = data.putArray("consultations");
            var stays = data.putArray("stays");
            for (String id : ids) {
                told.add(id);
                Sql.each(connection, "SELECT id FROM attendance WHERE consultation = ? ORDER BY id",
                        row -> stays.add(row.getLong(1)), id);
                Figures.drop(connection, id);
                for (String table : List.of("attendance", "consultation_event", "consultation_facility")) {
                    Sql.update(connection, "DELETE FROM " + table + " WHERE consultation = ?", id);
                }
                Sql.update(connection, "DELETE FROM consultation WHERE id = ?", id);
            }
            transaction.audit(new AuditEntry(now, FORGOTTEN, "", "system", data));
            return ids.size();
        });
    }

    private List<String> forgottenPatients(Instant before) {
        return database.read(connection -> Sql.list(connection,
                "SELECT pseudonym FROM person p WHERE details IS NOT NULL "
                + "AND role IN ('PATIENT', 'CAREGIVER') AND created_ms < ? AND NOT EXISTS (SELECT 1 FROM attendance a "
                + "WHERE a.person = p.pseudonym AND (a.to_ms IS NULL OR a.to_ms >= ?)) ORDER BY pseudonym LIMIT ?",
                row -> row.getString(1), before, before, AT_ONCE));
    }

    private void forgetEntries(Instant before, Instant now) {
        Optional<End> end = database.read(connection -> lastBefore(connection, before));
        if (end.isPresent()) {
            // What only those entries tell is said again; first without keeping writers waiting.
            ChainWalk walk = audit.walk(end.get().seq());
            proved(database.readLong(walk::go));
            audit.change(transaction -> {
                proved(walk.go(transaction.connection()));
                for (ObjectNode again : walk.told().again()) {
                    transaction.audit(new AuditEntry(now, Told.BOUND, "", "system", again));
                }
                transaction.audit(new AuditEntry(now, CUT, "", "system",
                        SqlJournal.JSON.createObjectNode()
                        .put("upTo", end.get().seq()).put("hash", end.get().hash())));
                transaction.beginAfter(end.get().seq(), end.get().hash());
                return null;
            });
            audit.dropBefore(end.get().seq());
        }
    }

    // What is broken must stay, to be looked at.
    private static void proved(Optional<String> problem) {
        problem.ifPresent(told -> {
            throw new IllegalStateException("the audit record is broken, and is not shortened: " + told);
        });
    }

    // Up to the first that is to stay, by number: times may have been set back. The end of the record always stays.
    private static Optional<End> lastBefore(Connection connection, Instant before) throws SQLException {
        return Sql.first(connection,
                "SELECT seq, hash FROM audit WHERE seq < (SELECT COALESCE(MIN(seq), (SELECT seq FROM "
                + "audit_tip WHERE id = 1)) FROM audit WHERE at_ms >= ?) ORDER BY seq DESC LIMIT 1",
                row -> new End(row.getLong(1), row.getString(2)), before);
    }
}
