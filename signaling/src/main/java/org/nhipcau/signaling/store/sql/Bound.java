// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.signaling.store.sql;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HexFormat;
import java.util.List;
import org.nhipcau.signaling.audit.CanonicalJson;

/**
 * The tables whose rows the record proves by a digest: whoever changes such a row puts the digest of what is there then
 * into the entry about the change.
 *
 * <p>A digest is over columns that are named here, not over all: a later migration may add some. It is the same on
 * either database. Of names it covers only the sealed text.
 *
 * <p>Spec: FIPS 180-4 (SHA-256). Thread: the connection's.
 */
enum Bound {
    CONSULTATION("consultation", "id", "version", "state", "emergency", "facility", "level", "province", "district",
            "created_ms", "scheduled_ms", "started_ms", "ended_ms", "due_ms", "outcome", "changed_ms"),
    CONSULTATION_FACILITY("consultation_facility", "consultation", "facility", "created_ms"),
    FACILITY("facility", "code", "name", "level", "province", "district", "active", "version", "changed_ms"),
    PERSON("person", "pseudonym", "role", "facility", "active", "version", "created_ms", "erased_ms", "wrapped_key",
            "details"),
    API_KEY("api_key", "id", "label", "secret_hash", "scopes", "facility", "created_ms", "expires_ms", "revoked_ms");

    /** Is given the rows of a table, by key. */
    interface Sink {
        void accept(String key, String digest) throws SQLException;
    }

    private final String table;
    private final String key;
    private final List<String> columns;

    Bound(String table, String key, String... columns) {
        this.table = table;
        this.key = key;
        this.columns = List.of(columns);
    }

    String table() {
        return table;
    }

    /** What entries call the rows of a key. */
    String place(String of) {
        return table + '/' + of;
    }

    private String select() {
        return "SELECT " + key + ", " + String.join(", ", columns) + " FROM " + table;
    }

    /** The digest of the rows of a key as they are now; empty when there are none. */
    String digest(Connection connection, String of) throws SQLException {
        List<String> lines = Sql.list(connection, select() + " WHERE " + key + " = ?", this::line, of);
        return lines.isEmpty() ? "" : digest(lines);
    }

    /** Gives all rows, those of one key together. */
    void each(Connection connection, Sink sink) throws SQLException {
        List<String> lines = new ArrayList<>();
        String[] last = new String[1];
        Sql.each(connection, select() + " ORDER BY " + key, row -> {
            String of = row.getString(1);
            if (!of.equals(last[0]) && last[0] != null) {
                sink.accept(last[0], digest(lines));
                lines.clear();
            }
            last[0] = of;
            lines.add(line(row));
        });
        if (last[0] != null) {
            sink.accept(last[0], digest(lines));
        }
    }

    private String line(ResultSet row) throws SQLException {
        ObjectNode values = SqlJournal.JSON.createObjectNode().put(key, row.getString(1));
        for (String column : columns) {
            switch (row.getObject(column)) {
                case null -> values.putNull(column);
                case Number number -> values.put(column, number.longValue());
                case Object text -> values.put(column, text.toString());
            }
        }
        return CanonicalJson.write(values);
    }

    private static String digest(List<String> lines) {
        // Two databases have two orders of text.
        Collections.sort(lines);
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256")
                    .digest(String.join("\n", lines).getBytes(StandardCharsets.UTF_8)));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }
}
