// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.sfu.srtp;

/**
 * Ciphers of Intel's libIPSec_MB through foreign calls: AES-GCM in one call a packet, nothing allocated.
 *
 * <p>AES-CM with HMAC-SHA1 is another engine's: SHA1 is the most of its cost, and there this library gains only by
 * hashing many packets at once, while a packet here is sealed when it is written.
 */
final class IpsecMbEngine implements SrtpEngine {
    private final SrtpEngine counterMode;
    private final String name;

    /**
     * @throws NativeLibrary.Absent when the library is not installed
     * @throws LinkageError when it is of another release or incomplete, or not for this processor
     */
    IpsecMbEngine() {
        // Asked first: what a class's initialisation throws arrives wrapped, and only at the first call.
        NativeLibrary.ipsecMb();
        String description = IpsecMb.description();
        counterMode = counterModeEngine();
        name = "ipsec-mb " + description + ", " + counterMode.name();
    }

    private static SrtpEngine counterModeEngine() {
        try {
            return new LibCryptoEngine();
        } catch (RuntimeException | LinkageError e) {
            return new JceEngine();
        }
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
        if (!profile.isAead()) {
            return counterMode.createCipher(profile, masterKey, masterSalt, outbound);
        }
        SessionKeys keys = SessionKeys.derive(profile, masterKey, masterSalt);
        try {
            return createCipher(profile, keys);
        } finally {
            keys.wipe();
        }
    }

    /** AES-GCM from session keys, as the test vectors give them. */
    static PacketCipher createCipher(SrtpProfile profile, SessionKeys keys) {
        return new IpsecMbGcm(profile, keys);
    }
}
