// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.signaling.store.sql;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.Base64;
import org.nhipcau.signaling.store.IdempotencyStore;

/** Keeps claims and answers; a claim is one insert, so that of two at once one wins. Thread: any; blocks. */
public final class SqlIdempotency implements IdempotencyStore {
    private final Database database;

    public SqlIdempotency(Database database) {
        this.database = database;
    }

    private record Kept(String requestHash, Instant claimedAt, int status, String contentType, String location,
            String body) {}

    @Override
    public Claim claim(String caller, String key, String requestHash, Instant now, Instant staleBefore) {
        return database.write(connection -> {
            int made = Sql.update(connection,
                    "INSERT INTO idempotency (caller, idem_key, request_hash, claimed_ms, status, "
                    + "content_type, location, body) VALUES (?, ?, ?, ?, 0, '', '', '') "
                    + "ON CONFLICT (caller, idem_key) DO NOTHING", caller, key, requestHash, now);
            if (made == 1) {
                return new Claim.Fresh();
            }
            Kept kept = Sql.first(connection, "SELECT request_hash, claimed_ms, status, content_type, location, body "
                    + "FROM idempotency WHERE caller = ? AND idem_key = ?", SqlIdempotency::kept, caller, key)
                    .orElseThrow(() -> new SQLException("a claim vanished"));
            if (!kept.requestHash().equals(requestHash)) {
                return new Claim.Mismatch();
            }
            if (kept.status() != 0) {
                return new Claim.Done(kept.status(), kept.contentType(), Base64.getDecoder().decode(kept.body()),
                        kept.location());
            }
            if (kept.claimedAt().isBefore(staleBefore)) {
                int taken = Sql.update(connection, "UPDATE idempotency SET claimed_ms = ? WHERE caller = ? "
                        + "AND idem_key = ? AND claimed_ms = ? AND status = 0", now, caller, key, kept.claimedAt());
                if (taken == 1) {
                    return new Claim.Fresh();
                }
            }
            return new Claim.Running(kept.claimedAt());
        });
    }

    private static Kept kept(ResultSet row) throws SQLException {
        return new Kept(row.getString(1), Instant.ofEpochMilli(row.getLong(2)), row.getInt(3), row.getString(4),
                row.getString(5), row.getString(6));
    }

    @Override
    public void complete(String caller, String key, Claim.Done answer, Instant now) {
        database.write(connection -> Sql.update(connection, "UPDATE idempotency SET status = ?, content_type = ?, "
                + "location = ?, body = ? WHERE caller = ? AND idem_key = ?", answer.status(), answer.contentType(),
                answer.location(), Base64.getEncoder().encodeToString(answer.body()), caller, key));
    }

    @Override
    public void release(String caller, String key) {
        database.write(connection -> Sql.update(connection, "DELETE FROM idempotency WHERE caller = ? AND idem_key = ? "
                + "AND status = 0", caller, key));
    }

    @Override
    public int forget(Instant before) {
        return database.write(connection -> Sql.update(connection, "DELETE FROM idempotency WHERE claimed_ms < ?",
                before));
    }
}
