// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.signaling.store;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import org.nhipcau.signaling.audit.AuditEntry;
import org.nhipcau.signaling.audit.AuditHead;
import org.nhipcau.signaling.audit.AuditRow;
import org.nhipcau.signaling.consultation.Actor;
import org.nhipcau.signaling.consultation.Consultation;
import org.nhipcau.signaling.consultation.ConsultationCommand;
import org.nhipcau.signaling.consultation.ConsultationJournal;
import org.nhipcau.signaling.consultation.ConsultationService;
import org.nhipcau.signaling.consultation.JournalUnavailableException;
import org.nhipcau.signaling.consultation.Participant;
import org.nhipcau.signaling.consultation.PublicId;
import org.nhipcau.signaling.consultation.RefusedException;
import org.nhipcau.signaling.store.keys.KeyRing;
import org.nhipcau.signaling.store.keys.Seal;
import org.nhipcau.signaling.store.sheet.Exports;
import org.nhipcau.signaling.store.sql.AuditLog;
import org.nhipcau.signaling.store.sql.Database;
import org.nhipcau.signaling.store.sql.Entries;
import org.nhipcau.signaling.store.sql.Retention;
import org.nhipcau.signaling.store.sql.SqlApiKeys;
import org.nhipcau.signaling.store.sql.SqlAttendance;
import org.nhipcau.signaling.store.sql.SqlDirectory;
import org.nhipcau.signaling.store.sql.SqlIdempotency;
import org.nhipcau.signaling.store.sql.SqlJournal;
import org.nhipcau.signaling.store.sql.SqlOutbox;
import org.nhipcau.signaling.store.sql.SqlReports;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The open store: gives out its parts, and watches whether it can be written to.
 *
 * <p>A command opens it for one deed; a server opens it, then calls {@link #serve}, which takes the directory for this
 * process alone, closes stays that a crash left open and begins the pulse: a write every few seconds, by which a
 * failure is noticed though nobody writes, and healed.
 *
 * <p>Thread: any; blocks. Owns: the connections, the head of the record, the thread of the pulse.
 */
public final class Store implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Store.class);
    private static final Duration PULSE = Duration.ofSeconds(4);
    private static final Duration PROBE = Duration.ofSeconds(1);
    private static final Duration RETENTION = Duration.ofHours(6);

    private final InstantSource clock;
    private final Path directory;
    private final Database database;
    private final AuditLog audit;
    private final Entries entries;
    private final SqlJournal journal;
    private final SqlDirectory people;
    private final SqlAttendance attendance;
    private final SqlApiKeys apiKeys;
    private final SqlIdempotency idempotency;
    private final SqlOutbox outbox;
    private final SqlReports reports;
    private final Exports exports;
    private final Retention retention;
    private FileChannel taken;
    private Thread pulse;

    private Store(StoreSettings settings, KeyRing keys, InstantSource clock, Database database, AuditLog audit)
            throws IOException {
        SecureRandom random = new SecureRandom();
        String node = node(settings.directory(), random);
        this.clock = clock;
        this.database = database;
        this.audit = audit;
        directory = settings.directory();
        journal = new SqlJournal(database, audit, node);
        people = new SqlDirectory(database, audit, new Seal(keys, random), random,
                ErasedList.in(settings.directory()));
        attendance = new SqlAttendance(database, audit, node);
        apiKeys = new SqlApiKeys(database, audit);
        idempotency = new SqlIdempotency(database);
        outbox = new SqlOutbox(database, audit);
        reports = new SqlReports(database);
        entries = new Entries(database);
        exports = new Exports(entries, people, attendance, journal);
        retention = new Retention(database, audit, people, settings.keep());
    }

    /**
     * Opens the store and brings its tables to this version.
     *
     * @throws IOException when it cannot be opened, the audit record does not fit its head, or a restore was cut short
     */
    public static Store open(StoreSettings settings, KeyRing keys, InstantSource clock) throws IOException {
        UnfinishedRestore.refuse(settings.directory());
        return openRestored(settings, keys, clock);
    }

    /**
     * Opens the store that a restore has just put there, to finish it.
     *
     * @throws IOException as {@link #open}
     */
    public static Store openRestored(StoreSettings settings, KeyRing keys, InstantSource clock) throws IOException {
        Files.createDirectories(settings.directory());
        Database database = Database.open(settings.url(), settings.directory());
        AuditLog audit = null;
        Store store = null;
        try {
            audit = AuditLog.open(database, keys, settings.headFile());
            audit.bringUp(clock.instant());
            store = new Store(settings, keys, clock, database, audit);
            return store;
        } catch (JournalUnavailableException e) {
            throw new IOException("the store cannot be written to: " + e.getMessage(), e);
        } finally {
            if (store == null) {
                if (audit != null) {
                    audit.close();
                }
                database.close();
            }
        }
    }

    // Names this process in rows, over restarts, and tells nothing about the machine.
    private static String node(Path directory, SecureRandom random) throws IOException {
        Path file = directory.resolve("node-id");
        if (!Files.exists(file)) {
            Files.writeString(file, PublicId.random("N_", random) + '\n', StandardOpenOption.CREATE_NEW,
                    StandardOpenOption.WRITE, StandardOpenOption.SYNC);
        }
        String node = Files.readString(file, StandardCharsets.UTF_8).strip();
        if (!node.matches("N_[0-9A-Za-z]{12}")) {
            throw new IOException("the file " + file + " is damaged; remove it, and the next start makes another");
        }
        return node;
    }

    /**
     * Takes the directory for this server, and begins to watch.
     *
     * @throws IOException when another server has it, or it cannot be read or written
     */
    public void serve() throws IOException {
        taken = take(directory);
        int left;
        int erased;
        try {
            // A restore that a crash ended brought them back.
            erased = people.eraseListed("system", clock.instant());
            journal.nobodyIsHere();
            left = attendance.recover();
            attendance.pulse(clock.instant());
        } catch (JournalUnavailableException e) {
            throw new IOException("the store cannot be written to: " + e.getMessage(), e);
        }
        if (erased > 0) {
            LOG.warn("{} people who had been erased before were there, and were erased again", erased);
        }
        if (left > 0) {
            LOG.info("{} stays that the last run left open were closed", left);
        }
        AuditHead.Mark mark = audit.mark();
        LOG.info("audit record ends at {}:{}", mark.seq(), mark.hash());
        pulse = Thread.ofVirtual().name("store-pulse").start(this::beat);
    }

    /** Takes a data directory for one process; the answer is to be closed. */
    public static FileChannel take(Path directory) throws IOException {
        Files.createDirectories(directory);
        FileChannel file = FileChannel.open(directory.resolve("server.lock"), StandardOpenOption.CREATE,
                StandardOpenOption.WRITE);
        boolean mine = false;
        try {
            mine = file.tryLock() != null;
        } catch (OverlappingFileLockException here) {
            // By this very process.
        }
        if (!mine) {
            file.close();
            throw new IOException("another server uses the data directory " + directory);
        }
        return file;
    }

    private void beat() {
        Instant cleaned = Instant.MIN;
        while (!Thread.currentThread().isInterrupted()) {
            boolean before = available();
            try {
                database.probe();
                attendance.pulse(clock.instant());
                if (!before) {
                    LOG.info("the store can be written to again");
                }
                Instant now = clock.instant();
                if (cleaned.isBefore(now.minus(RETENTION))) {
                    retention.run(now);
                    cleaned = now;
                }
            } catch (JournalUnavailableException e) {
                if (before) {
                    LOG.error("the store cannot be written to: {}", e.getMessage());
                }
            } catch (RuntimeException e) {
                LOG.error("upkeep of the store failed", e);
            }
            try {
                Thread.sleep(available() ? PULSE : PROBE);
            } catch (InterruptedException e) {
                return;
            }
        }
    }

    /**
     * Lets everybody go who was in a consultation when the last run of this server ended: they are not there, and come
     * in anew. For the start, before anybody can join.
     */
    public void clearSeats(ConsultationService service) {
        for (String id : reports.open()) {
            Consultation consultation = journal.load(id).orElse(null);
            if (consultation == null) {
                continue;
            }
            for (Participant person : consultation.list().values()) {
                if (person.present()) {
                    clearSeat(service, id, person.pseudonym());
                }
            }
        }
    }

    private static void clearSeat(ConsultationService service, String id, String pseudonym) {
        try {
            service.execute(id, new ConsultationCommand.Leave(pseudonym), Actor.system());
        } catch (RefusedException e) {
            // It ended meanwhile, and everybody left with it.
            LOG.debug("a seat was cleared already");
        }
    }

    /** Whether the last write, at most a few seconds ago, reached the disk. */
    public boolean available() {
        return database.failure().isEmpty();
    }

    /** Why it is not available: a code such as {@code store_disk_full}; empty when it is. */
    public String failure() {
        return database.failure();
    }

    /** Consultations. */
    public ConsultationJournal journal() {
        return journal;
    }

    /** Facilities and people. */
    public DirectoryStore directory() {
        return people;
    }

    /** Who was there, and how their links were. */
    public AttendanceStore attendance() {
        return attendance;
    }

    /** Keys of other platforms. */
    public ApiKeyStore apiKeys() {
        return apiKeys;
    }

    /** Answers to requests that may be repeated. */
    public IdempotencyStore idempotency() {
        return idempotency;
    }

    /** What is to be told to others. */
    public OutboxStore outbox() {
        return outbox;
    }

    /** Counts and lists. */
    public ReportQueries reports() {
        return reports;
    }

    /** One consultation, or one person, as a document. */
    public Exports exports() {
        return exports;
    }

    /** Lets go of what was kept long enough. */
    public void forget() {
        retention.run(clock.instant());
    }

    /** Seals what identifies people under the key in use now; how many were sealed under another. */
    public int reseal(String actor) {
        return people.reseal(actor, clock.instant());
    }

    /**
     * Erases again whoever was erased before a restore; how many.
     *
     * @throws IOException when the list of them cannot be read
     */
    public int eraseAgain(String actor) throws IOException {
        return people.eraseListed(actor, clock.instant());
    }

    /** Notes something in the record that no other part does. */
    public void note(String kind, String actor, String reason) {
        audit.note(kind, actor, reason, clock.instant());
    }

    /** Notes that somebody was given a token to join, before it is given. */
    public void noteToken(JoinToken token, String actor, Instant at) {
        ObjectNode data = JsonNodeFactory.instance.objectNode().put("person", token.pseudonym())
                .put("role", token.role().name()).put("expires", token.expiresAt().toEpochMilli());
        if (!token.caregiver().isEmpty()) {
            data.put("caregiver", token.caregiver());
        }
        audit.note(new AuditEntry(at, "token.issued", token.consultation(), actor, data));
    }

    /** The database under it, for those who check it. */
    public Database database() {
        return database;
    }

    /** The entries of the audit record after that number, in order. */
    public List<AuditRow> audit(long seq, int limit) {
        return entries.after(seq, limit);
    }

    /** Where the audit record ends. */
    public AuditHead.Mark auditEnd() {
        return audit.mark();
    }

    @Override
    public void close() throws IOException {
        if (pulse != null) {
            pulse.interrupt();
            try {
                pulse.join(PULSE);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
        audit.close();
        database.close();
        if (taken != null) {
            taken.close();
        }
    }
}
