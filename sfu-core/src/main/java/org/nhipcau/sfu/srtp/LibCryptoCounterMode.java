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
 * AES counter mode with HMAC-SHA1 by libcrypto. The two halves of the HMAC that depend on the key alone are hashed
 * once; a packet continues from copies of these states.
 *
 * <p>Spec: RFC 3711 §4.1.1, §4.2.1; RFC 2104 §2. Thread: the owner's only. Owns: two native contexts until
 * {@link #close}.
 */
final class LibCryptoCounterMode implements PacketCipher {
    private static final int TAG_BYTES = 10;
    private static final int WORD_BYTES = 4;
    private static final int RTCP_HEADER_BYTES = 8;
    private static final ValueLayout.OfLong LONG = ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.BIG_ENDIAN);
    private static final ValueLayout.OfShort SHORT = ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.BIG_ENDIAN);

    private static final int NONCE_AT = 0;
    private static final int COUNT_AT = 16;
    private static final int DIGEST_AT = 32;
    private static final int WORKING_AT = 64;
    private static final int RTP_INNER_AT = WORKING_AT + LibCrypto.SHA1_STATE_BYTES;
    private static final int RTP_OUTER_AT = RTP_INNER_AT + LibCrypto.SHA1_STATE_BYTES;
    private static final int RTCP_INNER_AT = RTP_OUTER_AT + LibCrypto.SHA1_STATE_BYTES;
    private static final int RTCP_OUTER_AT = RTCP_INNER_AT + LibCrypto.SHA1_STATE_BYTES;
    private static final int SCRATCH_BYTES = RTCP_OUTER_AT + LibCrypto.SHA1_STATE_BYTES;

    private final MemorySegment scratch = Arena.ofAuto().allocate(SCRATCH_BYTES, 16);
    private final long base = scratch.address();
    private final long rtpSaltHigh;
    private final long rtpSaltLow;
    private final long rtcpSaltHigh;
    private final long rtcpSaltLow;
    private long rtp;
    private long rtcp;

    LibCryptoCounterMode(SessionKeys keys) {
        ByteBuffer rtpSalt = ByteBuffer.allocate(16).put(0, keys.rtpSalt());
        rtpSaltHigh = rtpSalt.getLong(0);
        rtpSaltLow = rtpSalt.getLong(8);
        ByteBuffer rtcpSalt = ByteBuffer.allocate(16).put(0, keys.rtcpSalt());
        rtcpSaltHigh = rtcpSalt.getLong(0);
        rtcpSaltLow = rtcpSalt.getLong(8);
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment block = arena.allocate(LibCrypto.SHA1_BLOCK_BYTES);
            rtp = newContext(block, keys.rtpKey());
            rtcp = newContext(block, keys.rtcpKey());
            hashKey(block, keys.rtpAuthentication(), 0x36, RTP_INNER_AT);
            hashKey(block, keys.rtpAuthentication(), 0x5c, RTP_OUTER_AT);
            hashKey(block, keys.rtcpAuthentication(), 0x36, RTCP_INNER_AT);
            hashKey(block, keys.rtcpAuthentication(), 0x5c, RTCP_OUTER_AT);
            LibCrypto.cleanse(block.address(), block.byteSize());
        }
    }

    private static long newContext(MemorySegment block, byte[] key) {
        MemorySegment.copy(key, 0, block, JAVA_BYTE, 0, key.length);
        return LibCrypto.newContext(LibCrypto.AES_128_CTR, true, block.address());
    }

    private void hashKey(MemorySegment block, byte[] key, int pad, int stateAt) {
        block.fill((byte) pad);
        for (int i = 0; i < key.length; i++) {
            block.set(JAVA_BYTE, i, (byte) (key[i] ^ pad));
        }
        try {
            int done = (int) LibCrypto.SHA1_INIT.invokeExact(base + stateAt);
            done &= (int) LibCrypto.SHA1_UPDATE.invokeExact(base + stateAt, block.address(), block.byteSize());
            LibCrypto.require(done);
        } catch (Throwable e) {
            throw NativeLibrary.rethrow(e);
        }
    }

    @Override
    public void sealRtp(PacketBuffer packet, int headerLength, int ssrc, long index) {
        int length = packet.length();
        packet.setLength(length + TAG_BYTES);
        long at = packet.address();
        putNonce(rtpSaltHigh, rtpSaltLow, ssrc, index);
        crypt(rtp, at + headerLength, at + headerLength, length - headerLength);
        packet.putInt(length, (int) (index >>> 16));
        computeDigest(at, length + WORD_BYTES, RTP_INNER_AT, RTP_OUTER_AT);
        putTag(packet, length);
        Reference.reachabilityFence(packet);
    }

    @Override
    public void sealRtp(PacketBuffer target, int headerLength, int ssrc, long index, PacketBuffer source, int from,
            int length) {
        Objects.checkFromIndexSize(from, length, source.length());
        int end = headerLength + length;
        target.setLength(end + TAG_BYTES);
        long at = target.address();
        putNonce(rtpSaltHigh, rtpSaltLow, ssrc, index);
        crypt(rtp, source.address() + from, at + headerLength, length);
        target.putInt(end, (int) (index >>> 16));
        computeDigest(at, end + WORD_BYTES, RTP_INNER_AT, RTP_OUTER_AT);
        putTag(target, end);
        Reference.reachabilityFence(source);
        Reference.reachabilityFence(target);
    }

    @Override
    public boolean openRtp(PacketBuffer packet, int headerLength, int ssrc, long index) {
        int length = packet.length() - TAG_BYTES;
        long at = packet.address();
        long tagHigh = packet.getLong(length);
        int tagLow = packet.getUnsignedShort(length + 8);
        // The rollover counter is hashed behind the packet, where the tag stands on the wire.
        packet.putInt(length, (int) (index >>> 16));
        computeDigest(at, length + WORD_BYTES, RTP_INNER_AT, RTP_OUTER_AT);
        if (!digestMatches(tagHigh, tagLow)) {
            return false;
        }
        putNonce(rtpSaltHigh, rtpSaltLow, ssrc, index);
        crypt(rtp, at + headerLength, at + headerLength, length - headerLength);
        packet.setLength(length);
        Reference.reachabilityFence(packet);
        return true;
    }

    @Override
    public void sealRtcp(PacketBuffer packet, int ssrc, int index) {
        int length = packet.length();
        packet.setLength(length + WORD_BYTES + TAG_BYTES);
        packet.putInt(length, index | 0x8000_0000);
        long at = packet.address();
        putNonce(rtcpSaltHigh, rtcpSaltLow, ssrc, index);
        crypt(rtcp, at + RTCP_HEADER_BYTES, at + RTCP_HEADER_BYTES, length - RTCP_HEADER_BYTES);
        computeDigest(at, length + WORD_BYTES, RTCP_INNER_AT, RTCP_OUTER_AT);
        putTag(packet, length + WORD_BYTES);
        Reference.reachabilityFence(packet);
    }

    @Override
    public boolean openRtcp(PacketBuffer packet, int ssrc, int index) {
        int length = packet.length() - TAG_BYTES - WORD_BYTES;
        long at = packet.address();
        computeDigest(at, length + WORD_BYTES, RTCP_INNER_AT, RTCP_OUTER_AT);
        if (!digestMatches(packet.getLong(length + WORD_BYTES), packet.getUnsignedShort(length + WORD_BYTES + 8))) {
            return false;
        }
        putNonce(rtcpSaltHigh, rtcpSaltLow, ssrc, index);
        crypt(rtcp, at + RTCP_HEADER_BYTES, at + RTCP_HEADER_BYTES, length - RTCP_HEADER_BYTES);
        packet.setLength(length);
        Reference.reachabilityFence(packet);
        return true;
    }

    private void putNonce(long saltHigh, long saltLow, int ssrc, long index) {
        scratch.set(LONG, NONCE_AT, saltHigh ^ ssrc & 0xffff_ffffL);
        scratch.set(LONG, NONCE_AT + 8, saltLow ^ index << 16);
    }

    private void putTag(PacketBuffer packet, int at) {
        packet.putLong(at, scratch.get(LONG, DIGEST_AT));
        packet.putShort(at + 8, scratch.get(SHORT, DIGEST_AT + 8));
    }

    /** Compares without a branch on the bytes. */
    private boolean digestMatches(long tagHigh, int tagLow) {
        long difference = tagHigh ^ scratch.get(LONG, DIGEST_AT);
        difference |= tagLow ^ scratch.get(SHORT, DIGEST_AT + 8) & 0xffff;
        return difference == 0;
    }

    private void crypt(long context, long from, long to, int bodyBytes) {
        requireOpen();
        if (bodyBytes == 0) {
            return;
        }
        try {
            int done = (int) LibCrypto.ENCRYPT_INIT.invokeExact(context, 0L, 0L, 0L, base + NONCE_AT);
            done &= (int) LibCrypto.ENCRYPT_UPDATE.invokeExact(context, to, base + COUNT_AT, from, bodyBytes);
            LibCrypto.require(done);
        } catch (Throwable e) {
            throw NativeLibrary.rethrow(e);
        } finally {
            Reference.reachabilityFence(this);
        }
    }

    private void computeDigest(long at, int count, int innerAt, int outerAt) {
        requireOpen();
        long state = base + WORKING_AT;
        long digest = base + DIGEST_AT;
        try {
            MemorySegment.copy(scratch, innerAt, scratch, WORKING_AT, LibCrypto.SHA1_STATE_BYTES);
            int done = (int) LibCrypto.SHA1_UPDATE.invokeExact(state, at, (long) count);
            done &= (int) LibCrypto.SHA1_FINAL.invokeExact(digest, state);
            MemorySegment.copy(scratch, outerAt, scratch, WORKING_AT, LibCrypto.SHA1_STATE_BYTES);
            done &= (int) LibCrypto.SHA1_UPDATE.invokeExact(state, digest, (long) LibCrypto.SHA1_BYTES);
            done &= (int) LibCrypto.SHA1_FINAL.invokeExact(digest, state);
            LibCrypto.require(done);
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
            LibCrypto.cleanse(base, SCRATCH_BYTES);
            rtp = 0;
            rtcp = 0;
        }
    }
}
