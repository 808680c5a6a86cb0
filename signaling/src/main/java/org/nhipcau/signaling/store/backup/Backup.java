// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.signaling.store.backup;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.OutputStreamWriter;
import java.io.Writer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.Optional;
import java.util.zip.GZIPOutputStream;
import org.nhipcau.signaling.audit.AuditHead;
import org.nhipcau.signaling.audit.PrivateFile;
import org.nhipcau.signaling.store.StoreSettings;
import org.nhipcau.signaling.store.keys.KeyRing;
import org.nhipcau.signaling.store.keys.Seal;
import org.nhipcau.signaling.store.sql.Entries;
import org.nhipcau.signaling.store.sql.Database;
import org.nhipcau.signaling.store.sql.Dump;

/** Takes a backup while the server runs. Thread: one; blocks. */
public final class Backup {
    private Backup() {}

    /**
     * Writes everything into a new file, which is there whole or not at all.
     *
     * @throws IOException when the store cannot be read, its record has no valid head, or the file exists or cannot be
     *     written
     */
    public static Dump.Summary write(StoreSettings settings, KeyRing keys, Path file, Instant now) throws IOException {
        if (Files.exists(file)) {
            throw new IOException("the file " + file + " is there already");
        }
        Path part = file.resolveSibling(file.getFileName() + ".part");
        try (Database database = Database.existing(settings.url(), settings.directory())) {
            Dump.Summary summary;
            Files.deleteIfExists(part);
            PrivateFile.create(part);
            try (OutputStream out = new BufferedOutputStream(Files.newOutputStream(part, StandardOpenOption.WRITE));
                    SealedFile.Writer sealed = new SealedFile.Writer(new Seal(keys, new SecureRandom()), out);
                    Writer text = new OutputStreamWriter(new GZIPOutputStream(sealed), StandardCharsets.UTF_8)) {
                summary = Dump.write(database, () -> head(settings, keys, database), now.toString(), text);
            }
            try (FileChannel written = FileChannel.open(part, StandardOpenOption.WRITE)) {
                written.force(true);
            }
            Files.move(part, file, StandardCopyOption.ATOMIC_MOVE);
            return summary;
        } finally {
            Files.deleteIfExists(part);
        }
    }

    private static AuditHead.State head(StoreSettings settings, KeyRing keys, Database database) throws IOException {
        Optional<AuditHead.State> head = AuditHead.read(settings.headFile(), keys);
        boolean there = Files.exists(settings.headFile());
        if (head.isEmpty() && (there || !Entries.isEmpty(database))) {
            // Without it a record whose end was cut would be whole again once it is restored.
            throw new IOException("the head of the audit record, " + settings.headFile() + (there
                    ? ", was not written with the configured key" : ", is missing, but the record is not empty"));
        }
        return head.orElse(new AuditHead.State(AuditHead.Mark.EMPTY, false));
    }
}
