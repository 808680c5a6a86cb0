// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.signaling.live.held;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.HexFormat;
import java.util.List;
import java.util.zip.CRC32C;
import org.nhipcau.signaling.audit.PrivateFile;

/**
 * A file of records, one a line, each with its checksum and forced to the disk before it counts as kept.
 *
 * <pre>
 *   nhipcau-records 1
 *   1b2c3d4e {"any":"text without a line feed"}
 *   |        |
 *   CRC-32C of the text, 8 hex digits
 * </pre>
 *
 * <p>A crash may leave the last record torn: it was not answered yet, and is cut when the file is opened. A record that
 * is damaged before a whole one is no torn tail, and an operator must look.
 *
 * <p>Spec: RFC 3720 appendix B.4 (CRC-32C). Thread: one at a time; blocks. Owns: the file.
 */
public final class RecordFile {
    private static final byte[] HEADER = "nhipcau-records 1\n".getBytes(StandardCharsets.US_ASCII);
    private static final int CHECKSUM_CHARS = 8;

    private final Path file;
    private final List<String> found = new ArrayList<>();
    private int cutBytes;
    /** Of what is whole; 0: there is no file yet. */
    private long lengthBytes;

    private RecordFile(Path file) {
        this.file = file;
    }

    /**
     * Opens the file; it is made with the first record.
     *
     * @throws IOException when it is there and cannot be read, or is damaged in the middle: an operator must look at it
     */
    public static RecordFile open(Path file) throws IOException {
        RecordFile opened = new RecordFile(file);
        if (Files.exists(file)) {
            opened.read(Files.readAllBytes(file));
        }
        return opened;
    }

    private void read(byte[] bytes) throws IOException {
        int at = HEADER.length;
        if (bytes.length < at || !Arrays.equals(HEADER, 0, at, bytes, 0, at)) {
            throw damaged();
        }
        for (String record = next(bytes, at); record != null; record = next(bytes, at)) {
            found.add(record);
            at = endOfLine(bytes, at) + 1;
        }
        for (int end = endOfLine(bytes, at); end < bytes.length; end = endOfLine(bytes, end + 1)) {
            if (next(bytes, end + 1) != null) {
                throw damaged();
            }
        }
        lengthBytes = at;
        cutBytes = bytes.length - at;
        if (cutBytes > 0) {
            try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
                channel.truncate(at);
                channel.force(true);
            }
        }
    }

    private IOException damaged() {
        return new IOException("the file " + file.getFileName() + " in the data directory is damaged");
    }

    private static int endOfLine(byte[] bytes, int from) {
        int end = from;
        while (end < bytes.length && bytes[end] != '\n') {
            end++;
        }
        return end;
    }

    /** The whole record that begins here; null: there is none. */
    private static String next(byte[] bytes, int from) {
        int end = endOfLine(bytes, from);
        int text = from + CHECKSUM_CHARS + 1;
        if (end >= bytes.length || text > end) {
            return null;
        }
        String sum = new String(bytes, from, CHECKSUM_CHARS, StandardCharsets.ISO_8859_1);
        return bytes[text - 1] == ' ' && sum.equals(checksum(bytes, text, end))
                ? new String(bytes, text, end - text, StandardCharsets.UTF_8) : null;
    }

    private static String checksum(byte[] bytes, int from, int to) {
        CRC32C sum = new CRC32C();
        sum.update(bytes, from, to - from);
        return HexFormat.of().toHexDigits((int) sum.getValue());
    }

    private static byte[] line(String record) {
        if (record.indexOf('\n') >= 0) {
            throw new IllegalArgumentException("a record is one line");
        }
        byte[] text = record.getBytes(StandardCharsets.UTF_8);
        byte[] line = new byte[CHECKSUM_CHARS + 2 + text.length];
        byte[] sum = checksum(text, 0, text.length).getBytes(StandardCharsets.US_ASCII);
        System.arraycopy(sum, 0, line, 0, CHECKSUM_CHARS);
        line[CHECKSUM_CHARS] = ' ';
        System.arraycopy(text, 0, line, CHECKSUM_CHARS + 1, text.length);
        line[line.length - 1] = '\n';
        return line;
    }

    /** What was in it when it was opened, in order. */
    public List<String> found() {
        return List.copyOf(found);
    }

    /** How much of a record that was being written during a crash was cut when it was opened. */
    public int cutBytes() {
        return cutBytes;
    }

    /** How long it is. */
    public long lengthBytes() {
        return lengthBytes;
    }

    /**
     * Adds a record; on the disk when it returns.
     *
     * @throws IOException when it may not be on the disk; the next one is written in its place
     */
    public void append(String record) throws IOException {
        if (lengthBytes == 0) {
            rewrite(List.of(record));
            return;
        }
        byte[] line = line(record);
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
            long sizeBytes = channel.size();
            if (sizeBytes < lengthBytes) {
                throw damaged();
            } else if (sizeBytes > lengthBytes) {
                // What a full disk left of the one before.
                channel.truncate(lengthBytes);
            }
            ByteBuffer left = ByteBuffer.wrap(line);
            while (left.hasRemaining()) {
                channel.write(left, lengthBytes + left.position());
            }
            channel.force(true);
        }
        lengthBytes += line.length;
    }

    /**
     * Puts these in the place of all there is: whole or not at all.
     *
     * @throws IOException when it is as before, as far as is known
     */
    public void rewrite(Collection<String> records) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        bytes.write(HEADER);
        for (String record : records) {
            bytes.write(line(record));
        }
        Path fresh = file.resolveSibling(file.getFileName() + ".new");
        Files.deleteIfExists(fresh);
        PrivateFile.create(fresh);
        try (FileChannel channel = FileChannel.open(fresh, StandardOpenOption.WRITE)) {
            ByteBuffer left = ByteBuffer.wrap(bytes.toByteArray());
            while (left.hasRemaining()) {
                channel.write(left);
            }
            channel.force(true);
        }
        Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        lengthBytes = bytes.size();
        try (FileChannel directory = FileChannel.open(file.toAbsolutePath().getParent(), StandardOpenOption.READ)) {
            directory.force(true);
        }
    }
}
