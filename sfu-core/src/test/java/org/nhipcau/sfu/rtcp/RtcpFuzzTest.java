// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.sfu.rtcp;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;
import org.nhipcau.sfu.buffer.PacketBuffer;
import org.nhipcau.sfu.fuzz.Mutations;

/** Any bytes must be read as RTCP without a Throwable and in bounded time. Seeds are replayed in each run. */
class RtcpFuzzTest {
    private final RtcpReader reader = new RtcpReader();
    private final TransportFeedbackFlyweight feedback = new TransportFeedbackFlyweight();
    private final PacketBuffer packet = PacketBuffer.allocate();
    private final WalkingHandler handler = new WalkingHandler();

    /** Walks over all feedback. */
    private static final class WalkingHandler implements RtcpHandler {
        long sum;

        @Override
        public void transportFeedback(TransportFeedbackFlyweight view) {
            int statuses = 0;
            int sequence = view.baseSequence();
            while (view.next()) {
                if (view.sequence() != (sequence + statuses & 0xffff)) {
                    throw new AssertionError("sequence numbers with a gap");
                }
                sum += view.received() ? view.arrivalTimeUs() : 1;
                statuses++;
            }
            if (statuses != view.statusCount()) {
                throw new AssertionError("wrong count");
            }
        }

        @Override
        public void congestionFeedbackPacket(long mediaSsrc, int sequence, boolean received, int ecn,
                int arrivalOffset) {
            if (mediaSsrc >>> 32 != 0 || sequence >>> 16 != 0 || ecn >>> 2 != 0 || arrivalOffset >>> 13 != 0) {
                throw new AssertionError("out of range");
            }
        }

        @Override
        public void reportBlock(long senderSsrc, long ssrc, int fractionLost, int cumulativeLostPackets,
                long extendedHighestSequence, long jitterTicks, long lastReport, long delaySinceLastReport) {
            if (fractionLost < 0 || fractionLost > 255 || Math.abs(cumulativeLostPackets) > 1 << 23) {
                throw new AssertionError("out of range");
            }
        }

        @Override
        public void remb(long senderSsrc, long bitrateBps, int ssrcCount) {
            if (bitrateBps < 0 || ssrcCount < 0 || ssrcCount > 255) {
                throw new AssertionError("out of range");
            }
        }
    }

    @FuzzTest(maxDuration = "30s")
    void compound(byte[] data) {
        read(data);
    }

    @FuzzTest(maxDuration = "30s")
    void transportFeedback(byte[] data) {
        walk(data);
    }

    @Test
    void shouldSurviveMutatedPackets() {
        byte[][] samples = {everything(), feedback(1), feedback(2),
            HexFormat.of().parseHex("8bcd0009" + "00000001" + "00000002" + "ffff0003" + "ffff" + "0000" + "8001"
                    + "0000" + "00000003" + "00050001" + "a002" + "0000" + "ffffffff")};
        Mutations.run(3_611, 50_000, samples, this::read);
    }

    @Test
    void shouldSurviveMutatedTransportFeedback() {
        Mutations.run(15, 50_000, new byte[][] {feedback(3), feedback(4), feedback(5)}, this::walk);
    }

    private void read(byte[] data) {
        packet.setBytes(data, 0, Math.min(data.length, PacketBuffer.MAX_LENGTH));
        reader.read(packet, handler);
    }

    private void walk(byte[] data) {
        packet.setBytes(data, 0, Math.min(data.length, PacketBuffer.MAX_LENGTH));
        if (feedback.wrap(packet, 0, packet.length())) {
            handler.transportFeedback(feedback);
            feedback.rewind();
            handler.transportFeedback(feedback);
        }
    }

    /** One compound packet with everything that the writer writes. */
    static byte[] everything() {
        RtcpWriter writer = new RtcpWriter();
        PacketBuffer target = PacketBuffer.allocate();
        writer.begin(target, 1200);
        writer.senderReport(1, 2, 3, 4, 5);
        writer.reportBlock(6, 7, -8, 9, 10, 11, 12);
        writer.receiverReport(1);
        writer.sdesCname(1, "cname".getBytes(StandardCharsets.US_ASCII));
        writer.nack(1, 2, new int[] {65_534, 65_535, 0, 40}, 0, 4);
        writer.pli(1, 2);
        writer.fir(1, 2, 3);
        writer.remb(1, 300_000, new long[] {2, 3}, 2);
        writer.receiverReferenceTime(1, 2);
        writer.dlrr(1, 2, 3, 4);
        writer.beginCongestionFeedback(1);
        writer.congestionStream(0xffff_ffffL, 65_535, new long[] {1_000, RtcpWriter.NOT_RECEIVED, 9_000_000}, 3,
                9_001_000);
        writer.congestionStream(2, 0, new long[] {5_000}, 1, 9_001_000);
        writer.endCongestionFeedback(7);
        writer.bye(1);
        return target.toByteArray();
    }

    static byte[] feedback(long seed) {
        RtcpWriter writer = new RtcpWriter();
        PacketBuffer target = PacketBuffer.allocate();
        writer.begin(target, 1200);
        long[] arrivals = TransportFeedbackTest.randomArrivals(new java.util.Random(seed));
        Arrays.fill(arrivals, 0, 1, 1_000);
        writer.transportFeedback(1, 2, 3, 65_500, arrivals, 0, arrivals.length);
        return target.toByteArray();
    }
}
