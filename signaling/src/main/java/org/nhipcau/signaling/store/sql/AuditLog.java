// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.signaling.store.sql;

import java.io.IOException;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.nhipcau.signaling.audit.AuditChain;
import org.nhipcau.signaling.audit.AuditEntry;
import org.nhipcau.signaling.audit.AuditHead;
import org.nhipcau.signaling.audit.AuditRow;
import org.nhipcau.signaling.audit.AuditSigner;
import org.nhipcau.signaling.audit.AuditVerifier;

/**
 * Makes changes: what is changed, its audit entries and the messages about it go into one transaction, and the answer
 * is given when the database and then the head record have reached the disk.
 *
 * <p>A crash between the two leaves entries after the head; {@link #recover} proves them by their codes and moves the
 * head. An end of the record before the head is never taken over: somebody has cut it.
 *
 * <p>Thread: any; one change at a time. Owns: the head record.
 */
public final class AuditLog implements AutoCloseable {
    /** A change. */
    @FunctionalInterface
    interface Change<T> {
        T run(Transaction transaction) throws SQLException;
    }

    /** What a change may do. */
    final class Transaction {
        private final Connection connection;
        private final List<AuditEntry> entries = new ArrayList<>();
        private boolean told;
        private final Set<Binding.Row> rows = new LinkedHashSet<>();
        private long baseSeq = -1;
        private String baseHash = "";

        private Transaction(Connection connection) {
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

        /** The next number of a counter; none is given twice. */
        long next(String counter) throws SQLException {
            Sql.update(connection, "UPDATE counter SET value = value + 1 WHERE name = ?", counter);
            return Sql.first(connection, "SELECT value FROM counter WHERE name = ?", row -> row.getLong(1), counter)
                    .orElseThrow();
        }
    }

    private record Tip(long seq, String hash) {}

    static final String COLUMNS = "SELECT seq, at_ms, kind, consultation, actor, body, hash, mac, key_id "
            + "FROM audit ";
    private static final long LOCK_WAIT_NS = TimeUnit.SECONDS.toNanos(5);
    private static final long LOCK_RETRY_NS = TimeUnit.MILLISECONDS.toNanos(1);

    private final Database database;
    private final AuditSigner signer;
    private final AuditHead head;
    private final List<Runnable> wakes = new CopyOnWriteArrayList<>();
    private volatile boolean retiredHead;

    private AuditLog(Database database, AuditSigner signer, AuditHead head) {
        this.database = database;
        this.signer = signer;
        this.head = head;
    }

    /**
     * Opens the record: makes the head when the record is empty, moves it over entries that a crash left after it.
     *
     * @throws IOException when the record does not fit the head
     */
    public static AuditLog open(Database database, AuditSigner signer, Path headFile) throws IOException {
        if (!Files.exists(headFile)) {
            if (!isEmpty(database)) {
                throw new IOException("the head of the audit record, " + headFile
                        + ", is missing, but the record is not "
                        + "empty; if that is right (another machine, a restored database), \"./nhipcau audit adopt\" "
                        + "makes it anew and writes that down");
            }
            AuditHead.create(headFile, signer, AuditHead.Mark.EMPTY).close();
        }
        AuditHead head = AuditHead.open(headFile, signer);
        AuditHead.State state = head.read().orElse(null);
        if (state == null) {
            head.close();
            throw new IOException("the head of the audit record, " + headFile + ", was not written with the configured "
                    + "key; \"./nhipcau audit verify\" tells more");
        }
        AuditLog log = new AuditLog(database, signer, head);
        try (FileLock mine = log.headLock()) {
            // Read again: another process may have written until now.
            AuditHead.State now = head.read().orElse(state);
            log.retiredHead = now.retired();
            ReturnedKey.refuse(database, signer, now.mark());
            log.recover(now);
        } catch (IOException e) {
            head.close();
            throw e;
        }
        return log;
    }

    /**
     * Makes the record go over to the key in use, when the head was signed with the one before: from then on nothing
     * that the old key signs is taken.
     */
    private void handOver(Instant at) {
        if (retiredHead) {
            note(AuditVerifier.KEY_CHANGED, "system", "another key is in use", at);
            // The other place as well: the older mark must not be one of the old key.
            exclusively(state -> {
                writeHead(null, state.mark());
                return null;
            });
        }
    }

    /**
     * Brings a record of an earlier version up to this one's, and one of an earlier key under the key in use.
     *
     * @throws IOException when it is broken
     */
    public void bringUp(Instant now) throws IOException {
        handOver(now);
        Binding.complete(database, this, now);
    }

    /** Whether the database tells of no entry at all. */
    public static boolean isEmpty(Database database) {
        return database.read(AuditLog::tip).seq() == 0;
    }

    private void recover(AuditHead.State state) throws IOException {
        AuditHead.Mark known = state.mark();
        AuditVerifier verifier = new AuditVerifier(signer,
                new AuditHead.State(new AuditHead.Mark(known.seq(), known.hash(), known.seq(), known.hash()),
                state.torn(), state.retired()));
        Optional<String> problem = database.readLong(connection -> check(connection, verifier, known.seq()));
        if (problem.isEmpty()) {
            problem = verifier.finish();
        }
        // The entry of the head itself must still be the one it was.
        String there = known.seq() == known.baseSeq() ? known.hash() : database.read(connection -> Sql.first(connection,
                "SELECT hash FROM audit WHERE seq = ?", row -> row.getString(1), known.seq()).orElse(""));
        if (problem.isEmpty() && !there.equals(known.hash())) {
            problem = Optional.of("entry " + known.seq() + " is missing or another one than the head says: the end was "
                    + "cut, or an older copy was put back");
        }
        Tip tip = database.read(AuditLog::tip);
        if (problem.isEmpty() && (tip.seq() != verifier.seq() || !tip.hash().equals(verifier.hash()))) {
            problem = Optional.of("the end of the record is not where the tip says");
        }
        if (problem.isPresent()) {
            throw new IOException("the audit record is broken: " + problem.get());
        }
        if (verifier.seq() > known.seq() || state.torn()) {
            head.write(new AuditHead.Mark(verifier.seq(), verifier.hash(), known.baseSeq(), known.baseHash()));
        }
        if (known.baseSeq() > 0) {
            dropBefore(known.baseSeq());
        }
    }

    private static Optional<String> check(Connection connection, AuditVerifier verifier, long after)
            throws SQLException {
        String[] problem = new String[1];
        each(connection, after, row -> {
            if (problem[0] == null) {
                problem[0] = verifier.accept(row).orElse(null);
            }
        });
        return Optional.ofNullable(problem[0]);
    }

    /** Is given entry after entry. */
    interface Rows {
        void accept(AuditRow row) throws SQLException;
    }

    static void each(Connection connection, long after, Rows rows) throws SQLException {
        Sql.each(connection, COLUMNS + "WHERE seq > ? ORDER BY seq", row -> rows.accept(row(row)), after);
    }

    static AuditRow row(ResultSet row) throws SQLException {
        return new AuditRow(row.getLong(1), row.getLong(2), row.getString(3), row.getString(4), row.getString(5),
                row.getString(6), row.getString(7), row.getString(8), row.getString(9));
    }

    private static Tip tip(Connection connection) throws SQLException {
        return Sql.first(connection, "SELECT seq, hash FROM audit_tip WHERE id = 1",
                row -> new Tip(row.getLong(1), row.getString(2))).orElseThrow();
    }

    /** Makes a change that is on the disk, audited, when this returns. */
    <T> T change(Change<T> change) {
        Transaction[] made = new Transaction[1];
        T result = exclusively(state -> {
            AuditHead.Mark mark = state.mark();
            AuditHead.Mark[] end = new AuditHead.Mark[1];
            T value = database.transaction(connection -> {
                // Writers of other processes wait here.
                WriterVersion.queue(connection);
                Tip tip = tip(connection);
                checkNotCut(tip, state);
                made[0] = new Transaction(connection);
                T done = change.run(made[0]);
                end[0] = append(connection, tip, mark, made[0]);
                return done;
            });
            writeHead(mark, end[0]);
            return value;
        });
        if (made[0].told) {
            wakes.forEach(Runnable::run);
        }
        return result;
    }

    private interface Exclusive<T> {
        T run(AuditHead.State state);
    }

    /**
     * Runs with the queue of this process's writers and the lock against other processes; is given the head as it is.
     */
    private <T> T exclusively(Exclusive<T> work) {
        database.lock();
        try (FileLock mine = headLock()) {
            AuditHead.State state = head.read().orElseThrow(
                    () -> database.fail(Failures.unavailable("audit_head_broken", null)));
            if (state.retired() && !retiredHead) {
                throw database.fail(Failures.unavailable("audit_broken", null));
            }
            return work.run(state);
        } catch (IOException e) {
            throw database.fail(Failures.unavailable("store_disk_failed", e));
        } finally {
            database.unlock();
        }
    }

    private FileLock headLock() throws IOException {
        long until = System.nanoTime() + LOCK_WAIT_NS;
        while (System.nanoTime() < until) {
            try {
                FileLock lock = head.tryLock();
                if (lock != null) {
                    return lock;
                }
            } catch (OverlappingFileLockException another) {
                // A second store of this process on the same files: it will let go as well.
            }
            LockSupport.parkNanos(LOCK_RETRY_NS);
        }
        throw database.fail(Failures.unavailable("store_busy", null));
    }

    private void checkNotCut(Tip tip, AuditHead.State state) {
        AuditHead.Mark mark = state.mark();
        // A head that was torn while it was written has an entry after it.
        if (tip.seq() < mark.seq() || tip.seq() == mark.seq() && (state.torn() || !tip.hash().equals(mark.hash()))) {
            throw database.fail(Failures.unavailable("audit_broken", null));
        }
    }

    private AuditHead.Mark append(Connection connection, Tip tip, AuditHead.Mark mark, Transaction made)
            throws SQLException {
        List<AuditEntry> entries = Binding.attach(connection, made.entries, made.rows);
        if (tip.seq() == 0 && !entries.isEmpty()) {
            // From its first entry on the record tells of everything.
            entries.getFirst().data().put(Told.MARK, true);
            Binding.mark(connection);
        }
        AuditChain chain = new AuditChain(signer, tip.seq(), tip.hash());
        for (AuditEntry entry : entries) {
            AuditRow row = chain.add(entry);
            Sql.update(connection, "INSERT INTO audit (seq, at_ms, kind, consultation, actor, body, hash, mac, key_id) "
                    + "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)", row.seq(), row.atMs(), row.kind(), row.consultation(),
                    row.actor(), row.body(), row.hash(), row.mac(), row.keyId());
        }
        if (!entries.isEmpty()) {
            Sql.update(connection, "UPDATE audit_tip SET seq = ?, hash = ? WHERE id = 1", chain.seq(), chain.hash());
        }
        boolean shorter = made.baseSeq > mark.baseSeq();
        return new AuditHead.Mark(chain.seq(), chain.hash(), shorter ? made.baseSeq : mark.baseSeq(),
                shorter ? made.baseHash : mark.baseHash());
    }

    private void writeHead(AuditHead.Mark before, AuditHead.Mark after) {
        if (after.equals(before)) {
            return;
        }
        try {
            head.write(after);
            retiredHead = false;
        } catch (IOException e) {
            throw database.fail(Failures.unavailable("store_disk_failed", e));
        }
    }

    /** To go along the record with, from where it begins. */
    ChainWalk walk(long leaving) {
        AuditHead.Mark mark = mark();
        return new ChainWalk(new AuditVerifier(signer, new AuditHead.State(new AuditHead.Mark(mark.baseSeq(),
                mark.baseHash(), mark.baseSeq(), mark.baseHash()), false, true)), new Told(leaving));
    }

    /**
     * Lets go of the entries up to that number, after which the head already says that the record begins; what a crash
     * leaves of them goes at the next start.
     */
    int dropBefore(long upTo) {
        return database.write(connection -> Sql.update(connection, "DELETE FROM audit WHERE seq <= ?", upTo));
    }

    /** The entries after that number, in order. */
    public List<AuditRow> after(long seq, int limit) {
        return database.read(connection -> Sql.list(connection, COLUMNS + "WHERE seq > ? ORDER BY seq LIMIT ?",
                AuditLog::row, seq, limit));
    }

    /** The entries about a consultation. */
    public List<AuditRow> about(String consultation) {
        return database.read(connection -> Sql.list(connection, COLUMNS + "WHERE consultation = ? ORDER BY seq",
                AuditLog::row, consultation));
    }

    /** The entries that somebody caused or that name somebody. */
    public List<AuditRow> naming(String pseudonym) {
        return database.read(connection -> Sql.list(connection, COLUMNS
                + "WHERE (actor = ? OR body LIKE ? ESCAPE '!') AND kind NOT IN (?, ?) ORDER BY seq",
                // Entries that only prove rows name many people at once.
                AuditLog::row, pseudonym, "%\"" + pseudonym.replace("_", "!_") + "\"%", Told.BOUND, Told.ROWS));
    }

    /** Adds an entry that no other part makes. */
    public void note(String kind, String actor, String reason, Instant at) {
        note(new AuditEntry(at, kind, "", actor, SqlJournal.JSON.createObjectNode().put("reason", reason)));
    }

    /** Adds an entry about what changes no table. */
    public void note(AuditEntry entry) {
        change(transaction -> {
            transaction.audit(entry);
            return null;
        });
    }

    /** Where the record ends, and begins. */
    public AuditHead.Mark mark() {
        return exclusively(AuditHead.State::mark);
    }

    /** Calls back after each change that told something. */
    void onTold(Runnable wake) {
        wakes.add(wake);
    }

    @Override
    public void close() throws IOException {
        head.close();
    }
}
