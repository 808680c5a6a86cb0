// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.signaling.room;

import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/** Time as rooms see it; tests put in one that they move by hand. Thread: any. */
public interface RoomClock {
    /** Wall clock, milliseconds since the epoch: only for what is told to clients. */
    long epochMs();

    /** Monotonic milliseconds: for every interval. */
    long nowMs();

    /**
     * Runs a task once.
     *
     * @param task must not block
     * @return cancels it; harmless when it has run
     */
    Runnable after(long delayMs, Runnable task);

    /** The system's clock with one timer thread. */
    static RoomClock system() {
        ScheduledThreadPoolExecutor timer = new ScheduledThreadPoolExecutor(1,
                Thread.ofPlatform().daemon().name("room-timer").factory());
        timer.setRemoveOnCancelPolicy(true);
        return new RoomClock() {
            @Override
            public long epochMs() {
                return System.currentTimeMillis();
            }

            @Override
            public long nowMs() {
                return TimeUnit.NANOSECONDS.toMillis(System.nanoTime());
            }

            @Override
            public Runnable after(long delayMs, Runnable task) {
                ScheduledFuture<?> future = timer.schedule(task, delayMs, TimeUnit.MILLISECONDS);
                return () -> future.cancel(false);
            }
        };
    }
}
