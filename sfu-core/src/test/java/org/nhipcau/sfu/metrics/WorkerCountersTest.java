// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.sfu.metrics;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;
import org.nhipcau.sfu.metrics.WorkerCounters.Counter;

class WorkerCountersTest {
    @Test
    void shouldCountEachReasonAndCounterApart() {
        WorkerCounters counters = new WorkerCounters();
        for (DropReason reason : DropReason.values()) {
            counters.drop(reason, reason.ordinal());
            counters.drop(reason);
        }
        for (Counter counter : Counter.values()) {
            counters.add(counter, counter.ordinal() * 2L);
            counters.increment(counter);
        }
        for (DropReason reason : DropReason.values()) {
            assertEquals(reason.ordinal() + 1, counters.get(reason));
        }
        for (Counter counter : Counter.values()) {
            assertEquals(counter.ordinal() * 2L + 1, counters.get(counter));
        }
    }
}
