// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.signaling.room;

import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicInteger;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The one way into a room: messages wait here and are carried out one after the other, so that a room's state needs no
 * lock.
 *
 * <p>Two doors, one queue, one order. {@link #offer} is for what others may send without end (clients, API calls,
 * regular figures) and is refused when {@link #CAPACITY} such messages wait. {@link #put} is for what must not be lost
 * (replies, state changes, timers, closings); there are never more of these than the room asked for or has peers.
 *
 * <p>Thread: any may offer. The messages run on a virtual thread that lives while there is work; an idle room holds no
 * thread. That never two run at once, and that each sees what the one before did, follows from the counter
 * {@code waiting}: whoever raises it from 0 starts the run, which ends by bringing it back to 0.
 */
final class RoomMailbox {
    static final int CAPACITY = 8_192;
    /** After so many messages in one go the run yields its carrier thread, so that no room starves another. */
    private static final int BATCH = 256;

    private static final Logger LOG = LoggerFactory.getLogger(RoomMailbox.class);

    private final Queue<Message> queue = new ConcurrentLinkedQueue<>();
    private final AtomicInteger waiting = new AtomicInteger();
    private final AtomicInteger ordinary = new AtomicInteger();
    private final Executor executor;
    private final RoomMetrics metrics;
    private Thread owner;

    private record Message(Runnable task, boolean counted) {}

    RoomMailbox(Executor executor, RoomMetrics metrics) {
        this.executor = executor;
        this.metrics = metrics;
    }

    /** False when too many messages wait: the caller must tell its client. */
    boolean offer(Runnable task) {
        if (ordinary.incrementAndGet() > CAPACITY) {
            ordinary.decrementAndGet();
            metrics.mailboxFull();
            return false;
        }
        add(new Message(task, true));
        return true;
    }

    /** Always taken. */
    void put(Runnable task) {
        add(new Message(task, false));
    }

    /** Whether the caller is carrying out a message of this room. */
    boolean owned() {
        return Thread.currentThread() == owner;
    }

    private void add(Message message) {
        queue.add(message);
        if (waiting.getAndIncrement() == 0) {
            executor.execute(this::run);
        }
    }

    private void run() {
        int done = 0;
        do {
            Message message = queue.poll();
            if (message.counted()) {
                ordinary.decrementAndGet();
            }
            owner = Thread.currentThread();
            try {
                message.task().run();
            } catch (Throwable bug) {
                // Whatever it was: a room whose counter stands above 0 without a run would be dead for ever.
                metrics.fault();
                LOG.error("message of a room failed: {}", Faults.describe(bug));
            } finally {
                owner = null;
            }
            if (++done % BATCH == 0) {
                Thread.yield();
            }
        } while (waiting.decrementAndGet() > 0);
    }
}
