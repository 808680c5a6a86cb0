// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.sfu.srtp;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.ref.Reference;
import java.nio.ByteBuffer;
import java.util.Objects;
import org.nhipcau.sfu.buffer.NativeMemory;
import org.nhipcau.sfu.buffer.PacketBuffer;

/**
 * AES-GCM by libIPSec_MB: everything that depends on the key alone is computed once, then a packet is one call.
 *
 * <p>Spec: RFC 7714 §8 to §10. Thread: the owner's only. Owns: native memory with the expanded keys, wiped by
 * {@link #close}.
 */
final class IpsecMbGcm implements PacketCipher {
    private static final int TAG_BYTES = 16;
    private static final int WORD_BYTES = 4;
    private static final int RTCP_HEADER_BYTES = 8;

    private static final int NONCE_AT = 0;
    private static final int TAG_AT = 16;
    private static final int CLEAR_AT = 32;
    private static final int CONTEXT_AT = 64;
    private static final int RTP_KEY_AT = CONTEXT_AT + IpsecMb.CONTEXT_BYTES;
    private static final int RTCP_KEY_AT = RTP_KEY_AT + IpsecMb.KEY_BYTES;
    private static final int MEMORY_BYTES = RTCP_KEY_AT + IpsecMb.KEY_BYTES;

    private final MemorySegment memory = Arena.ofAuto().allocate(MEMORY_BYTES, IpsecMb.ALIGNMENT_BYTES);
    private final long base = memory.address();
    private final boolean longKey;
    private final int rtpSaltHigh;
    private final long rtpSaltLow;
    private final int rtcpSaltHigh;
    private final long rtcpSaltLow;
    private boolean closed;

    IpsecMbGcm(SrtpProfile profile, SessionKeys keys) {
        longKey = profile.keyBytes() == 32;
        expand(keys.rtpKey(), RTP_KEY_AT);
        expand(keys.rtcpKey(), RTCP_KEY_AT);
        ByteBuffer rtpSalt = ByteBuffer.wrap(keys.rtpSalt());
        rtpSaltHigh = rtpSalt.getInt();
        rtpSaltLow = rtpSalt.getLong();
        ByteBuffer rtcpSalt = ByteBuffer.wrap(keys.rtcpSalt());
        rtcpSaltHigh = rtcpSalt.getInt();
        rtcpSaltLow = rtcpSalt.getLong();
    }

    private void expand(byte[] key, int keyAt) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment copy = arena.allocate(key.length);
            MemorySegment.copy(key, 0, copy, JAVA_BYTE, 0, key.length);
            if (longKey) {
                IpsecMb.PREPARE_256.invokeExact(copy.address(), base + keyAt);
            } else {
                IpsecMb.PREPARE_128.invokeExact(copy.address(), base + keyAt);
            }
            IpsecMb.clear(copy.address(), key.length);
        } catch (Throwable e) {
            throw NativeLibrary.rethrow(e);
        }
    }

    @Override
    public void sealRtp(PacketBuffer packet, int headerLength, int ssrc, long index) {
        int length = packet.length();
        packet.setLength(length + TAG_BYTES);
        long at = packet.address();
        long body = at + headerLength;
        putRtpNonce(ssrc, index);
        seal(RTP_KEY_AT, at, headerLength, body, body, length - headerLength, at + length);
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
        seal(RTP_KEY_AT, at, headerLength, source.address() + from, body, length, body + length);
        Reference.reachabilityFence(source);
        Reference.reachabilityFence(target);
    }

    @Override
    public boolean openRtp(PacketBuffer packet, int headerLength, int ssrc, long index) {
        int length = packet.length() - TAG_BYTES;
        long at = packet.address();
        putRtpNonce(ssrc, index);
        open(RTP_KEY_AT, at, headerLength, at + headerLength, length - headerLength);
        Reference.reachabilityFence(packet);
        return cutWhenTagMatches(packet, length);
    }

    @Override
    public void sealRtcp(PacketBuffer packet, int ssrc, int index) {
        int length = packet.length();
        packet.setLength(length + TAG_BYTES + WORD_BYTES);
        int word = index | 0x8000_0000;
        packet.putInt(length + TAG_BYTES, word);
        putRtcpNonce(ssrc, index);
        putClear(packet, word);
        long at = packet.address();
        long body = at + RTCP_HEADER_BYTES;
        seal(RTCP_KEY_AT, base + CLEAR_AT, RTCP_HEADER_BYTES + WORD_BYTES, body, body, length - RTCP_HEADER_BYTES,
                at + length);
        Reference.reachabilityFence(packet);
    }

    @Override
    public boolean openRtcp(PacketBuffer packet, int ssrc, int index) {
        int length = packet.length() - TAG_BYTES - WORD_BYTES;
        putRtcpNonce(ssrc, index);
        putClear(packet, packet.getInt(length + TAG_BYTES));
        open(RTCP_KEY_AT, base + CLEAR_AT, RTCP_HEADER_BYTES + WORD_BYTES, packet.address() + RTCP_HEADER_BYTES,
                length - RTCP_HEADER_BYTES);
        Reference.reachabilityFence(packet);
        return cutWhenTagMatches(packet, length);
    }

    private void putRtpNonce(int ssrc, long index) {
        NativeMemory.putInt(this, base + NONCE_AT, Nonce.gcmHigh(ssrc) ^ rtpSaltHigh);
        NativeMemory.putLong(this, base + NONCE_AT + 4, Nonce.gcmLow(ssrc, index) ^ rtpSaltLow);
    }

    private void putRtcpNonce(int ssrc, int index) {
        NativeMemory.putInt(this, base + NONCE_AT, Nonce.gcmHigh(ssrc) ^ rtcpSaltHigh);
        NativeMemory.putLong(this, base + NONCE_AT + 4, Nonce.gcmLow(ssrc, index) ^ rtcpSaltLow);
    }

    /** What is authenticated in clear stands apart on the wire; the library wants it in one piece. */
    private void putClear(PacketBuffer packet, int word) {
        NativeMemory.putLong(this, base + CLEAR_AT, packet.getLong(0));
        NativeMemory.putInt(this, base + CLEAR_AT + 8, word);
    }

    private void seal(int keyAt, long clear, int clearBytes, long plain, long body, int bodyBytes, long tag) {
        requireOpen();
        try {
            if (longKey) {
                IpsecMb.SEAL_256.invokeExact(base + keyAt, base + CONTEXT_AT, body, plain, (long) bodyBytes,
                        base + NONCE_AT, clear, (long) clearBytes, tag, (long) TAG_BYTES);
            } else {
                IpsecMb.SEAL_128.invokeExact(base + keyAt, base + CONTEXT_AT, body, plain, (long) bodyBytes,
                        base + NONCE_AT, clear, (long) clearBytes, tag, (long) TAG_BYTES);
            }
        } catch (Throwable e) {
            throw NativeLibrary.rethrow(e);
        } finally {
            Reference.reachabilityFence(this);
        }
    }

    /** Decrypts in place and leaves the tag that the packet ought to have. */
    private void open(int keyAt, long clear, int clearBytes, long body, int bodyBytes) {
        requireOpen();
        try {
            if (longKey) {
                IpsecMb.OPEN_256.invokeExact(base + keyAt, base + CONTEXT_AT, body, body, (long) bodyBytes,
                        base + NONCE_AT, clear, (long) clearBytes, base + TAG_AT, (long) TAG_BYTES);
            } else {
                IpsecMb.OPEN_128.invokeExact(base + keyAt, base + CONTEXT_AT, body, body, (long) bodyBytes,
                        base + NONCE_AT, clear, (long) clearBytes, base + TAG_AT, (long) TAG_BYTES);
            }
        } catch (Throwable e) {
            throw NativeLibrary.rethrow(e);
        } finally {
            Reference.reachabilityFence(this);
        }
    }

    /** Compares without a branch on the bytes. */
    private boolean cutWhenTagMatches(PacketBuffer packet, int length) {
        long difference = packet.getLong(length) ^ NativeMemory.getLong(this, base + TAG_AT);
        difference |= packet.getLong(length + 8) ^ NativeMemory.getLong(this, base + TAG_AT + 8);
        if (difference != 0) {
            return false;
        }
        packet.setLength(length);
        return true;
    }

    private void requireOpen() {
        if (closed) {
            throw new IllegalStateException("cipher is closed");
        }
    }

    @Override
    public void close() {
        if (!closed) {
            closed = true;
            IpsecMb.clear(base, MEMORY_BYTES);
            Reference.reachabilityFence(this);
        }
    }
}
