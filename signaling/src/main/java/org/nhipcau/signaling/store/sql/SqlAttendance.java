// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.signaling.store.sql;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.nhipcau.signaling.audit.AuditEntry;
import org.nhipcau.signaling.policy.Role;
import org.nhipcau.signaling.store.AttendanceStore;

/** Reads stays, closes those that a crash left open, keeps figures of links. Thread: any; blocks. */
public final class SqlAttendance implements AttendanceStore {
    private static final String STAY = "SELECT id, consultation, person, role, facility, device, from_ms, to_ms, "
            + "ended_by FROM attendance ";

    private final Database database;
    private final AuditLog audit;
    private final String node;

    /** @param node which process this is, over restarts */
    public SqlAttendance(Database database, AuditLog audit, String node) {
        this.database = database;
        this.audit = audit;
        this.node = node;
    }

    /** Closes the stays of this process that its last life left open, at its last pulse; how many. */
    public int recover() {
        return audit.change(transaction -> {
            long lastMs = Sql.first(transaction.connection(), "SELECT at_ms FROM pulse WHERE node = ?",
                    row -> row.getLong(1), node).orElse(0L);
            List<Stays.Stay> left = Sql.list(transaction.connection(),
                    "SELECT id, consultation, person, from_ms FROM attendance "
                    + "WHERE to_ms IS NULL AND node = ? ORDER BY id", row -> new Stays.Stay(row.getLong(1),
                    row.getString(2),
                    row.getString(3), row.getLong(4)), node);
            for (Stays.Stay stay : left) {
                Stays.close(transaction, stay, Instant.ofEpochMilli(lastMs), "recovered");
            }
            return left.size();
        });
    }

    /** Notes that this process lives. */
    public void pulse(Instant at) {
        database.write(connection -> {
            WriterVersion.check(connection);
            return Sql.update(connection, "INSERT INTO pulse (node, at_ms) VALUES (?, ?) "
                    + "ON CONFLICT (node) DO UPDATE SET at_ms = excluded.at_ms", node, at);
        });
    }

    @Override
    public List<Stay> stays(String consultation) {
        return database.read(connection -> Sql.list(connection, STAY + "WHERE consultation = ? ORDER BY from_ms, id",
                SqlAttendance::stay, consultation));
    }

    @Override
    public List<Stay> present(String consultation) {
        return database.read(connection -> Sql.list(connection, STAY + "WHERE consultation = ? AND to_ms IS NULL "
                + "ORDER BY from_ms, id", SqlAttendance::stay, consultation));
    }

    /** All stays of one person, by beginning. */
    public List<Stay> staysOf(String pseudonym) {
        return database.read(connection -> Sql.list(connection, STAY + "WHERE person = ? ORDER BY from_ms, id",
                SqlAttendance::stay, pseudonym));
    }

    private static Stay stay(ResultSet row) throws SQLException {
        return new Stay(row.getLong("id"), row.getString("consultation"), row.getString("person"),
                Role.valueOf(row.getString("role")), row.getString("facility"), row.getString("device"),
                Sql.time(row, "from_ms"), Sql.time(row, "to_ms"), row.getString("ended_by"));
    }

    // In the queue of those who end consultations, so that none ends between what is asked here and what is written.
    @Override
    public void addQuality(List<Quality> spans) {
        if (spans.isEmpty()) {
            return;
        }
        Map<String, List<Quality>> byConsultation = spans.stream().collect(Collectors.groupingBy(Quality::consultation,
                TreeMap::new, Collectors.toList()));
        audit.change(transaction -> {
            for (Map.Entry<String, List<Quality>> entry : byConsultation.entrySet()) {
                add(transaction, entry.getKey(), entry.getValue());
            }
            return null;
        });
    }

    private static void add(Transaction transaction, String consultation, List<Quality> spans)
            throws SQLException {
        Connection connection = transaction.connection();
        Optional<Boolean> ended = Sql.first(connection, "SELECT ended_ms FROM consultation WHERE id = ?",
                row -> row.getObject(1) != null, consultation);
        if (ended.isEmpty()) {
            return;
        }
        String before = Figures.digest(connection, consultation);
        Figures.add(connection, consultation, spans);
        String after = Figures.digest(connection, consultation);
        if (ended.get() && !after.equals(before)) {
            ObjectNode data = SqlJournal.JSON.createObjectNode().put("spans", spans.size()).put(Told.BEFORE, before);
            data.putObject("rows").put(Figures.place(consultation), after);
            Instant last = spans.stream().map(Quality::to).max(Comparator.naturalOrder()).orElseThrow();
            transaction.audit(new AuditEntry(last, Told.LATE, consultation, "system", data));
        }
    }

    @Override
    public List<Quality> quality(String consultation) {
        return database.read(connection -> Sql.list(connection, "SELECT * FROM call_quality WHERE consultation = ? "
                + "ORDER BY from_ms, person, uplink", SqlAttendance::span, consultation));
    }

    private static Quality span(ResultSet row) throws SQLException {
        return new Quality(row.getString("consultation"), row.getString("person"), row.getInt("uplink") != 0,
                Sql.time(row, "from_ms"), Sql.time(row, "until_ms"), row.getInt("audio_loss_pm"),
                row.getInt("video_loss_pm"), row.getInt("round_trip_ms"), row.getInt("jitter_ms"),
                row.getInt("audio_kbps"), row.getInt("video_kbps"), row.getInt("freeze_pm"), row.getInt("score_100"),
                row.getString("cause"));
    }
}
