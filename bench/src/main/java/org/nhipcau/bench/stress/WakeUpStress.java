// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.bench.stress;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.concurrent.atomic.AtomicInteger;
import org.nhipcau.sfu.seam.Mailbox;
import org.nhipcau.sfu.seam.WaitFlag;
import org.nhipcau.sfu.seam.WakeUpFlag;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.III_Result;
import org.openjdk.jcstress.infra.results.II_Result;
import org.openjdk.jcstress.infra.results.I_Result;

/** The wake-up of a packet thread: however many ask for it at once, no command is left lying. */
public final class WakeUpStress {
    private WakeUpStress() {}

    /**
     * A wake-up is under way while a command comes in: the loop sees the command now, or the flag says that it has to
     * be called again.
     */
    @JCStressTest
    @Outcome(id = {"1, 0", "0, 1", "1, 1"}, expect = ACCEPTABLE, desc = "seen, or called again, or both")
    @Outcome(id = "0, 0", expect = FORBIDDEN, desc = "a lost wake-up: the command lies until the next tick")
    @State
    public static class UnderWay {
        private final Mailbox<Integer> mailbox = new Mailbox<>(2);
        private final WakeUpFlag flag = new WakeUpFlag();

        public UnderWay() {
            flag.raise();
        }

        @Actor
        public void submit(II_Result r) {
            mailbox.offer(1);
            r.r2 = flag.raise() ? 1 : 0;
        }

        @Actor
        public void loop(II_Result r) {
            flag.lower();
            r.r1 = mailbox.poll() == null ? 0 : 1;
        }
    }

    /** The whole game: the sender calls the loop when told to, and no command is left lying. */
    @JCStressTest
    @Outcome(id = "2", expect = ACCEPTABLE, desc = "both commands were carried out by calls that had been made")
    @Outcome(expect = FORBIDDEN, desc = "a command was left lying")
    @State
    public static class WholeGame {
        private final Mailbox<Integer> mailbox = new Mailbox<>(4);
        private final WakeUpFlag flag = new WakeUpFlag();
        private final AtomicInteger calls = new AtomicInteger();
        private int done;

        @Actor
        public void sender() {
            submit();
            submit();
        }

        private void submit() {
            mailbox.offer(1);
            if (flag.raise()) {
                calls.incrementAndGet();
            }
        }

        @Actor
        public void loop() {
            runCalls();
        }

        @Arbiter
        public void laterCalls(I_Result r) {
            runCalls();
            r.r1 = done;
        }

        // As an event loop does: one cycle for each call that was asked for.
        private void runCalls() {
            while (calls.get() > 0) {
                calls.decrementAndGet();
                flag.lower();
                while (mailbox.poll() != null) {
                    done++;
                }
            }
        }
    }

    /** Of two who ask at once exactly one makes the call. */
    @JCStressTest
    @Outcome(id = {"1, 0", "0, 1"}, expect = ACCEPTABLE, desc = "one call")
    @Outcome(expect = FORBIDDEN, desc = "none, or two of them")
    @State
    public static class OneCall {
        private final WakeUpFlag flag = new WakeUpFlag();

        @Actor
        public void first(II_Result r) {
            r.r1 = flag.raise() ? 1 : 0;
        }

        @Actor
        public void second(II_Result r) {
            r.r2 = flag.raise() ? 1 : 0;
        }
    }

    /**
     * The loop is about to take a wake-up and to wait again when another thread leaves it work, as the pipe does: with
     * a release store, which may lag behind. The loop sees the work, or does not wait, or is kicked out of its wait.
     */
    @JCStressTest
    @Outcome(id = {"0, 0, 0", "0, 1, 1", "1, 0, 0", "1, 0, 1", "1, 1, 0", "1, 1, 1"}, expect = ACCEPTABLE,
            desc = "seen, or no wait, or kicked")
    @Outcome(id = "0, 1, 0", expect = FORBIDDEN, desc = "a lost wake-up: the loop waits over its work")
    @Outcome(expect = FORBIDDEN, desc = "a kick without a wait")
    @State
    public static class BeforeTheWait {
        private static final VarHandle WORK = MethodHandles.arrayElementVarHandle(long[].class);

        private final long[] work = new long[1];
        private final WaitFlag flag = new WaitFlag();

        public BeforeTheWait() {
            flag.wake();
        }

        @Actor
        public void loop(III_Result r) {
            flag.take();
            r.r1 = (int) (long) WORK.getAcquire(work, 0);
            r.r2 = flag.enter() ? 1 : 0;
        }

        @Actor
        public void waker(III_Result r) {
            WORK.setRelease(work, 0, 1L);
            r.r3 = flag.wake() ? 1 : 0;
        }
    }
}
