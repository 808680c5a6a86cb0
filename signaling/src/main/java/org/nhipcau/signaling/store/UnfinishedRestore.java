// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.signaling.store;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Optional;

/**
 * Remembers, in the data directory, a restore from its first change to its last: what a crash leaves in between is
 * neither the old store nor the new one, and nothing but another restore may touch it.
 *
 * <p>Thread: the one that holds the directory.
 */
public final class UnfinishedRestore {
    private static final String NAME = "restore.unfinished";
    private static final String NONE = "-";
    private static final String MOVED = "moved";
    private static final String MOVING = "moving";

    private UnfinishedRestore() {}

    /**
     * How far it came.
     *
     * @param aside where the store of before is moved to; null: there was none
     * @param moved all of it is there; what stands in its place is the restore's own
     * @param place which database it was restored into, as {@link #place} names it; empty: not known
     */
    public record Left(Path aside, boolean moved, String place) {}

    /** Names a database so that it is known again, and tells nothing about it; its password is no part of it. */
    public static String place(String url) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(
                    url.replaceAll("(?<=[?&])password=[^&]*", "").getBytes(StandardCharsets.UTF_8)));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }

    /** Notes how far it came; on the disk when it returns. */
    public static void note(Path directory, Left left) throws IOException {
        String text = (left.aside() == null ? NONE : left.aside().getFileName().toString())
                + ' ' + (left.moved() ? MOVED : MOVING) + ' ' + left.place() + '\n';
        Path fresh = directory.resolve(NAME + ".new");
        Files.writeString(fresh, text, StandardOpenOption.CREATE, StandardOpenOption.TRUNCATE_EXISTING,
                StandardOpenOption.WRITE, StandardOpenOption.SYNC);
        Files.move(fresh, directory.resolve(NAME), StandardCopyOption.ATOMIC_MOVE);
        force(directory);
    }

    /** What a restore left that did not come to its end. */
    public static Optional<Left> left(Path directory) throws IOException {
        Path file = directory.resolve(NAME);
        if (!Files.exists(file)) {
            return Optional.empty();
        }
        String[] words = Files.readString(file, StandardCharsets.UTF_8).strip().split(" ");
        boolean moved = words.length > 1 && words[1].equals(MOVED);
        // Only a name is taken from the file, never a way out of the directory.
        Path aside = words[0].equals(NONE) ? null : directory.resolve(Path.of(words[0]).getFileName());
        return Optional.of(new Left(aside, moved, words.length > 2 ? words[2] : ""));
    }

    /** Forgets it: it came to its end. */
    public static void end(Path directory) throws IOException {
        Files.deleteIfExists(directory.resolve(NAME));
        force(directory);
    }

    /**
     * Refuses to go on over an unfinished one.
     *
     * @throws IOException telling what to do
     */
    public static void refuse(Path directory) throws IOException {
        Optional<Left> left = left(directory);
        if (left.isPresent()) {
            throw new IOException("a restore into " + directory + " was cut short, and what is there is not whole: run "
                    + "\"./nhipcau restore --from FILE --replace\" again" + (left.get().aside() == null ? ""
                    : "; what was there before is in " + left.get().aside()));
        }
    }

    private static void force(Path directory) throws IOException {
        try (FileChannel channel = FileChannel.open(directory, StandardOpenOption.READ)) {
            channel.force(true);
        }
    }
}
