// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.sfu.srtp;

import java.lang.foreign.Arena;
import java.lang.foreign.SymbolLookup;
import java.util.Locale;

/** Opens the libraries that engines call, and tells one that is not installed from one that is broken. Thread: any. */
final class NativeLibrary {
    private NativeLibrary() {}

    /** OpenSSL 3's libcrypto; the system property {@code nhipcau.srtp.libcrypto} names another file. */
    static SymbolLookup libcrypto() {
        String system = System.getProperty("os.name", "").toLowerCase(Locale.ROOT);
        return open(System.getProperty("nhipcau.srtp.libcrypto", system.contains("mac") ? "libcrypto.3.dylib"
                : system.contains("win") ? "libcrypto-3-x64.dll" : "libcrypto.so.3"));
    }

    /** Intel's libIPSec_MB, releases 1.x; the system property {@code nhipcau.srtp.libipsec-mb} names another file. */
    static SymbolLookup ipsecMb() {
        return open(System.getProperty("nhipcau.srtp.libipsec-mb", "libIPSec_MB.so.1"));
    }

    private static SymbolLookup open(String library) {
        try {
            return SymbolLookup.libraryLookup(library, Arena.global());
        } catch (IllegalArgumentException e) {
            throw new Absent(library);
        }
    }

    /** What a method handle threw, as it may be thrown on. */
    static RuntimeException rethrow(Throwable e) {
        if (e instanceof Error error) {
            throw error;
        }
        return e instanceof RuntimeException runtime ? runtime : new IllegalStateException(e);
    }

    /** The library is not on this machine: a plain fact, while other failures are faults. */
    static final class Absent extends RuntimeException {
        private static final long serialVersionUID = 1;

        private Absent(String library) {
            super(library + " is not installed", null, false, false);
        }
    }
}
