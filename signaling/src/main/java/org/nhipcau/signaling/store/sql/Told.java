// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.signaling.store.sql;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.nhipcau.signaling.audit.AuditRow;
import org.nhipcau.signaling.audit.AuditVerifier;
import org.nhipcau.signaling.audit.CanonicalJson;

/**
 * What the record tells of the tables, entry after entry: one digest per consultation's events, one line per stay, one
 * digest per row of the {@link Bound} tables, and per consultation's figures of links once it has ended.
 *
 * <p>What only entries told that are to be let go can be said again, in entries of their own ({@link #again}): these
 * carry over what was told, never what is in the tables, so that nothing that was altered becomes true by it.
 *
 * <p>Thread: one. Owns: what it was told.
 */
final class Told {
    /** The kind of entries that say what was told before, or, once, what was there before anything was told. */
    static final String BOUND = "record.bound";
    /** The kind of entries that have room for the digests of a change of many rows. */
    static final String ROWS = "record.rows";
    /** In the first entry of a record that tells of everything; and in the entries of the kind {@link #BOUND}. */
    static final String MARK = AuditVerifier.MARK;
    /** The kind of the entry about figures of links that came after their consultation had ended. */
    static final String LATE = "quality.late";
    /** In such an entry: the digest of the figures that were there before. */
    static final String BEFORE = "before";
    /** Most digests in one entry. */
    static final int AT_ONCE = 200;

    /** The events of a consultation. */
    static final class Events {
        long version;
        boolean fromFirst;
        String digest = "";

        void add(long next, long atMs, String type, String actor, String body) {
            version = next;
            digest = Told.digest(digest + next + '|' + atMs + '|' + type + '|' + actor + '|' + body);
        }
    }

    private final Map<String, Events> events = new HashMap<>();
    private final Map<Long, String> stays = new HashMap<>();
    private final Map<String, String> rows = new HashMap<>();
    private final long leaving;
    private final Set<Object> left = new HashSet<>();
    private boolean bound;

    /** @param leaving number of the last entry that is to be let go; 0: none */
    Told(long leaving) {
        this.leaving = leaving;
    }

    /** Takes note of the next entry; tells what is wrong with it. */
    Optional<String> note(AuditRow row) throws SQLException {
        JsonNode data = data(row);
        bound |= data.path(MARK).asBoolean();
        if (row.kind().equals(BOUND)) {
            return repeated(row.seq(), data);
        }
        if (row.kind().equals(LATE) && !rows.getOrDefault(Figures.place(row.consultation()),
                data.path(BEFORE).asText()).equals(data.path(BEFORE).asText())) {
            return Optional.of("the figures of links of consultation " + row.consultation()
                    + " had been altered when entry " + row.seq() + " told of later ones");
        }
        if (row.kind().startsWith(SqlJournal.KIND)) {
            noteEvent(row, data);
            left(row.seq(), row.consultation());
        } else if (row.kind().equals("attendance.begun")) {
            stays.put(data.path("stay").asLong(), line(row.consultation(), data.path("person").asText(),
                    data.path("role").asText(), data.path("facility").asText(), data.path("device").asText(),
                    data.path("from").asLong()));
            left(row.seq(), data.path("stay").asLong());
        } else if (row.kind().equals("attendance.ended")) {
            stays.computeIfPresent(data.path("stay").asLong(), (id, line) -> ended(line, data.path("to").asLong(),
                    data.path("endedBy").asText()));
        } else if (row.kind().equals(Retention.FORGOTTEN)) {
            data.path("consultations").forEach(id -> forget(id.asText()));
            data.path("stays").forEach(id -> stays.remove(id.asLong()));
        } else if (row.kind().equals(Retention.QUALITY)) {
            data.path("consultations").forEach(id -> {
                String place = Figures.place(id.asText());
                rows.put(place, Figures.NONE);
                left(row.seq(), place);
            });
        }
        data.path("rows").properties().forEach(entry -> {
            if (entry.getValue().asText().isEmpty()) {
                rows.remove(entry.getKey());
            } else {
                rows.put(entry.getKey(), entry.getValue().asText());
            }
            left(row.seq(), entry.getKey());
        });
        return Optional.empty();
    }

    private void forget(String consultation) {
        events.remove(consultation);
        rows.remove(Bound.CONSULTATION.place(consultation));
        rows.remove(Bound.CONSULTATION_FACILITY.place(consultation));
        rows.remove(Figures.place(consultation));
    }

    static JsonNode data(AuditRow row) throws SQLException {
        try {
            return SqlJournal.JSON.readTree(row.body()).path("data");
        } catch (JsonProcessingException e) {
            throw new SQLException("an entry cannot be read");
        }
    }

    private void noteEvent(AuditRow row, JsonNode data) {
        Events told = events.computeIfAbsent(row.consultation(), any -> new Events());
        long version = data.path("version").asLong();
        told.fromFirst |= told.digest.isEmpty() && version == 1;
        told.add(version, row.atMs(), row.kind().substring(SqlJournal.KIND.length()), row.actor(),
                CanonicalJson.write(data.path("event")));
    }

    /** What is said again must be what was said. */
    private Optional<String> repeated(long seq, JsonNode data) {
        List<String> others = new ArrayList<>();
        data.path("rows").properties().forEach(entry -> {
            String before = rows.put(entry.getKey(), entry.getValue().asText());
            if (before != null && !before.equals(entry.getValue().asText())) {
                others.add(entry.getKey());
            }
            left(seq, entry.getKey());
        });
        data.path("stays").properties().forEach(entry -> {
            Long stay = Long.valueOf(entry.getKey());
            String before = stays.put(stay, entry.getValue().asText());
            if (before != null && !before.equals(entry.getValue().asText())) {
                others.add("stay " + stay);
            }
            left(seq, stay);
        });
        data.path("events").properties().forEach(entry -> {
            Events again = new Events();
            again.version = entry.getValue().path("version").asLong();
            again.digest = entry.getValue().path("digest").asText();
            again.fromFirst = true;
            Events before = events.put(entry.getKey(), again);
            if (before != null && before.fromFirst && !before.digest.equals(again.digest)) {
                others.add("consultation " + entry.getKey());
            }
            left(seq, entry.getKey());
        });
        return others.stream().findFirst().map(what -> "entry " + seq + " says something else of " + what
                + " than the entries before it");
    }

    private void left(long seq, Object what) {
        if (seq <= leaving) {
            left.add(what);
        }
    }

    /** What was told in entries that are to be let go and holds still, as the data of entries that say it again. */
    List<ObjectNode> again() {
        Again again = new Again();
        for (Object what : left) {
            if (what instanceof Long stay && stays.containsKey(stay)) {
                again.stay(stay, stays.get(stay));
            } else if (what instanceof String place && rows.containsKey(place)) {
                again.row(place, rows.get(place));
            } else if (what instanceof String consultation && events.containsKey(consultation)) {
                again.events(consultation, events.get(consultation));
            }
        }
        return again.pages();
    }

    /** Gathers what is to be said in entries of the kind {@link #BOUND}, so many in each. */
    static final class Again {
        private final List<ObjectNode> pages = new ArrayList<>();
        private int room;

        Again() {
            turn();
        }

        private void turn() {
            pages.add(SqlJournal.JSON.createObjectNode().put(MARK, true));
            room = AT_ONCE;
        }

        private ObjectNode next(String field) {
            if (room-- == 0) {
                turn();
                room--;
            }
            return pages.getLast().withObjectProperty(field);
        }

        void row(String place, String digest) {
            next("rows").put(place, digest);
        }

        void stay(long id, String line) {
            next("stays").put(Long.toString(id), line);
        }

        void events(String consultation, Events events) {
            next("events").putObject(consultation).put("version", events.version).put("digest", events.digest);
        }

        List<ObjectNode> pages() {
            return pages;
        }
    }

    /** Is given the stays that are kept, as lines. */
    interface StaySink {
        void accept(long id, String line) throws SQLException;
    }

    static void eachStay(Connection connection, StaySink sink) throws SQLException {
        Sql.each(connection, "SELECT id, consultation, person, role, facility, device, from_ms, to_ms, ended_by "
                + "FROM attendance ORDER BY id", row -> {
                    String line = line(row.getString(2), row.getString(3), row.getString(4), row.getString(5),
                            row.getString(6), row.getLong(7));
                    long to = row.getLong(8);
                    line = row.wasNull() ? line : ended(line, to, row.getString(9));
                    sink.accept(row.getLong(1), line);
                });
    }

    private static String line(String consultation, String person, String role, String facility, String device, long fromMs) {
        return String.join("|", consultation, person, role, facility, device, Long.toString(fromMs));
    }

    private static String ended(String line, long toMs, String endedBy) {
        return line + '|' + toMs + '|' + endedBy;
    }

    private static String digest(String text) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(
                    text.getBytes(StandardCharsets.UTF_8)));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Whether the record tells of everything that is in the tables. */
    boolean bound() {
        return bound;
    }

    Map<String, Events> events() {
        return events;
    }

    Map<Long, String> stays() {
        return stays;
    }

    Map<String, String> rows() {
        return rows;
    }
}
