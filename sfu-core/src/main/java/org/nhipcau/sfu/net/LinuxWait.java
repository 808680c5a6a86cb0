// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.sfu.net;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.concurrent.atomic.AtomicInteger;
import org.nhipcau.sfu.seam.WaitFlag;

/**
 * Where a port's thread sleeps: until its socket has something, the time is up, or another thread wakes it.
 *
 * <p>The kernel is asked only when the thread sleeps or is about to; waking a busy or woken thread is one exchange
 * in memory.
 *
 * <p>Thread: the loop's, except {@link #wakeUp}: any, also after {@link #close}. Owns: an event descriptor.
 */
final class LinuxWait implements AutoCloseable {
    private static final int EVENT_AT = 8;
    private static final int TIMEOUT_AT = 16;
    private static final int ONE_AT = 32;
    private static final int DRAIN_AT = 40;
    private static final long NS_PER_S = 1_000_000_000L;

    private final Arena arena = Arena.ofShared();
    /** pollfd of the socket, pollfd of the event, timespec, the event's increment, room to read the event. */
    private final MemorySegment memory = arena.allocate(48, 8);
    private final long address = memory.address();
    private final int event;
    private final WaitFlag flag = new WaitFlag();
    /** Threads inside the write: the descriptor's number must not be given to another file under their hands. */
    private final AtomicInteger writers = new AtomicInteger();
    private volatile boolean closed;

    LinuxWait(int socket) throws IOException {
        MemorySegment callState = LibC.newCallState(arena);
        try {
            event = (int) LibC.EVENTFD.invokeExact(callState, 0, LibC.NONBLOCK_CLOEXEC);
        } catch (Throwable e) {
            throw LibC.rethrow(e);
        }
        if (event < 0) {
            String reason = LibC.describe(LibC.errno(callState));
            arena.close();
            throw new IOException(reason);
        }
        memory.set(JAVA_INT, 0, socket);
        memory.set(JAVA_SHORT, 4, (short) LibC.POLLIN);
        memory.set(JAVA_INT, EVENT_AT, event);
        memory.set(JAVA_SHORT, EVENT_AT + 4, (short) LibC.POLLIN);
        memory.set(JAVA_LONG, ONE_AT, 1);
    }

    /** Ends the wait that is under way, or prevents the next one. */
    void wakeUp() {
        if (!flag.wake()) {
            return;
        }
        writers.incrementAndGet();
        try {
            if (!closed) {
                long ignored = (long) LibC.WRITE.invokeExact(event, address + ONE_AT, 8L);
            }
        } catch (Throwable e) {
            throw LibC.rethrow(e);
        } finally {
            writers.decrementAndGet();
        }
    }

    /** Takes note of a wake-up, once: what its sender left before it is visible from here on. */
    boolean takeWakeUp() {
        return flag.take();
    }

    /**
     * Waits; returns at once after a wake-up not yet taken.
     *
     * @param socketToo wake for what the socket has
     * @return the socket has something, be it an error
     */
    boolean await(long timeoutNs, boolean socketToo) {
        if (timeoutNs <= 0 || !flag.enter()) {
            return false;
        }
        memory.set(JAVA_LONG, TIMEOUT_AT, timeoutNs / NS_PER_S);
        memory.set(JAVA_LONG, TIMEOUT_AT + 8, timeoutNs % NS_PER_S);
        memory.set(JAVA_SHORT, 6, (short) 0);
        memory.set(JAVA_SHORT, EVENT_AT + 6, (short) 0);
        try {
            int ready = socketToo
                    ? (int) LibC.PPOLL.invokeExact(address, 2L, address + TIMEOUT_AT, 0L)
                    : (int) LibC.PPOLL.invokeExact(address + EVENT_AT, 1L, address + TIMEOUT_AT, 0L);
            if (ready > 0 && memory.get(JAVA_SHORT, EVENT_AT + 6) != 0) {
                long ignored = (long) LibC.READ.invokeExact(event, address + DRAIN_AT, 8L);
            }
            return ready > 0 && memory.get(JAVA_SHORT, 6) != 0;
        } catch (Throwable e) {
            throw LibC.rethrow(e);
        } finally {
            flag.leave();
        }
    }

    /** Thread: the loop's, at its end, or the owner's when there never was a loop. Idempotent. */
    @Override
    public void close() {
        if (closed) {
            return;
        }
        closed = true;
        while (writers.get() != 0) {
            Thread.onSpinWait();
        }
        LibC.close(event);
        arena.close();
    }
}
