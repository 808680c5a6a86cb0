// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.sfu.route;

import org.nhipcau.sfu.buffer.PacketBuffer;
import org.nhipcau.sfu.codec.PayloadReader;
import org.nhipcau.sfu.codec.Vp8PayloadReader;
import org.nhipcau.sfu.rtp.RtpPacketFlyweight;
import org.nhipcau.sfu.rtp.RtxPacket;
import org.nhipcau.sfu.stream.InboundStream;
import org.nhipcau.sfu.stream.OutboundStream;

/**
 * Takes packets that came in earlier back out of where they are kept, to be sent once more.
 *
 * <p>Spec: RFC 4588 §4. Thread: one. Owns: the one packet that is looked at, which all of the room share.
 */
final class CachedPackets {
    private final SourcePacket cached = new SourcePacket();
    private final PacketBuffer cachedBytes = PacketBuffer.allocate();
    private final PayloadReader vp8 = new Vp8PayloadReader();
    private final RtpPacketFlyweight retransmission = new RtpPacketFlyweight();

    /**
     * Takes a packet out of an encoding's cache for retransmission.
     *
     * @return valid until the next call; null when it is not kept any more
     */
    SourcePacket load(Encoding encoding, long extended, long nowNs) {
        InboundStream stream = encoding.stream();
        return stream != null && stream.cache() != null && stream.cache().load(extended, cachedBytes, nowNs)
                ? viewCached(encoding, extended) : null;
    }

    /**
     * Looks at a copy that was made of a packet of an encoding's present stream.
     *
     * @return valid until the next call of this or {@link #load}; null when its format is gone
     */
    SourcePacket view(Encoding encoding, long extended, PacketBuffer copy) {
        cachedBytes.copyFrom(copy);
        return viewCached(encoding, extended);
    }

    private SourcePacket viewCached(Encoding encoding, long extended) {
        InboundStream stream = encoding.stream();
        if (!cached.rtp.wrapPlain(cachedBytes)) {
            return null;
        }
        int format = encoding.producer.formats().of(cached.rtp.payloadType());
        if (format < 0) {
            return null;
        }
        cached.producer = encoding.producer;
        cached.encoding = encoding;
        cached.stream = stream;
        cached.format = format;
        cached.extended = extended;
        cached.newest = stream.newest();
        cached.vp8 = encoding.producer.formats().vp8(format);
        cached.mark.clear();
        if (cached.vp8) {
            // Only VP8 that numbers its pictures is filtered by temporal layer here. The stream's own reader is ahead.
            vp8.read(cached.rtp, cached.mark);
            cached.locatePictures(encoding.producer.room.tools.vp8);
        }
        cached.readExtensions(encoding.producer.endpoint.extensions());
        return cached;
    }

    /** Makes a packet to be sent, in a slot, the retransmission of itself. @return bytes of its header */
    int encapsulate(PacketBuffer packet, int rtxPayloadType, OutboundStream stream) {
        if (!retransmission.wrapPlain(packet) || !RtxPacket.encapsulate(retransmission, rtxPayloadType,
                stream.rtxSsrc(), stream.takeRtxSequence())) {
            throw new IllegalStateException("a packet of our own cannot be encapsulated");
        }
        return retransmission.headerLength();
    }
}
