// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.sfu.rtcp;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.nhipcau.sfu.rtcp.TransportFeedbackWriter.NOT_RECEIVED;

import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.nhipcau.sfu.buffer.PacketBuffer;

class TransportFeedbackTest {
    private static final String HEAD = "8fcd%04x" + "00000001" + "00000002";
    private final RtcpWriter writer = new RtcpWriter();
    private final RtcpReader reader = new RtcpReader();
    private final RecordingHandler handler = new RecordingHandler();
    private final PacketBuffer packet = PacketBuffer.allocate();

    private boolean read(String body) {
        String padded = body + "00".repeat((4 - body.length() / 2 % 4) % 4);
        String hex = HEAD.formatted(2 + padded.length() / 8) + padded;
        return reader.read(PacketBuffer.copyOf(HexFormat.of().parseHex(hex)), handler);
    }

    @Test
    void shouldReadRunLengthAndBothVectors() {
        // Two small by run length, one-bit vector 1,0 and the rest zeros, two-bit vector 2,1,0...
        String body = "fffe" + "0017" + "000002" + "07" + "2002" + "a000" + "e400" + "01" + "02" + "04" + "fffc" + "ff";
        assertTrue(read(body));
        assertEquals("twcc 1 2 65534 23 7", handler.calls.getFirst());
        assertEquals(List.of("at 65534 128250", "at 65535 128750", "at 0 129750", "lost 1"),
                handler.calls.subList(1, 5));
        assertEquals(List.of("at 14 128750", "at 15 192500", "lost 16"), handler.calls.subList(17, 20));
        assertEquals("lost 20", handler.calls.getLast());
    }

    @Test
    void shouldRefuseWhatIsCutOffReservedOrEmpty() {
        assertFalse(read("0000" + "0000" + "000000" + "00" + "2000"));
        assertFalse(read("0000" + "0001" + "000000" + "00"));
        assertFalse(read("0000" + "0010" + "000000" + "00" + "0001" + "0001"));
        assertFalse(read("0000" + "0001" + "000000" + "00" + "6001" + "0000"));
        assertFalse(read("0000" + "0001" + "000000" + "00" + "f000" + "0000"));
        assertFalse(read("0000" + "0003" + "000000" + "00" + "2003" + "0101"));
        assertFalse(read("0000" + "0002" + "000000" + "00" + "4002" + "0101"));
        assertFalse(read("0000" + "ffff" + "000000" + "00" + "0000" + "0000"));
        assertEquals(List.of(), handler.calls);
    }

    @Test
    void shouldCutARunAtTheStatusCount() {
        assertTrue(read("0005" + "0002" + "000000" + "00" + "3fff" + "0101"));
        assertEquals(List.of("twcc 1 2 5 2 0", "at 5 250", "at 6 500"), handler.calls);
    }

    @Test
    void shouldReadTheLargestStatusCountOutOfRunLengths() {
        assertTrue(read("0000" + "ffff" + "000000" + "00" + "1fff".repeat(8) + "0007"));
        assertEquals(65_536, handler.calls.size());
        assertEquals("lost 65534", handler.calls.getLast());
    }

    @Test
    void shouldIgnoreTheSymbolsBehindTheCountInAVector() {
        assertFalse(read("0000" + "0001" + "000000" + "00" + "ffff" + "0000"));
        assertTrue(read("0000" + "0001" + "000000" + "00" + "d7ff" + "0100"));
        assertEquals(List.of("twcc 1 2 0 1 0", "at 0 250"), handler.calls);
    }

    private String written(long... arrivalUs) {
        writer.begin(packet, 1200);
        assertEquals(arrivalUs.length, writer.transportFeedback(1, 2, 3, 10, arrivalUs, 0, arrivalUs.length));
        return HexFormat.of().formatHex(Arrays.copyOfRange(packet.toByteArray(), 12, packet.length()));
    }

    @Test
    void shouldWriteARunOfSmallDeltasAsARunLength() {
        assertEquals("000a" + "0003" + "000002" + "03" + "2003" + "04" + "04" + "04" + "000000",
                written(129_000, 130_000, 131_000));
    }

    @Test
    void shouldWriteMixedReceptionAsAOneBitVector() {
        assertEquals("000a" + "0003" + "000000" + "03" + "a800" + "04" + "08",
                written(1_000, NOT_RECEIVED, 3_000));
    }

    @Test
    void shouldWriteALargeOrNegativeDeltaInATwoBitVector() {
        assertEquals("000a" + "0003" + "000000" + "03" + "da00" + "04" + "fffc" + "0190" + "00",
                written(1_000, 0, 100_000));
    }

    @Test
    void shouldWriteNothingWhenNothingCameIn() {
        writer.begin(packet, 1200);
        assertEquals(0, writer.transportFeedback(1, 2, 3, 10, new long[] {NOT_RECEIVED, NOT_RECEIVED}, 0, 2));
        assertEquals(0, writer.transportFeedback(1, 2, 3, 10, new long[0], 0, 0));
        assertEquals(0, packet.length());
    }

    @Test
    void shouldBeginAnotherPacketWhenADeltaIsTooLong() {
        writer.begin(packet, 1200);
        assertEquals(1, writer.transportFeedback(1, 2, 3, 10, new long[] {0, 9_000_000}, 0, 2));
        assertEquals(1, writer.transportFeedback(1, 2, 4, 11, new long[] {0, 9_000_000}, 1, 1));
        assertTrue(reader.read(packet, handler));
        assertEquals(List.of("twcc 1 2 10 1 3", "at 10 0", "twcc 1 2 11 1 4", "at 11 9000000"), handler.calls);
    }

    @ParameterizedTest
    @ValueSource(ints = {23, 24, 28, 32, 100, 500, 1200})
    void shouldTakeWhatFitsAndNoMore(int maxBytes) {
        long[] arrivals = new long[5_000];
        for (int i = 0; i < arrivals.length; i++) {
            arrivals[i] = i * 1_000L;
        }
        writer.begin(packet, maxBytes);
        int taken = writer.transportFeedback(1, 2, 0, 0, arrivals, 0, arrivals.length);
        assertTrue(packet.length() <= maxBytes);
        assertEquals(Math.max(0, maxBytes / 4 * 4 - 22), taken);
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 32767, 32768, 65530, 65535})
    void shouldBringAnyArrivalsBackWithin125Microseconds(int base) {
        long seed = 250 + base;
        Random random = new Random(seed);
        for (int round = 0; round < 300; round++) {
            String name = "seed " + seed + ", round " + round;
            long[] arrivals = randomArrivals(random);
            int from = 0;
            while (from < arrivals.length) {
                writer.begin(packet, 60 + random.nextInt(1140));
                int first = from;
                int taken = writer.transportFeedback(1, 2, round, base + first, arrivals, first,
                        arrivals.length - first);
                if (taken == 0) {
                    assertTrue(Arrays.stream(arrivals, first, Math.min(arrivals.length, first + 2048))
                            .allMatch(arrival -> arrival == NOT_RECEIVED), name);
                    break;
                }
                assertTrue(reader.read(packet, new RtcpHandler() {
                    @Override
                    public void transportFeedback(TransportFeedbackFlyweight feedback) {
                        assertEquals(taken, feedback.statusCount(), name);
                        for (int i = 0; i < taken; i++) {
                            assertTrue(feedback.next(), name);
                            assertEquals(base + first + i & 0xffff, feedback.sequence(), name);
                            long arrival = arrivals[first + i];
                            assertEquals(arrival != NOT_RECEIVED, feedback.received(), name);
                            if (feedback.received()) {
                                assertEquals(arrival, feedback.arrivalTimeUs(), 125.0, name);
                            }
                        }
                        assertFalse(feedback.next(), name);
                    }
                }), name);
                from += taken;
            }
        }
    }

    static long[] randomArrivals(Random random) {
        long[] arrivals = new long[1 + random.nextInt(400)];
        long nowUs = random.nextInt(1_000_000_000);
        double loss = random.nextInt(3) * 0.2;
        int jitterUs = 1 + random.nextInt(random.nextBoolean() ? 3_000 : 200_000);
        for (int i = 0; i < arrivals.length; i++) {
            nowUs += random.nextInt(5_000);
            arrivals[i] = random.nextDouble() < loss ? NOT_RECEIVED : nowUs + random.nextInt(jitterUs);
        }
        return arrivals;
    }
}
