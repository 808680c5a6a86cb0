// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.sfu.bwe;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;

/** A packet each 20 ms that takes 200 bytes of the wire: 80 kbit/s; 30 ms of way. */
class UntoldPacketsTest {
    private static final long EACH_NS = 20_000_000L;
    private static final int WIRE_BYTES = 200;
    private static final int BPS = 80_000;

    private final SentPacketLog log = new SentPacketLog();
    private final DeliveryRate delivery = new DeliveryRate();
    private final UntoldPackets untold = new UntoldPackets();
    private long nextToTell;

    private void send(int packets) {
        for (int i = 0; i < packets; i++) {
            log.onSent(WIRE_BYTES - SendSideEstimator.PACKET_OVERHEAD_BYTES, log.next() * EACH_NS);
        }
    }

    private void tell(long sequence, double arrivedShare) {
        untold.onGap(nextToTell, sequence);
        nextToTell = sequence + 1;
        long arrivalUs = log.sentUs(sequence) + 30_000;
        untold.settle(log, delivery, log.sentUs(sequence), arrivalUs, arrivedShare, false);
        delivery.onArrival(arrivalUs, WIRE_BYTES, false);
    }

    @Test
    void shouldCountAsArrivedWhatALostReportWouldHaveToldOf() {
        send(100);
        for (int i = 0; i < 100; i++) {
            if (i % 10 < 5 || i == 99) {
                tell(i, 1);
            }
        }
        assertEquals(BPS, delivery.overBps(1_000_000), 0.03 * BPS);
    }

    @Test
    void shouldCountOfItWhatThePathDoesNotLose() {
        send(100);
        for (int i = 0; i < 100; i++) {
            if (i % 10 < 5 || i == 99) {
                tell(i, 0.5);
            }
        }
        assertEquals(0.75 * BPS, delivery.overBps(1_000_000), 0.03 * BPS, "all of one half, half of the other");
    }

    @Test
    void shouldCountNothingOfAnOutage() {
        send(200);
        tell(0, 1);
        tell(199, 1);
        assertEquals(8 * WIRE_BYTES, delivery.overBps(1_000_000), 1);
        untold.onGap(200, 200);
        untold.onGap(200, 150);
        untold.settle(log, delivery, log.sentUs(199), log.sentUs(199) + 30_000, 1, false);
        assertEquals(8 * WIRE_BYTES, delivery.overBps(1_000_000), 1, "nothing is passed over");
    }

    @Test
    void shouldNotCountWhatIsToldToBeLostBetweenTwoGaps() {
        send(100);
        tell(0, 1);
        untold.onGap(1, 6);
        // 6 to 15 are told to be lost.
        untold.onGap(16, 21);
        nextToTell = 21;
        tell(21, 1);
        assertEquals(8 * 7 * WIRE_BYTES, delivery.overBps(1_000_000), 1, "0, 16 to 20, 21");
    }

    @Test
    void shouldForgetWhatWasUnderWayInAnOutage() {
        send(100);
        tell(0, 1);
        untold.onGap(1, 6);
        untold.forget();
        nextToTell = 21;
        tell(21, 1);
        assertEquals(8 * 2 * WIRE_BYTES, delivery.overBps(1_000_000), 1);
    }

    @Test
    void shouldCountNoneTwice() {
        send(100);
        tell(0, 1);
        tell(40, 1);
        long once = delivery.overBps(1_000_000);
        untold.settle(log, delivery, log.sentUs(40), log.sentUs(40) + 30_000, 1, false);
        assertEquals(once, delivery.overBps(1_000_000));
    }
}
