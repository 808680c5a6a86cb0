// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.sfu.rtcp;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.nhipcau.sfu.rtcp.TransportFeedbackWriter.NOT_RECEIVED;

import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeSet;
import net.sf.fmj.media.rtp.RTCPCompoundPacket;
import net.sf.fmj.media.rtp.RTCPPacket;
import net.sf.fmj.media.rtp.RTCPRRPacket;
import net.sf.fmj.media.rtp.RTCPReportBlock;
import net.sf.fmj.media.rtp.RTCPSRPacket;
import net.sf.fmj.media.rtp.util.BadFormatException;
import org.jitsi.impl.neomedia.rtcp.NACKPacket;
import org.jitsi.impl.neomedia.rtcp.RTCPFBPacket;
import org.jitsi.impl.neomedia.rtcp.RTCPPacketParserEx;
import org.jitsi.impl.neomedia.rtcp.RTCPREMBPacket;
import org.jitsi.impl.neomedia.rtcp.RTCPTCCPacket;
import org.jitsi.utils.logging.DiagnosticContext;
import org.junit.jupiter.api.Test;
import org.nhipcau.sfu.buffer.PacketBuffer;

/** libjitsi as independent oracle: what we write it reads, and what it writes we read, for seeded random contents. */
class LibjitsiRtcpOracleTest {
    private static final int ROUNDS = 500;
    private final RtcpWriter writer = new RtcpWriter();
    private final RtcpReader reader = new RtcpReader();
    private final PacketBuffer packet = PacketBuffer.allocate();

    private static long uint(Random random) {
        return random.nextInt() & 0xffff_ffffL;
    }

    private RTCPPacket[] theirs() throws BadFormatException {
        byte[] bytes = packet.toByteArray();
        return ((RTCPCompoundPacket) new RTCPPacketParserEx().parse(bytes, 0, bytes.length)).packets;
    }

    private List<String> ours(RTCPPacket theirs) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        theirs.assemble(new DataOutputStream(bytes));
        packet.setBytes(bytes.toByteArray(), 0, bytes.size());
        RecordingHandler handler = new RecordingHandler();
        assertTrue(reader.read(packet, handler));
        return handler.calls;
    }

    @Test
    void shouldAgreeOnSenderAndReceiverReports() throws Exception {
        long seed = 3550;
        Random random = new Random(seed);
        for (int round = 0; round < ROUNDS; round++) {
            String name = "seed " + seed + ", round " + round;
            boolean sender = random.nextBoolean();
            long ssrc = uint(random);
            long ntp = random.nextLong();
            long[] info = {uint(random), uint(random), uint(random)};
            writer.begin(packet, 1200);
            assertTrue(sender ? writer.senderReport(ssrc, ntp, info[0], info[1], info[2])
                    : writer.receiverReport(ssrc), name);
            List<String> expected = new ArrayList<>();
            expected.add(sender ? "sr " + ssrc + ' ' + Long.toUnsignedString(ntp) + ' ' + info[0] + ' ' + info[1] + ' '
                    + info[2] : "rr " + ssrc);
            for (int i = random.nextInt(32); i > 0; i--) {
                long[] block = {uint(random), random.nextInt(256), random.nextInt(0x80_0000), uint(random),
                    random.nextInt() >>> 1, uint(random), uint(random)};
                assertTrue(writer.reportBlock(block[0], (int) block[1], (int) block[2], block[3], block[4], block[5],
                        block[6]), name);
                expected.add("block " + ssrc + ' ' + block[0] + ' ' + block[1] + ' ' + block[2] + ' ' + block[3] + ' '
                        + block[4] + ' ' + block[5] + ' ' + block[6]);
            }
            RTCPPacket theirs = theirs()[0];
            assertEquals(expected, describe(theirs), name);
            assertEquals(expected, ours(theirs), name);
        }
    }

    private static List<String> describe(RTCPPacket packet) {
        List<String> lines = new ArrayList<>();
        RTCPReportBlock[] blocks;
        long ssrc;
        if (packet instanceof RTCPSRPacket report) {
            ssrc = report.ssrc & 0xffff_ffffL;
            blocks = report.reports;
            long ntp = report.ntptimestampmsw << 32 | report.ntptimestamplsw & 0xffff_ffffL;
            lines.add("sr " + ssrc + ' ' + Long.toUnsignedString(ntp) + ' ' + report.rtptimestamp + ' '
                    + report.packetcount + ' ' + report.octetcount);
        } else {
            RTCPRRPacket report = assertInstanceOf(RTCPRRPacket.class, packet);
            ssrc = report.ssrc & 0xffff_ffffL;
            blocks = report.reports;
            lines.add("rr " + ssrc);
        }
        for (RTCPReportBlock block : blocks) {
            lines.add("block " + ssrc + ' ' + (block.getSSRC() & 0xffff_ffffL) + ' ' + block.getFractionLost() + ' '
                    + block.getNumLost() + ' ' + block.getXtndSeqNum() + ' ' + block.getJitter() + ' '
                    + block.getLSR() + ' ' + block.getDLSR());
        }
        return lines;
    }

    @Test
    void shouldAgreeOnNacks() throws Exception {
        long seed = 4585;
        Random random = new Random(seed);
        for (int round = 0; round < ROUNDS; round++) {
            String name = "seed " + seed + ", round " + round;
            TreeSet<Integer> lost = new TreeSet<>();
            int base = random.nextInt(60_000);
            for (int i = random.nextInt(100); i >= 0; i--) {
                lost.add(base + random.nextInt(1 + random.nextInt(2_000)));
            }
            int[] sequences = lost.stream().mapToInt(Integer::intValue).toArray();
            writer.begin(packet, 1200);
            assertEquals(sequences.length, writer.nack(5, 6, sequences, 0, sequences.length), name);
            NACKPacket theirs = assertInstanceOf(NACKPacket.class, theirs()[0], name);
            assertEquals(lost, new TreeSet<>(theirs.getLostPackets()), name);
            assertEquals(5, theirs.senderSSRC, name);
            assertEquals(6, theirs.sourceSSRC, name);

            TreeSet<Integer> found = new TreeSet<>();
            for (String call : ours(new NACKPacket(5, 6, lost))) {
                String[] words = call.split(" ");
                found.add(Integer.parseInt(words[3]));
                for (int bit = 0; bit < 16; bit++) {
                    if ((Integer.parseInt(words[4]) >>> bit & 1) != 0) {
                        found.add(Integer.parseInt(words[3]) + bit + 1);
                    }
                }
            }
            assertEquals(lost, found, name);
        }
    }

    @Test
    void shouldAgreeOnKeyFrameRequests() throws Exception {
        Random random = new Random(5104);
        for (int round = 0; round < ROUNDS; round++) {
            long sender = uint(random);
            long media = uint(random);
            int sequence = random.nextInt(256);
            writer.begin(packet, 1200);
            assertTrue(writer.pli(sender, media));
            RTCPFBPacket pli = assertInstanceOf(RTCPFBPacket.class, theirs()[0]);
            assertEquals(1, pli.fmt);
            assertEquals(RTCPFBPacket.PSFB, pli.type);
            assertEquals(sender, pli.senderSSRC & 0xffff_ffffL);
            assertEquals(media, pli.sourceSSRC & 0xffff_ffffL);
            pli.fci = new byte[0];
            assertEquals(List.of("pli " + sender + ' ' + media), ours(pli));

            writer.begin(packet, 1200);
            assertTrue(writer.fir(sender, media, sequence));
            RTCPFBPacket fir = assertInstanceOf(RTCPFBPacket.class, theirs()[0]);
            assertEquals(4, fir.fmt);
            assertArrayEquals(new byte[] {(byte) (media >>> 24), (byte) (media >>> 16), (byte) (media >>> 8),
                (byte) media, (byte) sequence, 0, 0, 0}, fir.fci);
            assertEquals(List.of("fir " + sender + ' ' + media + ' ' + sequence), ours(fir));
        }
    }

    @Test
    void shouldAgreeOnBitrateLimits() throws Exception {
        Random random = new Random(3);
        for (int round = 0; round < ROUNDS; round++) {
            long bitrateBps = random.nextLong() >>> 18 + random.nextInt(44);
            long[] ssrcs = {uint(random), uint(random), uint(random)};
            writer.begin(packet, 1200);
            assertTrue(writer.remb(7, bitrateBps, ssrcs, 3));
            RTCPREMBPacket theirs = assertInstanceOf(RTCPREMBPacket.class, theirs()[0]);
            long[] dest = theirs.getDest();
            assertArrayEquals(ssrcs, java.util.Arrays.stream(dest).map(ssrc -> ssrc & 0xffff_ffffL).toArray());
            RecordingHandler handler = new RecordingHandler();
            assertTrue(reader.read(packet, handler));
            assertEquals("remb 7 " + theirs.getBitrate() + " 3", handler.calls.getFirst());

            // It writes with 32-bit arithmetic.
            RTCPREMBPacket made = new RTCPREMBPacket(7L, 0L, bitrateBps & 0x7fff_ffffL, ssrcs);
            List<String> calls = ours(made);
            assertEquals("remb 7 " + made.getBitrate() + " 3", calls.getFirst());
            assertEquals(List.of("for " + ssrcs[0], "for " + ssrcs[1], "for " + ssrcs[2]), calls.subList(1, 4));
        }
    }

    /**
     * Spares two faults of libjitsi's reader: it counts sequence numbers modulo 65535, so they stay below; and it takes
     * a delta of -1 for "not received", so none is one tick before the packet ahead of it.
     */
    @Test
    void shouldAgreeOnTransportFeedbackThatWeWrite() throws Exception {
        long seed = 205;
        Random random = new Random(seed);
        for (int round = 0; round < ROUNDS; round++) {
            String name = "seed " + seed + ", round " + round;
            long[] arrivals = withoutMinusOne(TransportFeedbackTest.randomArrivals(random));
            int base = random.nextInt(65_000);
            writer.begin(packet, 1200);
            int taken = writer.transportFeedback(1, 2, round & 0x7f, base, arrivals, 0, arrivals.length);
            if (taken == 0) {
                continue;
            }
            RTCPTCCPacket theirs = assertInstanceOf(RTCPTCCPacket.class, theirs()[0], name);
            assertEquals(round & 0x7f, theirs.getFbPacketCount(), name);
            Map<Integer, Long> expected = new HashMap<>();
            for (int i = 0; i < taken; i++) {
                if (arrivals[i] != NOT_RECEIVED) {
                    expected.put(base + i, Math.floorDiv(arrivals[i] + 125, 250L));
                }
            }
            assertEquals(expected, new HashMap<>(theirs.getPackets()), name);
        }
    }

    private static long[] withoutMinusOne(long[] arrivals) {
        long lastTicks = Long.MIN_VALUE;
        for (int i = 0; i < arrivals.length; i++) {
            if (arrivals[i] != NOT_RECEIVED) {
                long ticks = Math.floorDiv(arrivals[i] + 125, 250L);
                if (ticks == lastTicks - 1) {
                    arrivals[i] = lastTicks * 250;
                    ticks++;
                }
                lastTicks = ticks;
            }
        }
        return arrivals;
    }

    @Test
    void shouldAgreeOnTransportFeedbackThatTheyWrite() throws Exception {
        long seed = 206;
        Random random = new Random(seed);
        for (int round = 0; round < ROUNDS; round++) {
            String name = "seed " + seed + ", round " + round;
            RTCPTCCPacket.PacketMap map = new RTCPTCCPacket.PacketMap();
            int base = random.nextInt(65_536);
            int count = 1 + random.nextInt(200);
            long nowMs = random.nextInt(1_000_000);
            List<String> expected = new ArrayList<>();
            for (int i = 0; i < count; i++) {
                boolean lost = i > 0 && i < count - 1 && random.nextInt(4) == 0;
                nowMs += random.nextInt(random.nextBoolean() ? 20 : 300);
                long arrivalMs = Math.max(0, nowMs - random.nextInt(50));
                int sequence = base + i & 0xffff;
                if (!lost) {
                    map.put(sequence, arrivalMs);
                }
                expected.add(lost ? "lost " + sequence : "at " + sequence + ' ' + arrivalMs * 1_000);
            }
            expected.addFirst("twcc 1 2 " + base + ' ' + count + ' ' + (round & 0x7f));
            RTCPTCCPacket theirs = new RTCPTCCPacket(1, 2, map, (byte) (round & 0x7f), new DiagnosticContext());
            assertEquals(expected, ours(theirs), name);
        }
    }
}
