// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.sfu.rtcp;

/**
 * Receives what an RTCP packet says, piece by piece in the order of the wire. Each method does nothing by default.
 *
 * <p>SSRCs and 32-bit fields come unsigned in a long. Nothing here was checked beyond its form: SSRCs may be anyone's,
 * numbers may lie.
 *
 * <p>Thread: the reader's caller's.
 */
public interface RtcpHandler {
    /** Sender report (RFC 3550 §6.4.1). @param ntp all 64 bits */
    default void senderReport(long ssrc, long ntp, long rtpTimestamp, long packets, long octets) {}

    /** Receiver report (RFC 3550 §6.4.2), before its blocks. */
    default void receiverReport(long ssrc) {}

    /**
     * One report block of a sender or receiver report.
     *
     * @param fractionLost of 256
     * @param cumulativeLostPackets signed 24 bits: duplicates make it negative
     * @param extendedHighestSequence 32 bits: cycles and sequence number
     * @param jitterTicks in the stream's clock rate
     * @param lastReport compact NTP of the last sender report, 0: none yet
     * @param delaySinceLastReport compact duration (1/65536 s)
     */
    default void reportBlock(long senderSsrc, long ssrc, int fractionLost, int cumulativeLostPackets,
            long extendedHighestSequence, long jitterTicks, long lastReport, long delaySinceLastReport) {}

    /** One entry of a generic NACK (RFC 4585 §6.2.1). @param blp bit i: sequence number pid + i + 1 is lost too */
    default void nack(long senderSsrc, long mediaSsrc, int pid, int blp) {}

    /** Picture loss indication (RFC 4585 §6.3.1). */
    default void pli(long senderSsrc, long mediaSsrc) {}

    /** One entry of a full intra request (RFC 5104 §4.3.1). @param sequence 8 bits; repeated: the same request */
    default void fir(long senderSsrc, long mediaSsrc, int sequence) {}

    /** Receiver estimated maximum bitrate, before its {@link #rembSsrc} calls. @param ssrcCount how many follow */
    default void remb(long senderSsrc, long bitrateBps, int ssrcCount) {}

    /** One SSRC that the last {@link #remb} is for. */
    default void rembSsrc(long ssrc) {}

    /** Transport-wide congestion control feedback; the view is valid during the call. */
    default void transportFeedback(TransportFeedbackFlyweight feedback) {}

    /**
     * RFC 8888 feedback, before its {@link #congestionFeedbackPacket} calls.
     *
     * @param reportTimestamp compact NTP of the moment the report was made
     */
    default void congestionFeedback(long senderSsrc, long reportTimestamp) {}

    /**
     * One packet of RFC 8888 feedback.
     *
     * @param ecn 2 bits
     * @param arrivalOffset arrival before the report, in 1/1024 s; 0x1ffe: longer ago than that, 0x1fff: not known
     */
    default void congestionFeedbackPacket(long mediaSsrc, int sequence, boolean received, int ecn,
            int arrivalOffset) {}

    /** XR receiver reference time (RFC 3611 §4.4). @param ntp all 64 bits */
    default void receiverReferenceTime(long senderSsrc, long ntp) {}

    /**
     * One XR DLRR sub-block (RFC 3611 §4.5).
     *
     * @param ssrc the receiver whose reference time is answered
     * @param lastReference compact NTP as it came from that receiver
     * @param delaySinceLast compact duration (1/65536 s)
     */
    default void dlrr(long senderSsrc, long ssrc, long lastReference, long delaySinceLast) {}

    /** One source that says goodbye (RFC 3550 §6.6); the reason text is not read. */
    default void bye(long ssrc) {}
}
