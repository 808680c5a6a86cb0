// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.sfu.srtp;

/**
 * Makes the number that a packet is encrypted with, from SSRC and index; one form serves SRTP and SRTCP.
 *
 * <p>Spec: RFC 7714 §8.1, §9.1 (12 bytes for AES-GCM); RFC 3711 §4.1.1 (16 bytes for AES-CM).
 */
final class Nonce {
    private Nonce() {}

    /** First 4 of 12 bytes, before the salt is mixed in. */
    static int gcmHigh(int ssrc) {
        return ssrc >>> 16;
    }

    /** Last 8 of 12 bytes: the low half of the SSRC and the 48-bit index (31 bits for SRTCP). */
    static long gcmLow(int ssrc, long index) {
        return (long) ssrc << 48 | index;
    }

    /** 16 bytes: salt with two zero bytes, SSRC at byte 4, index at byte 8. */
    static void counterMode(byte[] salt, int ssrc, long index, byte[] target) {
        System.arraycopy(salt, 0, target, 0, salt.length);
        target[14] = 0;
        target[15] = 0;
        for (int i = 0; i < 4; i++) {
            target[4 + i] ^= (byte) (ssrc >>> 24 - 8 * i);
        }
        for (int i = 0; i < 6; i++) {
            target[8 + i] ^= (byte) (index >>> 40 - 8 * i);
        }
    }

    /** 12 bytes: two zero bytes, SSRC and index, all mixed with the salt. */
    static void gcm(byte[] salt, int ssrc, long index, byte[] target) {
        int high = gcmHigh(ssrc);
        long low = gcmLow(ssrc, index);
        for (int i = 0; i < 4; i++) {
            target[i] = (byte) (salt[i] ^ high >>> 24 - 8 * i);
        }
        for (int i = 0; i < 8; i++) {
            target[4 + i] = (byte) (salt[4 + i] ^ low >>> 56 - 8 * i);
        }
    }
}
