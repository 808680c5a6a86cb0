// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.signaling.store.backup;

import java.io.BufferedReader;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import org.nhipcau.signaling.store.keys.Seal;

/**
 * A stream in sealed portions, each bound to its number and the last to being the last, so that none can be left out,
 * moved or cut off.
 *
 * <p>Thread: one.
 */
final class SealedFile {
    private static final String MAGIC = "NHIPCAU-BACKUP-1";
    private static final int PORTION_BYTES = 256 * 1_024;
    private static final int MAX_LINE_CHARS = 2 * PORTION_BYTES;

    private SealedFile() {}

    /** Seals what is written to it; closing it ends the file. */
    static final class Writer extends OutputStream {
        private final Seal seal;
        private final byte[] key;
        private final OutputStream out;
        private final ByteArrayOutputStream portion = new ByteArrayOutputStream(PORTION_BYTES);
        private long number;
        private boolean closed;

        Writer(Seal seal, OutputStream out) throws IOException {
            this.seal = seal;
            this.out = out;
            key = seal.newKey();
            line(MAGIC);
            line(seal.seal(key, "backup-key"));
        }

        private void line(String text) throws IOException {
            out.write((text + '\n').getBytes(StandardCharsets.US_ASCII));
        }

        @Override
        public void write(int b) throws IOException {
            portion.write(b);
            full();
        }

        @Override
        public void write(byte[] bytes, int offset, int length) throws IOException {
            int done = 0;
            while (done < length) {
                int part = Math.min(length - done, PORTION_BYTES - portion.size());
                portion.write(bytes, offset + done, part);
                done += part;
                full();
            }
        }

        private void full() throws IOException {
            if (portion.size() == PORTION_BYTES) {
                line(seal.seal(key, portion.toByteArray(), place(number++, false)));
                portion.reset();
            }
        }

        @Override
        public void close() throws IOException {
            if (!closed) {
                closed = true;
                line(seal.seal(key, portion.toByteArray(), place(number, true)));
                out.flush();
            }
        }
    }

    private static String place(long number, boolean last) {
        return "backup " + number + (last ? " last" : "");
    }

    /** Opens what {@link Writer} sealed. */
    static final class Reader extends InputStream {
        private final Seal seal;
        private final byte[] key;
        private final BufferedReader in;
        private InputStream portion = new ByteArrayInputStream(new byte[0]);
        private String ahead;
        private long number;

        Reader(Seal seal, BufferedReader in) throws IOException {
            this.seal = seal;
            this.in = in;
            if (!MAGIC.equals(line())) {
                throw new IOException("it is no backup of this program");
            }
            try {
                key = seal.open(String.valueOf(line()), "backup-key");
            } catch (GeneralSecurityException e) {
                throw new IOException("the backup was made with a key that is not configured", e);
            }
            ahead = line();
        }

        private String line() throws IOException {
            StringBuilder line = new StringBuilder();
            int c = in.read();
            if (c < 0) {
                return null;
            }
            while (c >= 0 && c != '\n') {
                if (line.length() == MAX_LINE_CHARS) {
                    throw new IOException("the backup holds a line that is too long");
                }
                line.append((char) c);
                c = in.read();
            }
            return line.toString();
        }

        private boolean next() throws IOException {
            if (ahead == null) {
                return false;
            }
            String sealed = ahead;
            ahead = line();
            try {
                portion = new ByteArrayInputStream(seal.open(key, sealed, place(number++, ahead == null)));
                return true;
            } catch (GeneralSecurityException e) {
                throw new IOException("the backup is damaged or cut at portion " + number, e);
            }
        }

        @Override
        public int read() throws IOException {
            byte[] one = new byte[1];
            return read(one, 0, 1) < 0 ? -1 : one[0] & 0xFF;
        }

        @Override
        public int read(byte[] bytes, int offset, int length) throws IOException {
            int count = portion.read(bytes, offset, length);
            while (count < 0 && next()) {
                count = portion.read(bytes, offset, length);
            }
            return count;
        }

        /** Whether the last portion was read: only then is the file known to be whole. */
        boolean ended() throws IOException {
            return read() < 0;
        }
    }
}
