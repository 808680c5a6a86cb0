// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.sfu.seam;

import java.util.concurrent.atomic.AtomicInteger;

/**
 * Tells those who wake a loop whether it has to be kicked out of a wait in the kernel: a running loop, or one that was
 * woken already, needs no system call.
 *
 * <pre>
 *              enter                  wake (kick it)
 *   running ----------&gt; waiting -----------------------&gt; woken
 *      ^  &lt;--------------  |                               |
 *      |       leave       wake of a running loop: ------&gt; |
 *      +---------------------------- take -----------------+
 * </pre>
 * A waker first leaves its work where the loop finds it, then calls {@link #wake}. The loop calls {@link #take} before
 * it looks for work and waits only when {@link #enter} allows it. A waker always exchanges the state, even when it sees
 * that the loop is woken: a mere look could overtake the work that it left before (a store may wait in the processor
 * while the load after it is done), the loop could take the wake-up, miss the work, and wait.
 *
 * <p>Thread: {@link #wake} any; the rest the loop's.
 */
public final class WaitFlag {
    private static final int RUNNING = 0;
    private static final int WAITING = 1;
    private static final int WOKEN = 2;

    private final AtomicInteger state = new AtomicInteger(RUNNING);

    /** Wakes the loop. @return true: it waits, and the caller must end its wait */
    public boolean wake() {
        return state.getAndSet(WOKEN) == WAITING;
    }

    /** Takes note of a wake-up, before the loop looks for work. @return whether there was one */
    public boolean take() {
        return state.get() == WOKEN && state.compareAndSet(WOKEN, RUNNING);
    }

    /** @return whether the loop may wait; not after a wake-up that was not taken */
    public boolean enter() {
        return state.compareAndSet(RUNNING, WAITING);
    }

    /** The wait is over, whatever ended it; a wake-up meanwhile stays to be taken. */
    public void leave() {
        state.compareAndSet(WAITING, RUNNING);
    }
}
