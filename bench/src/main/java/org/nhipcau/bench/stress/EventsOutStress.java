// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.bench.stress;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import org.nhipcau.sfu.seam.Mailbox;
import org.nhipcau.sfu.seam.Sleeper;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Mode;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.Signal;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.IIII_Result;
import org.openjdk.jcstress.infra.results.II_Result;

/** Events and replies out: workers offer, the thread that hands them on sleeps while there are none. */
public final class EventsOutStress {
    private EventsOutStress() {}

    /** An event comes while the reader goes to sleep: the reader sees it, or the worker sees that it must wake. */
    @JCStressTest
    @Outcome(id = {"0, 0", "0, 1", "1, 1"}, expect = ACCEPTABLE, desc = "seen, or woken, or both")
    @Outcome(id = "1, 0", expect = FORBIDDEN, desc = "the reader sleeps over an event")
    @State
    public static class GoingToSleep {
        private final Mailbox<Integer> mailbox = new Mailbox<>(2);
        private final Sleeper sleeper = new Sleeper();

        @Actor
        public void reader(II_Result r) {
            r.r1 = sleeper.settle(mailbox) ? 1 : 0;
        }

        @Actor
        public void worker(II_Result r) {
            mailbox.offer(1);
            r.r2 = sleeper.wake() ? 1 : 0;
        }
    }

    /** The real thing: a reader that sleeps without end gets the event. */
    @JCStressTest(Mode.Termination)
    @Outcome(id = "TERMINATED", expect = ACCEPTABLE, desc = "the event was handed on")
    @Outcome(id = "STALE", expect = FORBIDDEN, desc = "the reader sleeps over an event")
    @State
    public static class Asleep {
        private final Mailbox<Integer> mailbox = new Mailbox<>(2);
        private final Sleeper sleeper = new Sleeper();

        @Actor
        public void reader() {
            while (mailbox.poll() == null) {
                sleeper.sleep(mailbox, Long.MAX_VALUE);
            }
        }

        @Signal
        public void worker() {
            mailbox.offer(1);
            sleeper.wake();
        }
    }

    /**
     * A full house: statistics are given up while what matters still finds a place, and the reply comes after the event
     * that the same worker offered before it.
     */
    @JCStressTest
    @Outcome(id = {"0, 1, 1, 1", "1, 1, 1, 1"}, expect = ACCEPTABLE, desc = "statistics gave way, the rest in order")
    @Outcome(expect = FORBIDDEN, desc = "an event or a reply had no place, or the reply overtook its event")
    @State
    public static class ExpendableFirst {
        private final Mailbox<Integer> mailbox = new Mailbox<>(4);
        private int eventAt;
        private int replyAt;

        public ExpendableFirst() {
            mailbox.offer(9);
        }

        @Actor
        public void worker(IIII_Result r) {
            r.r2 = mailbox.offer(1) ? 1 : 0;
            r.r3 = mailbox.offer(2) ? 1 : 0;
        }

        @Actor
        public void statistics(IIII_Result r) {
            r.r1 = mailbox.offerBelow(2, 3) ? 1 : 0;
        }

        @Arbiter
        public void order(IIII_Result r) {
            Integer item;
            for (int place = 1; (item = mailbox.poll()) != null; place++) {
                eventAt = item == 1 ? place : eventAt;
                replyAt = item == 2 ? place : replyAt;
            }
            r.r4 = eventAt > 0 && replyAt > eventAt ? 1 : 0;
        }
    }
}
