// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.signaling.store.sql;

import java.sql.Connection;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.nhipcau.signaling.audit.AuditChain;
import org.nhipcau.signaling.audit.AuditEntry;
import org.nhipcau.signaling.audit.AuditHead;
import org.nhipcau.signaling.audit.AuditRow;
import org.nhipcau.signaling.audit.AuditSigner;

/**
 * What a change may do, and what it has done: at its end its entries are chained, the last of them with the digests of
 * the rows that were changed.
 *
 * <p>Thread: the writer's. Owns: what it was told, until it is committed or not.
 */
final class Transaction {
    /** A change. */
    @FunctionalInterface
    interface Change<T> {
        T run(Transaction transaction) throws SQLException;
    }

    private final Connection connection;
    private final List<AuditEntry> entries = new ArrayList<>();
    private final Set<Binding.Row> rows = new LinkedHashSet<>();
    private final Set<String> figures = new LinkedHashSet<>();
    private boolean told;
    private long baseSeq = -1;
    private String baseHash = "";

    Transaction(Connection connection) {
        this.connection = connection;
    }

    Connection connection() {
        return connection;
    }

    /** Adds an entry, to be chained when the change is whole. */
    void audit(AuditEntry entry) {
        entries.add(entry);
    }

    /** Says that the rows of a key were changed: the last entry carries their digest as it is at the end. */
    void bind(Bound table, String key) {
        rows.add(new Binding.Row(table, key));
    }

    /** Says that a consultation has ended: the last entry carries the digest of its figures of links. */
    void bindFigures(String consultation) {
        figures.add(consultation);
    }

    /** Lets the record begin after that entry from now on; with an entry of its own that tells of it. */
    void beginAfter(long seq, String hash) {
        baseSeq = seq;
        baseHash = hash;
    }

    /** Adds a message to the outbox; its number. */
    long tell(Instant at, String consultation, String type, String body) throws SQLException {
        long id = next("outbox");
        Sql.update(connection, "INSERT INTO outbox (id, at_ms, consultation, type, body) VALUES (?, ?, ?, ?, ?)",
                id, at, consultation, type, body);
        told = true;
        return id;
    }

    /** Whether there are messages for others. */
    boolean told() {
        return told;
    }

    /** The next number of a counter; none is given twice. */
    long next(String counter) throws SQLException {
        Sql.update(connection, "UPDATE counter SET value = value + 1 WHERE name = ?", counter);
        return Sql.first(connection, "SELECT value FROM counter WHERE name = ?", row -> row.getLong(1), counter)
                .orElseThrow();
    }

    /** Chains the entries to the last one; where the record ends and begins then. */
    AuditHead.Mark append(AuditSigner signer, Entries.Tip tip, AuditHead.Mark before) throws SQLException {
        List<AuditEntry> whole = Binding.attach(connection, entries, rows);
        for (String consultation : figures) {
            whole.getLast().data().withObjectProperty("rows").put(Figures.place(consultation),
                    Figures.digest(connection, consultation));
        }
        if (tip.seq() == 0 && !whole.isEmpty()) {
            // From its first entry on the record tells of everything.
            whole.getFirst().data().put(Told.MARK, true);
            Binding.mark(connection);
        }
        AuditChain chain = new AuditChain(signer, tip.seq(), tip.hash());
        for (AuditEntry entry : whole) {
            AuditRow row = chain.add(entry);
            Entries.add(connection, row);
        }
        if (!whole.isEmpty()) {
            Sql.update(connection, "UPDATE audit_tip SET seq = ?, hash = ? WHERE id = 1", chain.seq(), chain.hash());
        }
        boolean shorter = baseSeq > before.baseSeq();
        return new AuditHead.Mark(chain.seq(), chain.hash(), shorter ? baseSeq : before.baseSeq(),
                shorter ? baseHash : before.baseHash());
    }
}
