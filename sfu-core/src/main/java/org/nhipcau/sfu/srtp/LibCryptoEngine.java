// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.sfu.srtp;

/** Ciphers of the system's OpenSSL 3 through foreign calls: native speed, nothing allocated per packet. */
final class LibCryptoEngine implements SrtpEngine {
    private final String name;

    /**
     * @throws NativeLibrary.Absent when the library is not installed
     * @throws LinkageError when it is too old or incomplete
     */
    LibCryptoEngine() {
        // Asked first: what a class's initialisation throws arrives wrapped, and only at the first call.
        NativeLibrary.libcrypto();
        name = "libcrypto " + LibCrypto.version();
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public boolean supports(SrtpProfile profile) {
        return true;
    }

    @Override
    public PacketCipher createCipher(SrtpProfile profile, byte[] masterKey, byte[] masterSalt, boolean outbound) {
        SessionKeys keys = SessionKeys.derive(profile, masterKey, masterSalt);
        try {
            return createCipher(profile, keys, outbound);
        } finally {
            keys.wipe();
        }
    }

    /** From session keys, as the test vectors give them. */
    static PacketCipher createCipher(SrtpProfile profile, SessionKeys keys, boolean outbound) {
        return profile.isAead() ? new LibCryptoGcm(profile, keys, outbound) : new LibCryptoCounterMode(keys);
    }
}
