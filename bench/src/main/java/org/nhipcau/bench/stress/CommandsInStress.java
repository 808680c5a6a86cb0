// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.bench.stress;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import org.nhipcau.sfu.seam.Mailbox;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.III_Result;
import org.openjdk.jcstress.infra.results.II_Result;
import org.openjdk.jcstress.infra.results.I_Result;

/** Commands in: many threads offer to one mailbox, one empties it. */
public final class CommandsInStress {
    private CommandsInStress() {}

    /** Two threads offer two items each: all come out, each thread's in its order. */
    @JCStressTest
    @Outcome(id = "1, 1", expect = ACCEPTABLE, desc = "four items, each thread's own in order")
    @Outcome(expect = FORBIDDEN, desc = "an item lost, doubled or before one that the same thread offered earlier")
    @State
    public static class Order {
        private final Taken taken = new Taken(4);

        @Actor
        public void first() {
            taken.mailbox.offer(11);
            taken.mailbox.offer(12);
        }

        @Actor
        public void second() {
            taken.mailbox.offer(21);
            taken.mailbox.offer(22);
        }

        @Arbiter
        public void reader(II_Result r) {
            taken.takeAll();
            r.r1 = taken.count == 4 && taken.inOrder(11, 12) ? 1 : 0;
            r.r2 = taken.count == 4 && taken.inOrder(21, 22) ? 1 : 0;
        }
    }

    /** The same while the reader reads: needs three processors. */
    @JCStressTest
    @Outcome(id = "1, 1", expect = ACCEPTABLE, desc = "three items, each thread's own in order")
    @Outcome(expect = FORBIDDEN, desc = "an item lost, doubled or before one that the same thread offered earlier")
    @State
    public static class OrderWhileReading {
        private final Taken taken = new Taken(4);

        @Actor
        public void first() {
            taken.mailbox.offer(11);
            taken.mailbox.offer(12);
        }

        @Actor
        public void second() {
            taken.mailbox.offer(21);
        }

        @Actor
        public void reader() {
            taken.take();
            taken.take();
        }

        @Arbiter
        public void rest(II_Result r) {
            taken.takeAll();
            r.r1 = taken.count == 3 && taken.inOrder(11, 12) ? 1 : 0;
            r.r2 = taken.count == 3 && taken.at(21) >= 0 ? 1 : 0;
        }
    }

    /** More items than places while the reader makes some free: what was accepted comes out, and nothing else. */
    @JCStressTest
    @Outcome(id = "1", expect = ACCEPTABLE, desc = "exactly the accepted ones came out, in order")
    @Outcome(expect = FORBIDDEN, desc = "an accepted item lost, or a refused one delivered")
    @State
    public static class OverflowWhileReading {
        private final Taken taken = new Taken(2);
        private int accepted;

        @Actor
        public void sender() {
            for (int item = 1; item <= 4; item++) {
                accepted += taken.mailbox.offer(item) ? 1 << item : 0;
            }
        }

        @Actor
        public void reader() {
            taken.take();
            taken.take();
        }

        @Arbiter
        public void rest(I_Result r) {
            taken.takeAll();
            int seen = 0;
            boolean rising = true;
            for (int i = 0; i < taken.count; i++) {
                seen += 1 << taken.items[i];
                rising &= i == 0 || taken.items[i] > taken.items[i - 1];
            }
            r.r1 = rising && seen == accepted ? 1 : 0;
        }
    }

    /** Two threads, two items each, three places of four are free, nobody reads: one item is refused. */
    @JCStressTest
    @Outcome(id = {"2, 1, 4", "1, 2, 4"}, expect = ACCEPTABLE, desc = "one of four refused")
    @Outcome(expect = FORBIDDEN, desc = "more or fewer taken than there are places")
    @State
    public static class Capacity {
        private final Mailbox<Integer> mailbox = new Mailbox<>(4);

        public Capacity() {
            mailbox.offer(9);
        }

        @Actor
        public void first(III_Result r) {
            r.r1 = (mailbox.offer(11) ? 1 : 0) + (mailbox.offer(12) ? 1 : 0);
        }

        @Actor
        public void second(III_Result r) {
            r.r2 = (mailbox.offer(21) ? 1 : 0) + (mailbox.offer(22) ? 1 : 0);
        }

        @Arbiter
        public void count(III_Result r) {
            while (mailbox.poll() != null) {
                r.r3++;
            }
        }
    }

    /** Ordinary commands meet the last ordinary place while one that ends something wants a reserved one. */
    @JCStressTest
    @Outcome(id = {"1, 0, 1", "0, 1, 1"}, expect = ACCEPTABLE, desc = "one ordinary command, and the reserved place kept")
    @Outcome(id = "0, 0, 1", expect = ACCEPTABLE, desc = "the one that ends something came before both")
    @Outcome(expect = FORBIDDEN, desc = "a reserved place was given away, or the one that ends something refused")
    @State
    public static class ReservedPlaces {
        private final Mailbox<Integer> mailbox = new Mailbox<>(2);

        @Actor
        public void ordinary(III_Result r) {
            r.r1 = mailbox.offerBelow(1, 1) ? 1 : 0;
        }

        @Actor
        public void another(III_Result r) {
            r.r2 = mailbox.offerBelow(1, 2) ? 1 : 0;
            r.r3 = mailbox.offer(3) ? 1 : 0;
        }
    }

    /** What an item carries is there when the item is. */
    @JCStressTest
    @Outcome(id = {"0, 0", "1, 7"}, expect = ACCEPTABLE, desc = "not yet, or whole")
    @Outcome(expect = FORBIDDEN, desc = "an item came out before what it carries")
    @State
    public static class Publication {
        private final Mailbox<int[]> mailbox = new Mailbox<>(2);

        @Actor
        public void offer() {
            int[] command = new int[1];
            command[0] = 7;
            mailbox.offer(command);
        }

        @Actor
        public void reader(II_Result r) {
            int[] command = mailbox.poll();
            if (command != null) {
                r.r1 = 1;
                r.r2 = command[0];
            }
        }
    }

    /** A mailbox with what its reader took out of it. */
    private static final class Taken {
        final Mailbox<Integer> mailbox;
        final int[] items = new int[4];
        int count;

        Taken(int capacity) {
            mailbox = new Mailbox<>(capacity);
        }

        boolean take() {
            Integer item = mailbox.poll();
            if (item != null) {
                items[count++] = item;
            }
            return item != null;
        }

        void takeAll() {
            while (take()) {
                continue;
            }
        }

        int at(int item) {
            for (int i = 0; i < count; i++) {
                if (items[i] == item) {
                    return i;
                }
            }
            return -1;
        }

        boolean inOrder(int earlier, int later) {
            return at(earlier) >= 0 && at(earlier) < at(later);
        }
    }
}
