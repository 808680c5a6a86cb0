// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.signaling.store.keys;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.util.Base64;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** C2: names are sealed at rest; a key may be followed by another, and nobody else may read its file. */
class SealTest {
    private static final byte[] NAME = "Nguyễn Thị Ánh".getBytes(StandardCharsets.UTF_8);

    @TempDir
    private Path directory;

    private static String key(int seed) {
        byte[] key = new byte[32];
        for (int i = 0; i < key.length; i++) {
            key[i] = (byte) (seed * 31 + i);
        }
        return Base64.getEncoder().encodeToString(key);
    }

    private static Seal seal(String keys) throws UnusableKeyException {
        return new Seal(KeyRing.parse(keys), new SecureRandom());
    }

    @Test
    void c2ShouldOpenOnlyWhatWasSealedHereAndForThatPlace() throws Exception {
        Seal seal = seal(key(1));
        String sealed = seal.seal(NAME, "person P_1");
        assertArrayEquals(NAME, seal.open(sealed, "person P_1"));
        assertNotEquals(sealed, seal.seal(NAME, "person P_1"), "each time another nonce");
        assertThrows(GeneralSecurityException.class, () -> seal.open(sealed, "person P_2"));
        assertThrows(GeneralSecurityException.class, () -> seal(key(2)).open(sealed, "person P_1"));
        int dot = sealed.indexOf('.') + 1;
        byte[] bytes = Base64.getDecoder().decode(sealed.substring(dot));
        for (int i = 0; i < bytes.length; i++) {
            byte[] altered = bytes.clone();
            altered[i] ^= 1;
            String text = sealed.substring(0, dot) + Base64.getEncoder().encodeToString(altered);
            assertThrows(GeneralSecurityException.class, () -> seal.open(text, "person P_1"), "byte " + i);
        }
        for (String none : new String[] {"", "x", ".", "abc.", sealed.substring(dot), sealed.substring(0, dot)
                + "AAAA"}) {
            assertThrows(GeneralSecurityException.class, () -> seal.open(none, "person P_1"), none);
        }
    }

    @Test
    void c2ShouldOpenWithTheOldKeyAndSealWithTheNew() throws Exception {
        Seal before = seal(key(1));
        Seal after = seal("# new\n" + key(2) + "\n# old\n" + key(1));
        String sealed = before.seal(NAME, "p");
        assertArrayEquals(NAME, after.open(sealed, "p"));
        assertNotEquals(Seal.keyId(sealed), Seal.keyId(after.seal(NAME, "p")));
        assertEquals(after.currentKeyId(), Seal.keyId(after.seal(NAME, "p")));
        KeyRing ring = KeyRing.parse(key(2) + "," + key(1));
        byte[] data = {1, 2, 3};
        KeyRing old = KeyRing.parse(key(1));
        assertTrue(ring.valid(old.keyId(), data, old.sign(old.keyId(), data)));
        assertFalse(ring.valid(ring.keyId(), data, old.sign(old.keyId(), data)));
        assertNull(old.sign(ring.keyId(), data));
    }

    @Test
    void shouldSayWhatIsWrongWithAKeyAndNotTheKey() {
        String constant = Base64.getEncoder().encodeToString(new byte[32]);
        for (String wrong : new String[] {"", "# only words", "not base64 at all!", "c2hvcnQ=", constant}) {
            String message = assertThrows(UnusableKeyException.class, () -> KeyRing.parse(wrong)).getMessage();
            assertTrue(message.contains("allowed: 32"), message);
            assertTrue(wrong.length() < 6 || !message.contains(wrong), message);
        }
        assertFalse(key(1).isEmpty() || String.valueOf(assertParsed()).contains(key(1)));
    }

    private static KeyRing assertParsed() {
        try {
            return KeyRing.parse(key(1));
        } catch (UnusableKeyException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void shouldTakeAKeyFileOnlyWhenNobodyElseMayReadIt() throws Exception {
        Path file = Files.writeString(directory.resolve("key"), key(3) + "\n");
        for (String granted : new String[] {"rw-r-----", "rw----r--", "rw--w----", "rw-------x"}) {
            if (granted.length() != 9) {
                continue;
            }
            Files.setPosixFilePermissions(file, PosixFilePermissions.fromString(granted));
            assertTrue(assertThrows(UnusableKeyException.class, () -> KeySource.of("file:" + file)).getMessage()
                    .contains(granted));
        }
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
        assertEquals(KeyRing.parse(key(3)).keyId(), KeySource.of("file:" + file).keyId());
        assertThrows(UnusableKeyException.class, () -> KeySource.of("file:" + directory.resolve("none")));
        KeyRing made = KeySource.development(directory);
        assertEquals(made.keyId(), KeySource.development(directory).keyId());
        assertEquals("rw-------", PosixFilePermissions.toString(
                Files.getPosixFilePermissions(directory.resolve(KeySource.DEVELOPMENT_FILE))));
    }
}
