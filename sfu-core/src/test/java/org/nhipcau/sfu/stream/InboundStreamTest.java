// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.sfu.stream;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.HashSet;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.nhipcau.sfu.api.MediaKind;
import org.nhipcau.sfu.rtcp.NtpTime;
import org.nhipcau.sfu.stream.InboundStream.Arrival;

class InboundStreamTest {
    private final InboundStream stream = new InboundStream(1, MediaKind.VIDEO, 90_000, true, null);

    private Arrival accept(int sequence) {
        return stream.accept(sequence & 0xffff, 0, 100, false, 0);
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 127, 128, 32_767, 32_768, 65_534, 65_535})
    void shouldTellNewLateAndDuplicateAtEveryWrap(int start) {
        assertEquals(Arrival.NEWEST, accept(start));
        assertEquals(Arrival.NEWEST, accept(start + 3));
        assertEquals(2, stream.gap());
        assertEquals(Arrival.LATE, accept(start + 1));
        assertEquals(0, stream.gap());
        assertEquals(Arrival.DUPLICATE, accept(start + 1));
        assertEquals(Arrival.DUPLICATE, accept(start + 3));
        assertEquals(Arrival.LATE, accept(start - 1));
        assertEquals(1, stream.nacks().pending());
        assertEquals(start + 3L, stream.newest());
    }

    @Test
    void shouldCallTooOldWhatTheWindowForgot() {
        accept(100);
        accept(3_000);
        assertEquals(Arrival.TOO_OLD, accept(100));
        assertEquals(Arrival.LATE, accept(3_000 - 2_047));
        assertEquals(Arrival.DUPLICATE, accept(3_000 - 2_047));
    }

    @Test
    void shouldTakeRetransmissionsOnlyOfWhatIsMissing() {
        assertEquals(Arrival.TOO_OLD, stream.accept(5, 0, 100, true, 0));
        accept(10);
        accept(12);
        assertEquals(Arrival.LATE, stream.accept(11, 0, 100, true, 0));
        assertEquals(Arrival.DUPLICATE, stream.accept(11, 0, 100, true, 0));
        assertEquals(Arrival.TOO_OLD, stream.accept(13, 0, 100, true, 0));
        assertEquals(1, stream.repaired());
        // Before repair: one was lost.
        assertEquals(1, stream.figures().cumulativeLost());
    }

    @Test
    void shouldAcceptEachPacketOnceUnderRandomOrder() {
        long seed = 77;
        Random random = new Random(seed);
        Set<Long> accepted = new HashSet<>();
        long base = 60_000;
        for (int i = 0; i < 200_000; i++) {
            long sequence = base + i / 4 + random.nextInt(60);
            Arrival arrival = accept((int) sequence);
            boolean first = accepted.add(sequence);
            assertEquals(first, arrival == Arrival.NEWEST || arrival == Arrival.LATE,
                    "seed " + seed + " step " + i + " " + sequence + " " + arrival);
            if (first) {
                assertEquals(sequence & 0xffff, stream.extended() & 0xffff);
            }
        }
    }

    @Test
    void shouldCarryTheSendersClockBothWaysAcrossTheTimestampWrap() {
        long ntp = NtpTime.fromUnixNs(1_700_000_000_123_456_789L);
        stream.onSenderReport(ntp, 0xffff_ff00, 5);
        assertTrue(stream.reportKnown());
        long later = NtpTime.fromUnixNs(1_700_000_002_123_456_789L);
        assertEquals(0xffff_ff00 + 180_000, stream.timestampAt(later));
        assertEquals(0xffff_ff00 - 90_000, stream.timestampAt(NtpTime.fromUnixNs(1_699_999_999_123_456_789L)), 1);
        long back = stream.ntpAt(0xffff_ff00 + 180_000);
        assertEquals(0, (back - later) / 4_294_967.0, 0.01);
        assertFalse(stream.keyFrameSeen());
    }
}
