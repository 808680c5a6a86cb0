// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.sfu.rtcp;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

class NtpTimeTest {
    @Test
    void shouldConvertUnixTimeBothWays() {
        assertEquals(2_208_988_800L << 32, NtpTime.fromUnixNs(0));
        assertEquals((2_208_988_800L << 32) + 0x8000_0000L, NtpTime.fromUnixNs(500_000_000));
        for (long ns : new long[] {0, 1, 999_999_999, 1_000_000_000, 1_767_225_600_123_456_789L}) {
            assertTrue(Math.abs(NtpTime.toUnixNs(NtpTime.fromUnixNs(ns)) - ns) <= 1, "ns " + ns);
        }
    }

    @Test
    void shouldTakeTheMiddle32BitsAndConvertDurations() {
        assertEquals(0x3333_4444L, NtpTime.compact(0x1111_3333_4444_2222L));
        assertEquals(1_000_000_000L, NtpTime.compactToNs(0x1_0000));
        assertEquals(65_535_999_984_741L, NtpTime.compactToNs(0xffff_ffffL));
        assertEquals(0x8000, NtpTime.nsToCompact(500_000_000));
        assertEquals(0, NtpTime.nsToCompact(-5));
        assertEquals(0xffff_ffffL, NtpTime.nsToCompact(Long.MAX_VALUE));
        assertEquals(0xffff_0000L, NtpTime.nsToCompact(65_535_000_000_000L));
    }

    @Test
    void shouldComputeTheRoundTripOfTheExampleOfRfc3550() {
        // RFC 3550 figure 2: 0xb710:8000 - 0x0005:4000 - 0xb705:2000 = 0x0006:2000
        assertEquals(NtpTime.compactToNs(0x6_2000), NtpTime.roundTripNs(0xb710_8000L, 0xb705_2000L, 0x5_4000));
    }

    @Test
    void shouldAnswerForTheWrapForClockDriftAndForNoReport() {
        assertEquals(NtpTime.compactToNs(0x20), NtpTime.roundTripNs(0x10, 0xffff_fff0L, 0));
        assertEquals(0, NtpTime.roundTripNs(100, 99, 5));
        assertEquals(-1, NtpTime.roundTripNs(100, 0, 0));
    }
}
