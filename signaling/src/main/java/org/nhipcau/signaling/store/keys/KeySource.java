// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.signaling.store.keys;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.Set;
import org.nhipcau.signaling.audit.PrivateFile;

/**
 * Finds the configured key: the value itself, or {@code file:PATH} of a file that its owner alone may read.
 *
 * <p>Thread: start-up.
 */
public final class KeySource {
    private static final String FILE = "file:";
    /** The key of development, in its data directory. */
    public static final String DEVELOPMENT_FILE = "store.key";
    private static final Set<PosixFilePermission> OTHERS = PosixFilePermissions.fromString("---rwxrwx");

    private KeySource() {}

    /**
     * The keys that the configuration names.
     *
     * @throws UnusableKeyException when there is none, it is none, or others may read it
     */
    public static KeyRing of(String value) throws UnusableKeyException {
        if (!value.startsWith(FILE)) {
            return KeyRing.parse(value);
        }
        Path path = Path.of(value.substring(FILE.length()));
        try {
            checkOwnerOnly(path);
            return KeyRing.parse(Files.readString(path));
        } catch (IOException e) {
            throw new UnusableKeyException("the file " + path + ", which cannot be read");
        }
    }

    /**
     * The key of development: made in the directory when there is none.
     *
     * @throws UnusableKeyException when the file that is there is no key
     */
    public static KeyRing development(Path directory) throws UnusableKeyException {
        Path path = directory.resolve(DEVELOPMENT_FILE);
        try {
            if (!Files.exists(path)) {
                byte[] key = new byte[KeyRing.KEY_BYTES];
                new SecureRandom().nextBytes(key);
                Files.createDirectories(directory);
                PrivateFile.create(path);
                Files.write(path, (Base64.getEncoder().encodeToString(key) + '\n').getBytes(StandardCharsets.UTF_8));
            }
        } catch (IOException e) {
            throw new UnusableKeyException("the file " + path + ", which cannot be made");
        }
        return of(FILE + path);
    }

    private static void checkOwnerOnly(Path path) throws IOException, UnusableKeyException {
        if (!PrivateFile.posix(path)) {
            return;
        }
        Set<PosixFilePermission> granted = Files.getPosixFilePermissions(path);
        if (granted.stream().anyMatch(OTHERS::contains)) {
            throw new UnusableKeyException("the file " + path + " with permissions "
                    + PosixFilePermissions.toString(granted) + "; allowed: of its owner alone (chmod 600)");
        }
    }
}
