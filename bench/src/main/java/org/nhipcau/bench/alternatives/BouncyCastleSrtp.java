// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.bench.alternatives;

import java.util.Arrays;
import org.bouncycastle.crypto.InvalidCipherTextException;
import org.bouncycastle.crypto.digests.SHA1Digest;
import org.bouncycastle.crypto.engines.AESEngine;
import org.bouncycastle.crypto.macs.HMac;
import org.bouncycastle.crypto.modes.CTRModeCipher;
import org.bouncycastle.crypto.modes.GCMBlockCipher;
import org.bouncycastle.crypto.modes.GCMModeCipher;
import org.bouncycastle.crypto.modes.SICBlockCipher;
import org.bouncycastle.crypto.params.AEADParameters;
import org.bouncycastle.crypto.params.KeyParameter;
import org.bouncycastle.crypto.params.ParametersWithIV;
import org.nhipcau.sfu.buffer.PacketBuffer;
import org.nhipcau.sfu.srtp.PacketCipher;
import org.nhipcau.sfu.srtp.SrtpEngine;
import org.nhipcau.sfu.srtp.SrtpProfile;

/**
 * SRTP by Bouncy Castle's own ciphers, without the Java security providers in between, behind our seam: so that the
 * same benchmark measures it. Keys and expanded keys are set once, a packet brings only a new nonce.
 *
 * <p>Takes the master keys for session keys, which costs the same per packet; so it talks to itself only. RTP only.
 *
 * <p>Thread: any; its ciphers: the owner's only.
 */
public final class BouncyCastleSrtp implements SrtpEngine {

    @Override
    public String name() {
        return "bouncycastle";
    }

    @Override
    public boolean supports(SrtpProfile profile) {
        return true;
    }

    @Override
    public PacketCipher createCipher(SrtpProfile profile, byte[] masterKey, byte[] masterSalt, boolean outbound) {
        return profile.isAead() ? new Gcm(masterKey, masterSalt, outbound) : new CounterMode(masterKey, masterSalt);
    }

    /** What both have: RTP alone, in an array. */
    private abstract static class RtpCipher implements PacketCipher {
        final byte[] bytes = new byte[PacketBuffer.SLOT_BYTES];
        final byte[] salt;
        final byte[] nonce;

        RtpCipher(byte[] salt, int nonceBytes) {
            this.salt = salt.clone();
            this.nonce = new byte[nonceBytes];
        }

        /** Salt, SSRC from {@code ssrcAt} on and the 48-bit index from {@code ssrcAt + 4} on, mixed. */
        final void makeNonce(int ssrcAt, int ssrc, long index) {
            Arrays.fill(nonce, (byte) 0);
            System.arraycopy(salt, 0, nonce, 0, salt.length);
            for (int i = 0; i < 4; i++) {
                nonce[ssrcAt + i] ^= (byte) (ssrc >>> 24 - 8 * i);
            }
            for (int i = 0; i < 6; i++) {
                nonce[ssrcAt + 4 + i] ^= (byte) (index >>> 40 - 8 * i);
            }
        }

        @Override
        public void sealRtcp(PacketBuffer packet, int ssrc, int index) {
            throw new UnsupportedOperationException("RTP only");
        }

        @Override
        public boolean openRtcp(PacketBuffer packet, int ssrc, int index) {
            throw new UnsupportedOperationException("RTP only");
        }

        @Override
        public void close() {
            Arrays.fill(salt, (byte) 0);
        }
    }

    private static final class Gcm extends RtpCipher {
        private static final int TAG_BYTES = 16;

        private final GCMModeCipher cipher = GCMBlockCipher.newInstance(AESEngine.newInstance());
        private final boolean outbound;

        Gcm(byte[] key, byte[] salt, boolean outbound) {
            super(salt, 12);
            this.outbound = outbound;
            byte[] other = new byte[12];
            Arrays.fill(other, (byte) 0xff);
            cipher.init(outbound, new AEADParameters(new KeyParameter(key), TAG_BYTES * 8, other));
        }

        @Override
        public void sealRtp(PacketBuffer packet, int headerLength, int ssrc, long index) {
            int length = packet.length();
            packet.getBytes(0, bytes, 0, length);
            crypt(headerLength, length, ssrc, index);
            packet.setLength(length + TAG_BYTES);
            packet.putBytes(headerLength, bytes, headerLength, length + TAG_BYTES - headerLength);
        }

        @Override
        public boolean openRtp(PacketBuffer packet, int headerLength, int ssrc, long index) {
            int length = packet.length();
            packet.getBytes(0, bytes, 0, length);
            if (!crypt(headerLength, length, ssrc, index)) {
                return false;
            }
            packet.setLength(length - TAG_BYTES);
            packet.putBytes(headerLength, bytes, headerLength, length - TAG_BYTES - headerLength);
            return true;
        }

        private boolean crypt(int headerLength, int length, int ssrc, long index) {
            makeNonce(2, ssrc, index);
            // Without a key the one of before is kept.
            cipher.init(outbound, new ParametersWithIV(null, nonce));
            cipher.processAADBytes(bytes, 0, headerLength);
            int done = cipher.processBytes(bytes, headerLength, length - headerLength, bytes, headerLength);
            try {
                cipher.doFinal(bytes, headerLength + done);
                return true;
            } catch (InvalidCipherTextException forged) {
                return false;
            }
        }
    }

    private static final class CounterMode extends RtpCipher {
        private static final int TAG_BYTES = 10;

        private final CTRModeCipher cipher = SICBlockCipher.newInstance(AESEngine.newInstance());
        private final HMac mac = new HMac(new SHA1Digest());
        private final byte[] digest = new byte[20];

        CounterMode(byte[] key, byte[] salt) {
            super(salt, 16);
            cipher.init(true, new ParametersWithIV(new KeyParameter(key), nonce));
            mac.init(new KeyParameter(Arrays.copyOf(key, 20)));
        }

        @Override
        public void sealRtp(PacketBuffer packet, int headerLength, int ssrc, long index) {
            int length = packet.length();
            packet.getBytes(0, bytes, 0, length);
            crypt(headerLength, length, ssrc, index);
            computeDigest(length, index);
            packet.setLength(length + TAG_BYTES);
            packet.putBytes(headerLength, bytes, headerLength, length - headerLength);
            packet.putBytes(length, digest, 0, TAG_BYTES);
        }

        @Override
        public boolean openRtp(PacketBuffer packet, int headerLength, int ssrc, long index) {
            int length = packet.length() - TAG_BYTES;
            packet.getBytes(0, bytes, 0, length);
            computeDigest(length, index);
            int difference = 0;
            for (int i = 0; i < TAG_BYTES; i++) {
                difference |= digest[i] ^ packet.getByte(length + i);
            }
            if (difference != 0) {
                return false;
            }
            crypt(headerLength, length, ssrc, index);
            packet.setLength(length);
            packet.putBytes(headerLength, bytes, headerLength, length - headerLength);
            return true;
        }

        private void crypt(int headerLength, int length, int ssrc, long index) {
            makeNonce(4, ssrc, index);
            cipher.init(true, new ParametersWithIV(null, nonce));
            cipher.processBytes(bytes, headerLength, length - headerLength, bytes, headerLength);
        }

        private void computeDigest(int length, long index) {
            int rollover = (int) (index >>> 16);
            for (int i = 0; i < 4; i++) {
                bytes[length + i] = (byte) (rollover >>> 24 - 8 * i);
            }
            mac.update(bytes, 0, length + 4);
            mac.doFinal(digest, 0);
        }
    }
}
