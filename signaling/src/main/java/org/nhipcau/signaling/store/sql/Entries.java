// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.signaling.store.sql;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import org.nhipcau.signaling.audit.AuditRow;

/** The entries of the record as the database keeps them, and which is the last. Thread: any; blocks. */
public final class Entries {
    static final String COLUMNS = "SELECT seq, at_ms, kind, consultation, actor, body, hash, mac, key_id "
            + "FROM audit ";

    /** The last entry. */
    record Tip(long seq, String hash) {}

    /** Is given entry after entry. */
    interface Rows {
        void accept(AuditRow row) throws SQLException;
    }

    private final Database database;

    public Entries(Database database) {
        this.database = database;
    }

    /** Whether the database tells of no entry at all. */
    public static boolean isEmpty(Database database) {
        return database.read(Entries::tip).seq() == 0;
    }

    static Tip tip(Connection connection) throws SQLException {
        return Sql.first(connection, "SELECT seq, hash FROM audit_tip WHERE id = 1",
                row -> new Tip(row.getLong(1), row.getString(2))).orElseThrow();
    }

    static void each(Connection connection, long after, Rows rows) throws SQLException {
        Sql.each(connection, COLUMNS + "WHERE seq > ? ORDER BY seq", row -> rows.accept(row(row)), after);
    }

    static AuditRow row(ResultSet row) throws SQLException {
        return new AuditRow(row.getLong(1), row.getLong(2), row.getString(3), row.getString(4), row.getString(5),
                row.getString(6), row.getString(7), row.getString(8), row.getString(9));
    }

    static void add(Connection connection, AuditRow row) throws SQLException {
        Sql.update(connection, "INSERT INTO audit (seq, at_ms, kind, consultation, actor, body, hash, mac, key_id) "
                + "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)", row.seq(), row.atMs(), row.kind(), row.consultation(),
                row.actor(), row.body(), row.hash(), row.mac(), row.keyId());
    }

    /** The entries after that number, in order. */
    public List<AuditRow> after(long seq, int limit) {
        return database.read(connection -> Sql.list(connection, COLUMNS + "WHERE seq > ? ORDER BY seq LIMIT ?",
                Entries::row, seq, limit));
    }

    /** The entries about a consultation. */
    public List<AuditRow> about(String consultation) {
        return database.read(connection -> Sql.list(connection, COLUMNS + "WHERE consultation = ? ORDER BY seq",
                Entries::row, consultation));
    }

    /** The entries that somebody caused or that name somebody. */
    public List<AuditRow> naming(String pseudonym) {
        return database.read(connection -> Sql.list(connection, COLUMNS
                + "WHERE (actor = ? OR body LIKE ? ESCAPE '!') AND kind NOT IN (?, ?) ORDER BY seq",
                // Entries that only prove rows name many people at once.
                Entries::row, pseudonym, "%\"" + pseudonym.replace("_", "!_") + "\"%", Told.BOUND, Told.ROWS));
    }
}
