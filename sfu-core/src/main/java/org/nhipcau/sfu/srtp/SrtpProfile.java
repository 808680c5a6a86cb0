// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.sfu.srtp;

import java.util.List;

/**
 * A protection profile that DTLS negotiates for SRTP, with the sizes that follow from it.
 *
 * <p>Spec: RFC 5764 §4.1.2, RFC 7714 §14.2. Profiles with 32-bit tags and without encryption are left out on purpose.
 */
public enum SrtpProfile {
    AEAD_AES_128_GCM(0x0007, 16, 12, 0, 16),
    AEAD_AES_256_GCM(0x0008, 32, 12, 0, 16),
    AES128_CM_HMAC_SHA1_80(0x0001, 16, 14, 20, 10);

    /** The order in which we choose: the cheapest to compute first. */
    public static final List<SrtpProfile> PREFERENCE =
            List.of(AEAD_AES_128_GCM, AEAD_AES_256_GCM, AES128_CM_HMAC_SHA1_80);

    private final int id;
    private final int keyBytes;
    private final int saltBytes;
    private final int authenticationKeyBytes;
    private final int tagBytes;

    SrtpProfile(int id, int keyBytes, int saltBytes, int authenticationKeyBytes, int tagBytes) {
        this.id = id;
        this.keyBytes = keyBytes;
        this.saltBytes = saltBytes;
        this.authenticationKeyBytes = authenticationKeyBytes;
        this.tagBytes = tagBytes;
    }

    /** The profile's number in the use_srtp extension, or null for one that we do not speak. */
    public static SrtpProfile ofId(int id) {
        for (SrtpProfile profile : PREFERENCE) {
            if (profile.id == id) {
                return profile;
            }
        }
        return null;
    }

    /** Number in the use_srtp extension. */
    public int id() {
        return id;
    }

    /** Length of master and session keys. */
    public int keyBytes() {
        return keyBytes;
    }

    /** Length of master and session salts. */
    public int saltBytes() {
        return saltBytes;
    }

    /** Length of the session authentication key; 0 for the AEAD profiles. */
    public int authenticationKeyBytes() {
        return authenticationKeyBytes;
    }

    /** Length of the authentication tag, the same for SRTP and SRTCP. */
    public int tagBytes() {
        return tagBytes;
    }

    public boolean isAead() {
        return authenticationKeyBytes == 0;
    }

    /** Bytes that protection adds to an RTP packet. */
    public int rtpOverheadBytes() {
        return tagBytes;
    }

    /** Bytes that protection adds to an RTCP packet: the tag and the word with the index. */
    public int rtcpOverheadBytes() {
        return tagBytes + 4;
    }

    /** Bytes to take from the DTLS exporter: two keys and two salts (RFC 5764 §4.2). */
    public int exportedBytes() {
        return 2 * (keyBytes + saltBytes);
    }
}
