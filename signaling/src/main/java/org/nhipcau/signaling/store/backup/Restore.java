// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.signaling.store.backup;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import java.util.zip.GZIPInputStream;
import org.nhipcau.signaling.audit.AuditHead;
import org.nhipcau.signaling.store.Store;
import org.nhipcau.signaling.store.StoreSettings;
import org.nhipcau.signaling.store.UnfinishedRestore;
import org.nhipcau.signaling.store.UnfinishedRestore.Left;
import org.nhipcau.signaling.store.keys.KeyRing;
import org.nhipcau.signaling.store.keys.Seal;
import org.nhipcau.signaling.store.sql.Database;
import org.nhipcau.signaling.store.sql.Dump;
import org.nhipcau.signaling.store.sql.RecordCheck;
import org.nhipcau.signaling.store.sql.ReturnedKey;

/**
 * Checks a backup, and puts one back.
 *
 * <p>Either begins by reading the file whole into a SQLite database of its own and proving its audit record from end to
 * end, which must reach at least as far as its head said when the backup was taken. Who was erased since then is erased
 * again.
 *
 * <p>Thread: one; blocks.
 */
public final class Restore {
    /** What a backup holds. */
    public record Checked(Dump.Summary summary, AuditHead.Mark end) {}

    private static final String SCRATCH = "restore.tmp";
    /** What was there before is moved into a directory whose name begins so. */
    private static final String BEFORE = "before-restore-";
    /** What stood where a restore was cut short, likewise. */
    private static final String CUT = "cut-restore-";

    private Restore() {}

    /**
     * Reads a backup whole and proves its record, leaving nothing behind.
     *
     * @param scratch a directory with room for it
     * @throws IOException saying what is wrong with it
     */
    public static Checked check(Path file, KeyRing keys, Path scratch) throws IOException {
        Files.createDirectories(scratch);
        Path directory = Files.createTempDirectory(scratch, "check");
        try {
            return load(file, keys, directory);
        } finally {
            delete(directory);
        }
    }

    private static Checked load(Path file, KeyRing keys, Path directory) throws IOException {
        try (Database database = Database.open("", directory)) {
            Dump.Summary summary = read(file, keys, database);
            return new Checked(summary, prove(database, keys, summary.head()));
        }
    }

    private static Dump.Summary read(Path file, KeyRing keys, Database database) throws IOException {
        try (BufferedReader lines = Files.newBufferedReader(file, StandardCharsets.US_ASCII);
                SealedFile.Reader sealed = new SealedFile.Reader(new Seal(keys, new SecureRandom()), lines);
                BufferedReader text = new BufferedReader(
                        new InputStreamReader(new GZIPInputStream(sealed), StandardCharsets.UTF_8))) {
            Dump.Summary summary = Dump.read(database, text);
            if (text.read() >= 0 || !sealed.ended()) {
                throw new IOException("the backup goes on after its end");
            }
            return summary;
        }
    }

    private static AuditHead.Mark prove(Database database, KeyRing keys, AuditHead.State head) throws IOException {
        RecordCheck.Result result = RecordCheck.ofCopy(database, keys, head);
        if (result.problem().isPresent()) {
            throw new IOException("the audit record of the backup is broken: " + result.problem().get());
        }
        return result.end();
    }

    /**
     * Puts a backup back. No server may run on the directory meanwhile.
     *
     * @param replace what is there is moved aside (SQLite); without it, there must be nothing
     * <p>A restore that was cut short is noted in the directory, where everything else refuses to go on; doing it again
     * with {@code replace} finishes it, and moves aside what it finds. Nothing is deleted, but what a restore that was
     * cut short put into this very database server.
     *
     * @throws IOException saying why not; then what was there is as it was, or, after it began to be moved aside, waits
     *     there
     */
    public static Checked restore(Path file, StoreSettings settings, KeyRing keys, boolean replace, InstantSource clock)
            throws IOException {
        try (FileChannel taken = Store.take(settings.directory())) {
            Path scratch = settings.directory().resolve(SCRATCH);
            delete(scratch);
            Files.createDirectories(scratch);
            try {
                String place = UnfinishedRestore.place(settings.url());
                // One into another database says nothing about what is in this one.
                Optional<Left> left = UnfinishedRestore.left(settings.directory())
                        .filter(before -> before.place().equals(place));
                if (!replace) {
                    UnfinishedRestore.refuse(settings.directory());
                }
                Checked checked = load(file, keys, scratch);
                try (Database copy = Database.open("", scratch)) {
                    ReturnedKey.refuse(copy, keys, checked.end());
                }
                if (settings.url().startsWith("jdbc:postgresql:")) {
                    intoServer(file, settings, keys, left.isPresent());
                    if (Files.exists(settings.headFile())) {
                        moveAside(List.of(settings.headFile()), fresh(settings, left.isPresent() ? CUT : BEFORE,
                                clock));
                    }
                } else {
                    intoFile(scratch, settings, replace, left, clock);
                }
                AuditHead.create(settings.headFile(), keys, checked.end()).close();
                finish(settings, keys, checked, clock);
                UnfinishedRestore.end(settings.directory());
                return checked;
            } finally {
                delete(scratch);
            }
        }
    }

    /** @param ours what is in the database was put there by a restore that was cut short */
    private static void intoServer(Path file, StoreSettings settings, KeyRing keys, boolean ours) throws IOException {
        try (Database database = Database.open(settings.url(), settings.directory())) {
            if (ours) {
                Dump.clear(database);
            } else if (!Dump.isEmpty(database)) {
                throw new IOException("the database is not empty; restore into a new one");
            }
            UnfinishedRestore.note(settings.directory(),
                    new Left(null, true, UnfinishedRestore.place(settings.url())));
            Dump.Summary summary = read(file, keys, database);
            try {
                prove(database, keys, summary.head());
            } catch (IOException broken) {
                Dump.clear(database);
                UnfinishedRestore.end(settings.directory());
                throw broken;
            }
        }
    }

    private static void intoFile(Path scratch, StoreSettings settings, boolean replace, Optional<Left> left,
            InstantSource clock) throws IOException {
        Path target = settings.url().isEmpty() ? settings.directory().resolve("nhipcau.db")
                : Path.of(settings.url().substring("jdbc:sqlite:".length()));
        List<Path> old = List.of(Path.of(target + "-wal"), Path.of(target + "-shm"), settings.headFile(), target);
        String place = UnfinishedRestore.place(settings.url());
        if (left.isPresent() && left.get().moved()) {
            // Of the restore that was cut short, or put there since by hand: that is not to be told.
            moveAside(old, fresh(settings, CUT, clock));
        } else if (left.isPresent() || Files.exists(target) || Files.exists(settings.headFile())) {
            if (!replace) {
                throw new IOException("there is a store in " + settings.directory() + "; --replace moves it aside");
            }
            Path aside = left.map(Left::aside).orElseGet(() -> fresh(settings, BEFORE, clock));
            UnfinishedRestore.note(settings.directory(), new Left(aside, false, place));
            moveAside(old, aside);
            UnfinishedRestore.note(settings.directory(), new Left(aside, true, place));
        } else {
            UnfinishedRestore.note(settings.directory(), new Left(null, true, place));
        }
        Files.move(scratch.resolve("nhipcau.db"), target, StandardCopyOption.ATOMIC_MOVE);
    }

    /** A directory that is not there yet. */
    private static Path fresh(StoreSettings settings, String name, InstantSource clock) {
        String at = name + clock.instant().toString().replaceAll("[^0-9TZ]", "");
        Path path = settings.directory().resolve(at);
        for (int i = 2; Files.exists(path); i++) {
            path = settings.directory().resolve(at + '-' + i);
        }
        return path;
    }

    private static void moveAside(List<Path> old, Path aside) throws IOException {
        for (Path path : old) {
            if (Files.exists(path)) {
                Files.createDirectories(aside);
                Files.move(path, aside.resolve(path.getFileName()));
            }
        }
    }

    private static void finish(StoreSettings settings, KeyRing keys, Checked checked, InstantSource clock)
            throws IOException {
        try (Store store = Store.openRestored(settings, keys, clock)) {
            store.note("store.restored", "operator", "backup of " + checked.summary().createdAt());
            store.eraseAgain("operator");
        }
    }

    private static void delete(Path directory) throws IOException {
        if (!Files.exists(directory)) {
            return;
        }
        List<Path> paths;
        try (Stream<Path> found = Files.walk(directory)) {
            paths = found.sorted(Comparator.reverseOrder()).toList();
        }
        for (Path path : paths) {
            Files.delete(path);
        }
    }
}
