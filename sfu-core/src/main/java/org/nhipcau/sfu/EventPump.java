// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.sfu;

import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import org.nhipcau.sfu.api.MediaEvent;
import org.nhipcau.sfu.api.MediaReply;
import org.nhipcau.sfu.seam.Mailbox;
import org.nhipcau.sfu.seam.Sleeper;
import org.nhipcau.sfu.worker.WorkerEvents;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Carries replies and events from the workers to signaling: a bounded lock-free queue and one thread that calls the
 * listeners.
 *
 * <p>When listeners are too slow, statistics and messages of data are given up first (at three quarters of the queue, or
 * when data takes too much memory), then other events, counted; replies are never lost.
 *
 * <p>Thread: {@link #accept} and {@link #reply} any worker's; listeners are called on the pump's own.
 */
final class EventPump implements WorkerEvents, AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(EventPump.class);
    static final int CAPACITY = 65_536;
    /** From here on what the next such event makes good is given up. */
    static final int EXPENDABLE_LIMIT = CAPACITY / 4 * 3;
    /** Of messages of data that wait for a listener that is too slow. */
    static final long MAX_DATA_BYTES = 32L << 20;
    private static final long MAX_SLEEP_NS = TimeUnit.MILLISECONDS.toNanos(500);

    private record Reply(CompletableFuture<MediaReply> future, MediaReply value) {}

    private final Mailbox<Object> queue = new Mailbox<>(CAPACITY);
    private final Sleeper sleeper = new Sleeper();
    private final List<Consumer<MediaEvent>> listeners = new CopyOnWriteArrayList<>();
    private final AtomicLong lostEvents = new AtomicLong();
    private final AtomicLong dataBytes = new AtomicLong();
    private final Thread thread;
    private final int workers;
    private int refusing;
    private volatile boolean closed;

    /** @param workers that will tell this pump of their admission */
    EventPump(int workers) {
        this.workers = workers;
        thread = new Thread(this::run, "media-events");
        thread.setDaemon(true);
        thread.start();
    }

    AutoCloseable listen(Consumer<MediaEvent> listener) {
        listeners.add(listener);
        return () -> listeners.remove(listener);
    }

    long lostEvents() {
        return lostEvents.get();
    }

    @Override
    public void accept(MediaEvent event) {
        if (event instanceof MediaEvent.DataReceived data) {
            acceptData(data);
            return;
        }
        boolean expendable = event instanceof MediaEvent.QualityReport || event instanceof MediaEvent.SpeakersChanged
                || event instanceof MediaEvent.PathMeasured;
        if (!(expendable ? queue.offerBelow(EXPENDABLE_LIMIT, event) : queue.offer(event))) {
            lostEvents.incrementAndGet();
        }
        sleeper.wake();
    }

    private void acceptData(MediaEvent.DataReceived data) {
        int length = data.payload().length;
        if (dataBytes.addAndGet(length) > MAX_DATA_BYTES || !queue.offerBelow(EXPENDABLE_LIMIT, data)) {
            dataBytes.addAndGet(-length);
            lostEvents.incrementAndGet();
        }
        sleeper.wake();
    }

    @Override
    public void reply(CompletableFuture<MediaReply> future, MediaReply reply) {
        if (!queue.offer(new Reply(future, reply))) {
            // Out of order, but not lost and not on the packet thread.
            Thread.startVirtualThread(() -> future.complete(reply));
        }
        sleeper.wake();
    }

    /** The node takes newcomers as long as one of its workers does. */
    @Override
    public synchronized void onAdmission(boolean open) {
        boolean before = refusing < workers;
        refusing += open ? -1 : 1;
        if (before != refusing < workers) {
            accept(new MediaEvent.AdmissionChanged(!before));
        }
    }

    private void run() {
        while (true) {
            Object next = queue.poll();
            if (next != null) {
                deliver(next);
            } else if (closed && queue.isEmpty()) {
                return;
            } else {
                sleeper.sleep(queue, MAX_SLEEP_NS);
            }
        }
    }

    private void deliver(Object item) {
        if (item instanceof Reply reply) {
            reply.future().complete(reply.value());
            return;
        }
        if (item instanceof MediaEvent.DataReceived data) {
            dataBytes.addAndGet(-data.payload().length);
        }
        for (Consumer<MediaEvent> listener : listeners) {
            try {
                listener.accept((MediaEvent) item);
            } catch (RuntimeException | Error fault) {
                // Whatever it is: without this thread no reply would ever come.
                LOG.error("a listener of media events failed: {}", fault.getClass().getName(), fault);
            }
        }
    }

    /** Delivers what is queued and ends the thread. */
    @Override
    public void close() {
        closed = true;
        // Awake or not: it may be about to sleep.
        LockSupport.unpark(thread);
        try {
            thread.join(1_000);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
