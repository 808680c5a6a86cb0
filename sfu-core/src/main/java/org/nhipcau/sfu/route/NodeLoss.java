// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.sfu.route;

import org.nhipcau.sfu.metrics.WorkerCounters;
import org.nhipcau.sfu.metrics.WorkerCounters.Counter;

/**
 * What share of the packets that were sent to this worker the node itself lost, in the socket's queue: so that it is not
 * charged to the publishers' links.
 *
 * <p>Thread: one. Control path: once an interval.
 */
final class NodeLoss {
    private static final int WINDOW = 5;

    private final long[] lost = new long[WINDOW];
    private final long[] received = new long[WINDOW];
    private long lostBefore = -1;
    private long receivedBefore;
    private int at;

    /** An interval ended. */
    void update(WorkerCounters counters) {
        long lostNow = counters.get(Counter.RECEIVE_QUEUE_DROPS);
        long receivedNow = counters.get(Counter.RTP_PACKETS_IN);
        at = (at + 1) % WINDOW;
        lost[at] = lostBefore < 0 ? 0 : Math.max(0, lostNow - lostBefore);
        received[at] = lostBefore < 0 ? 0 : Math.max(0, receivedNow - receivedBefore);
        lostBefore = lostNow;
        receivedBefore = receivedNow;
    }

    /** Over the last intervals. */
    double ratio() {
        long sumLost = 0;
        long sum = 0;
        for (int i = 0; i < WINDOW; i++) {
            sumLost += lost[i];
            sum += lost[i] + received[i];
        }
        return sum == 0 ? 0 : (double) sumLost / sum;
    }
}
