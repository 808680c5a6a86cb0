// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.sfu.rtcp;

/**
 * NTP timestamps of RTCP: 64 bits (seconds since 1900 in 32.32 fixed point) and their middle 32 bits ("compact",
 * 16.16).
 *
 * <p>Spec: RFC 3550 §4 and §6.4.1. Pure: the time comes in. Any clock that runs in real time may stand for the wall
 * clock; reports compare a peer's own values only.
 */
public final class NtpTime {
    /** Seconds from 1900 to 1970. */
    private static final long UNIX_EPOCH_SECONDS = 2_208_988_800L;
    private static final long SECOND_NS = 1_000_000_000L;

    private NtpTime() {}

    /** NTP time for ns since 1970. */
    public static long fromUnixNs(long unixNs) {
        long seconds = Math.floorDiv(unixNs, SECOND_NS) + UNIX_EPOCH_SECONDS;
        long ns = Math.floorMod(unixNs, SECOND_NS);
        return seconds << 32 | (ns << 32) / SECOND_NS;
    }

    /** Ns since 1970 for an NTP time of the era that ends in 2036. */
    public static long toUnixNs(long ntp) {
        return ((ntp >>> 32) - UNIX_EPOCH_SECONDS) * SECOND_NS + ((ntp & 0xffff_ffffL) * SECOND_NS + (1L << 31) >>> 32);
    }

    /** The middle 32 bits: 16 bits of seconds, 16 of fraction. */
    public static long compact(long ntp) {
        return ntp >>> 16 & 0xffff_ffffL;
    }

    /** Ns of a duration in compact form, 32 bits. */
    public static long compactToNs(long compact) {
        return (compact & 0xffff_ffffL) * SECOND_NS >>> 16;
    }

    /** Compact form of a duration; the longest, 18 hours, stands for all that are longer, 0 for negative ones. */
    public static long nsToCompact(long durationNs) {
        if (durationNs <= 0) {
            return 0;
        }
        long seconds = durationNs / SECOND_NS;
        return seconds > 0xffff ? 0xffff_ffffL : seconds << 16 | (durationNs % SECOND_NS << 16) / SECOND_NS;
    }

    /**
     * Round-trip time from a report block or DLRR.
     *
     * @param nowCompact arrival of the report, {@link #compact} of our clock
     * @param lastReport our report that it answers, as it came back
     * @param delaySinceLast compact duration that the peer held it
     * @return ns, 0 where rounding or a drifting clock would give less; -1 when the peer has had no report of ours yet
     */
    public static long roundTripNs(long nowCompact, long lastReport, long delaySinceLast) {
        if (lastReport == 0) {
            return -1;
        }
        // Half of the range is negative: a reply cannot come before its question by more than the clocks' drift.
        int compact = (int) (nowCompact - lastReport - delaySinceLast);
        return compact <= 0 ? 0 : compactToNs(compact);
    }
}
