// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.signaling.store.sql;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Runs statements whose values are parameters, never text. Thread: the connection's. */
final class Sql {
    private static final int FETCH_ROWS = 500;

    private Sql() {}

    /** Makes something of a row. */
    @FunctionalInterface
    interface RowReader<T> {
        T read(ResultSet row) throws SQLException;
    }

    /** Is given row after row. */
    @FunctionalInterface
    interface RowSink {
        void accept(ResultSet row) throws SQLException;
    }

    static int update(Connection connection, String sql, Object... values) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            set(statement, values);
            return statement.executeUpdate();
        }
    }

    static <T> List<T> list(Connection connection, String sql, RowReader<T> reader, Object... values)
            throws SQLException {
        List<T> rows = new ArrayList<>();
        each(connection, sql, row -> rows.add(reader.read(row)), values);
        return rows;
    }

    static <T> Optional<T> first(Connection connection, String sql, RowReader<T> reader, Object... values)
            throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            set(statement, values);
            try (ResultSet rows = statement.executeQuery()) {
                return rows.next() ? Optional.of(reader.read(rows)) : Optional.empty();
            }
        }
    }

    static void each(Connection connection, String sql, RowSink sink, Object... values) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            statement.setFetchSize(FETCH_ROWS);
            set(statement, values);
            try (ResultSet rows = statement.executeQuery()) {
                while (rows.next()) {
                    sink.accept(rows);
                }
            }
        }
    }

    private static void set(PreparedStatement statement, Object... values) throws SQLException {
        for (int i = 0; i < values.length; i++) {
            Object value = values[i];
            if (value instanceof Instant at) {
                statement.setLong(i + 1, at.toEpochMilli());
            } else if (value instanceof Boolean truth) {
                statement.setInt(i + 1, truth ? 1 : 0);
            } else if (value instanceof Millis ms && ms.at() == null) {
                statement.setNull(i + 1, java.sql.Types.BIGINT);
            } else if (value instanceof Millis ms) {
                statement.setLong(i + 1, ms.at().toEpochMilli());
            } else if (value instanceof Nothing) {
                statement.setNull(i + 1, java.sql.Types.VARCHAR);
            } else {
                statement.setObject(i + 1, value);
            }
        }
    }

    /** A time that may be missing. */
    record Millis(Instant at) {}

    /** A missing text. */
    enum Nothing { TEXT }

    /** The time in a column that may be null. */
    static Instant time(ResultSet row, String column) throws SQLException {
        long ms = row.getLong(column);
        return row.wasNull() ? null : Instant.ofEpochMilli(ms);
    }
}
