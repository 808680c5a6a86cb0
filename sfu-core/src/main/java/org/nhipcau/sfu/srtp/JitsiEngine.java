// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.sfu.srtp;

import java.security.GeneralSecurityException;
import org.jitsi.srtp.SrtcpCryptoContext;
import org.jitsi.srtp.SrtpContextFactory;
import org.jitsi.srtp.SrtpCryptoContext;
import org.jitsi.srtp.SrtpErrorStatus;
import org.jitsi.srtp.SrtpPolicy;
import org.jitsi.utils.ByteArrayBuffer;
import org.jitsi.utils.logging2.Logger;
import org.jitsi.utils.logging2.LoggerImpl;
import org.nhipcau.sfu.buffer.PacketBuffer;

/**
 * Ciphers of jitsi-srtp: portable, proven in the field, and the oracle that the other engines are tested against.
 *
 * <p>jitsi-srtp keeps a rollover counter of its own per SSRC. Its guess is the one of RFC 3711 too, but where ours must
 * rule (a jump, a stream joined late) a context is derived anew at our counter. Its replay check, which holds only 64
 * packets, is off: ours stands in front.
 */
final class JitsiEngine implements SrtpEngine {
    private static final Logger LOGGER = new LoggerImpl("org.nhipcau.sfu.srtp.jitsi");

    @Override
    public String name() {
        return "jitsi-srtp";
    }

    @Override
    public boolean supports(SrtpProfile profile) {
        return true;
    }

    @Override
    public PacketCipher createCipher(SrtpProfile profile, byte[] masterKey, byte[] masterSalt, boolean outbound) {
        SrtpContextFactory contexts = new SrtpContextFactory(outbound, masterKey.clone(), masterSalt.clone(),
                policy(profile), policy(profile), LOGGER);
        return new JitsiCipher(contexts, outbound);
    }

    static SrtpPolicy policy(SrtpProfile profile) {
        SrtpPolicy policy = new SrtpPolicy(
                profile.isAead() ? SrtpPolicy.AESGCM_ENCRYPTION : SrtpPolicy.AESCM_ENCRYPTION, profile.keyBytes(),
                profile.isAead() ? SrtpPolicy.NULL_AUTHENTICATION : SrtpPolicy.HMACSHA1_AUTHENTICATION,
                profile.authenticationKeyBytes(), profile.tagBytes(), profile.saltBytes());
        policy.setSendReplayEnabled(false);
        policy.setReceiveReplayEnabled(false);
        return policy;
    }

    /** The RTP side of one SSRC, and what it will take the next sequence number for. */
    private static final class Stream {
        private final SrtpCryptoContext context;
        private long highest;

        Stream(SrtpCryptoContext context, long index) {
            this.context = context;
            this.highest = index;
        }

        boolean wouldGuess(long index) {
            int sequenceNumber = (int) index & 0xffff;
            int last = (int) highest & 0xffff;
            long rollover = highest >>> 16;
            if (last < 0x8000) {
                rollover -= sequenceNumber - last > 0x8000 ? 1 : 0;
            } else if (last - 0x8000 > sequenceNumber) {
                rollover++;
            }
            return rollover == index >>> 16;
        }
    }

    private static final class JitsiCipher implements PacketCipher {
        private final SrtpContextFactory contexts;
        private final boolean outbound;
        private final SsrcMap<Stream> rtp = new SsrcMap<>();
        private final SsrcMap<SrtcpCryptoContext> rtcp = new SsrcMap<>();
        private final ArrayPacket array = new ArrayPacket();

        JitsiCipher(SrtpContextFactory contexts, boolean outbound) {
            this.contexts = contexts;
            this.outbound = outbound;
        }

        @Override
        public void sealRtp(PacketBuffer packet, int headerLength, int ssrc, long index) {
            requireOk(transformRtp(packet, ssrc, index));
        }

        @Override
        public boolean openRtp(PacketBuffer packet, int headerLength, int ssrc, long index) {
            return transformRtp(packet, ssrc, index) == SrtpErrorStatus.OK;
        }

        /** A context is kept only after a packet has passed it, so forged SSRCs leave nothing behind. */
        private SrtpErrorStatus transformRtp(PacketBuffer packet, int ssrc, long index) {
            try {
                Stream known = rtp.get(ssrc);
                Stream stream = known != null && known.wouldGuess(index) ? known
                        : new Stream(contexts.deriveContext(ssrc, (int) (index >>> 16)), index);
                array.load(packet);
                SrtpErrorStatus status = outbound ? stream.context.transformPacket(array)
                        : stream.context.reverseTransformPacket(array, false);
                if (status == SrtpErrorStatus.OK) {
                    array.store(packet);
                    keep(known, stream, ssrc, index);
                }
                return status;
            } catch (GeneralSecurityException e) {
                throw new IllegalStateException(e);
            }
        }

        private void keep(Stream known, Stream stream, int ssrc, long index) {
            if (known == null) {
                rtp.put(ssrc, stream);
            } else if (stream == known) {
                known.highest = Math.max(known.highest, index);
            } else if (index > known.highest) {
                rtp.put(ssrc, stream);
            }
        }

        @Override
        public void sealRtcp(PacketBuffer packet, int ssrc, int index) {
            // jitsi-srtp counts its own index per SSRC, which never repeats while this cipher lives.
            try {
                SrtcpCryptoContext context = rtcp.get(ssrc);
                if (context == null) {
                    context = contexts.deriveControlContext(ssrc);
                    rtcp.put(ssrc, context);
                }
                array.load(packet);
                requireOk(context.transformPacket(array));
                array.store(packet);
            } catch (GeneralSecurityException e) {
                throw new IllegalStateException(e);
            }
        }

        @Override
        public boolean openRtcp(PacketBuffer packet, int ssrc, int index) {
            try {
                SrtcpCryptoContext known = rtcp.get(ssrc);
                SrtcpCryptoContext context = known != null ? known : contexts.deriveControlContext(ssrc);
                array.load(packet);
                if (context.reverseTransformPacket(array) != SrtpErrorStatus.OK) {
                    return false;
                }
                array.store(packet);
                if (known == null) {
                    rtcp.put(ssrc, context);
                }
                return true;
            } catch (GeneralSecurityException e) {
                throw new IllegalStateException(e);
            }
        }

        private static void requireOk(SrtpErrorStatus status) {
            if (status != SrtpErrorStatus.OK) {
                throw new IllegalStateException("jitsi-srtp refused an outbound packet: " + status);
            }
        }

        @Override
        public void close() {
            contexts.close();
        }
    }

    /** The packet as jitsi-srtp wants it: in an array with room behind. */
    private static final class ArrayPacket implements ByteArrayBuffer {
        private byte[] bytes = new byte[PacketBuffer.SLOT_BYTES];
        private int offset;
        private int length;

        void load(PacketBuffer packet) {
            offset = 0;
            length = packet.length();
            if (length > bytes.length) {
                bytes = new byte[length];
            }
            packet.getBytes(0, bytes, 0, length);
        }

        void store(PacketBuffer packet) {
            packet.setLength(length);
            packet.putBytes(0, bytes, offset, length);
        }

        @Override
        public byte[] getBuffer() {
            return bytes;
        }

        @Override
        public int getOffset() {
            return offset;
        }

        @Override
        public int getLength() {
            return length;
        }

        @Override
        public void setLength(int newLength) {
            length = newLength;
        }

        @Override
        public void setOffset(int newOffset) {
            offset = newOffset;
        }

        @Override
        public boolean isInvalid() {
            return false;
        }

        @Override
        public void readRegionToBuff(int from, int count, byte[] target) {
            System.arraycopy(bytes, offset + from, target, 0, count);
        }

        @Override
        public void grow(int count) {
            if (offset + length + count > bytes.length) {
                bytes = java.util.Arrays.copyOf(bytes, offset + length + count);
            }
        }

        @Override
        public void append(byte[] data, int count) {
            grow(count);
            System.arraycopy(data, 0, bytes, offset + length, count);
            length += count;
        }

        @Override
        public void shrink(int count) {
            length -= count;
        }
    }
}
