// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.sfu.srtp;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.SymbolLookup;
import java.lang.invoke.MethodHandle;

/**
 * The functions of OpenSSL's libcrypto that SRTP needs, each bound once; pointers are plain longs.
 *
 * <p>The calls made per packet are bound as critical: they never call back or block, take well under a microsecond per
 * packet, and without the thread's state change they cost a few ns. Loading this class throws when the library or
 * one of its functions is missing, or when it is older than version 3; {@link SrtpEngines} then takes another engine.
 *
 * <p>Spec: the manual pages EVP_EncryptInit(3), SHA1_Init(3) of OpenSSL 3.
 */
final class LibCrypto {
    /** EVP_CTRL_AEAD_GET_TAG and EVP_CTRL_AEAD_SET_TAG of openssl/evp.h. */
    static final int GET_TAG = 16;
    static final int SET_TAG = 17;
    /** sizeof(SHA_CTX) of openssl/sha.h: five words of state, two of length, a block of 64 bytes, a counter. */
    static final int SHA1_STATE_BYTES = 96;
    static final int SHA1_BYTES = 20;
    static final int SHA1_BLOCK_BYTES = 64;

    private static final Linker LINKER = Linker.nativeLinker();
    private static final SymbolLookup LIBRARY = NativeLibrary.libcrypto();
    private static final Linker.Option[] CRITICAL = {Linker.Option.critical(false)};
    private static final Linker.Option[] ORDINARY = {};

    private static final MethodHandle MAJOR = bind("OPENSSL_version_major", ORDINARY, JAVA_INT);
    private static final MethodHandle MINOR = bind("OPENSSL_version_minor", ORDINARY, JAVA_INT);
    private static final MethodHandle PATCH = bind("OPENSSL_version_patch", ORDINARY, JAVA_INT);
    private static final MethodHandle FETCH = bind("EVP_CIPHER_fetch", ORDINARY, JAVA_LONG, JAVA_LONG, JAVA_LONG,
            JAVA_LONG);
    private static final MethodHandle NEW = bind("EVP_CIPHER_CTX_new", ORDINARY, JAVA_LONG);
    private static final MethodHandle FREE = LINKER.downcallHandle(
            LIBRARY.findOrThrow("EVP_CIPHER_CTX_free"), FunctionDescriptor.ofVoid(JAVA_LONG));
    private static final MethodHandle CLEANSE = LINKER.downcallHandle(
            LIBRARY.findOrThrow("OPENSSL_cleanse"), FunctionDescriptor.ofVoid(JAVA_LONG, JAVA_LONG));

    static final MethodHandle ENCRYPT_INIT = bind("EVP_EncryptInit_ex", CRITICAL, JAVA_INT, JAVA_LONG, JAVA_LONG,
            JAVA_LONG, JAVA_LONG, JAVA_LONG);
    static final MethodHandle ENCRYPT_UPDATE = bind("EVP_EncryptUpdate", CRITICAL, JAVA_INT, JAVA_LONG, JAVA_LONG,
            JAVA_LONG, JAVA_LONG, JAVA_INT);
    static final MethodHandle ENCRYPT_FINAL = bind("EVP_EncryptFinal_ex", CRITICAL, JAVA_INT, JAVA_LONG, JAVA_LONG,
            JAVA_LONG);
    static final MethodHandle DECRYPT_INIT = bind("EVP_DecryptInit_ex", CRITICAL, JAVA_INT, JAVA_LONG, JAVA_LONG,
            JAVA_LONG, JAVA_LONG, JAVA_LONG);
    static final MethodHandle DECRYPT_UPDATE = bind("EVP_DecryptUpdate", CRITICAL, JAVA_INT, JAVA_LONG, JAVA_LONG,
            JAVA_LONG, JAVA_LONG, JAVA_INT);
    static final MethodHandle DECRYPT_FINAL = bind("EVP_DecryptFinal_ex", CRITICAL, JAVA_INT, JAVA_LONG, JAVA_LONG,
            JAVA_LONG);
    static final MethodHandle CONTROL = bind("EVP_CIPHER_CTX_ctrl", CRITICAL, JAVA_INT, JAVA_LONG, JAVA_INT, JAVA_INT,
            JAVA_LONG);
    static final MethodHandle SHA1_INIT = bind("SHA1_Init", CRITICAL, JAVA_INT, JAVA_LONG);
    static final MethodHandle SHA1_UPDATE = bind("SHA1_Update", CRITICAL, JAVA_INT, JAVA_LONG, JAVA_LONG, JAVA_LONG);
    static final MethodHandle SHA1_FINAL = bind("SHA1_Final", CRITICAL, JAVA_INT, JAVA_LONG, JAVA_LONG);

    /** Cipher descriptions, fetched once: a fetch per packet costs more than the encryption. */
    static final long AES_128_GCM = fetch("AES-128-GCM");
    static final long AES_256_GCM = fetch("AES-256-GCM");
    static final long AES_128_CTR = fetch("AES-128-CTR");

    private LibCrypto() {}

    /** A context bound to cipher and key, for encryption (which for counter mode is decryption too) or decryption. */
    static long newContext(long cipher, boolean encrypt, long keyAddress) {
        try {
            long context = (long) NEW.invokeExact();
            if (context == 0) {
                throw new OutOfMemoryError("EVP_CIPHER_CTX_new");
            }
            int done = encrypt
                    ? (int) ENCRYPT_INIT.invokeExact(context, cipher, 0L, keyAddress, 0L)
                    : (int) DECRYPT_INIT.invokeExact(context, cipher, 0L, keyAddress, 0L);
            require(done);
            return context;
        } catch (Throwable e) {
            throw NativeLibrary.rethrow(e);
        }
    }

    static void freeContext(long context) {
        try {
            FREE.invokeExact(context);
        } catch (Throwable e) {
            throw NativeLibrary.rethrow(e);
        }
    }

    /** Overwrites memory in a way that no compiler leaves out. */
    static void cleanse(long address, long count) {
        try {
            CLEANSE.invokeExact(address, count);
        } catch (Throwable e) {
            throw NativeLibrary.rethrow(e);
        }
    }

    /** Release, as 3.0.19. */
    static String version() {
        try {
            return majorVersion() + "." + (int) MINOR.invokeExact() + "." + (int) PATCH.invokeExact();
        } catch (Throwable e) {
            throw NativeLibrary.rethrow(e);
        }
    }

    private static int majorVersion() {
        try {
            return (int) MAJOR.invokeExact();
        } catch (Throwable e) {
            throw NativeLibrary.rethrow(e);
        }
    }

    /** For calls that fail only when we call them wrongly. */
    static void require(int done) {
        if (done != 1) {
            throw new IllegalStateException("libcrypto refused a call");
        }
    }

    private static long fetch(String name) {
        if (majorVersion() < 3) {
            throw new UnsupportedOperationException("libcrypto is older than version 3");
        }
        try (Arena arena = Arena.ofConfined()) {
            long cipher = (long) FETCH.invokeExact(0L, arena.allocateFrom(name).address(), 0L);
            if (cipher == 0) {
                throw new UnsupportedOperationException("libcrypto has no " + name);
            }
            return cipher;
        } catch (Throwable e) {
            throw NativeLibrary.rethrow(e);
        }
    }

    private static MethodHandle bind(String function, Linker.Option[] options, MemoryLayout result,
            MemoryLayout... arguments) {
        return LINKER.downcallHandle(LIBRARY.findOrThrow(function), FunctionDescriptor.of(result, arguments), options);
    }
}
