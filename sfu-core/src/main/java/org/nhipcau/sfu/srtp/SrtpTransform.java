// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.sfu.srtp;

import org.nhipcau.sfu.buffer.PacketBuffer;

/**
 * Turns SRTP into RTP and back for one transport, in place, both directions and all its SSRCs.
 *
 * <p>Spec: RFC 3711 §3.3, §3.4. Every state (rollover counter, replay window, a new SSRC) changes only after a packet's
 * tag was verified, so forged packets cost their computation and nothing else.
 *
 * <p>Thread: the owner's only.
 */
public interface SrtpTransform extends AutoCloseable {

    /**
     * Makes the transform of a transport whose handshake is done.
     *
     * @param maxInboundSsrcs SSRCs tracked at most, of RTP and of RTCP each; packets of further ones are refused
     */
    static SrtpTransform create(SrtpEngine engine, SrtpKeyMaterial keys, int maxInboundSsrcs) {
        return create(engine, keys, maxInboundSsrcs, ssrc -> true);
    }

    /**
     * Makes a transform whose SSRCs come and go. One that is in use no more keeps its rollover counter and its replay
     * window, for it may be taken up again and its old packets must not pass anew; only when the limit is reached does
     * the one that was quiet the longest give its place to another.
     *
     * @param inUse tells which SSRCs must keep their place; asked only when the limit is reached
     */
    static SrtpTransform create(SrtpEngine engine, SrtpKeyMaterial keys, int maxInboundSsrcs, SsrcsInUse inUse) {
        return new SrtpSession(engine, keys, maxInboundSsrcs, inUse);
    }

    /** Knows which inbound SSRCs carry a stream that somebody still expects. Thread: the owner's only. */
    interface SsrcsInUse {
        boolean contains(int ssrc);
    }

    SrtpProfile profile();

    /**
     * Verifies and decrypts a packet and cuts its tag. After OK {@link #lastIndex()} tells its extended number.
     *
     * @param headerLength bytes of the RTP header with contributing sources and extension, which stay in clear
     */
    SrtpResult unprotectRtp(PacketBuffer packet, int headerLength);

    /** Extended sequence number (rollover counter and sequence number, 48 bits) of the last packet unprotected. */
    long lastIndex();

    /** Verifies and decrypts a compound and cuts tag and index. */
    SrtpResult unprotectRtcp(PacketBuffer packet);

    /**
     * Encrypts a packet and appends its tag. The same SSRC and index is never encrypted twice, whatever the
     * caller does: with AES-GCM that would give the authentication key away. So what was lost goes out again on an RTX
     * stream or as the very bytes that went out before.
     *
     * @param headerLength bytes of the RTP header with contributing sources and extension, which stay in clear
     * @param extendedIndex rollover counter and sequence number, 48 bits; starts below 2^16 with a new SSRC
     * @throws IllegalArgumentException when the index does not end in the packet's sequence number or the slot has no
     *         room for the tag
     */
    SrtpResult protectRtp(PacketBuffer packet, int headerLength, long extendedIndex);

    /**
     * Encrypts a packet as {@link #protectRtp(PacketBuffer, int, long)} does, at the index that is nearest to the
     * newest of its SSRC (RFC 3711 §3.3.1): right for all who number their packets one after another.
     */
    SrtpResult protectRtp(PacketBuffer packet, int headerLength);

    /**
     * Puts a packet together and protects it in one pass: the header that {@code target} holds, behind it the encrypted
     * part of {@code source}, behind that the tag. The index is found as
     * {@link #protectRtp(PacketBuffer, int)} finds it. The source stays as it is, so one source serves all receivers.
     *
     * @param target begins with the RTP header; its length is set anew
     * @param headerLength bytes of the header with contributing sources and extension, which stay in clear
     * @param source shares no byte with what is written to {@code target}
     * @param from where in {@code source} the payload starts
     * @param length bytes of payload; padding, where the header announces it, included
     * @throws IllegalArgumentException when {@code target} has no whole header or no room for payload and tag
     * @throws IndexOutOfBoundsException when {@code source} has no such part
     */
    SrtpResult protectRtp(PacketBuffer target, int headerLength, PacketBuffer source, int from, int length);

    /**
     * Encrypts a compound, appends index and tag.
     *
     * @throws IllegalArgumentException when it is shorter than 8 bytes or the slot has no room
     */
    SrtpResult protectRtcp(PacketBuffer packet);

    /** Inbound RTP SSRCs tracked now. */
    int inboundSsrcs();

    /** Frees and wipes the keys; the transform must not be used afterwards. */
    @Override
    void close();
}
