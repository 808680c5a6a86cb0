// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.signaling.store.sql;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import org.nhipcau.signaling.store.AttendanceStore.Quality;

/**
 * Figures of links in the order in which they came, with a digest that runs along them: {@code next = SHA-256(last |
 * number | figures)}. A consultation has tens of thousands; its end, and each that comes later, costs one step.
 *
 * <p>Those of before they were numbered have the number 0 and stand, sorted, at the beginning.
 *
 * <p>Spec: FIPS 180-4 (SHA-256). Thread: the connection's.
 */
final class Figures {
    /** What is told of a consultation that has none. */
    static final String NONE = sha256("");

    private static final String TABLE = "call_quality/";
    private static final String COLUMNS = "consultation, person, uplink, from_ms, until_ms, audio_loss_pm, "
            + "video_loss_pm, round_trip_ms, jitter_ms, audio_kbps, video_kbps, freeze_pm, score_100, cause";
    private static final int COUNT = COLUMNS.split(",").length;

    private record End(long n, String digest) {}

    /** A digest on its way along the figures of one consultation. */
    private static final class Run {
        private final List<String> unnumbered = new ArrayList<>();
        private String digest;

        void step(long n, String line) {
            if (n == 0) {
                unnumbered.add(line);
            } else {
                digest = next(digest(), n, line);
            }
        }

        String digest() {
            return digest == null ? sha256(String.join("\n", unnumbered.stream().sorted().toList())) : digest;
        }
    }

    private Figures() {}

    /** What entries call the figures of a consultation. */
    static String place(String consultation) {
        return TABLE + consultation;
    }

    /** The consultation whose figures are called so; empty for other places. */
    static Optional<String> consultation(String place) {
        return place.startsWith(TABLE) ? Optional.of(place.substring(TABLE.length())) : Optional.empty();
    }

    /** The running digest of a consultation; {@link #NONE} when it has none. */
    static String digest(Connection connection, String consultation) throws SQLException {
        return end(connection, consultation).digest();
    }

    private static End end(Connection connection, String consultation) throws SQLException {
        Optional<End> end = Sql.first(connection, "SELECT n, digest FROM quality_digest WHERE consultation = ?",
                row -> new End(row.getLong(1), row.getString(2)), consultation);
        if (end.isPresent()) {
            return end.get();
        }
        Run run = new Run();
        Sql.each(connection, "SELECT " + COLUMNS + " FROM call_quality WHERE consultation = ? AND n = 0",
                row -> run.step(0, line(row)), consultation);
        return new End(0, run.digest());
    }

    /** Adds figures; those whose span is there already are left out. */
    static void add(Connection connection, String consultation, List<Quality> spans) throws SQLException {
        End end = end(connection, consultation);
        for (Quality q : spans) {
            Object[] values = {q.consultation(), q.pseudonym(), q.uplink() ? 1 : 0, q.from().toEpochMilli(),
                q.to().toEpochMilli(), q.audioLossPm(), q.videoLossPm(), q.roundTripMs(), q.jitterMs(), q.audioKbps(),
                q.videoKbps(), q.freezePm(), q.audioScore100(), q.cause(), end.n() + 1};
            int added = Sql.update(connection, "INSERT INTO call_quality (" + COLUMNS + ", n) VALUES (?"
                    + ", ?".repeat(COUNT) + ") ON CONFLICT (consultation, person, uplink, from_ms) DO NOTHING", values);
            if (added == 1) {
                end = new End(end.n() + 1, next(end.digest(), end.n() + 1, line(values)));
            }
        }
        Sql.update(connection, "INSERT INTO quality_digest (consultation, n, digest) VALUES (?, ?, ?) "
                + "ON CONFLICT (consultation) DO UPDATE SET n = excluded.n, digest = excluded.digest", consultation,
                end.n(), end.digest());
    }

    /** Takes away all figures of a consultation. */
    static void drop(Connection connection, String consultation) throws SQLException {
        Sql.update(connection, "DELETE FROM call_quality WHERE consultation = ?", consultation);
        Sql.update(connection, "DELETE FROM quality_digest WHERE consultation = ?", consultation);
    }

    /** Gives the digest of each consultation that has figures, from the figures themselves. */
    static void each(Connection connection, Bound.Sink sink) throws SQLException {
        // One by one, along the key: to sort all of them at once can take longer than a database may be silent.
        for (String id = after(connection); id != null; id = after(connection, id)) {
            Run run = new Run();
            Sql.each(connection, "SELECT " + COLUMNS + ", n FROM call_quality WHERE consultation = ? ORDER BY n",
                    row -> run.step(row.getLong(COUNT + 1), line(row)), id);
            sink.accept(id, run.digest());
        }
    }

    /** The next consultation that has figures, or the first; null: there is none. */
    private static String after(Connection connection, Object... last) throws SQLException {
        return Sql.list(connection, "SELECT MIN(consultation) FROM call_quality"
                + (last.length == 0 ? "" : " WHERE consultation > ?"), row -> row.getString(1), last).getFirst();
    }

    private static String line(ResultSet row) throws SQLException {
        Object[] values = new Object[COUNT];
        for (int i = 0; i < COUNT; i++) {
            values[i] = row.getString(i + 1);
        }
        return line(values);
    }

    // Of the first columns: the number comes after them.
    private static String line(Object... values) {
        StringBuilder line = new StringBuilder(128);
        for (int i = 0; i < COUNT; i++) {
            line.append(values[i]).append('|');
        }
        return line.toString();
    }

    private static String next(String digest, long n, String line) {
        return sha256(digest + '|' + n + '|' + line);
    }

    private static String sha256(String text) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(
                    text.getBytes(StandardCharsets.UTF_8)));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }
}
