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
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Stream;
import org.nhipcau.signaling.audit.CanonicalJson;

/**
 * The tables whose rows the record proves by a digest: whoever changes such a row puts the digest of what is there then
 * into the entry about the change.
 *
 * <p>Rows of most tables are told of from the first change on. Figures of links are written behind the call's back, and
 * are told of all at once when their consultation ends ({@link #CALL_QUALITY}); what comes later is told of each time.
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
    API_KEY("api_key", "id", "label", "secret_hash", "scopes", "facility", "created_ms", "expires_ms", "revoked_ms"),
    CALL_QUALITY("call_quality", "consultation", "person", "uplink", "from_ms", "until_ms", "audio_loss_pm",
            "video_loss_pm", "round_trip_ms", "jitter_ms", "audio_kbps", "video_kbps", "freeze_pm", "score_100",
            "cause");

    /** The tables whose rows are all told of, as long as they are there. */
    static final List<Bound> FROM_THE_FIRST = Stream.of(values()).filter(table -> table != CALL_QUALITY).toList();
    /** What is told of figures when there are none: then none may be there. */
    static final String NONE = digest(List.of());

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

    /** The digest of the rows of a key as they are now; when there are none: empty, of figures {@link #NONE}. */
    String digest(Connection connection, String of) throws SQLException {
        List<String> lines = Sql.list(connection, select() + " WHERE " + key + " = ?", this::line, of);
        return lines.isEmpty() && this != CALL_QUALITY ? "" : digest(lines);
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
        List<String> sorted = lines.stream().sorted().toList();
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256")
                    .digest(String.join("\n", sorted).getBytes(StandardCharsets.UTF_8)));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }
}
