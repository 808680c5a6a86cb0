// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.sfu.srtp;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import org.junit.jupiter.api.Assumptions;

/** All engines for tests. One whose library is not installed is reported as skipped; any other failure fails. */
enum EngineUnderTest {
    IPSEC_MB(IpsecMbEngine::new),
    LIBCRYPTO(LibCryptoEngine::new),
    JCE(JceEngine::new),
    JITSI(JitsiEngine::new);

    private final Supplier<SrtpEngine> maker;

    EngineUnderTest(Supplier<SrtpEngine> maker) {
        this.maker = maker;
    }

    SrtpEngine make() {
        try {
            return maker.get();
        } catch (NativeLibrary.Absent absent) {
            return Assumptions.abort(absent.getMessage());
        }
    }

    /** Those that work here, for tests that take several at once. */
    static List<SrtpEngine> present() {
        List<SrtpEngine> present = new ArrayList<>();
        for (EngineUnderTest engine : values()) {
            try {
                present.add(engine.maker.get());
            } catch (NativeLibrary.Absent absent) {
                // The tests that name this engine tell of it.
            }
        }
        return present;
    }
}
