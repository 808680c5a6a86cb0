// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.bench.alternatives;

import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import org.jitsi.impl.neomedia.codec.video.vp8.DePacketizer.VP8PayloadDescriptor;
import org.jitsi.impl.neomedia.rtcp.RTCPTCCPacket;
import org.jitsi.service.neomedia.RawPacket;
import org.jitsi.utils.logging.DiagnosticContext;

/** The wire work of a forwarder done with libjitsi, used as it is meant to be used. */
public final class LibjitsiWire {
    private static final DiagnosticContext CONTEXT = new DiagnosticContext();

    private LibjitsiWire() {}

    /** Reads the numbers and two header extensions of a packet. */
    public static long parse(byte[] bytes, int length, byte audioLevelId, byte transportId) {
        RawPacket packet = new RawPacket(bytes, 0, length);
        long sum = packet.getSequenceNumber() + packet.getTimestamp() + packet.getSSRCAsLong()
                + packet.getPayloadType() + packet.getPayloadLength();
        RawPacket.HeaderExtension level = packet.getHeaderExtension(audioLevelId);
        sum += bytes[level.getOffset() + 1];
        RawPacket.HeaderExtension transport = packet.getHeaderExtension(transportId);
        return sum + packet.readUint16AsInt(transport.getOffset() + 1);
    }

    /** A receiver's copy of a packet with its own numbers, transport sequence and VP8 picture id. */
    public static RawPacket rewrite(byte[] bytes, int length, int sequence, long timestamp, int ssrc,
            byte transportId, int transportSequence) {
        byte[] copy = new byte[length];
        System.arraycopy(bytes, 0, copy, 0, length);
        RawPacket packet = new RawPacket(copy, 0, length);
        packet.setSequenceNumber(sequence);
        packet.setTimestamp(timestamp);
        packet.setSSRC(ssrc);
        RawPacket.HeaderExtension transport = packet.getHeaderExtension(transportId);
        packet.writeShort(transport.getOffset() + 1, (short) transportSequence);
        VP8PayloadDescriptor.setExtendedPictureId(copy, packet.getPayloadOffset(), packet.getPayloadLength(),
                sequence);
        VP8PayloadDescriptor.setTL0PICIDX(copy, packet.getPayloadOffset(), packet.getPayloadLength(), sequence);
        return packet;
    }

    /** Transport feedback out of arrivals in ms; the map is part of its interface, so it is built here. */
    public static byte[] writeFeedback(int baseSequence, long[] arrivalMs, long notReceived) {
        RTCPTCCPacket.PacketMap map = new RTCPTCCPacket.PacketMap();
        for (int i = 0; i < arrivalMs.length; i++) {
            if (arrivalMs[i] != notReceived) {
                map.put(baseSequence + i & 0xffff, arrivalMs[i]);
            }
        }
        try {
            ByteArrayOutputStream bytes = new ByteArrayOutputStream();
            new RTCPTCCPacket(1, 2, map, (byte) 3, CONTEXT).assemble(new DataOutputStream(bytes));
            return bytes.toByteArray();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The sum of all arrival times of transport feedback, in its ticks of 250 us. */
    public static long readFeedback(byte[] bytes) {
        long sum = 0;
        for (long arrival : RTCPTCCPacket.getPackets(new RawPacket(bytes, 0, bytes.length)).values()) {
            sum += arrival;
        }
        return sum;
    }
}
