// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.bench.swarm.media;

import java.nio.charset.StandardCharsets;
import java.util.Random;
import org.nhipcau.sfu.buffer.PacketBuffer;
import org.nhipcau.sfu.rtcp.NtpTime;
import org.nhipcau.sfu.rtcp.RtcpWriter;
import org.nhipcau.sfu.rtp.RtpHeaderWriter;
import org.nhipcau.sfu.rtp.RtpPacketFlyweight;
import org.nhipcau.sfu.rtp.RtxPacket;

/**
 * One stream that a client sends, an audio track or one encoding of a video: numbers its packets, reports on it, and
 * sends packets again that the server asks for.
 *
 * <p>Mid and rid stand in every packet until the server has reported on the stream, as libwebrtc does (RFC 8843 §15).
 *
 * <p>Thread: the client's loop.
 */
final class SentStream {
    private static final int REMEMBERED = 1_024;
    private static final int MASK = REMEMBERED - 1;
    private static final int RTCP_MAX_BYTES = 1_100;

    private final StreamFormat format;
    private final byte[] mid;
    private final byte[] rid;
    private final long ssrc;
    private final long rtxSsrc;
    private final MediaOutput output;
    private final PayloadWriter payload;
    private final PacketBuffer packet = PacketBuffer.allocate();
    private final RtpHeaderWriter header = new RtpHeaderWriter();
    private final RtpPacketFlyweight view = new RtpPacketFlyweight();
    private final SentFrame[] frames = new SentFrame[REMEMBERED];
    private final short[] indexes = new short[REMEMBERED];
    private final long[] sequences = new long[REMEMBERED];
    private long nextSequence;
    private int nextRtxSequence;
    private boolean reported;
    private long packets;
    private long bytes;
    private long retransmitted;
    private long asked;

    /** Writes what stands behind the RTP header. */
    interface PayloadWriter {
        /** Bytes of one of the frame's packets. */
        int length(SentFrame frame, int packetIndex);

        void write(PacketBuffer packet, int at, int length, SentFrame frame, int packetIndex);

        /** The audio level element's byte; asked only for audio. */
        default int audioLevel(SentFrame frame) {
            return 0;
        }
    }

    SentStream(StreamFormat format, String rid, long ssrc, long rtxSsrc, Random random, MediaOutput output,
            PayloadWriter payload) {
        this.format = format;
        this.mid = format.mid().getBytes(StandardCharsets.US_ASCII);
        this.rid = rid.getBytes(StandardCharsets.US_ASCII);
        this.ssrc = ssrc;
        this.rtxSsrc = rtxSsrc;
        this.output = output;
        this.payload = payload;
        // RFC 3550 §5.1; below half the range, so that early loss is not taken for a wrap.
        this.nextSequence = random.nextInt(0x8000);
        this.nextRtxSequence = random.nextInt(0x8000);
    }

    long ssrc() {
        return ssrc;
    }

    long packets() {
        return packets;
    }

    /** Packets sent again. */
    long retransmitted() {
        return retransmitted;
    }

    /** Packets that the server asked for again. */
    long asked() {
        return asked;
    }

    /** Sends all packets of a frame at once. */
    void send(SentFrame frame) {
        for (int i = 0; i < frame.packets(); i++) {
            int headerLength = write(frame, i, nextSequence, false);
            int length = packet.length();
            if (!output.sendRtp(packet, headerLength)) {
                continue;
            }
            int slot = (int) nextSequence & MASK;
            frames[slot] = frame;
            indexes[slot] = (short) i;
            sequences[slot] = nextSequence++;
            packets++;
            bytes += length - headerLength;
        }
    }

    private int write(SentFrame frame, int index, long sequence, boolean repair) {
        boolean marker = index == frame.packets() - 1;
        header.begin(packet, marker, format.payloadType(), sequence, frame.timestamp(), ssrc);
        if (!reported || repair) {
            header.extension(format.extensions().mid(), mid);
            if (rid.length > 0) {
                header.extension(repair ? format.extensions().repairedRid() : format.extensions().rid(), rid);
            }
        }
        header.extensionByte(format.extensions().audioLevel(), payload.audioLevel(frame));
        header.extensionShort(format.extensions().transportCc(), output.nextTransportSequence());
        int headerLength = header.finish();
        int length = payload.length(frame, index);
        packet.setLength(headerLength + length);
        payload.write(packet, headerLength, length, frame, index);
        return headerLength;
    }

    /** Sends one packet again, on the RTX stream. One that is too old, or without RTX, is passed over. */
    void sendAgain(int sequenceNumber) {
        asked++;
        long sequence = nextSequence - 1;
        sequence += (short) (sequenceNumber - (int) sequence);
        int slot = (int) sequence & MASK;
        if (format.rtxPayloadType() == 0 || sequence >= nextSequence || frames[slot] == null
                || sequences[slot] != sequence) {
            return;
        }
        write(frames[slot], indexes[slot], sequence, true);
        if (view.wrapPlain(packet) && RtxPacket.encapsulate(view, format.rtxPayloadType(), rtxSsrc, nextRtxSequence)
                && output.sendRtp(packet, view.headerLength())) {
            nextRtxSequence++;
            retransmitted++;
        }
    }

    /** The server received something of this stream. */
    void onReported() {
        reported = true;
    }

    /** Sends a sender report. @param timestamp RTP time of now */
    void report(RtcpWriter writer, PacketBuffer compound, long timestamp, long unixNs, byte[] cname) {
        if (packets == 0) {
            return;
        }
        writer.begin(compound, RTCP_MAX_BYTES);
        writer.senderReport(ssrc, NtpTime.fromUnixNs(unixNs), timestamp, packets, bytes);
        writer.sdesCname(ssrc, cname);
        output.sendRtcp(compound);
    }
}
