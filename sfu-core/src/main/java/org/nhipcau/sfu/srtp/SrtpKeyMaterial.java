// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.sfu.srtp;

import java.util.Arrays;

/**
 * The master keys of one transport, a key and a salt for each direction, as the DTLS handshake yields them.
 *
 * <p>Spec: RFC 5764 §4.2. Arrays are copied in and out; {@link #toString()} never shows them.
 */
public final class SrtpKeyMaterial {
    private final SrtpProfile profile;
    private final byte[] outboundKey;
    private final byte[] outboundSalt;
    private final byte[] inboundKey;
    private final byte[] inboundSalt;

    /** @throws IllegalArgumentException when a key or salt has not the profile's length */
    public SrtpKeyMaterial(SrtpProfile profile, byte[] outboundKey, byte[] outboundSalt, byte[] inboundKey,
            byte[] inboundSalt) {
        if (outboundKey.length != profile.keyBytes() || inboundKey.length != profile.keyBytes()
                || outboundSalt.length != profile.saltBytes() || inboundSalt.length != profile.saltBytes()) {
            throw new IllegalArgumentException("key or salt of the wrong length for " + profile);
        }
        this.profile = profile;
        this.outboundKey = outboundKey.clone();
        this.outboundSalt = outboundSalt.clone();
        this.inboundKey = inboundKey.clone();
        this.inboundSalt = inboundSalt.clone();
    }

    /**
     * Splits the exporter's output: client key, server key, client salt, server salt.
     *
     * @param exported {@link SrtpProfile#exportedBytes()} bytes
     * @param isClient whether we were the DTLS client, and so send with the client's key
     */
    public static SrtpKeyMaterial ofExported(SrtpProfile profile, byte[] exported, boolean isClient) {
        if (exported.length != profile.exportedBytes()) {
            throw new IllegalArgumentException(exported.length + " bytes exported; " + profile + " needs "
                    + profile.exportedBytes());
        }
        int key = profile.keyBytes();
        int salt = profile.saltBytes();
        byte[] clientKey = Arrays.copyOfRange(exported, 0, key);
        byte[] serverKey = Arrays.copyOfRange(exported, key, 2 * key);
        byte[] clientSalt = Arrays.copyOfRange(exported, 2 * key, 2 * key + salt);
        byte[] serverSalt = Arrays.copyOfRange(exported, 2 * key + salt, 2 * key + 2 * salt);
        return isClient
                ? new SrtpKeyMaterial(profile, clientKey, clientSalt, serverKey, serverSalt)
                : new SrtpKeyMaterial(profile, serverKey, serverSalt, clientKey, clientSalt);
    }

    /** The same keys seen from the other end of the transport; for test peers and load generators. */
    public SrtpKeyMaterial mirrored() {
        return new SrtpKeyMaterial(profile, inboundKey, inboundSalt, outboundKey, outboundSalt);
    }

    public SrtpProfile profile() {
        return profile;
    }

    public byte[] outboundKey() {
        return outboundKey.clone();
    }

    public byte[] outboundSalt() {
        return outboundSalt.clone();
    }

    public byte[] inboundKey() {
        return inboundKey.clone();
    }

    public byte[] inboundSalt() {
        return inboundSalt.clone();
    }

    @Override
    public String toString() {
        return "SrtpKeyMaterial[" + profile + "]";
    }
}
