// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.sfu.srtp;

import java.util.Objects;
import org.nhipcau.sfu.buffer.PacketBuffer;

/**
 * The transform of one transport: keeps the indexes and windows of its SSRCs and lets a cipher do the rest.
 *
 * <pre>
 * SRTP:   | header (clear) | payload (encrypted) | tag |
 * SRTCP:  | 8 bytes (clear) | rest (encrypted) | tag | E + index |    AES-GCM, RFC 7714 §9
 *         | 8 bytes (clear) | rest (encrypted) | E + index | tag |    AES-CM,  RFC 3711 §3.4
 * </pre>
 *
 * <p>Outbound SRTCP takes one index for the whole transport instead of one per SSRC: gaps do no harm to the receiver,
 * and no index can be used twice by mistake. Thread: the owner's only. Owns: the ciphers and their keys.
 */
final class SrtpSession implements SrtpTransform {
    private static final int RTP_HEADER_BYTES = 12;
    private static final int RTCP_HEADER_BYTES = 8;
    private static final long MAX_RTP_INDEX = (1L << 48) - 1;
    private static final long MAX_RTCP_INDEX = (1L << 31) - 1;

    private final SrtpProfile profile;
    private final PacketCipher outbound;
    private final PacketCipher inbound;
    private final int maxInboundSsrcs;
    private final SsrcsInUse inUse;
    private final SsrcMap<IndexWindow> inboundRtp = new SsrcMap<>();
    private final SsrcMap<IndexWindow> inboundRtcp = new SsrcMap<>();
    private final SsrcMap<IndexWindow> outboundRtp = new SsrcMap<>();
    private IndexWindow lastOutbound;
    private long verified;
    private long nextRtcpIndex;
    private long lastIndex = -1;

    SrtpSession(SrtpEngine engine, SrtpKeyMaterial keys, int maxInboundSsrcs, SsrcsInUse inUse) {
        if (maxInboundSsrcs < 1) {
            throw new IllegalArgumentException("maxInboundSsrcs is " + maxInboundSsrcs + "; allowed: 1 and more");
        }
        this.profile = keys.profile();
        this.maxInboundSsrcs = maxInboundSsrcs;
        this.inUse = inUse;
        this.outbound = engine.createCipher(profile, keys.outboundKey(), keys.outboundSalt(), true);
        this.inbound = engine.createCipher(profile, keys.inboundKey(), keys.inboundSalt(), false);
    }

    @Override
    public SrtpProfile profile() {
        return profile;
    }

    @Override
    public SrtpResult unprotectRtp(PacketBuffer packet, int headerLength) {
        if (headerLength < RTP_HEADER_BYTES || packet.length() < headerLength + profile.tagBytes()) {
            return SrtpResult.MALFORMED;
        }
        int ssrc = packet.getInt(8);
        int sequenceNumber = packet.getUnsignedShort(2);
        IndexWindow window = inboundRtp.get(ssrc);
        IndexWindow evicted = window == null ? leastRecentUnused(inboundRtp) : null;
        if (window == null && evicted == null && inboundRtp.size() >= maxInboundSsrcs) {
            return SrtpResult.SSRC_LIMIT;
        }
        long index = window == null ? sequenceNumber : window.estimate(sequenceNumber);
        if (index > MAX_RTP_INDEX) {
            return SrtpResult.KEY_EXHAUSTED;
        }
        if (window != null && !window.isFresh(index)) {
            return SrtpResult.REPLAYED;
        }
        if (!inbound.openRtp(packet, headerLength, ssrc, index)) {
            return SrtpResult.AUTHENTICATION_FAILED;
        }
        markVerified(inboundRtp, window, evicted, ssrc, index);
        lastIndex = index;
        return SrtpResult.OK;
    }

    @Override
    public long lastIndex() {
        return lastIndex;
    }

    @Override
    public SrtpResult unprotectRtcp(PacketBuffer packet) {
        int length = packet.length();
        if (length < RTCP_HEADER_BYTES + profile.rtcpOverheadBytes()) {
            return SrtpResult.MALFORMED;
        }
        int word = packet.getInt(profile.isAead() ? length - 4 : length - profile.tagBytes() - 4);
        if (word >= 0) {
            // The E flag is not set: WebRTC never sends RTCP in clear.
            return SrtpResult.MALFORMED;
        }
        int index = word & 0x7fff_ffff;
        int ssrc = packet.getInt(4);
        IndexWindow window = inboundRtcp.get(ssrc);
        IndexWindow evicted = window == null ? leastRecentUnused(inboundRtcp) : null;
        if (window == null && evicted == null && inboundRtcp.size() >= maxInboundSsrcs) {
            return SrtpResult.SSRC_LIMIT;
        }
        if (window != null && !window.isFresh(index)) {
            return SrtpResult.REPLAYED;
        }
        if (!inbound.openRtcp(packet, ssrc, index)) {
            return SrtpResult.AUTHENTICATION_FAILED;
        }
        markVerified(inboundRtcp, window, evicted, ssrc, index);
        return SrtpResult.OK;
    }

    @Override
    public SrtpResult protectRtp(PacketBuffer packet, int headerLength, long extendedIndex) {
        requireHeader(packet, headerLength);
        requireRoom(packet, profile.rtpOverheadBytes());
        if ((extendedIndex & 0xffff) != packet.getUnsignedShort(2) || extendedIndex < 0) {
            throw new IllegalArgumentException("index " + extendedIndex + " of sequence number "
                    + packet.getUnsignedShort(2));
        }
        IndexWindow window = outboundWindow(packet.getInt(8));
        return seal(packet, headerLength, window, extendedIndex);
    }

    @Override
    public SrtpResult protectRtp(PacketBuffer packet, int headerLength) {
        requireHeader(packet, headerLength);
        requireRoom(packet, profile.rtpOverheadBytes());
        IndexWindow window = outboundWindow(packet.getInt(8));
        return seal(packet, headerLength, window, window.estimate(packet.getUnsignedShort(2)));
    }

    private SrtpResult seal(PacketBuffer packet, int headerLength, IndexWindow window, long index) {
        SrtpResult result = claim(window, index);
        if (result == SrtpResult.OK) {
            outbound.sealRtp(packet, headerLength, window.ssrc(), index);
        }
        return result;
    }

    @Override
    public SrtpResult protectRtp(PacketBuffer target, int headerLength, PacketBuffer source, int from, int length) {
        requireHeader(target, headerLength);
        Objects.checkFromIndexSize(from, length, source.length());
        requireRoom(target, headerLength + length - target.length() + profile.rtpOverheadBytes());
        IndexWindow window = outboundWindow(target.getInt(8));
        long index = window.estimate(target.getUnsignedShort(2));
        SrtpResult result = claim(window, index);
        if (result == SrtpResult.OK) {
            outbound.sealRtp(target, headerLength, window.ssrc(), index, source, from, length);
        }
        return result;
    }

    /** The window of an SSRC of ours. Packets for one consumer come back to back, so mostly it is the last one. */
    private IndexWindow outboundWindow(int ssrc) {
        IndexWindow window = lastOutbound;
        if (window == null || window.ssrc() != ssrc) {
            window = outboundRtp.get(ssrc);
            if (window == null) {
                window = new IndexWindow(ssrc);
                outboundRtp.put(ssrc, window);
            }
            lastOutbound = window;
        }
        return window;
    }

    // Marked before it is sealed: what goes wrong afterwards costs a packet, never an index used twice.
    private static SrtpResult claim(IndexWindow window, long index) {
        if (index > MAX_RTP_INDEX) {
            return SrtpResult.KEY_EXHAUSTED;
        }
        if (!window.isFresh(index)) {
            return SrtpResult.REPLAYED;
        }
        window.mark(index);
        return SrtpResult.OK;
    }

    @Override
    public SrtpResult protectRtcp(PacketBuffer packet) {
        if (packet.length() < RTCP_HEADER_BYTES) {
            throw new IllegalArgumentException("RTCP of " + packet.length() + " bytes");
        }
        requireRoom(packet, profile.rtcpOverheadBytes());
        if (nextRtcpIndex > MAX_RTCP_INDEX) {
            return SrtpResult.KEY_EXHAUSTED;
        }
        outbound.sealRtcp(packet, packet.getInt(4), (int) nextRtcpIndex++);
        return SrtpResult.OK;
    }

    @Override
    public int inboundSsrcs() {
        return inboundRtp.size();
    }

    /** For tests of the limit: the next SRTCP index. */
    void setNextRtcpIndex(long index) {
        nextRtcpIndex = index;
    }

    @Override
    public void close() {
        outbound.close();
        inbound.close();
    }

    // Only a packet whose tag was verified pushes another SSRC out.
    private void markVerified(SsrcMap<IndexWindow> windows, IndexWindow known, IndexWindow evicted, int ssrc,
            long index) {
        IndexWindow window = known;
        if (window == null) {
            if (evicted != null) {
                windows.remove(evicted.ssrc());
            }
            window = new IndexWindow(ssrc);
            windows.put(ssrc, window);
        }
        window.mark(index);
        window.setLastUse(++verified);
    }

    // What may give its place to a new SSRC; null while there is room, and when all are in use.
    private IndexWindow leastRecentUnused(SsrcMap<IndexWindow> windows) {
        if (windows.size() < maxInboundSsrcs) {
            return null;
        }
        IndexWindow oldest = null;
        for (int slot = 0; slot < windows.slots(); slot++) {
            IndexWindow window = windows.at(slot);
            if (window != null && (oldest == null || window.lastUse() < oldest.lastUse())
                    && !inUse.contains(window.ssrc())) {
                oldest = window;
            }
        }
        return oldest;
    }

    private static void requireHeader(PacketBuffer packet, int headerLength) {
        if (headerLength < RTP_HEADER_BYTES || headerLength > packet.length()) {
            throw new IllegalArgumentException("header of " + headerLength + " bytes in " + packet.length());
        }
    }

    private static void requireRoom(PacketBuffer packet, int bytes) {
        if (packet.tailroom() < bytes) {
            throw new IllegalArgumentException("no room for " + bytes + " bytes behind " + packet.length());
        }
    }
}
