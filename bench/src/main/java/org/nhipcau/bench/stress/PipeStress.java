// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.bench.stress;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import java.util.concurrent.Semaphore;
import org.nhipcau.sfu.pipe.PipePort;
import org.nhipcau.sfu.pipe.PipeSlot;
import org.nhipcau.sfu.seam.WakeUpFlag;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Mode;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.Signal;
import org.openjdk.jcstress.annotations.State;

/**
 * Worker to worker: one writes slots and publishes them in batches, the other is woken, reads and gives them back. Each
 * test goes round the ring many times, full and empty by turns.
 */
public final class PipeStress {
    private static final int SLOTS = 16;
    private static final int MESSAGES = 4_000;

    private PipeStress() {}

    /**
     * The reader is called only by the pipe's wake-ups, as a worker is: should one be lost, it waits for ever. What it
     * reads must be what was written, in order and whole; anything else is an error of the test.
     */
    @JCStressTest(Mode.Termination)
    @Outcome(id = "TERMINATED", expect = ACCEPTABLE, desc = "all messages came, in order and whole")
    @Outcome(id = "STALE", expect = FORBIDDEN, desc = "a message or a wake-up was lost")
    @State
    public static class Crossing {
        private final Semaphore calls = new Semaphore(0);
        private final WakeUpFlag flag = new WakeUpFlag();
        private final PipePort pipe = new PipePort(SLOTS, this::wake);

        private void wake() {
            if (flag.raise()) {
                calls.release();
            }
        }

        @Actor
        public void reader() {
            int next = 1;
            while (next <= MESSAGES) {
                calls.acquireUninterruptibly();
                flag.lower();
                for (PipeSlot slot = pipe.poll(); slot != null; slot = pipe.poll()) {
                    verify(slot, next++);
                    if (next % 5 == 0) {
                        pipe.release();
                    }
                }
                pipe.release();
            }
            pipe.close();
        }

        @Signal
        public void writer() {
            PipePort.Rank[] ranks = PipePort.Rank.values();
            for (int number = 1; number <= MESSAGES; number++) {
                while (!write(ranks[number % ranks.length], number)) {
                    pipe.publish();
                    Thread.yield();
                }
                if (number % 7 == 0) {
                    pipe.publish();
                }
            }
            pipe.publish();
        }

        private boolean write(PipePort.Rank rank, int number) {
            PipeSlot slot = pipe.claim(rank);
            if (slot == null) {
                return false;
            }
            slot.packet.clear();
            slot.packet.setLength(8);
            slot.packet.putLong(0, number);
            slot.kind = PipeSlot.Kind.PACKET;
            slot.encoding = number;
            slot.ntp = -number;
            pipe.commit();
            return true;
        }

        private static void verify(PipeSlot slot, int expected) {
            if (slot.packet.length() != 8 || slot.packet.getLong(0) != expected || slot.encoding != expected
                    || slot.ntp != -expected) {
                throw new IllegalStateException("message " + expected + " is not whole or not the next");
            }
        }
    }
}
