// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.bench.stress;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import org.nhipcau.sfu.metrics.DropReason;
import org.nhipcau.sfu.metrics.WorkerCounters;
import org.nhipcau.sfu.metrics.WorkerCounters.Counter;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Mode;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.Signal;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.JJJ_Result;

/** A worker's counters, read by the metrics while the worker counts. */
public final class CountersStress {
    private static final long LARGE = 1L << 32;

    private CountersStress() {}

    /** Steps that change both halves of the number: a reader sees whole values which never run backwards. */
    @JCStressTest
    @Outcome(id = {"0, 0, 8589934593", "0, 4294967297, 8589934593", "0, 8589934593, 8589934593",
        "4294967297, 4294967297, 8589934593", "4294967297, 8589934593, 8589934593",
        "8589934593, 8589934593, 8589934593"}, expect = ACCEPTABLE, desc = "whole and rising")
    @Outcome(expect = FORBIDDEN, desc = "half a number, a step back, or a count lost")
    @State
    public static class Rising {
        private final WorkerCounters counters = new WorkerCounters();

        @Actor
        public void worker() {
            counters.add(Counter.BYTES_IN, LARGE + 1);
            counters.add(Counter.BYTES_IN, LARGE);
        }

        @Actor
        public void metrics(JJJ_Result r) {
            r.r1 = counters.get(Counter.BYTES_IN);
            r.r2 = counters.get(Counter.BYTES_IN);
        }

        @Arbiter
        public void end(JJJ_Result r) {
            r.r3 = counters.get(Counter.BYTES_IN);
        }
    }

    /** A reader that keeps looking sees the count: the compiler may not look once for all. */
    @JCStressTest(Mode.Termination)
    @Outcome(id = "TERMINATED", expect = ACCEPTABLE, desc = "the count was seen")
    @Outcome(id = "STALE", expect = FORBIDDEN, desc = "the count was never seen")
    @State
    public static class Seen {
        private final WorkerCounters counters = new WorkerCounters();

        @Actor
        public void metrics() {
            while (counters.get(DropReason.UNKNOWN_SOURCE) == 0) {
                Thread.onSpinWait();
            }
        }

        @Signal
        public void worker() {
            counters.drop(DropReason.UNKNOWN_SOURCE);
        }
    }
}
