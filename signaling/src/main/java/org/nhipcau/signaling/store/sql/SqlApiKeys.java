// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.signaling.store.sql;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.nhipcau.signaling.audit.AuditEntry;
import org.nhipcau.signaling.store.ApiKeyStore;
import org.nhipcau.signaling.store.sql.Sql.Millis;

/** Keeps the keys of other platforms; adding and ending one is audited. Thread: any; blocks. */
public final class SqlApiKeys implements ApiKeyStore {
    private static final String KEY = "SELECT id, label, secret_hash, scopes, facility, created_ms, expires_ms, "
            + "revoked_ms FROM api_key ";

    private final Database database;
    private final AuditLog audit;

    public SqlApiKeys(Database database, AuditLog audit) {
        this.database = database;
        this.audit = audit;
    }

    @Override
    public void add(ApiKey key, String actor, Instant at) {
        String scopes = String.join(" ", new TreeSet<>(key.scopes()));
        audit.change(transaction -> {
            int made = Sql.update(transaction.connection(),
                    "INSERT INTO api_key (id, label, secret_hash, scopes, facility, "
                    + "created_ms, expires_ms, revoked_ms) VALUES (?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (id) DO NOTHING",
                    key.id(), key.label(), key.secretHash(), scopes, key.facility(), key.createdAt(),
                    new Millis(key.expiresAt()), new Millis(key.revokedAt()));
            if (made == 0) {
                throw new IllegalArgumentException("there is an API key of that id");
            }
            transaction.bind(Bound.API_KEY, key.id());
            transaction.audit(new AuditEntry(at, "apikey.added", "", actor, SqlJournal.JSON.createObjectNode()
                    .put("key", key.id()).put("scopes", scopes).put("facility", key.facility())
                    .put("expires", key.expiresAt() == null ? 0 : key.expiresAt().toEpochMilli())));
            return null;
        });
    }

    @Override
    public Optional<ApiKey> find(String id) {
        return database.read(connection -> Sql.first(connection, KEY + "WHERE id = ?", SqlApiKeys::key, id));
    }

    @Override
    public List<ApiKey> list() {
        return database.read(connection -> Sql.list(connection, KEY + "ORDER BY id", SqlApiKeys::key));
    }

    @Override
    public boolean revoke(String id, String actor, Instant at) {
        return audit.change(transaction -> {
            int ended = Sql.update(transaction.connection(), "UPDATE api_key SET revoked_ms = ? WHERE id = ? "
                    + "AND revoked_ms IS NULL", at, id);
            if (ended == 1) {
                transaction.bind(Bound.API_KEY, id);
                transaction.audit(new AuditEntry(at, "apikey.revoked", "", actor,
                        SqlJournal.JSON.createObjectNode().put("key", id)));
                return true;
            }
            return Sql.first(transaction.connection(), "SELECT 1 FROM api_key WHERE id = ?", row -> row.getInt(1), id)
                    .isPresent();
        });
    }

    private static ApiKey key(ResultSet row) throws SQLException {
        String scopes = row.getString("scopes");
        return new ApiKey(row.getString("id"), row.getString("label"), row.getString("secret_hash"),
                scopes.isEmpty() ? Set.of() : Set.of(scopes.split(" ")), row.getString("facility"),
                Sql.time(row, "created_ms"), Sql.time(row, "expires_ms"), Sql.time(row, "revoked_ms"));
    }
}
