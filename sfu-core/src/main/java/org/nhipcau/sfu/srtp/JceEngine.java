// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.sfu.srtp;

import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.Arrays;
import javax.crypto.AEADBadTagException;
import javax.crypto.Cipher;
import javax.crypto.Mac;
import javax.crypto.SecretKey;
import javax.crypto.ShortBufferException;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.IvParameterSpec;
import javax.crypto.spec.SecretKeySpec;
import org.nhipcau.sfu.buffer.PacketBuffer;

/**
 * Ciphers of the Java runtime: present everywhere, at the price of a new parameter object per packet.
 *
 * <p>Spec: RFC 7714 §8 to §10 (AES-GCM), RFC 3711 §4.1.1 and §4.2.1 (AES-CM, HMAC-SHA1).
 */
final class JceEngine implements SrtpEngine {
    private static final int MAX_TAG_BYTES = 16;

    @Override
    public String name() {
        return "jce";
    }

    @Override
    public boolean supports(SrtpProfile profile) {
        return true;
    }

    @Override
    public PacketCipher createCipher(SrtpProfile profile, byte[] masterKey, byte[] masterSalt, boolean outbound) {
        return createCipher(profile, SessionKeys.derive(profile, masterKey, masterSalt), outbound);
    }

    /** From session keys, as the test vectors give them; the cipher keeps and wipes them. */
    static PacketCipher createCipher(SrtpProfile profile, SessionKeys keys, boolean outbound) {
        try {
            return profile.isAead() ? new Gcm(keys, outbound) : new CounterMode(keys);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("cipher of " + profile + " is missing in this Java runtime", e);
        }
    }

    /** Copies the packet's start into the array, or into a larger one, with room for a tag behind it. */
    private static byte[] load(PacketBuffer packet, int count, byte[] scratch) {
        byte[] target = count + MAX_TAG_BYTES <= scratch.length ? scratch : new byte[count + MAX_TAG_BYTES];
        packet.getBytes(0, target, 0, count);
        return target;
    }

    private static final class Gcm implements PacketCipher {
        private static final int TAG_BYTES = 16;

        private final SessionKeys keys;
        private final int mode;
        private final SecretKey rtpKey;
        private final SecretKey rtcpKey;
        private final Cipher rtp;
        private final Cipher rtcp;
        private final byte[] nonce = new byte[12];
        private byte[] scratch = new byte[PacketBuffer.SLOT_BYTES];

        Gcm(SessionKeys keys, boolean outbound) throws GeneralSecurityException {
            this.keys = keys;
            this.mode = outbound ? Cipher.ENCRYPT_MODE : Cipher.DECRYPT_MODE;
            this.rtpKey = new SecretKeySpec(keys.rtpKey(), "AES");
            this.rtcpKey = new SecretKeySpec(keys.rtcpKey(), "AES");
            this.rtp = Cipher.getInstance("AES/GCM/NoPadding");
            this.rtcp = Cipher.getInstance("AES/GCM/NoPadding");
        }

        @Override
        public void sealRtp(PacketBuffer packet, int headerLength, int ssrc, long index) {
            int length = packet.length();
            scratch = load(packet, length, scratch);
            begin(rtp, rtpKey, keys.rtpSalt(), ssrc, index);
            rtp.updateAAD(scratch, 0, headerLength);
            finish(rtp, headerLength, length - headerLength);
            packet.setLength(length + TAG_BYTES);
            packet.putBytes(headerLength, scratch, headerLength, length + TAG_BYTES - headerLength);
        }

        @Override
        public boolean openRtp(PacketBuffer packet, int headerLength, int ssrc, long index) {
            int length = packet.length();
            scratch = load(packet, length, scratch);
            begin(rtp, rtpKey, keys.rtpSalt(), ssrc, index);
            rtp.updateAAD(scratch, 0, headerLength);
            if (!finish(rtp, headerLength, length - headerLength)) {
                return false;
            }
            packet.putBytes(headerLength, scratch, headerLength, length - TAG_BYTES - headerLength);
            packet.setLength(length - TAG_BYTES);
            return true;
        }

        @Override
        public void sealRtcp(PacketBuffer packet, int ssrc, int index) {
            int length = packet.length();
            packet.setLength(length + TAG_BYTES + 4);
            packet.putInt(length + TAG_BYTES, index | 0x8000_0000);
            scratch = load(packet, length, scratch);
            begin(rtcp, rtcpKey, keys.rtcpSalt(), ssrc, index);
            rtcp.updateAAD(scratch, 0, 8);
            authenticateWord(packet, length + TAG_BYTES);
            finish(rtcp, 8, length - 8);
            packet.putBytes(8, scratch, 8, length - 8 + TAG_BYTES);
        }

        @Override
        public boolean openRtcp(PacketBuffer packet, int ssrc, int index) {
            int sealed = packet.length() - 4;
            scratch = load(packet, sealed, scratch);
            begin(rtcp, rtcpKey, keys.rtcpSalt(), ssrc, index);
            rtcp.updateAAD(scratch, 0, 8);
            authenticateWord(packet, sealed);
            if (!finish(rtcp, 8, sealed - 8)) {
                return false;
            }
            packet.putBytes(8, scratch, 8, sealed - 8 - TAG_BYTES);
            packet.setLength(sealed - TAG_BYTES);
            return true;
        }

        private void authenticateWord(PacketBuffer packet, int at) {
            byte[] word = new byte[4];
            packet.getBytes(at, word, 0, 4);
            rtcp.updateAAD(word);
        }

        private void begin(Cipher cipher, SecretKey key, byte[] salt, int ssrc, long index) {
            Nonce.gcm(salt, ssrc, index, nonce);
            try {
                cipher.init(mode, key, new GCMParameterSpec(TAG_BYTES * 8, nonce));
            } catch (GeneralSecurityException e) {
                throw new IllegalStateException(e);
            }
        }

        private boolean finish(Cipher cipher, int from, int count) {
            try {
                cipher.doFinal(scratch, from, count, scratch, from);
                return true;
            } catch (AEADBadTagException e) {
                return false;
            } catch (GeneralSecurityException e) {
                throw new IllegalStateException(e);
            }
        }

        @Override
        public void close() {
            keys.wipe();
        }
    }

    private static final class CounterMode implements PacketCipher {
        private static final int TAG_BYTES = 10;

        private final SessionKeys keys;
        private final SecretKey rtpKey;
        private final SecretKey rtcpKey;
        private final Cipher cipher = Cipher.getInstance("AES/CTR/NoPadding");
        private final Mac rtpMac;
        private final Mac rtcpMac;
        private final byte[] nonce = new byte[16];
        private byte[] scratch = new byte[PacketBuffer.SLOT_BYTES];
        private final byte[] tag = new byte[20];

        CounterMode(SessionKeys keys) throws GeneralSecurityException {
            this.keys = keys;
            this.rtpKey = new SecretKeySpec(keys.rtpKey(), "AES");
            this.rtcpKey = new SecretKeySpec(keys.rtcpKey(), "AES");
            this.rtpMac = mac(keys.rtpAuthentication());
            this.rtcpMac = mac(keys.rtcpAuthentication());
        }

        private static Mac mac(byte[] key) throws GeneralSecurityException {
            Mac mac = Mac.getInstance("HmacSHA1");
            mac.init(new SecretKeySpec(key, "HmacSHA1"));
            return mac;
        }

        @Override
        public void sealRtp(PacketBuffer packet, int headerLength, int ssrc, long index) {
            int length = packet.length();
            scratch = load(packet, length, scratch);
            crypt(rtpKey, keys.rtpSalt(), ssrc, index, headerLength, length - headerLength);
            putInt(length, (int) (index >>> 16));
            computeTag(rtpMac, length + 4);
            packet.setLength(length + TAG_BYTES);
            packet.putBytes(headerLength, scratch, headerLength, length - headerLength);
            packet.putBytes(length, tag, 0, TAG_BYTES);
        }

        @Override
        public boolean openRtp(PacketBuffer packet, int headerLength, int ssrc, long index) {
            int length = packet.length() - TAG_BYTES;
            scratch = load(packet, length, scratch);
            putInt(length, (int) (index >>> 16));
            computeTag(rtpMac, length + 4);
            if (!tagMatches(packet, length)) {
                return false;
            }
            crypt(rtpKey, keys.rtpSalt(), ssrc, index, headerLength, length - headerLength);
            packet.putBytes(headerLength, scratch, headerLength, length - headerLength);
            packet.setLength(length);
            return true;
        }

        @Override
        public void sealRtcp(PacketBuffer packet, int ssrc, int index) {
            int length = packet.length();
            scratch = load(packet, length, scratch);
            crypt(rtcpKey, keys.rtcpSalt(), ssrc, index, 8, length - 8);
            putInt(length, index | 0x8000_0000);
            computeTag(rtcpMac, length + 4);
            packet.setLength(length + 4 + TAG_BYTES);
            packet.putBytes(8, scratch, 8, length - 4);
            packet.putBytes(length + 4, tag, 0, TAG_BYTES);
        }

        @Override
        public boolean openRtcp(PacketBuffer packet, int ssrc, int index) {
            int length = packet.length() - TAG_BYTES - 4;
            scratch = load(packet, length + 4, scratch);
            computeTag(rtcpMac, length + 4);
            if (!tagMatches(packet, length + 4)) {
                return false;
            }
            crypt(rtcpKey, keys.rtcpSalt(), ssrc, index, 8, length - 8);
            packet.putBytes(8, scratch, 8, length - 8);
            packet.setLength(length);
            return true;
        }

        private void crypt(SecretKey key, byte[] salt, int ssrc, long index, int from, int count) {
            Nonce.counterMode(salt, ssrc, index, nonce);
            try {
                cipher.init(Cipher.ENCRYPT_MODE, key, new IvParameterSpec(nonce));
                cipher.doFinal(scratch, from, count, scratch, from);
            } catch (GeneralSecurityException e) {
                throw new IllegalStateException(e);
            }
        }

        private void computeTag(Mac mac, int count) {
            mac.update(scratch, 0, count);
            try {
                mac.doFinal(tag, 0);
            } catch (ShortBufferException e) {
                throw new IllegalStateException(e);
            }
        }

        private boolean tagMatches(PacketBuffer packet, int at) {
            byte[] received = new byte[TAG_BYTES];
            packet.getBytes(at, received, 0, TAG_BYTES);
            return MessageDigest.isEqual(received, Arrays.copyOf(tag, TAG_BYTES));
        }

        private void putInt(int at, int value) {
            scratch[at] = (byte) (value >>> 24);
            scratch[at + 1] = (byte) (value >>> 16);
            scratch[at + 2] = (byte) (value >>> 8);
            scratch[at + 3] = (byte) value;
        }

        @Override
        public void close() {
            keys.wipe();
        }
    }
}
