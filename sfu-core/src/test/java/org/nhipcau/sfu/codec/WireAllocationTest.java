// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.sfu.codec;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.nhipcau.sfu.api.HeaderExtensions;
import org.nhipcau.sfu.buffer.PacketBuffer;
import org.nhipcau.sfu.fuzz.Allocations;
import org.nhipcau.sfu.rtcp.RtcpHandler;
import org.nhipcau.sfu.rtcp.RtcpReader;
import org.nhipcau.sfu.rtcp.RtcpWriter;
import org.nhipcau.sfu.rtcp.TransportFeedbackFlyweight;
import org.nhipcau.sfu.rtp.HeaderExtensionReader;
import org.nhipcau.sfu.rtp.RtpHeaderWriter;
import org.nhipcau.sfu.rtp.RtpPacketFlyweight;
import org.nhipcau.sfu.rtp.RtpSamples;
import org.nhipcau.sfu.rtp.RtxPacket;
import org.nhipcau.sfu.rtp.SequenceUnwrapper;
import org.nhipcau.sfu.rtp.TimestampUnwrapper;

/** The packet path of floor 2 must not allocate: 100,000 packets read and written cost next to no bytes. */
class WireAllocationTest {
    private static final int PACKETS = 100_000;
    /** What the measuring itself and a late compilation may cost; a single object per packet would be 1.6 MB. */
    private static final long NEXT_TO_NOTHING_BYTES = 16_384;
    private long sum;

    @Test
    void shouldNotAllocateWhereRtpIsReadAndRewritten() {
        PacketBuffer in = RtpSamples.browserLike(true);
        PacketBuffer out = PacketBuffer.allocate();
        RtpPacketFlyweight view = new RtpPacketFlyweight();
        RtpPacketFlyweight outView = new RtpPacketFlyweight();
        RtpHeaderWriter writer = new RtpHeaderWriter();
        SequenceUnwrapper sequences = new SequenceUnwrapper();
        TimestampUnwrapper timestamps = new TimestampUnwrapper();
        byte[] rid = "hi".getBytes(StandardCharsets.US_ASCII);
        long bytes = Allocations.bytes(PACKETS, NEXT_TO_NOTHING_BYTES, () -> {
            view.wrapPlain(in);
            long sequence = sequences.unwrap(view.sequenceNumber());
            long timestamp = timestamps.unwrap(view.timestamp());
            sum += HeaderExtensionReader.audioLevel(view, 1) + HeaderExtensionReader.transportSequence(view, 3);
            sum += HeaderExtensionReader.textEquals(view, 10, rid) ? 1 : 0;
            writer.begin(out, view.marker(), 96, sequence, timestamp, 7);
            writer.copyContributors(view);
            writer.copyExtension(1, view, 1);
            writer.extension(4, rid);
            writer.extensionShort(3, (int) sum);
            writer.copyExtension(12, view, 12);
            int header = writer.finish();
            out.setLength(header + view.payloadLength());
            out.putBytes(header, in, view.headerLength(), view.payloadLength());
            outView.wrapPlain(out);
            RtxPacket.encapsulate(outView, 97, 8, sequence);
            sum += RtxPacket.decapsulate(outView, 96, 7) == RtxPacket.Result.RESTORED ? 1 : 0;
        });
        assertTrue(bytes < NEXT_TO_NOTHING_BYTES, bytes + " bytes for " + PACKETS + " packets");
    }

    @Test
    void shouldNotAllocateWherePayloadsAreRead() {
        HeaderExtensions extensions = new HeaderExtensions(0, 0, 0, 0, 0, 0, 0, 0, 12, 0);
        String[] formats = {"video/vp8", "video/vp9", "video/h264", "video/av1", "video/av1"};
        PacketBuffer[] packets = {
            RtpSamples.packet(96, 1, 1, 2, CodecSamples.bytes(CodecSamples.VP8_KEY)),
            RtpSamples.packet(96, 1, 1, 2, CodecSamples.bytes(CodecSamples.VP9_KEY)),
            RtpSamples.packet(96, 1, 1, 2, CodecSamples.bytes(CodecSamples.H264_STAP_A)),
            RtpSamples.packet(96, 1, 1, 2, CodecSamples.bytes(CodecSamples.AV1_KEY)),
            RtpSamples.packet(1, 12, CodecSamples.descriptorL1T3(5, 6), (byte) 0x90, (byte) 1)};
        FrameMark mark = new FrameMark();
        RtpPacketFlyweight view = new RtpPacketFlyweight();
        for (int i = 0; i < formats.length; i++) {
            PayloadReader reader = PayloadReaders.create(formats[i], extensions);
            PacketBuffer packet = packets[i];
            int[] keyFrames = new int[2];
            long bytes = Allocations.bytes(PACKETS, NEXT_TO_NOTHING_BYTES, () -> {
                view.wrapPlain(packet);
                keyFrames[reader.read(view, mark) && mark.keyFrame ? 0 : 1]++;
            });
            assertEquals(0, keyFrames[1], formats[i]);
            assertTrue(bytes < NEXT_TO_NOTHING_BYTES, formats[i] + ": " + bytes + " bytes");
        }
    }

    @Test
    void shouldNotAllocateWhereRedIsUnwrapped() {
        PacketBuffer in = RtpSamples.packet(63, 1, 1, 2, CodecSamples.bytes(CodecSamples.RED));
        PacketBuffer copy = PacketBuffer.allocate();
        RtpPacketFlyweight view = new RtpPacketFlyweight();
        RedPacket red = new RedPacket();
        long bytes = Allocations.bytes(PACKETS, NEXT_TO_NOTHING_BYTES, () -> {
            copy.copyFrom(in);
            view.wrapPlain(copy);
            red.wrap(view);
            while (red.next()) {
                sum += OpusPacket.durationUs(copy, red.dataIndex(), red.dataLength());
            }
            red.unwrapPrimary(view);
        });
        assertTrue(bytes < NEXT_TO_NOTHING_BYTES, bytes + " bytes for " + PACKETS + " packets");
    }

    @Test
    void shouldNotAllocateWhereRtcpIsWrittenAndRead() {
        PacketBuffer packet = PacketBuffer.allocate();
        RtcpWriter writer = new RtcpWriter();
        RtcpReader reader = new RtcpReader();
        Random random = new Random(1);
        long[] arrivals = new long[64];
        for (int i = 0; i < arrivals.length; i++) {
            arrivals[i] = i * 5_000L + random.nextInt(70_000);
        }
        int[] lost = {1, 2, 30, 31, 65_535};
        byte[] cname = {'x'};
        long[] ssrcs = {5};
        RtcpHandler handler = new RtcpHandler() {
            @Override
            public void transportFeedback(TransportFeedbackFlyweight feedback) {
                while (feedback.next()) {
                    sum += feedback.arrivalTimeUs();
                }
            }

            @Override
            public void nack(long senderSsrc, long mediaSsrc, int pid, int blp) {
                sum += pid;
            }
        };
        long bytes = Allocations.bytes(PACKETS / 4, NEXT_TO_NOTHING_BYTES, () -> {
            writer.begin(packet, 1200);
            writer.senderReport(1, 2, 3, 4, 5);
            writer.reportBlock(1, 2, 3, 4, 5, 6, 7);
            writer.sdesCname(1, cname);
            writer.nack(1, 2, lost, 0, lost.length);
            writer.pli(1, 2);
            writer.remb(1, 300_000, ssrcs, 1);
            writer.dlrr(1, 2, 3, 4);
            writer.transportFeedback(1, 2, 3, 65_530, arrivals, 0, arrivals.length);
            sum += reader.read(packet, handler) ? 1 : 0;
        });
        assertTrue(bytes < NEXT_TO_NOTHING_BYTES, bytes + " bytes for " + PACKETS / 4 + " compound packets");
    }
}
