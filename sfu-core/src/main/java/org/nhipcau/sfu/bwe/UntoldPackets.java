// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.sfu.bwe;

/**
 * Packets that no feedback tells of, for feedback is lost too. They came as those around them did; counted for nothing,
 * each lost report would make the path look slower by what it would have told of, most of all where the receiver's
 * own uplink is poor.
 *
 * <p>Thread: one.
 */
final class UntoldPackets {
    /** More in a row are an outage, of which nothing is known. */
    private static final int MOST = 64;

    private long first;
    private long end;

    /** Feedback passes over the packets from a number up to before another, if there are any. */
    void onGap(long from, long to) {
        if (from < to) {
            // One that is not settled yet is given up: of what lies between the two it was told what became of it.
            first = to - from > MOST ? to : from;
            end = to;
        }
    }

    /** What is not settled yet never will be: an outage lay between. */
    void forget() {
        first = end;
    }

    /**
     * A packet behind them came: they did so before it, at the distances at which they were sent.
     *
     * @param arrivedShare of all packets, 0 to 1
     * @param queued as {@link DeliveryRate#onArrival}
     */
    void settle(SentPacketLog log, DeliveryRate delivery, long sentUs, long arrivalUs, double arrivedShare, boolean queued) {
        for (; first < end; first++) {
            double wireBytes = log.lengthBytes(first) + SendSideEstimator.PACKET_OVERHEAD_BYTES;
            delivery.onArrival(arrivalUs - (sentUs - log.sentUs(first)), (int) (wireBytes * arrivedShare), queued);
        }
    }
}
