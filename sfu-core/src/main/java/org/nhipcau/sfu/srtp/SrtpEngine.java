// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.sfu.srtp;

/** Where ciphers come from: one implementation of the cryptography, chosen once at start. Thread: any. */
public interface SrtpEngine {

    /** Name and version for the log. */
    String name();

    boolean supports(SrtpProfile profile);

    /**
     * Derives the session keys of one direction and makes their cipher.
     *
     * @param outbound true: the cipher seals, false: it opens
     */
    PacketCipher createCipher(SrtpProfile profile, byte[] masterKey, byte[] masterSalt, boolean outbound);
}
