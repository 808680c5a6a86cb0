// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.signaling.store.sql;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.ResultSetMetaData;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.regex.Pattern;
import org.nhipcau.signaling.audit.AuditHead;

/**
 * All tables as lines of JSON, as of one moment, and back: the same text from and into either database.
 *
 * <p>The first line tells where the audit record begins and what its head said of its end, the last how many rows each
 * table had, so that a text that was cut is noticed.
 *
 * <p>Thread: one; blocks.
 */
public final class Dump {
    /** In an order in which rows can be added. */
    private static final List<String> TABLES = List.of("consultation", "consultation_event", "consultation_facility",
            "audit", "audit_tip", "counter", "outbox", "outbox_cursor", "outbox_dead", "facility", "person",
            "attendance", "call_quality", "quality_digest", "api_key", "idempotency", "pulse");
    private static final Pattern COLUMN = Pattern.compile("[a-z][a-z0-9_]{0,40}");
    private static final int FORMAT = 3;
    /** Before some columns were renamed. */
    private static final int OLDER_FORMAT = 2;
    private static final Map<String, String> RENAMED = Map.of("audit_tip.touched", "turns",
            "call_quality.to_ms", "until_ms");
    private static final int BATCH = 500;

    /**
     * What was written or read.
     *
     * @param head what the head of the record said before the rows were read
     */
    public record Summary(Map<String, Long> rows, AuditHead.State head, String createdAt) {}

    /** Reads the head of the record as it is now. */
    @FunctionalInterface
    public interface Heads {
        AuditHead.State read() throws IOException;
    }

    private Dump() {}

    /**
     * Writes everything as of one moment. The head is read before that moment: what is written meanwhile comes after it
     * in the record, and proves itself. When old entries were let go meanwhile, both are read again.
     *
     * @throws IOException when the head cannot be read
     */
    public static Summary write(Database database, Heads heads, String createdAt, Writer out) throws IOException {
        Optional<Summary> done = Optional.empty();
        while (done.isEmpty()) {
            AuditHead.State head = heads.read();
            try {
                done = database.readLong(connection -> {
                    // The first row that is read fixes the moment.
                    Sql.first(connection, "SELECT seq FROM audit_tip", row -> row.getLong(1));
                    return beginning(heads) == head.mark().baseSeq()
                            ? Optional.of(write(connection, head, createdAt, out)) : Optional.empty();
                });
            } catch (UncheckedIOException e) {
                throw e.getCause();
            }
        }
        return done.get();
    }

    private static long beginning(Heads heads) {
        try {
            return heads.read().mark().baseSeq();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Summary write(Connection connection, AuditHead.State head, String createdAt, Writer out)
            throws SQLException {
        AuditHead.Mark mark = head.mark();
        Map<String, Long> counts = new TreeMap<>();
        try {
            line(out, SqlJournal.JSON.createObjectNode().put("format", FORMAT).put("createdAt", createdAt)
                    .put("baseSeq", mark.baseSeq()).put("baseHash", mark.baseHash())
                    .put("headSeq", mark.seq()).put("headHash", mark.hash()).put("headTorn", head.torn()));
            for (String table : TABLES) {
                counts.put(table, write(connection, table, mark.baseSeq(), out));
            }
            ObjectNode end = SqlJournal.JSON.createObjectNode();
            ObjectNode rows = end.putObject("end");
            counts.forEach(rows::put);
            line(out, end);
            out.flush();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return new Summary(counts, head, createdAt);
    }

    private static void line(Writer out, JsonNode node) throws IOException {
        out.write(SqlJournal.JSON.writeValueAsString(node));
        out.write('\n');
    }

    private static long write(Connection connection, String table, long baseSeq, Writer out) throws SQLException {
        long[] count = new long[1];
        // Entries that the head has left behind already may be there for a moment still.
        String rows = "SELECT * FROM " + table + (table.equals("audit") ? " WHERE seq > " + baseSeq : "");
        Sql.each(connection, rows, row -> {
            try {
                ResultSetMetaData columns = row.getMetaData();
                if (count[0]++ == 0) {
                    head(table, columns, out);
                }
                ArrayNode values = SqlJournal.JSON.createArrayNode();
                for (int i = 1; i <= columns.getColumnCount(); i++) {
                    add(values, row, i);
                }
                line(out, values);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        });
        return count[0];
    }

    private static void head(String table, ResultSetMetaData columns, Writer out) throws SQLException, IOException {
        ObjectNode head = SqlJournal.JSON.createObjectNode().put("table", table);
        ArrayNode names = head.putArray("columns");
        for (int i = 1; i <= columns.getColumnCount(); i++) {
            names.add(columns.getColumnName(i).toLowerCase(Locale.ROOT));
        }
        line(out, head);
    }

    private static void add(ArrayNode values, ResultSet row, int column) throws SQLException {
        switch (row.getObject(column)) {
            case null -> values.addNull();
            case Number number -> values.add(number.longValue());
            case Object text -> values.add(text.toString());
        }
    }

    /** Whether nothing is in the database but what the migrations put there. */
    public static boolean isEmpty(Database database) {
        return database.read(connection -> {
            for (String table : TABLES) {
                boolean seeded = table.equals("audit_tip") || table.equals("counter");
                if (!seeded && Sql.first(connection, "SELECT 1 FROM " + table + " LIMIT 1", row -> 1).isPresent()) {
                    return false;
                }
            }
            return true;
        });
    }

    /** Takes everything away again. */
    public static void clear(Database database) {
        database.write(connection -> clear(connection));
    }

    private static int clear(Connection connection) throws SQLException {
        List<String> backwards = new ArrayList<>(TABLES);
        Collections.reverse(backwards);
        int rows = 0;
        for (String table : backwards) {
            rows += Sql.update(connection, "DELETE FROM " + table);
        }
        return rows;
    }

    /**
     * Reads everything into an empty database, in one transaction.
     *
     * @throws IOException when the text is not whole, or of a newer version
     */
    public static Summary read(Database database, BufferedReader in) throws IOException {
        JsonNode first = node(in.readLine());
        int format = first.path("format").asInt();
        if (format != FORMAT && format != OLDER_FORMAT) {
            throw new IOException("the backup is of a format that this version does not read");
        }
        Map<String, Long> counts = new TreeMap<>();
        TABLES.forEach(table -> counts.put(table, 0L));
        try {
            database.write(connection -> {
                clear(connection);
                try {
                    rows(connection, in, counts);
                    checkWriter(connection);
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                }
                return null;
            });
        } catch (UncheckedIOException e) {
            throw e.getCause();
        }
        AuditHead.Mark mark = new AuditHead.Mark(first.path("headSeq").asLong(), first.path("headHash").asText(),
                first.path("baseSeq").asLong(), first.path("baseHash").asText());
        return new Summary(counts, new AuditHead.State(mark, first.path("headTorn").asBoolean()),
                first.path("createdAt").asText());
    }

    private static void checkWriter(Connection connection) throws SQLException, IOException {
        if (WriterVersion.minimum(connection) > WriterVersion.NUMBER) {
            throw new IOException("the backup was made by a newer version of nhipcau, and only that reads it");
        }
        WriterVersion.claim(connection);
    }

    private static void rows(Connection connection, BufferedReader in, Map<String, Long> counts)
            throws IOException, SQLException {
        String table = "";
        PreparedStatement insert = null;
        int pending = 0;
        try {
            while (true) {
                JsonNode node = node(in.readLine());
                if (node.isArray() && insert != null) {
                    set(insert, node);
                    insert.addBatch();
                    counts.merge(table, 1L, Long::sum);
                    if (++pending == BATCH) {
                        insert.executeBatch();
                        pending = 0;
                    }
                    continue;
                }
                if (insert != null) {
                    insert.executeBatch();
                    insert.close();
                    insert = null;
                    pending = 0;
                }
                if (node.has("end")) {
                    checkCounts(node.path("end"), counts);
                    return;
                }
                table = node.path("table").asText();
                insert = connection.prepareStatement(insert(table, node.path("columns")));
            }
        } finally {
            if (insert != null) {
                insert.close();
            }
        }
    }

    private static JsonNode node(String line) throws IOException {
        if (line == null) {
            throw new IOException("the backup ends too early");
        }
        try {
            return SqlJournal.JSON.readTree(line);
        } catch (JsonProcessingException e) {
            throw new IOException("the backup holds a line that is no JSON");
        }
    }

    private static String insert(String table, JsonNode columns) throws IOException {
        if (!TABLES.contains(table) || columns.isEmpty()) {
            throw new IOException("the backup holds a table that this version does not know");
        }
        List<String> names = new ArrayList<>();
        for (JsonNode column : columns) {
            if (!COLUMN.matcher(column.asText()).matches()) {
                throw new IOException("the backup holds a column that cannot be");
            }
            names.add(RENAMED.getOrDefault(table + '.' + column.asText(), column.asText()));
        }
        return "INSERT INTO " + table + " (" + String.join(", ", names) + ") VALUES ("
                + String.join(", ", Collections.nCopies(names.size(), "?")) + ")";
    }

    private static void set(PreparedStatement insert, JsonNode values) throws SQLException {
        for (int i = 0; i < values.size(); i++) {
            JsonNode value = values.get(i);
            if (value.isNull()) {
                insert.setObject(i + 1, null);
            } else if (value.isNumber()) {
                insert.setLong(i + 1, value.longValue());
            } else {
                insert.setString(i + 1, value.asText());
            }
        }
    }

    private static void checkCounts(JsonNode told, Map<String, Long> counts) throws IOException {
        for (Map.Entry<String, Long> entry : counts.entrySet()) {
            if (told.path(entry.getKey()).asLong() != entry.getValue()) {
                throw new IOException("the backup has " + entry.getValue() + " rows of " + entry.getKey()
                        + " and tells of "
                        + told.path(entry.getKey()).asLong());
            }
        }
    }
}
