// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.sfu.ice;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.util.zip.CRC32;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.nhipcau.sfu.buffer.PacketBuffer;

/** Signs packets with the JDK alone, rightly or wrongly: an oracle for our own writer and reader. */
public final class StunSigner {
    private StunSigner() {}

    /** Appends a right MESSAGE-INTEGRITY and FINGERPRINT to what the packet holds. */
    public static void finish(PacketBuffer packet, String password) {
        finish(packet, password, packet.length() - 20 + 24);
    }

    /** The same, but the integrity is computed with a length field of the caller's choice. */
    public static void finish(PacketBuffer packet, String password, int signedLengthBytes) {
        int end = packet.length();
        packet.putShort(2, signedLengthBytes);
        byte[] hmac = hmac(packet.toByteArray(), password);
        packet.setLength(end + 32);
        packet.putShort(end, 0x0008);
        packet.putShort(end + 2, 20);
        packet.putBytes(end + 4, hmac, 0, 20);
        packet.putShort(2, end + 32 - 20);
        CRC32 crc = new CRC32();
        crc.update(packet.toByteArray(), 0, end + 24);
        packet.putShort(end + 24, 0x8028);
        packet.putShort(end + 26, 4);
        packet.putInt(end + 28, (int) crc.getValue() ^ 0x5354554e);
    }

    private static byte[] hmac(byte[] bytes, String password) {
        try {
            Mac mac = Mac.getInstance("HmacSHA1");
            mac.init(new SecretKeySpec(password.getBytes(StandardCharsets.US_ASCII), "HmacSHA1"));
            return mac.doFinal(bytes);
        } catch (GeneralSecurityException e) {
            throw new AssertionError(e);
        }
    }
}
