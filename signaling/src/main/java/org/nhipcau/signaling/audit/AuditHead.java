// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.signaling.audit;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Optional;

/**
 * The last entry, written down outside the database under a key, so that a record that ends earlier is found out.
 *
 * <p>The file has two places on blocks of their own, written in turns, each forced to the disk: a write that is torn
 * by a crash leaves the other. Its space is taken when it is made, so that a full disk does not stop it. What is signed
 * names the place: the older mark copied over the newer one would otherwise pass for a whole file that ends earlier.
 *
 * <p>Several processes may share the file: whoever writes holds {@link #tryLock} from reading to writing.
 *
 * <p>Thread: one at a time. Owns: the file.
 */
public final class AuditHead implements AutoCloseable {
    /** Where the record ends, and after which entry it begins (later than 0 once old entries were let go). */
    public record Mark(long seq, String hash, long baseSeq, String baseHash) {
        /** Of an empty record. */
        public static final Mark EMPTY = new Mark(0, AuditChain.GENESIS, 0, AuditChain.GENESIS);
    }

    /**
     * What the file says.
     *
     * @param torn a place holds something that the key did not make: a crash while writing, or another hand
     * @param retired it was signed with a key that is no longer the one in use
     */
    public record State(Mark mark, boolean torn, boolean retired) {
        /** Signed with the key in use. */
        public State(Mark mark, boolean torn) {
            this(mark, torn, false);
        }
    }

    private record Place(Mark mark, boolean retired) {
        long seq() {
            return mark.seq();
        }
    }

    private static final int PLACE_BYTES = 4_096;
    private static final String MAGIC = "nhipcau-audit-head-1";

    private final AuditSigner signer;
    private final FileChannel file;
    private final FileChannel lock;
    private int next;

    private AuditHead(AuditSigner signer, FileChannel file, FileChannel lock) {
        this.signer = signer;
        this.file = file;
        this.lock = lock;
    }

    /** Makes the file, with a first mark. It must not be there. */
    public static AuditHead create(Path path, AuditSigner signer, Mark first) throws IOException {
        Path fresh = path.resolveSibling(path.getFileName() + ".new");
        Files.deleteIfExists(fresh);
        PrivateFile.create(fresh);
        try (FileChannel channel = FileChannel.open(fresh, StandardOpenOption.WRITE)) {
            AuditHead head = new AuditHead(signer, channel, null);
            head.write(first);
            head.write(first);
            channel.force(true);
        }
        // Whole or not at all, also when the machine stops here.
        Files.move(fresh, path, StandardCopyOption.ATOMIC_MOVE);
        forceDirectory(path);
        return open(path, signer);
    }

    /** Opens the file that is there. */
    public static AuditHead open(Path path, AuditSigner signer) throws IOException {
        AuditHead head = new AuditHead(signer,
                FileChannel.open(path, StandardOpenOption.READ, StandardOpenOption.WRITE),
                FileChannel.open(path.resolveSibling(path.getFileName() + ".lock"), StandardOpenOption.CREATE,
                        StandardOpenOption.WRITE));
        head.read();
        return head;
    }

    /** Reads the file without opening it for writing; empty when it is missing or nothing in it is valid. */
    public static Optional<State> read(Path path, AuditSigner signer) throws IOException {
        if (!Files.exists(path)) {
            return Optional.empty();
        }
        try (AuditHead head = new AuditHead(signer, FileChannel.open(path, StandardOpenOption.READ), null)) {
            return head.read();
        }
    }

    /** What the file says now; empty when neither place is valid. */
    public Optional<State> read() throws IOException {
        Optional<Place> first = place(0);
        Optional<Place> second = place(1);
        // The older place is the next to be written; another process may have written since.
        next = first.isPresent() && (second.isEmpty() || first.get().seq() > second.get().seq()) ? 1 : 0;
        boolean torn = first.isEmpty() || second.isEmpty();
        if (first.isEmpty() && second.isEmpty()) {
            return Optional.empty();
        }
        Place last = first.isEmpty() || second.isPresent() && second.get().seq() > first.get().seq()
                ? second.get() : first.get();
        return Optional.of(new State(last.mark(), torn, last.retired()));
    }

    /**
     * Keeps other processes from writing until it is closed; null while one of them does.
     *
     * <p>Spec: POSIX advisory record locks, so a process that dies lets go. They belong to a file of their own: a
     * process loses those of a file when it closes any channel of it, such as one that only read.
     */
    public FileLock tryLock() throws IOException {
        return lock.tryLock();
    }

    /** Writes the mark over the older one and returns when the disk has it. */
    public void write(Mark mark) throws IOException {
        byte[] place = new byte[PLACE_BYTES];
        Arrays.fill(place, (byte) ' ');
        String keyId = signer.keyId();
        String text = text(mark, keyId);
        String code = HexFormat.of().formatHex(signer.sign(keyId, signed(text, next)));
        byte[] line = (text + ' ' + code + '\n').getBytes(StandardCharsets.UTF_8);
        System.arraycopy(line, 0, place, 0, line.length);
        ByteBuffer bytes = ByteBuffer.wrap(place);
        long at = (long) next * PLACE_BYTES;
        while (bytes.hasRemaining()) {
            at += file.write(bytes, at);
        }
        file.force(false);
        next = 1 - next;
    }

    private static String text(Mark mark, String keyId) {
        return MAGIC + ' ' + mark.seq() + ' ' + mark.hash() + ' ' + mark.baseSeq() + ' ' + mark.baseHash() + ' '
                + keyId;
    }

    private static byte[] signed(String text, int index) {
        return (text + " place " + index).getBytes(StandardCharsets.UTF_8);
    }

    private Optional<Place> place(int index) throws IOException {
        ByteBuffer bytes = ByteBuffer.allocate(PLACE_BYTES);
        int count = 0;
        while (bytes.hasRemaining() && count >= 0) {
            count = file.read(bytes, (long) index * PLACE_BYTES + bytes.position());
        }
        String line = new String(bytes.array(), 0, bytes.position(), StandardCharsets.UTF_8);
        String[] words = line.split("\n", 2)[0].split(" ");
        if (words.length != 7 || !words[0].equals(MAGIC)) {
            return Optional.empty();
        }
        try {
            Mark mark = new Mark(Long.parseLong(words[1]), words[2], Long.parseLong(words[3]), words[4]);
            byte[] code = HexFormat.of().parseHex(words[6]);
            boolean ours = signer.valid(words[5], signed(text(mark, words[5]), index), code);
            return ours ? Optional.of(new Place(mark, !words[5].equals(signer.keyId()))) : Optional.empty();
        } catch (IllegalArgumentException notOurs) {
            return Optional.empty();
        }
    }

    private static void forceDirectory(Path path) throws IOException {
        try (FileChannel directory = FileChannel.open(path.toAbsolutePath().getParent(), StandardOpenOption.READ)) {
            directory.force(true);
        }
    }

    @Override
    public void close() throws IOException {
        if (lock != null) {
            lock.close();
        }
        file.close();
    }
}
