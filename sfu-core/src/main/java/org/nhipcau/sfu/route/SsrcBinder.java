// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.sfu.route;

import org.nhipcau.sfu.api.CodecParameters;
import org.nhipcau.sfu.api.HeaderExtensions;
import org.nhipcau.sfu.api.MediaKind;
import org.nhipcau.sfu.metrics.DropReason;
import org.nhipcau.sfu.rtp.HeaderExtensionReader;
import org.nhipcau.sfu.rtp.RtpPacketFlyweight;
import org.nhipcau.sfu.stream.InboundStream;
import org.nhipcau.sfu.stream.PacketCache;

/**
 * Knows which encoding each inbound SSRC of one peer belongs to, and finds it out for SSRCs that were not announced.
 *
 * <p>An unknown SSRC is bound by its mid and rid (or repaired rid), or without a mid by a payload type that only one
 * producer uses. Only producers of this very peer are ever considered, so nobody can send in another's name (V18). The
 * table is bounded (V17), and an encoding does not change its SSRC more than twice a second.
 *
 * <p>Spec: RFC 8843 §9.2, RFC 8852, RFC 3550 §8.2. Thread: one.
 */
final class SsrcBinder {
    /** What an SSRC stands for. */
    record Binding(Encoding encoding, boolean rtx) {}

    private static final long MIN_REBIND_NS = 500_000_000L;

    private final MediaEndpoint endpoint;
    private final SsrcTable<Binding> table;

    SsrcBinder(MediaEndpoint endpoint, int limit) {
        this.endpoint = endpoint;
        this.table = new SsrcTable<>(limit);
    }

    /** The binding of an SSRC; null when it has none yet. */
    Binding get(int ssrc) {
        return table.get(ssrc);
    }

    /**
     * Binds the SSRC of a packet.
     *
     * @return null when it cannot be bound; the drop is counted
     */
    Binding bind(RtpPacketFlyweight packet, long nowNs) {
        HeaderExtensions ids = endpoint.extensions();
        Producer producer = byMid(packet, ids);
        if (producer == null) {
            return refuse(DropReason.UNKNOWN_SSRC);
        }
        int payloadType = packet.payloadType();
        boolean rtx = producer.formats().repairedBy(payloadType) >= 0;
        if (!rtx && producer.formats().of(payloadType) < 0) {
            return refuse(DropReason.UNKNOWN_PAYLOAD_TYPE);
        }
        Encoding encoding = byRid(packet, producer, rtx ? ids.repairedRid() : ids.rid());
        if (encoding == null || rtx && encoding.stream() == null) {
            return refuse(DropReason.UNKNOWN_SSRC);
        }
        boolean bound = rtx ? bindRtx(encoding, (int) packet.ssrc()) : bindMedia(encoding, (int) packet.ssrc(), nowNs);
        return bound ? table.get((int) packet.ssrc()) : refuse(DropReason.SSRC_LIMIT);
    }

    private Binding refuse(DropReason reason) {
        endpoint.room().counters.drop(reason);
        return null;
    }

    private Producer byMid(RtpPacketFlyweight packet, HeaderExtensions ids) {
        Producer found = null;
        boolean told = packet.findExtension(ids.mid()) >= 0;
        for (Producer producer : endpoint.producers()) {
            if (told) {
                if (HeaderExtensionReader.textEquals(packet, ids.mid(), producer.mid())) {
                    return producer;
                }
            } else if (producer.formats().of(packet.payloadType()) >= 0
                    || producer.formats().repairedBy(packet.payloadType()) >= 0) {
                if (found != null) {
                    return null;
                }
                found = producer;
            }
        }
        return found;
    }

    private static Encoding byRid(RtpPacketFlyweight packet, Producer producer, int ridId) {
        Encoding[] encodings = producer.encodings();
        if (packet.findExtension(ridId) >= 0) {
            for (Encoding encoding : encodings) {
                if (HeaderExtensionReader.textEquals(packet, ridId, encoding.rid())) {
                    return encoding;
                }
            }
        }
        return encodings.length == 1 ? encodings[0] : null;
    }

    /** Binds an SSRC to an encoding in place of any it had. @return false when refused by a limit or taken */
    boolean bindMedia(Encoding encoding, int ssrc, long nowNs) {
        InboundStream before = encoding.stream();
        if (before != null && before.started() && nowNs - encoding.boundNs() < MIN_REBIND_NS) {
            return false;
        }
        Binding owner = table.get(ssrc);
        if (owner != null && owner.encoding() != encoding) {
            return false;
        }
        if (before != null) {
            forget(encoding);
        }
        if (!table.put(ssrc, new Binding(encoding, false))) {
            return false;
        }
        encoding.bind(newStream(endpoint.room(), encoding.producer, ssrc, true), nowNs);
        if (before != null) {
            encoding.producer.onStreamReplaced(nowNs);
        }
        return true;
    }

    /** Binds an RTX SSRC to an encoding that has a stream. @return false when refused by a limit or taken */
    boolean bindRtx(Encoding encoding, int ssrc) {
        Binding owner = table.get(ssrc);
        if (owner != null && (owner.encoding() != encoding || !owner.rtx())) {
            return false;
        }
        InboundStream stream = encoding.stream();
        if (stream.rtxKnown() && stream.rtxSsrc() != ssrc) {
            table.remove(stream.rtxSsrc());
        }
        if (!table.put(ssrc, new Binding(encoding, true))) {
            return false;
        }
        stream.bindRtx(ssrc);
        return true;
    }

    /** Frees an encoding's SSRCs. */
    void forget(Encoding encoding) {
        InboundStream stream = encoding.stream();
        if (stream == null) {
            return;
        }
        table.remove(stream.ssrc());
        if (stream.rtxKnown()) {
            table.remove(stream.rtxSsrc());
        }
    }

    /** @param repairable what is missing may be asked for, where the format says so */
    static InboundStream newStream(Room room, Producer producer, int ssrc, boolean repairable) {
        boolean video = producer.kind() == MediaKind.VIDEO;
        boolean nackable = repairable && producer.parameters().codecs().stream().anyMatch(CodecParameters::nack);
        int clockRate = producer.parameters().codecs().getFirst().clockRate();
        PacketCache cache = video ? new PacketCache(room.cacheMemory, room.config.packetCachePackets(),
                room.config.packetCacheMs() * 1_000_000) : null;
        return new InboundStream(ssrc, producer.kind(), clockRate, nackable, cache);
    }
}
