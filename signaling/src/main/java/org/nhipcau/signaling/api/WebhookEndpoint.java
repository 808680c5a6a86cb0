// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.signaling.api;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.nhipcau.signaling.api.WebhookDispatcher.Outcome;
import org.nhipcau.signaling.api.WebhookPost.Attempt;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The queue in front of one URL: a few lanes, each delivering one event after the other; a room stays in its lane, so
 * its order is kept while a slow answer for one room does not hold up all.
 *
 * <p>Thread: any may {@link #offer}; each lane is a virtual thread.
 */
final class WebhookEndpoint implements AutoCloseable {
    /** Makes one attempt. */
    @FunctionalInterface
    interface Sender {
        Attempt send(byte[] body) throws InterruptedException;
    }

    private static final Logger LOG = LoggerFactory.getLogger(WebhookEndpoint.class);
    private static final int LANES = 8;
    private static final long MAX_RETRY_MS = 30_000;
    private static final long CLOSE_WAIT_MS = 3_000;

    private final Sender sender;
    private final int maxWaiting;
    private final int maxAttempts;
    private final long firstRetryMs;
    private final Consumer<Outcome> outcomes;
    private final AtomicInteger waiting = new AtomicInteger();
    private final List<LinkedBlockingQueue<byte[]>> lanes = new ArrayList<>();
    private final List<Thread> threads = new ArrayList<>();
    private volatile boolean closing;

    WebhookEndpoint(Sender sender, int maxWaiting, int maxAttempts, long firstRetryMs, Consumer<Outcome> outcomes) {
        this.sender = sender;
        this.maxWaiting = maxWaiting;
        this.maxAttempts = maxAttempts;
        this.firstRetryMs = firstRetryMs;
        this.outcomes = outcomes;
        for (int i = 0; i < LANES; i++) {
            LinkedBlockingQueue<byte[]> lane = new LinkedBlockingQueue<>();
            lanes.add(lane);
            threads.add(Thread.ofVirtual().name("webhook-" + i).start(() -> run(lane)));
        }
    }

    /** Queues an event of a room, or drops it when too many wait. */
    void offer(String room, byte[] body) {
        if (closing || waiting.incrementAndGet() > maxWaiting) {
            if (!closing) {
                waiting.decrementAndGet();
            }
            outcomes.accept(Outcome.DROPPED);
            return;
        }
        lanes.get(Math.floorMod(room.hashCode(), LANES)).add(body);
    }

    private void run(LinkedBlockingQueue<byte[]> lane) {
        try {
            while (true) {
                byte[] body = closing ? lane.poll() : lane.poll(1, TimeUnit.SECONDS);
                if (body != null) {
                    deliver(body);
                } else if (closing) {
                    return;
                }
            }
        } catch (InterruptedException e) {
            int lost = lane.size() + 1;
            for (int i = 0; i < lost; i++) {
                outcomes.accept(Outcome.FAILED);
            }
        }
    }

    private void deliver(byte[] body) throws InterruptedException {
        long pauseMs = firstRetryMs;
        for (int attempt = 1; ; attempt++) {
            Attempt came = attempt(body);
            if (came == Attempt.TRY_AGAIN && attempt < maxAttempts && !closing) {
                // Spread out, so that the rooms of a returning endpoint do not come all at once.
                Thread.sleep(pauseMs + ThreadLocalRandom.current().nextLong(pauseMs / 2 + 1));
                pauseMs = Math.min(MAX_RETRY_MS, pauseMs * 2);
                continue;
            }
            waiting.decrementAndGet();
            outcomes.accept(came == Attempt.DELIVERED ? Outcome.DELIVERED : Outcome.FAILED);
            if (came != Attempt.DELIVERED) {
                LOG.warn("a webhook was given up after {} attempts", attempt);
            }
            return;
        }
    }

    private Attempt attempt(byte[] body) throws InterruptedException {
        try {
            return sender.send(body);
        } catch (RuntimeException e) {
            LOG.error("a webhook could not be sent", e);
            return Attempt.REFUSED;
        }
    }

    @Override
    public void close() {
        closing = true;
        long until = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(CLOSE_WAIT_MS);
        try {
            for (Thread thread : threads) {
                long leftMs = TimeUnit.NANOSECONDS.toMillis(until - System.nanoTime());
                if (leftMs <= 0 || !thread.join(java.time.Duration.ofMillis(leftMs))) {
                    thread.interrupt();
                }
            }
        } catch (InterruptedException e) {
            threads.forEach(Thread::interrupt);
            Thread.currentThread().interrupt();
        }
    }
}
