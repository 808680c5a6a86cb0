// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.signaling.store;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.nhipcau.signaling.consultation.PublicId;

/**
 * The pseudonyms of those who were erased, beside the database: a backup from before the erasure still holds what they
 * were erased from, and whoever restores it must erase them again.
 *
 * <p>Thread: any; blocks.
 */
public final class ErasedList {
    private final Path file;

    private ErasedList(Path file) {
        this.file = file;
    }

    /** The list of a data directory. */
    public static ErasedList in(Path directory) {
        return new ErasedList(directory.resolve("erased"));
    }

    /** Adds one; on the disk when it returns. */
    public synchronized void add(String pseudonym) throws IOException {
        // Begins a line of its own: what a crash left unfinished before it must not swallow it.
        Files.write(file, ('\n' + pseudonym + '\n').getBytes(StandardCharsets.US_ASCII), StandardOpenOption.CREATE,
                StandardOpenOption.APPEND, StandardOpenOption.SYNC);
    }

    /** All. A line that a crash left unfinished is left out: its erasure was not done. */
    public Set<String> all() throws IOException {
        if (!Files.exists(file)) {
            return Set.of();
        }
        // Any byte is a character here: rubble of a crash is left out as well.
        List<String> lines = Files.readAllLines(file, StandardCharsets.ISO_8859_1);
        TreeSet<String> all = new TreeSet<>(lines);
        all.removeIf(line -> !PublicId.isPerson(line));
        return all;
    }
}
