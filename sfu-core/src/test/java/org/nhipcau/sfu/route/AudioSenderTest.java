// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.sfu.route;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.nhipcau.sfu.api.CodecParameters;
import org.nhipcau.sfu.api.MediaKind;
import org.nhipcau.sfu.buffer.PacketBuffer;
import org.nhipcau.sfu.codec.OpusPacket;
import org.nhipcau.sfu.codec.RedPacket;
import org.nhipcau.sfu.fuzz.Mutations;
import org.nhipcau.sfu.metrics.DropReason;
import org.nhipcau.sfu.metrics.WorkerCounters.Counter;
import org.nhipcau.sfu.rtcp.RtcpWriter;
import org.nhipcau.sfu.rtp.RtpPacketFlyweight;

/** Sound from a publisher to a listener who takes redundancy, packet by packet. */
class AudioSenderTest {
    private static final CodecParameters VIEWER_OPUS = RoomFixture.codec("audio/opus", 109, -1);
    private static final CodecParameters VIEWER_RED = new CodecParameters("audio/red", 50, 48_000, 2,
            Map.of("109/109", ""), -1, false, false, false, false, true);
    private static final int TICKS = 960;

    private final RoomFixture f = new RoomFixture();

    @BeforeEach
    void join() {
        f.publisher.addProducer(RoomFixture.producer("mic", MediaKind.AUDIO, "0",
                List.of(RoomFixture.RED, RoomFixture.OPUS)), f.nowNs);
        f.viewer.addConsumer(RoomFixture.consumer("mic", 500, List.of(VIEWER_RED, VIEWER_OPUS)), f.nowNs);
    }

    /** A frame that is told from all others: its number is its sound. */
    private static byte[] frame(int number) {
        return new byte[] {0x78, (byte) (number >> 8), (byte) number, 5, 6, 7};
    }

    private PacketBuffer packet(int payloadType, int sequence, long timestamp, boolean marker, byte[] payload) {
        PacketBuffer out = PacketBuffer.allocate();
        f.header.begin(out, marker, payloadType, sequence, timestamp, 9);
        f.header.extension(1, "0".getBytes(StandardCharsets.US_ASCII));
        f.header.extensionByte(RoomFixture.IDS.audioLevel(), 40);
        int length = f.header.finish();
        out.setLength(length + payload.length);
        out.putBytes(length, payload, 0, payload.length);
        return out;
    }

    /** The frame of a number at its time, 20 ms after the one before. */
    private void say(int number) {
        say(number, frame(number));
    }

    private void say(int number, byte[] payload) {
        f.nowNs += 20_000_000L;
        f.receive(packet(111, number & 0xffff, number * 960L & 0xffff_ffffL, false, payload));
    }

    private byte[] red(int number, int... copies) {
        PacketBuffer out = PacketBuffer.allocate();
        out.setLength(copies.length * 10 + 7);
        int at = 0;
        for (int copy : copies) {
            out.putInt(at, 0x8000_0000 | 111 << 24 | (number - copy) * TICKS << 10 | 6);
            at += 4;
        }
        out.putByte(at++, 111);
        for (int copy : copies) {
            out.putBytes(at, frame(copy), 0, 6);
            at += 6;
        }
        out.putBytes(at, frame(number), 0, 6);
        return out.toByteArray();
    }

    private void sayRed(int number, int... copies) {
        f.nowNs += 20_000_000L;
        f.receive(packet(63, number & 0xffff, number * 960L & 0xffff_ffffL, false, red(number, copies)));
    }

    private void force(double loss, double burst, long estimateBps, String plan) {
        for (int i = 0; i < 40; i++) {
            f.viewer.audioProtection().onPackets(10, 10, 600);
            f.nowNs += 200_000_000L;
            f.viewer.audioProtection().update(loss, burst, estimateBps, f.nowNs);
        }
        assertEquals(plan, f.viewer.audioProtection().plan().toString());
        // As if sound had gone on meanwhile.
        f.room.producer("mic").encodings()[0].stream().history().keepUntil(f.nowNs + 2_000_000_000L);
    }

    private static byte[] bytes(RtpPacketFlyweight packet, int from, int length) {
        byte[] bytes = new byte[length];
        packet.packet().getBytes(from, bytes, 0, length);
        return bytes;
    }

    /** The frame numbers in the blocks of a packet, its own last. Checks the times of all. */
    private List<Integer> blocks(RtpPacketFlyweight packet, int firstSaid, long firstTimestamp) {
        List<Integer> numbers = new ArrayList<>();
        if (packet.payloadType() == 109) {
            numbers.addAll(frames(packet, packet.headerLength(), packet.payloadLength(), packet.timestamp(),
                    firstSaid, firstTimestamp));
            return numbers;
        }
        assertEquals(50, packet.payloadType());
        RedPacket red = new RedPacket();
        assertTrue(red.wrap(packet));
        while (red.next()) {
            assertEquals(109, red.payloadType());
            numbers.addAll(frames(packet, red.dataIndex(), red.dataLength(),
                    packet.timestamp() - red.timestampOffsetTicks(), firstSaid, firstTimestamp));
        }
        return numbers;
    }

    private List<Integer> frames(RtpPacketFlyweight packet, int from, int length, long timestamp, int firstSaid,
            long firstTimestamp) {
        byte[] payload = bytes(packet, from, length);
        int count = OpusPacket.durationUs(packet.packet(), from, length) / 20_000;
        int head = count == 1 ? 1 : count == 2 ? 1 : 2;
        List<Integer> numbers = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            int at = head + i * 5;
            int number = (payload[at] & 0xff) << 8 | payload[at + 1] & 0xff;
            assertEquals((firstTimestamp + (number - firstSaid + 0L) * TICKS) & 0xffff_ffffL,
                    timestamp + (long) i * TICKS & 0xffff_ffffL, "time of frame " + number);
            numbers.add(number);
        }
        return numbers;
    }

    private List<List<Integer>> sent(int firstIndex, int firstSaid) {
        List<List<Integer>> packets = new ArrayList<>();
        long firstTimestamp = f.viewerSink.packet(0).timestamp();
        int sequence = f.viewerSink.packet(firstIndex).sequenceNumber();
        for (int i = firstIndex; i < f.viewerSink.rtp.size(); i++) {
            assertEquals(sequence++ & 0xffff, f.viewerSink.packet(i).sequenceNumber(), "numbers without holes");
            packets.add(blocks(f.viewerSink.packet(i), firstSaid, firstTimestamp));
        }
        return packets;
    }

    @Test
    void shouldForwardSoundAsItCameOnAGoodPath() {
        for (int i = 100; i < 110; i++) {
            say(i);
        }
        assertEquals(10, f.viewerSink.rtp.size());
        for (int i = 0; i < 10; i++) {
            RtpPacketFlyweight out = f.viewerSink.packet(i);
            assertEquals(109, out.payloadType());
            assertArrayEquals(frame(100 + i), bytes(out, out.headerLength(), out.payloadLength()));
        }
        assertEquals(0, f.counters.get(Counter.RED_PACKETS_OUT));
    }

    @Test
    void shouldRecoverWhatIsLostOnTheUplinkInItsPlace() {
        say(100);
        sayRed(103, 101, 102);
        assertEquals(List.of(List.of(100), List.of(101), List.of(102), List.of(103)), sent(0, 100));
        assertEquals(2, f.counters.get(Counter.AUDIO_RECOVERED_IN));
        say(102);
        assertEquals(4, f.viewerSink.rtp.size(), "the real one, late, is a duplicate");
        sayRed(104, 103);
        assertEquals(2, f.counters.get(Counter.AUDIO_RECOVERED_IN), "nothing was missing");
    }

    @Test
    void shouldTakePaddingOfARedPublisherForWhatItIs() {
        say(100);
        f.receive(packet(63, 101, 100 * 960L, false, new byte[0]));
        sayAs(103, 102, 101);
        f.receive(packet(63, 104, 102 * 960L, false, new byte[0]));
        sayAs(105, 103);
        assertEquals(List.of(List.of(100), List.of(101), List.of(102), List.of(103)), sent(0, 100));
        assertEquals(1, f.counters.get(Counter.AUDIO_RECOVERED_IN));
        assertEquals(1, f.counters.get(Counter.PACKETS_LOST_IN), "padding that came is not lost");
        assertEquals(0, f.counters.get(DropReason.RED_MALFORMED));
        assertEquals(2, f.counters.get(DropReason.EMPTY_PAYLOAD));
    }

    /** A frame under a number of its own, where padding has taken some. */
    private void sayAs(int sequence, int number, int... copies) {
        f.nowNs += 20_000_000L;
        f.receive(packet(63, sequence, number * 960L, false, red(number, copies)));
    }

    @Test
    void shouldRecoverAlsoWhereTheQueueIsFull() {
        say(100);
        f.nowNs += 20_000_000L;
        for (int i = 101; i < 101 + ForwardQueue.CAPACITY - 1; i++) {
            f.publisher.onRtp(packet(111, i, i * 960L, false, frame(i)), f.nowNs);
        }
        int after = 101 + ForwardQueue.CAPACITY - 1;
        f.publisher.onRtp(packet(63, after + 2, (after + 2) * 960L, false, red(after + 2, after, after + 1)), f.nowNs);
        f.queue.forward(f.nowNs);
        List<List<Integer>> sent = sent(0, 100);
        for (int i = 0; i < sent.size(); i++) {
            assertEquals(List.of(100 + i), sent.get(i));
        }
        assertEquals(after + 3 - 100, sent.size());
    }

    @Test
    void shouldNotRecoverOfAMutedPublisher() {
        say(100);
        f.publisher.addProducer(new org.nhipcau.sfu.api.ProducerParameters("mic", MediaKind.AUDIO,
                org.nhipcau.sfu.api.TrackSource.UNKNOWN, "0", List.of(RoomFixture.RED, RoomFixture.OPUS),
                RoomFixture.producer("mic", MediaKind.AUDIO, "0", List.of()).encodings(), true), f.nowNs);
        sayRed(102, 101);
        assertEquals(1, f.viewerSink.rtp.size());
    }

    @Test
    void shouldDropRedThatWrapsWhatWasNotNegotiated() {
        say(100);
        f.receive(packet(63, 101, 101 * 960L, false, new byte[] {63, 1, 2, 3}));
        f.receive(packet(63, 102, 102 * 960L, false, new byte[] {77, 1, 2, 3}));
        assertEquals(2, f.counters.get(DropReason.RED_MALFORMED));
        assertEquals(1, f.viewerSink.rtp.size());
    }

    @Test
    void shouldProtectAnewForTheListenerWhateverThePublisherSent() {
        say(100);
        force(0.02, 1, 1_000_000, "20 ms + copies at [1]");
        sayRed(101, 100);
        sayRed(102, 101);
        sayRed(104, 103);
        assertEquals(List.of(List.of(101), List.of(101, 102), List.of(102, 103), List.of(103, 104)), sent(1, 100));
        assertEquals(3, f.counters.get(Counter.RED_PACKETS_OUT));
    }

    @Test
    void shouldSpreadCopies() {
        say(100);
        force(0.2, 2.5, 256_000, "20 ms + copies at [6, 4, 2]");
        for (int i = 101; i < 110; i++) {
            say(i);
        }
        List<List<Integer>> sent = sent(1, 100);
        assertEquals(List.of(101, 103), sent.get(2));
        assertEquals(List.of(103, 105, 107, 109), sent.get(8));
    }

    @Test
    void shouldRepeatWhatWasSaidAsLongAgoOfAPublisherThatSendsLongPackets() {
        say(100);
        force(0.2, 2.5, 256_000, "20 ms + copies at [6, 4, 2]");
        for (int i = 0; i < 4; i++) {
            sayThree(101 + i, 101 + 3 * i);
        }
        List<List<Integer>> sent = sent(1, 100);
        assertEquals(List.of(101, 102, 103, 104, 105, 106), sent.get(1));
        assertEquals(List.of(104, 105, 106, 107, 108, 109, 110, 111, 112), sent.get(3), "at 120 and 60 ms, each once");
    }

    @Test
    void shouldLoseNothingWhereAPublishersPacketsBecomeAsLongAsCanBe() {
        say(100);
        force(0, 1, 36_000, "60 ms");
        say(101);
        say(102);
        sayTogether(103, 103, 6);
        assertEquals(List.of(List.of(101, 102), List.of(103, 104, 105, 106, 107, 108)), sent(1, 100),
                "together they are more than 120 ms, which no packet of Opus holds");
    }

    private void sayThree(int sequence, int firstNumber) {
        sayTogether(sequence, firstNumber, 3);
    }

    // Several frames of 20 ms in one packet.
    private void sayTogether(int sequence, int firstNumber, int frames) {
        byte[] payload = new byte[2 + frames * 5];
        payload[0] = 0x7b;
        payload[1] = (byte) frames;
        for (int i = 0; i < frames; i++) {
            System.arraycopy(frame(firstNumber + i), 1, payload, 2 + 5 * i, 5);
        }
        f.nowNs += frames * 20_000_000L;
        f.receive(packet(111, sequence, firstNumber * 960L, false, payload));
    }

    @Test
    void shouldPutThreeFramesIntoOnePacketAndGoBack() {
        say(100);
        force(0, 1, 36_000, "60 ms");
        for (int i = 101; i < 108; i++) {
            say(i);
        }
        assertEquals(List.of(List.of(101, 102, 103), List.of(104, 105, 106)), sent(1, 100));
        f.viewer.audioProtection().update(0, 1, 40_000_000, f.nowNs);
        for (int i = 0; i < 50; i++) {
            f.nowNs += 200_000_000L;
            f.viewer.audioProtection().onPackets(10, 10, 600);
            f.viewer.audioProtection().update(0, 1, 40_000_000, f.nowNs);
        }
        assertTrue(f.viewer.audioProtection().plan().plain());
        say(108);
        say(109);
        assertEquals(List.of(List.of(107), List.of(108), List.of(109)), sent(3, 100), "what waited goes first");
    }

    @Test
    void shouldRepeatWholePacketsOfSeveralFrames() {
        say(100);
        force(0.2, 2, 64_000, "60 ms + copies at [2]");
        for (int i = 101; i < 110; i++) {
            say(i);
        }
        assertEquals(List.of(List.of(101, 102, 103), List.of(104, 105, 106), List.of(101, 102, 103, 107, 108, 109)),
                sent(1, 100));
        assertEquals(3, f.counters.get(Counter.REPACKETISED_OUT));
    }

    @Test
    void shouldEndAPacketWhereSilenceBeginsAndBeginOneWhereSpeechDoes() {
        say(100);
        force(0, 1, 36_000, "60 ms");
        say(101);
        say(102, new byte[] {0x78});
        assertEquals(2, f.viewerSink.rtp.size(), "sent with the silence, not a third of a second later");
        say(103);
        f.nowNs += 20_000_000L;
        f.receive(packet(111, 104, 200 * 960L, true, frame(200)));
        assertEquals(3, f.viewerSink.rtp.size(), "what was said before the pause goes by itself");
        assertFalse(f.viewerSink.packet(2).marker());
    }

    @Test
    void shouldSendWhatWaitsWhenNothingFollows() {
        say(100);
        force(0, 1, 36_000, "60 ms");
        say(101);
        f.nowNs += AudioSender.HOLD_NS - 1;
        f.viewer.release(f.nowNs);
        assertEquals(1, f.viewerSink.rtp.size());
        f.nowNs++;
        f.viewer.release(f.nowNs);
        assertEquals(List.of(List.of(101)), sent(1, 100));
        f.viewer.release(f.nowNs + 1_000_000_000L);
        assertEquals(2, f.viewerSink.rtp.size());
    }

    @Test
    void shouldPlaceLateAndMissingPacketsWhileFramesGoTogether() {
        say(100);
        force(0, 1, 36_000, "60 ms");
        say(101);
        say(103);
        say(102);
        say(104);
        say(105);
        long first = f.viewerSink.packet(0).timestamp();
        List<List<Integer>> sent = new ArrayList<>();
        for (int i = 1; i < f.viewerSink.rtp.size(); i++) {
            sent.add(blocks(f.viewerSink.packet(i), 100, first));
        }
        assertEquals(List.of(List.of(101), List.of(102), List.of(103, 104, 105)), sent);
        List<Integer> numbers = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            numbers.add(f.viewerSink.packet(i).sequenceNumber() - f.viewerSink.packet(0).sequenceNumber());
        }
        assertEquals(List.of(0, 1, 2, 3), numbers);
    }

    private void nack(int sequence) {
        PacketBuffer out = PacketBuffer.allocate();
        RtcpWriter writer = new RtcpWriter();
        writer.begin(out, 1_000);
        writer.receiverReport(1);
        writer.nack(1, 500, new int[] {sequence}, 0, 1);
        f.viewer.onRtcp(out, f.nowNs);
    }

    @Test
    void shouldAnswerANackByACopyInTheNextPacketAndNeverByTheSameNumber() {
        for (int i = 100; i < 105; i++) {
            say(i);
        }
        int before = f.viewerSink.rtp.size();
        nack(f.viewerSink.packet(2).sequenceNumber());
        nack(f.viewerSink.packet(2).sequenceNumber());
        assertEquals(1, f.counters.get(DropReason.RTX_BUDGET), "not twice within a round trip");
        assertEquals(before, f.viewerSink.rtp.size(), "nothing is sent twice");
        say(105);
        say(106);
        assertEquals(List.of(List.of(102, 105), List.of(106)), sent(5, 100));
        assertEquals(1, f.counters.get(Counter.AUDIO_NACKS_ANSWERED));
        nack(f.viewerSink.packet(0).sequenceNumber() - 1);
        nack(f.viewerSink.packet(6).sequenceNumber() + 1);
        assertEquals(2, f.counters.get(DropReason.RTX_NOT_CACHED), "never sent");
    }

    @Test
    void shouldForgetWhatWasSaidBeforeAMute() {
        for (int i = 100; i < 105; i++) {
            say(i);
        }
        Producer producer = f.room.producer("mic");
        byte[] kept = producer.encodings()[0].stream().history().bytes();
        assertTrue(kept != null && kept.length > 0);
        producer.setMuted(true, f.nowNs);
        for (byte one : kept) {
            assertEquals(0, one);
        }
        assertNull(producer.encodings()[0].stream().history().bytes());
        producer.setMuted(false, f.nowNs);
        nack(f.viewerSink.packet(4).sequenceNumber());
        say(105);
        assertEquals(109, f.viewerSink.packet(5).payloadType());
    }

    @Test
    void shouldLeaveSoundAloneForAListenerWithoutRedundancy() {
        f.viewer.removeConsumer("c-mic", f.nowNs);
        f.viewer.addConsumer(RoomFixture.consumer("mic", 600, List.of(VIEWER_OPUS)), f.nowNs);
        say(100);
        force(0.2, 2.5, 40_000, f.viewer.audioProtection().plan().toString().isEmpty() ? "" : plan(0.2, 2.5, 40_000));
        for (int i = 101; i < 110; i++) {
            say(i);
        }
        assertEquals(10, f.viewerSink.rtp.size());
        assertEquals(0, f.counters.get(Counter.RED_PACKETS_OUT));
    }

    private static String plan(double loss, double burst, long estimateBps) {
        AudioProtection other = new AudioProtection(null);
        long nowNs = 0;
        for (int i = 0; i < 40; i++) {
            other.onPackets(10, 10, 600);
            nowNs += 200_000_000L;
            other.update(loss, burst, estimateBps, nowNs);
        }
        return other.plan().toString();
    }

    @Test
    void shouldNeverSendTwoPacketsUnderOneNumberWhateverComes() {
        long seed = 5;
        Random random = new Random(seed);
        int said = 1_000;
        java.util.Set<Integer> numbers = new java.util.HashSet<>();
        long highest = Long.MIN_VALUE;
        for (int round = 0; round < 6_000; round++) {
            if (random.nextInt(40) == 0) {
                double loss = random.nextInt(3) * 0.1;
                long estimate = 30_000L << random.nextInt(6);
                for (int i = 0; i < 25; i++) {
                    f.viewer.audioProtection().onPackets(10, 10, 600);
                    f.viewer.audioProtection().update(loss, 1 + random.nextInt(3), estimate, f.nowNs += 200_000_000L);
                }
            }
            said += 1 + (random.nextInt(10) == 0 ? random.nextInt(4) : 0);
            int number = random.nextInt(12) == 0 ? said - random.nextInt(6) : said;
            if (random.nextInt(4) == 0) {
                sayRed(number, number - 2, number - 1);
            } else {
                say(number, random.nextInt(20) == 0 ? new byte[] {0x78} : frame(number & 0x7fff));
            }
            if (random.nextInt(15) == 0 && !f.viewerSink.rtp.isEmpty()) {
                nack(f.viewerSink.packet(f.viewerSink.rtp.size() - 1).sequenceNumber() - random.nextInt(5));
            }
            f.viewer.release(f.nowNs);
        }
        long unwrapped = f.viewerSink.packet(0).sequenceNumber();
        for (int i = 0; i < f.viewerSink.rtp.size(); i++) {
            RtpPacketFlyweight packet = f.viewerSink.packet(i);
            unwrapped += (short) (packet.sequenceNumber() - (int) unwrapped);
            assertTrue(numbers.add((int) unwrapped), "seed " + seed + ": number " + unwrapped + " twice");
            highest = Math.max(highest, unwrapped);
        }
        assertTrue(f.counters.get(Counter.REPACKETISED_OUT) > 100, "packets put together");
        assertTrue(f.counters.get(Counter.RED_PACKETS_OUT) > 100, "copies");
        assertTrue(f.counters.get(Counter.AUDIO_RECOVERED_IN) > 100, "recovered");
        // Numbers have few holes: those of packets lost for good on the uplink.
        assertTrue(highest - f.viewerSink.packet(0).sequenceNumber() < f.viewerSink.rtp.size() * 1.3, "seed " + seed);
    }

    @Test
    void shouldSurviveMutatedRedundancyOfAPublisher() {
        byte[][] samples = {red(3, 1, 2), red(2, 1), red(9, 2, 5, 8)};
        int[] number = {100};
        Mutations.run(9, 20_000, samples, data -> {
            number[0] += 1 + (number[0] & 1);
            f.nowNs += 20_000_000L;
            f.receive(packet(63, number[0] & 0xffff, number[0] * 960L & 0xffff_ffffL, false,
                    data.length > 1_000 ? java.util.Arrays.copyOf(data, 1_000) : data));
            f.viewerSink.rtp.clear();
        });
        assertTrue(f.counters.get(Counter.AUDIO_RECOVERED_IN) > 100);
        assertTrue(f.counters.get(DropReason.RED_MALFORMED) > 100);
    }
}
