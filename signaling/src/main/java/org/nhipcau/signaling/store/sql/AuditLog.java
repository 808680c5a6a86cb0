// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.signaling.store.sql;

import java.io.IOException;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.nhipcau.signaling.audit.AuditEntry;
import org.nhipcau.signaling.audit.AuditHead;
import org.nhipcau.signaling.audit.AuditSigner;
import org.nhipcau.signaling.audit.AuditVerifier;

/**
 * Makes changes: what is changed, its audit entries and the messages about it go into one transaction, and the answer
 * is given when the database and then the head record have reached the disk.
 *
 * <p>A crash between the two leaves entries after the head; {@link Recovery} proves them by their codes and moves the
 * head. An end of the record before the head is never taken over: somebody has cut it.
 *
 * <p>Thread: any; one change at a time. Owns: the head record.
 */
public final class AuditLog implements AutoCloseable {
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
            if (!Entries.isEmpty(database)) {
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
            Recovery.run(database, signer, head, now);
            log.dropBefore(now.mark().baseSeq());
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

    /** Makes a change that is on the disk, audited, when this returns. */
    <T> T change(Transaction.Change<T> change) {
        Transaction[] made = new Transaction[1];
        T result = exclusively(state -> {
            AuditHead.Mark[] end = new AuditHead.Mark[1];
            T value = database.transaction(connection -> {
                // Writers of other processes wait here.
                WriterVersion.queue(connection);
                Entries.Tip tip = Entries.tip(connection);
                checkNotCut(tip, state);
                made[0] = new Transaction(connection);
                T done = change.run(made[0]);
                end[0] = made[0].append(signer, tip, state.mark());
                return done;
            });
            writeHead(state.mark(), end[0]);
            return value;
        });
        if (made[0].told()) {
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

    private void checkNotCut(Entries.Tip tip, AuditHead.State state) {
        AuditHead.Mark mark = state.mark();
        // A head that was torn while it was written has an entry after it.
        if (tip.seq() < mark.seq() || tip.seq() == mark.seq() && (state.torn() || !tip.hash().equals(mark.hash()))) {
            throw database.fail(Failures.unavailable("audit_broken", null));
        }
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
        return upTo == 0 ? 0
                : database.write(connection -> Sql.update(connection, "DELETE FROM audit WHERE seq <= ?", upTo));
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
