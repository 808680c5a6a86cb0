// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.bench.forward;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import org.nhipcau.sfu.buffer.PacketBuffer;
import org.nhipcau.sfu.dtls.DtlsCertificate;
import org.nhipcau.sfu.peer.DatagramKind;
import org.nhipcau.sfu.rtcp.NtpTime;
import org.nhipcau.sfu.rtcp.RtcpWriter;

/** Sends the stream, in trains of so many packets, with a sender report each second. Thread: one. */
final class Publisher extends Client {
    /** Numbers whose time of sending is remembered. */
    private static final int TIMES = 1 << 16;
    private static final long REPORT_INTERVAL_NS = 1_000_000_000L;
    private static final int PAYLOAD_SPECIFIC_FEEDBACK = 206;
    /** Longest train: 64 packets of the largest size, below the 64 kB that a datagram may have. */
    private static final int TRAIN_BYTES = 65_000;

    private final TestStream stream;
    private final PacketBuffer packet = PacketBuffer.allocate();
    private final Arena arena = Arena.ofAuto();
    private final MemorySegment train = arena.allocate(TRAIN_BYTES, 64);
    private final long[] sentNs = new long[TIMES];
    private long next;
    private long refused;
    private long nextReportNs;
    private int pictureRequests;

    Publisher(DtlsCertificate certificate, SecureRandom random, TestStream stream) throws IOException {
        super(certificate, random);
        this.stream = stream;
    }

    /** Number of the next packet, and so of packets sent. */
    long next() {
        return next;
    }

    /** Trains that the kernel did not take. */
    long refused() {
        return refused;
    }

    int pictureRequests() {
        return pictureRequests;
    }

    /** When a packet was handed to the kernel, on the wall clock in ns. */
    long sentNs(long number) {
        return sentNs[(int) number & TIMES - 1];
    }

    /** Encrypts and sends the next packets; what one datagram cannot hold goes in several. */
    void sendTrain(int packets, boolean timed) {
        int left = packets;
        while (left > 0) {
            int used = 0;
            int length = 0;
            int count = 0;
            while (left > 0 && used + Math.max(length, PacketBuffer.MAX_LENGTH) <= TRAIN_BYTES) {
                int headerLength = stream.write(packet, next + count);
                if (!protect(packet, headerLength)) {
                    throw new IllegalStateException("a packet that cannot be encrypted");
                }
                length = packet.length();
                MemorySegment.copy(packet.slot(), JAVA_BYTE, packet.offset(), train, JAVA_BYTE, used, length);
                used += length;
                count++;
                left--;
            }
            if (timed) {
                long nowNs = LinuxUdp.realTimeNs();
                for (int i = 0; i < count; i++) {
                    sentNs[(int) (next + i) & TIMES - 1] = nowNs;
                }
            }
            if (!socket.sendTrain(train.address(), used, length)) {
                refused += count;
            }
            next += count;
        }
    }

    /** What the node sends to a publisher: the handshake, requests for key frames; the rest is only taken. */
    void receive(ReceiveBatch batch) {
        int count = socket.receive(batch);
        for (int i = 0; i < count; i++) {
            PacketBuffer datagram = batch.packet(i);
            DatagramKind kind = DatagramKind.of(datagram);
            if (kind == DatagramKind.DTLS) {
                onDtls(datagram);
            } else if (kind == DatagramKind.RTCP && ready() && unprotectRtcp(datagram)) {
                onRtcp(datagram);
            }
        }
    }

    private void onRtcp(PacketBuffer compound) {
        for (int at = 0; at + 4 <= compound.length(); at += (compound.getUnsignedShort(at + 2) + 1) * 4) {
            boolean pictureLoss = compound.getUnsignedByte(at + 1) == PAYLOAD_SPECIFIC_FEEDBACK
                    && (compound.getUnsignedByte(at) & 0x1f) == 1;
            if (pictureLoss) {
                pictureRequests++;
                stream.wantKeyFrame();
            }
        }
    }

    /** Reports where a report is due. */
    void report(long nowNs) {
        if (nowNs - nextReportNs < 0 || !ready()) {
            return;
        }
        nextReportNs = nowNs + REPORT_INTERVAL_NS;
        RtcpWriter writer = beginRtcp();
        writer.senderReport(TestStream.SSRC, NtpTime.fromUnixNs(System.currentTimeMillis() * 1_000_000L),
                stream.timestamp(next) & 0xffff_ffffL, next, next * 1_000);
        writer.sdesCname(TestStream.SSRC, "sender".getBytes(StandardCharsets.US_ASCII));
        sendRtcp();
    }
}
