// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.signaling.store.sql;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.nhipcau.signaling.store.Page;
import org.nhipcau.signaling.store.ReportQueries;

/**
 * Counts from rows, in Java: a day is one of Vietnam, and two databases would count it in two ways.
 *
 * <p>Minutes are those within the session, between its beginning and its end. Thread: any; blocks.
 */
public final class SqlReports implements ReportQueries {
    /** The one time zone of Vietnam. */
    public static final ZoneId VIETNAM = ZoneId.of("Asia/Ho_Chi_Minh");

    private static final long MINUTE_MS = 60_000;
    private static final String SUMMARY = "SELECT c.id, c.version, c.state, c.emergency, c.facility, c.province, "
            + "c.district, c.created_ms, c.scheduled_ms, c.started_ms, c.ended_ms, c.outcome FROM ";

    private final Database database;

    public SqlReports(Database database) {
        this.database = database;
    }

    private static final class Group {
        final Set<String> sessions = new HashSet<>();
        final Set<String> emergencies = new HashSet<>();
        final Set<String> people = new HashSet<>();
        long stays;
        long stayMs;

        Row row(String key) {
            return new Row(key, sessions.size(), emergencies.size(), people.size(), stays,
                    (stayMs + MINUTE_MS - 1) / MINUTE_MS);
        }
    }

    @Override
    public List<Row> report(Question question) {
        List<Object> values = new ArrayList<>(List.of(question.from(), question.to()));
        StringBuilder sql = new StringBuilder("SELECT c.id, c.emergency, c.facility AS c_facility, c.province, "
                + "c.district, c.started_ms, c.ended_ms, a.person, a.role, a.from_ms, a.to_ms FROM consultation c "
                + "LEFT JOIN attendance a ON a.consultation = c.id AND (a.to_ms IS NULL OR a.to_ms > c.started_ms)");
        if (!question.role().isEmpty()) {
            sql.append(" AND a.role = ?");
            values.addFirst(question.role());
        }
        sql.append(" WHERE c.started_ms >= ? AND c.started_ms < ?");
        narrow(sql, values, "c.province", question.province());
        narrow(sql, values, "c.district", question.district());
        narrow(sql, values, "c.facility", question.facility());
        Map<String, Group> groups = new TreeMap<>();
        long nowMs = System.currentTimeMillis();
        database.readLong(connection -> {
            Sql.each(connection, sql.toString(), row -> count(groups, row, question, nowMs), values.toArray());
            return null;
        });
        return groups.entrySet().stream().map(entry -> entry.getValue().row(entry.getKey())).toList();
    }

    private static void narrow(StringBuilder sql, List<Object> values, String column, String wanted) {
        if (!wanted.isEmpty()) {
            sql.append(" AND ").append(column).append(" = ?");
            values.add(wanted);
        }
    }

    private static void count(Map<String, Group> groups, ResultSet row, Question question, long nowMs)
            throws SQLException {
        String person = row.getString("person");
        boolean stay = person != null;
        if (!stay && (question.grouping() == Grouping.ROLE || !question.role().isEmpty())) {
            return;
        }
        Group group = groups.computeIfAbsent(key(row, question.grouping()), any -> new Group());
        group.sessions.add(row.getString("id"));
        if (row.getInt("emergency") != 0) {
            group.emergencies.add(row.getString("id"));
        }
        if (stay) {
            long from = Math.max(row.getLong("from_ms"), row.getLong("started_ms"));
            long ended = row.getLong("ended_ms");
            long end = row.wasNull() ? nowMs : ended;
            long left = row.getLong("to_ms");
            end = row.wasNull() ? end : Math.min(end, left);
            group.people.add(person);
            group.stays++;
            group.stayMs += Math.max(0, end - from);
        }
    }

    private static String key(ResultSet row, Grouping grouping) throws SQLException {
        return switch (grouping) {
            case DAY -> day(row).substring(0, 10);
            case MONTH -> day(row).substring(0, 7);
            case PROVINCE -> row.getString("province");
            case DISTRICT -> row.getString("province") + "/" + row.getString("district");
            case FACILITY -> row.getString("c_facility");
            case ROLE -> row.getString("role");
            case TOTAL -> "total";
        };
    }

    private static String day(ResultSet row) throws SQLException {
        return Instant.ofEpochMilli(row.getLong("started_ms")).atZone(VIETNAM).toLocalDate().toString();
    }

    @Override
    public Page<Summary> consultations(ConsultationFilter filter, String after, int limit) {
        int bounded = Page.bounded(limit);
        List<Object> values = new ArrayList<>();
        // A facility's are found by the index that has them in this order.
        boolean one = !filter.facility().isEmpty();
        String time = one ? "f.created_ms" : "c.created_ms";
        String id = one ? "f.consultation" : "c.id";
        StringBuilder sql = new StringBuilder(SUMMARY).append(one
                ? "consultation_facility f JOIN consultation c ON c.id = f.consultation " : "consultation c ")
                .append("WHERE 1 = 1");
        narrow(sql, values, "f.facility", filter.facility());
        narrow(sql, values, "c.state", filter.state());
        narrow(sql, values, "c.province", filter.province());
        narrow(sql, values, "c.district", filter.district());
        bound(sql, values, time + " >= ?", filter.from());
        bound(sql, values, time + " < ?", filter.to());
        String[] place = after.split("~", 2);
        if (place.length == 2 && place[0].matches("[0-9]{1,18}")) {
            sql.append(" AND (" + time + " < ? OR " + time + " = ? AND " + id + " < ?)");
            values.addAll(List.of(Long.parseLong(place[0]), Long.parseLong(place[0]), place[1]));
        } else if (!after.isEmpty()) {
            throw new IllegalArgumentException("no place in this list");
        }
        sql.append(" ORDER BY " + time + " DESC, " + id + " DESC LIMIT ?");
        values.add(bounded + 1);
        List<Summary> found = database.read(connection -> Sql.list(connection, sql.toString(), SqlReports::summary,
                values.toArray()));
        if (found.size() <= bounded) {
            return new Page<>(found, "");
        }
        Summary last = found.get(bounded - 1);
        return new Page<>(found.subList(0, bounded), last.createdAt().toEpochMilli() + "~" + last.id());
    }

    private static void bound(StringBuilder sql, List<Object> values, String condition, Instant at) {
        if (at != null) {
            sql.append(" AND ").append(condition);
            values.add(at);
        }
    }

    private static Summary summary(ResultSet row) throws SQLException {
        return new Summary(row.getString("id"), row.getLong("version"), row.getString("state"),
                row.getInt("emergency") != 0, row.getString("facility"), row.getString("province"),
                row.getString("district"), Sql.time(row, "created_ms"), Sql.time(row, "scheduled_ms"),
                Sql.time(row, "started_ms"), Sql.time(row, "ended_ms"), row.getString("outcome"));
    }

    @Override
    public Optional<Summary> consultation(String id) {
        return database.read((Connection connection) -> Sql.first(connection, SUMMARY + "consultation c WHERE c.id = ?",
                SqlReports::summary,
                id));
    }

    @Override
    public List<String> open() {
        return database.read(connection -> Sql.list(connection, "SELECT id FROM consultation WHERE ended_ms IS NULL "
                + "ORDER BY created_ms, id", row -> row.getString(1)));
    }
}
