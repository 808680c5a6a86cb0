// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.signaling.room;

import java.util.HashSet;
import java.util.Set;

/** Timers of one room; what they start runs as a message of the room. Thread: the room's. */
final class RoomTimers {
    private final RoomClock clock;
    private final RoomMailbox mailbox;
    private final Set<Timer> running = new HashSet<>();

    RoomTimers(RoomClock clock, RoomMailbox mailbox) {
        this.clock = clock;
        this.mailbox = mailbox;
    }

    /** One shot. */
    final class Timer {
        private final Runnable task;
        private Runnable canceller;
        private boolean over;

        private Timer(Runnable task) {
            this.task = task;
        }

        /** From now on the task does not run, even if the clock has already fired. */
        void cancel() {
            if (!over) {
                over = true;
                running.remove(this);
                canceller.run();
            }
        }

        private void fire() {
            if (!over) {
                over = true;
                running.remove(this);
                task.run();
            }
        }
    }

    Timer after(long delayMs, Runnable task) {
        Timer timer = new Timer(task);
        running.add(timer);
        timer.canceller = clock.after(delayMs, () -> mailbox.put(timer::fire));
        return timer;
    }

    /** Cancels a timer that may not exist; answers null, to be stored in its place. */
    static Timer cancel(Timer timer) {
        if (timer != null) {
            timer.cancel();
        }
        return null;
    }

    void cancelAll() {
        for (Timer timer : Set.copyOf(running)) {
            timer.cancel();
        }
    }
}
