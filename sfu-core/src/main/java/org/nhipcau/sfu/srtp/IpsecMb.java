// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.sfu.srtp;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.invoke.MethodHandle;

/**
 * The AES-GCM functions of Intel's multi-buffer library (libIPSec_MB), each bound once; pointers are plain longs.
 *
 * <p>The library carries one set of functions per instruction set and exports them all. Which set this processor may
 * run is the library's own decision: its {@code init_mb_mgr_auto} asks the processor, tests itself and fills a table
 * with the set's addresses. The table's layout differs between releases, so we use no offset: we look which of the
 * exported functions stands in it. A release whose table names none of them is refused, as is a processor without AES
 * and carry-less multiplication.
 *
 * <p>One call makes or opens a packet, key schedule and powers of the hash key made before. It never calls back or
 * blocks, and so is bound as critical. Loading this class throws when something is missing; {@link SrtpEngines} then
 * takes another engine.
 *
 * <p>Spec: intel-ipsec-mb.h, releases 1.x.
 */
final class IpsecMb {
    /** What the library's context of one running computation takes at most; 88 bytes in release 1.3. */
    static final int CONTEXT_BYTES = 256;
    /** What an expanded key takes at most; 1008 bytes in release 1.3. */
    static final int KEY_BYTES = 2048;
    /** The library asks for vectors of 64 bytes to be aligned. */
    static final int ALIGNMENT_BYTES = 64;

    /** Sets of functions, as their names end; several may do on a processor, one is in the table. */
    private static final String[] SETS = {"vaes_avx512", "avx512", "vaes_avx2", "avx_gen4", "avx_gen2", "sse"};
    /** IMB_ARCH_SSE: from here on the processor has AES-NI and PCLMULQDQ. */
    private static final int FIRST_ARCHITECTURE_WITH_AES = 2;
    private static final int FIRST_VERSION = 1 << 16;
    private static final int END_VERSION = 2 << 16;
    /** The table stands at the start of the manager, which with its queues is 196 kB long in release 1.3. */
    private static final int TABLE_BYTES = 4096;

    private static final Linker LINKER = Linker.nativeLinker();
    // Every form of a call takes milliseconds to make at start: few forms, and those that LibCrypto has too.
    private static final FunctionDescriptor TWO_POINTERS = FunctionDescriptor.ofVoid(JAVA_LONG, JAVA_LONG);
    private static final FunctionDescriptor NUMBER = FunctionDescriptor.of(JAVA_INT);
    private static final FunctionDescriptor ALLOCATE = FunctionDescriptor.of(JAVA_LONG, JAVA_LONG);
    private static final FunctionDescriptor POINTER = FunctionDescriptor.ofVoid(JAVA_LONG);
    private static final FunctionDescriptor CRYPT = FunctionDescriptor.ofVoid(JAVA_LONG, JAVA_LONG, JAVA_LONG,
            JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG);

    /** Key, expanded key. */
    static final MethodHandle PREPARE_128;
    static final MethodHandle PREPARE_256;
    /** Expanded key, context, output, input, its length, nonce, clear bytes, their length, tag, its length. */
    static final MethodHandle SEAL_128;
    static final MethodHandle SEAL_256;
    static final MethodHandle OPEN_128;
    static final MethodHandle OPEN_256;
    private static final MethodHandle CLEAR;
    private static final String DESCRIPTION;

    static {
        SymbolLookup library = NativeLibrary.ipsecMb();
        String version = requireVersion(library);
        CLEAR = LINKER.downcallHandle(library.findOrThrow("imb_clear_mem"), TWO_POINTERS);
        Table table = new Table(library);
        PREPARE_128 = table.bind("aes_gcm_pre_128_", TWO_POINTERS);
        PREPARE_256 = table.bind("aes_gcm_pre_256_", TWO_POINTERS);
        SEAL_128 = table.bind("aes_gcm_enc_128_", CRYPT, Linker.Option.critical(false));
        SEAL_256 = table.bind("aes_gcm_enc_256_", CRYPT, Linker.Option.critical(false));
        OPEN_128 = table.bind("aes_gcm_dec_128_", CRYPT, Linker.Option.critical(false));
        OPEN_256 = table.bind("aes_gcm_dec_256_", CRYPT, Linker.Option.critical(false));
        DESCRIPTION = version + " " + table.set;
        requireKeyFits();
    }

    private IpsecMb() {}

    /** Release and set of functions. */
    static String description() {
        return DESCRIPTION;
    }

    /** Overwrites memory in a way that no compiler leaves out. */
    static void clear(long address, long count) {
        try {
            CLEAR.invokeExact(address, count);
        } catch (Throwable e) {
            throw NativeLibrary.rethrow(e);
        }
    }

    private static String requireVersion(SymbolLookup library) {
        try {
            int version = (int) LINKER.downcallHandle(library.findOrThrow("imb_get_version"), NUMBER).invokeExact();
            String name = (version >>> 16) + "." + (version >>> 8 & 0xff) + "." + (version & 0xff);
            if (version < FIRST_VERSION || version >= END_VERSION) {
                throw new UnsupportedOperationException("release " + name + " of libIPSec_MB; allowed: 1.x");
            }
            return name;
        } catch (Throwable e) {
            throw NativeLibrary.rethrow(e);
        }
    }

    /** A later release may want more room than ours: it must not write past what we give. */
    private static void requireKeyFits() {
        byte mark = 0x5a;
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment memory = arena.allocate(2 * KEY_BYTES, ALIGNMENT_BYTES).fill(mark);
            MemorySegment key = arena.allocate(32);
            PREPARE_256.invokeExact(key.address(), memory.address());
            for (long at = KEY_BYTES; at < memory.byteSize(); at++) {
                if (memory.get(JAVA_BYTE, at) != mark) {
                    throw new UnsupportedOperationException("libIPSec_MB wants more room for a key");
                }
            }
        } catch (Throwable e) {
            throw NativeLibrary.rethrow(e);
        }
    }

    /** The library's choice for this processor. */
    private static final class Table {
        private final SymbolLookup library;
        private final long[] entries = new long[TABLE_BYTES / Long.BYTES];
        private String set;

        Table(SymbolLookup library) {
            this.library = library;
            try (Arena arena = Arena.ofConfined()) {
                long manager = (long) call("alloc_mb_mgr", ALLOCATE).invokeExact(0L);
                if (manager == 0) {
                    throw new OutOfMemoryError("alloc_mb_mgr");
                }
                try {
                    MemorySegment architecture = arena.allocate(JAVA_INT);
                    call("init_mb_mgr_auto", TWO_POINTERS).invokeExact(manager, architecture.address());
                    // An int, which is all that counts of what comes back.
                    int error = (int) (long) call("imb_get_errno", ALLOCATE).invokeExact(manager);
                    if (error != 0 || architecture.get(JAVA_INT, 0) < FIRST_ARCHITECTURE_WITH_AES) {
                        throw new UnsupportedOperationException("libIPSec_MB does not run on this processor");
                    }
                    MemorySegment.copy(MemorySegment.ofAddress(manager).reinterpret(TABLE_BYTES), JAVA_LONG, 0,
                            entries, 0, entries.length);
                } finally {
                    call("free_mb_mgr", POINTER).invokeExact(manager);
                }
            } catch (Throwable e) {
                throw NativeLibrary.rethrow(e);
            }
        }

        private MethodHandle call(String function, FunctionDescriptor descriptor) {
            return LINKER.downcallHandle(library.findOrThrow(function), descriptor);
        }

        /** Binds the one function of this name, in any set, that stands in the table. */
        MethodHandle bind(String name, FunctionDescriptor descriptor, Linker.Option... options) {
            for (String candidate : SETS) {
                MemorySegment function = library.find(name + candidate).orElse(MemorySegment.NULL);
                if (function.address() != 0 && contains(function.address())) {
                    set = candidate;
                    return LINKER.downcallHandle(function, descriptor, options);
                }
            }
            throw new UnsupportedOperationException("libIPSec_MB offers no " + name + " of a known set");
        }

        private boolean contains(long address) {
            for (long entry : entries) {
                if (entry == address) {
                    return true;
                }
            }
            return false;
        }
    }
}
