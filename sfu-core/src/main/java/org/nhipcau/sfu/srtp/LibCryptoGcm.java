// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.sfu.srtp;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.ref.Reference;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Objects;
import org.nhipcau.sfu.buffer.PacketBuffer;

/**
 * AES-GCM by libcrypto: key schedule made once, then only a new nonce per packet.
 *
 * <p>Spec: RFC 7714 §8 to §10. Thread: the owner's only. Owns: two native contexts until {@link #close}.
 */
final class LibCryptoGcm implements PacketCipher {
    private static final int TAG_BYTES = 16;
    private static final int WORD_BYTES = 4;
    private static final int RTCP_HEADER_BYTES = 8;
    private static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.BIG_ENDIAN);
    private static final ValueLayout.OfLong LONG = ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.BIG_ENDIAN);
    private static final int COUNT_AT = 16;
    private static final int SCRATCH_BYTES = 32;

    private final MemorySegment scratch = Arena.ofAuto().allocate(SCRATCH_BYTES, 16);
    private final long nonceAddress = scratch.address();
    private final long countAddress = scratch.address() + COUNT_AT;
    private final int rtpSaltHigh;
    private final long rtpSaltLow;
    private final int rtcpSaltHigh;
    private final long rtcpSaltLow;
    private long rtp;
    private long rtcp;

    LibCryptoGcm(SrtpProfile profile, SessionKeys keys, boolean outbound) {
        long cipher = profile.keyBytes() == 32 ? LibCrypto.AES_256_GCM : LibCrypto.AES_128_GCM;
        rtp = newContext(cipher, outbound, keys.rtpKey());
        rtcp = newContext(cipher, outbound, keys.rtcpKey());
        ByteBuffer rtpSalt = ByteBuffer.wrap(keys.rtpSalt());
        rtpSaltHigh = rtpSalt.getInt();
        rtpSaltLow = rtpSalt.getLong();
        ByteBuffer rtcpSalt = ByteBuffer.wrap(keys.rtcpSalt());
        rtcpSaltHigh = rtcpSalt.getInt();
        rtcpSaltLow = rtcpSalt.getLong();
    }

    private static long newContext(long cipher, boolean outbound, byte[] key) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment copy = arena.allocate(key.length);
            MemorySegment.copy(key, 0, copy, JAVA_BYTE, 0, key.length);
            long context = LibCrypto.newContext(cipher, outbound, copy.address());
            LibCrypto.cleanse(copy.address(), key.length);
            return context;
        }
    }

    @Override
    public void sealRtp(PacketBuffer packet, int headerLength, int ssrc, long index) {
        int length = packet.length();
        packet.setLength(length + TAG_BYTES);
        long at = packet.address();
        putRtpNonce(ssrc, index);
        long body = at + headerLength;
        seal(rtp, at, headerLength, 0, body, body, length - headerLength, at + length);
        Reference.reachabilityFence(packet);
    }

    @Override
    public void sealRtp(PacketBuffer target, int headerLength, int ssrc, long index, PacketBuffer source, int from,
            int length) {
        Objects.checkFromIndexSize(from, length, source.length());
        target.setLength(headerLength + length + TAG_BYTES);
        long at = target.address();
        long body = at + headerLength;
        putRtpNonce(ssrc, index);
        seal(rtp, at, headerLength, 0, source.address() + from, body, length, body + length);
        Reference.reachabilityFence(source);
        Reference.reachabilityFence(target);
    }

    @Override
    public boolean openRtp(PacketBuffer packet, int headerLength, int ssrc, long index) {
        int length = packet.length() - TAG_BYTES;
        long at = packet.address();
        putRtpNonce(ssrc, index);
        boolean opened = open(rtp, at, headerLength, 0, at + headerLength, length - headerLength, at + length);
        Reference.reachabilityFence(packet);
        if (opened) {
            packet.setLength(length);
        }
        return opened;
    }

    @Override
    public void sealRtcp(PacketBuffer packet, int ssrc, int index) {
        int length = packet.length();
        packet.setLength(length + TAG_BYTES + WORD_BYTES);
        packet.putInt(length + TAG_BYTES, index | 0x8000_0000);
        long at = packet.address();
        putRtcpNonce(ssrc, index);
        long body = at + RTCP_HEADER_BYTES;
        seal(rtcp, at, RTCP_HEADER_BYTES, at + length + TAG_BYTES, body, body, length - RTCP_HEADER_BYTES,
                at + length);
        Reference.reachabilityFence(packet);
    }

    @Override
    public boolean openRtcp(PacketBuffer packet, int ssrc, int index) {
        int length = packet.length() - TAG_BYTES - WORD_BYTES;
        long at = packet.address();
        putRtcpNonce(ssrc, index);
        boolean opened = open(rtcp, at, RTCP_HEADER_BYTES, at + length + TAG_BYTES, at + RTCP_HEADER_BYTES,
                length - RTCP_HEADER_BYTES, at + length);
        Reference.reachabilityFence(packet);
        if (opened) {
            packet.setLength(length);
        }
        return opened;
    }

    private void putRtpNonce(int ssrc, long index) {
        scratch.set(INT, 0, Nonce.gcmHigh(ssrc) ^ rtpSaltHigh);
        scratch.set(LONG, 4, Nonce.gcmLow(ssrc, index) ^ rtpSaltLow);
    }

    private void putRtcpNonce(int ssrc, int index) {
        scratch.set(INT, 0, Nonce.gcmHigh(ssrc) ^ rtcpSaltHigh);
        scratch.set(LONG, 4, Nonce.gcmLow(ssrc, index) ^ rtcpSaltLow);
    }

    /** @param word address of 4 more bytes to authenticate, 0: none */
    private void seal(long context, long clear, int clearBytes, long word, long plain, long body, int bodyBytes,
            long tag) {
        requireOpen();
        try {
            int done = (int) LibCrypto.ENCRYPT_INIT.invokeExact(context, 0L, 0L, 0L, nonceAddress);
            done &= (int) LibCrypto.ENCRYPT_UPDATE.invokeExact(context, 0L, countAddress, clear, clearBytes);
            if (word != 0) {
                done &= (int) LibCrypto.ENCRYPT_UPDATE.invokeExact(context, 0L, countAddress, word, WORD_BYTES);
            }
            if (bodyBytes > 0) {
                done &= (int) LibCrypto.ENCRYPT_UPDATE.invokeExact(context, body, countAddress, plain, bodyBytes);
            }
            done &= (int) LibCrypto.ENCRYPT_FINAL.invokeExact(context, tag, countAddress);
            done &= (int) LibCrypto.CONTROL.invokeExact(context, LibCrypto.GET_TAG, TAG_BYTES, tag);
            LibCrypto.require(done);
        } catch (Throwable e) {
            throw NativeLibrary.rethrow(e);
        } finally {
            Reference.reachabilityFence(this);
        }
    }

    private boolean open(long context, long clear, int clearBytes, long word, long body, int bodyBytes, long tag) {
        requireOpen();
        try {
            int done = (int) LibCrypto.DECRYPT_INIT.invokeExact(context, 0L, 0L, 0L, nonceAddress);
            done &= (int) LibCrypto.DECRYPT_UPDATE.invokeExact(context, 0L, countAddress, clear, clearBytes);
            if (word != 0) {
                done &= (int) LibCrypto.DECRYPT_UPDATE.invokeExact(context, 0L, countAddress, word, WORD_BYTES);
            }
            if (bodyBytes > 0) {
                done &= (int) LibCrypto.DECRYPT_UPDATE.invokeExact(context, body, countAddress, body, bodyBytes);
            }
            done &= (int) LibCrypto.CONTROL.invokeExact(context, LibCrypto.SET_TAG, TAG_BYTES, tag);
            LibCrypto.require(done);
            // The one call that judges: it compares the tags, in constant time, and writes nothing.
            return (int) LibCrypto.DECRYPT_FINAL.invokeExact(context, tag, countAddress) == 1;
        } catch (Throwable e) {
            throw NativeLibrary.rethrow(e);
        } finally {
            Reference.reachabilityFence(this);
        }
    }

    private void requireOpen() {
        if (rtp == 0) {
            throw new IllegalStateException("cipher is closed");
        }
    }

    @Override
    public void close() {
        if (rtp != 0) {
            LibCrypto.freeContext(rtp);
            LibCrypto.freeContext(rtcp);
            rtp = 0;
            rtcp = 0;
        }
    }
}
