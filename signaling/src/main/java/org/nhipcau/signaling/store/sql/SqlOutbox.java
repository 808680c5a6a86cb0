// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.signaling.store.sql;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import org.nhipcau.signaling.store.OutboxStore;

/**
 * Keeps messages and how far each endpoint has come. Numbers are given inside the transaction that adds the message,
 * one writer at a time, so a reader never sees a later one before an earlier one.
 *
 * <p>Thread: any; blocks.
 */
public final class SqlOutbox implements OutboxStore {
    private static final int MAX_ERROR_CHARS = 200;

    private final Database database;
    private final AuditLog audit;

    public SqlOutbox(Database database, AuditLog audit) {
        this.database = database;
        this.audit = audit;
    }

    @Override
    public Cursor cursor(String endpoint, Instant now) {
        return database.write(connection -> {
            Sql.update(connection, "INSERT INTO outbox_cursor (endpoint, delivered, attempts, next_ms, last_error) "
                    + "SELECT ?, value, 0, ?, '' FROM counter WHERE name = 'outbox' ON CONFLICT (endpoint) DO NOTHING",
                    endpoint, now);
            return Sql.first(connection, "SELECT endpoint, delivered, attempts, next_ms, last_error FROM outbox_cursor "
                    + "WHERE endpoint = ?", row -> new Cursor(row.getString(1), row.getLong(2), row.getInt(3),
                    Instant.ofEpochMilli(row.getLong(4)), row.getString(5)), endpoint).orElseThrow();
        });
    }

    @Override
    public List<Message> after(long id, int limit) {
        return database.read(connection -> Sql.list(connection,
                "SELECT id, at_ms, consultation, type, body FROM outbox "
                + "WHERE id > ? ORDER BY id LIMIT ?", SqlOutbox::message, id, limit));
    }

    private static Message message(ResultSet row) throws SQLException {
        return new Message(row.getLong("id"), Sql.time(row, "at_ms"), row.getString("consultation"),
                row.getString("type"), row.getString("body"));
    }

    @Override
    public void delivered(String endpoint, long id) {
        database.write(connection -> Sql.update(connection, "UPDATE outbox_cursor SET delivered = ?, attempts = 0, "
                + "next_ms = 0, last_error = '' WHERE endpoint = ? AND delivered < ?", id, endpoint, id));
    }

    @Override
    public void failed(String endpoint, String error, Instant nextAt) {
        database.write(connection -> Sql.update(connection, "UPDATE outbox_cursor SET attempts = attempts + 1, "
                + "next_ms = ?, last_error = ? WHERE endpoint = ?", nextAt, bounded(error), endpoint));
    }

    @Override
    public void giveUp(String endpoint, long id, String error, Instant at) {
        database.write(connection -> {
            Sql.update(connection, "INSERT INTO outbox_dead (endpoint, id, at_ms, error) VALUES (?, ?, ?, ?) "
                    + "ON CONFLICT (endpoint, id) DO NOTHING", endpoint, id, at, bounded(error));
            return Sql.update(connection, "UPDATE outbox_cursor SET delivered = ?, attempts = 0, next_ms = 0, "
                    + "last_error = ? WHERE endpoint = ? AND delivered < ?", id, bounded(error), endpoint, id);
        });
    }

    private static String bounded(String error) {
        return error.length() <= MAX_ERROR_CHARS ? error : error.substring(0, MAX_ERROR_CHARS);
    }

    @Override
    public List<Dead> dead(String endpoint, int limit) {
        return database.read(connection -> Sql.list(connection, "SELECT o.id, o.at_ms, o.consultation, o.type, o.body, "
                + "d.at_ms AS dead_ms, d.error FROM outbox_dead d JOIN outbox o ON o.id = d.id WHERE d.endpoint = ? "
                + "ORDER BY d.id DESC LIMIT ?", row -> new Dead(endpoint, message(row), Sql.time(row, "dead_ms"),
                row.getString("error")), endpoint, limit));
    }

    @Override
    public long add(String consultation, String type, String body, Instant at) {
        return audit.change(transaction -> transaction.tell(at, consultation, type, body));
    }

    @Override
    public void drop(String endpoint) {
        database.write(connection -> {
            Sql.update(connection, "DELETE FROM outbox_dead WHERE endpoint = ?", endpoint);
            return Sql.update(connection, "DELETE FROM outbox_cursor WHERE endpoint = ?", endpoint);
        });
    }

    @Override
    public void onAdded(Runnable wake) {
        audit.onTold(wake);
    }
}
