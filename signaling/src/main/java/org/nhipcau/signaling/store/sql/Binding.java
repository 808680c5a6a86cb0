// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.signaling.store.sql;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.nhipcau.signaling.audit.AuditEntry;
import org.nhipcau.signaling.consultation.Consultation;

/**
 * Completes a store of before {@link Bound} was: lists its consultations by facility, and puts what its record does not
 * tell of into the record, once. A record that is complete is left as it is, whatever the tables hold.
 *
 * <p>Thread: start-up.
 */
final class Binding {
    /** Rows that a change touched. */
    record Row(Bound table, String key) {}

    private Binding() {}

    /** The entries of a change, the last with the digests of the rows that it touched; with more, if they are many. */
    static List<AuditEntry> attach(Connection connection, List<AuditEntry> entries, Set<Row> rows)
            throws SQLException {
        int room = Told.AT_ONCE;
        for (Row row : rows) {
            if (room-- == 0) {
                AuditEntry last = entries.getLast();
                entries.add(new AuditEntry(last.at(), Told.ROWS, "", last.actor(), SqlJournal.JSON.createObjectNode()));
                room = Told.AT_ONCE - 1;
            }
            entries.getLast().data().withObjectProperty("rows").put(row.table().place(row.key()),
                    row.table().digest(connection, row.key()));
        }
        return entries;
    }

    /** @throws IOException when the record is broken */
    static void complete(Database database, AuditLog audit, Instant now) throws IOException {
        if (marked(database) || audit.mark().seq() == 0) {
            // A record begins complete.
            return;
        }
        ChainWalk walk = audit.walk(0);
        Optional<String> problem = database.readLong(walk::go);
        if (problem.isEmpty()) {
            problem = audit.change(transaction -> {
                Optional<String> later = walk.go(transaction.connection());
                if (later.isEmpty()) {
                    complete(transaction, walk.told(), now);
                }
                return later;
            });
        }
        if (problem.isPresent()) {
            throw new IOException("the audit record is broken: " + problem.get());
        }
    }

    private static boolean marked(Database database) {
        return database.read(connection -> Sql.first(connection, "SELECT value FROM counter WHERE name = 'bound'",
                row -> row.getLong(1)).orElse(0L)) == 1;
    }

    /** Notes that the record tells of everything. */
    static void mark(Connection connection) throws SQLException {
        Sql.update(connection, "INSERT INTO counter (name, value) VALUES ('bound', 1) "
                + "ON CONFLICT (name) DO UPDATE SET value = 1");
    }

    private static void complete(Transaction transaction, Told told, Instant now) throws SQLException {
        Connection connection = transaction.connection();
        mark(connection);
        if (told.bound()) {
            return;
        }
        List<String> unlisted = Sql.list(connection, "SELECT id FROM consultation c WHERE NOT EXISTS "
                + "(SELECT 1 FROM consultation_facility f WHERE f.consultation = c.id) ORDER BY id",
                row -> row.getString(1));
        for (String id : unlisted) {
            SqlJournal.list(connection, Consultation.replay(SqlJournal.events(connection, id)));
        }
        Told.Again first = new Told.Again();
        for (Bound table : Bound.values()) {
            table.each(connection, (key, digest) -> {
                if (!told.rows().containsKey(table.place(key))) {
                    first.row(table.place(key), digest);
                }
            });
        }
        kept(connection).forEach((id, events) -> {
            if (!told.events().containsKey(id) || !told.events().get(id).fromFirst) {
                first.events(id, events);
            }
        });
        Told.eachStay(connection, (id, line) -> {
            if (!told.stays().containsKey(id)) {
                first.stay(id, line);
            }
        });
        for (ObjectNode page : first.pages()) {
            transaction.audit(new AuditEntry(now, Told.BOUND, "", "system", page));
        }
    }

    /** The events of every consultation as they are kept. */
    static Map<String, Told.Events> kept(Connection connection) throws SQLException {
        Map<String, Told.Events> kept = new TreeMap<>();
        Sql.each(connection, "SELECT consultation, version, at_ms, type, actor, body FROM consultation_event "
                + "ORDER BY consultation, version",
                row -> kept.computeIfAbsent(row.getString(1), any -> new Told.Events()).add(row.getLong(2), row.getLong(3),
                        row.getString(4), row.getString(5), row.getString(6)));
        return kept;
    }
}
