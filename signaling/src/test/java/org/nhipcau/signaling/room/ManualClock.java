// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.signaling.room;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/** Time that stands still until a test moves it; timers run on the test's thread, in order. */
final class ManualClock implements RoomClock {
    private static final long EPOCH_MS = 1_780_000_000_000L;

    private final List<Timer> timers = new ArrayList<>();
    private long nowMs = 1_000;
    private long sequence;

    private record Timer(long atMs, long sequence, Runnable task) {}

    @Override
    public long epochMs() {
        return EPOCH_MS + nowMs;
    }

    @Override
    public long nowMs() {
        return nowMs;
    }

    @Override
    public Runnable after(long delayMs, Runnable task) {
        Timer timer = new Timer(nowMs + Math.max(0, delayMs), sequence++, task);
        timers.add(timer);
        return () -> timers.remove(timer);
    }

    void advance(long ms) {
        long until = nowMs + ms;
        while (true) {
            Timer next = timers.stream().filter(timer -> timer.atMs() <= until)
                    .min(Comparator.comparingLong(Timer::atMs).thenComparingLong(Timer::sequence)).orElse(null);
            if (next == null) {
                break;
            }
            nowMs = Math.max(nowMs, next.atMs());
            timers.remove(next);
            next.task().run();
        }
        nowMs = until;
    }

    int pending() {
        return timers.size();
    }
}
