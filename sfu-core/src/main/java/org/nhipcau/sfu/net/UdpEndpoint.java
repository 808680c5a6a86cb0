// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.sfu.net;

import java.net.InetSocketAddress;
import org.nhipcau.sfu.buffer.PacketBuffer;
import org.nhipcau.sfu.metrics.WorkerCounters;
import org.nhipcau.sfu.metrics.WorkerCounters.Counter;
import org.nhipcau.sfu.peer.Path;
import org.nhipcau.sfu.worker.DatagramPort;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A worker's UDP socket and the thread that drives the worker; what all ports have in common.
 *
 * <p>Every batch that the socket delivers ends in one duty cycle of the worker; a wake-up and a tick make one too. When
 * the socket's buffers are full, packets are dropped and counted: old media is worth less than new.
 *
 * <p>Thread: the loop's, except {@link #wakeUp}, {@link #start}, {@link #localAddress} and {@link #close}: any.
 * Owns: socket, thread and the batch to be sent.
 */
public abstract sealed class UdpEndpoint implements DatagramPort, AutoCloseable
        permits LinuxDatagramPort, NettyDatagramPort {
    /** After a fault the next cycle comes without its handler's word. */
    static final long FAULT_TICK_NS = 100_000_000L;
    /** Datagrams handed over between two duty cycles: as many as the worker forwards in one go. */
    static final int MAX_CYCLE_DATAGRAMS = 64;
    /** Asked of the kernel for either direction. */
    static final int SOCKET_BUFFER_BYTES = 4 << 20;

    private static final Logger LOG = LoggerFactory.getLogger(UdpEndpoint.class);

    final WorkerCounters counters;
    private final SendBatch batch;
    private long faults;
    private boolean freed;

    UdpEndpoint(SendBatch batch, WorkerCounters counters) {
        this.batch = batch;
        this.counters = counters;
    }

    /** The bound address with the real port. */
    public abstract InetSocketAddress localAddress();

    /** Begins to read and to drive the handler. Called once. */
    public abstract void start(DatagramHandler handler);

    /** Closes the socket and ends the thread; waits for it. Idempotent. */
    @Override
    public abstract void close();

    /** Gives the messages of the batch to the socket; the batch is used again after the call. */
    abstract void send(SendBatch messages);

    @Override
    public final PacketBuffer begin(Path to) {
        if (batch.full()) {
            flush();
        }
        return batch.begin(to);
    }

    @Override
    public final void commit(Path to) {
        batch.commit(to);
    }

    @Override
    public final void flush() {
        if (batch.empty()) {
            return;
        }
        counters.add(Counter.DATAGRAMS_OUT, batch.datagrams());
        counters.add(Counter.BYTES_OUT, batch.bytes());
        try {
            send(batch);
        } finally {
            batch.clear();
        }
    }

    /**
     * One duty cycle, and whatever of it was not flushed.
     *
     * @param drained the socket had no more datagrams when this cycle's were taken
     * @return when the next one is needed at the latest
     */
    final long cycle(DatagramHandler handler, boolean drained) {
        long nowNs = System.nanoTime();
        long nextNs = nowNs + FAULT_TICK_NS;
        try {
            nextNs = handler.onDutyCycle(nowNs);
            flush();
            handler.onCycleEnd(System.nanoTime(), drained);
        } catch (RuntimeException | Error fault) {
            onFault(fault);
        }
        return nextNs;
    }

    // A fault that reaches the loop must not stop it. Only type and place are logged, ever more rarely.
    final void onFault(Throwable fault) {
        if (Long.bitCount(++faults) == 1) {
            StackTraceElement[] stack = fault.getStackTrace();
            LOG.error("fault in the packet thread (number {}): {} at {}", faults, fault.getClass().getName(),
                    stack.length == 0 ? "unknown" : stack[0]);
        }
    }

    /** Frees the batch; the thread must be over. Idempotent. */
    final synchronized void free() {
        if (!freed) {
            freed = true;
            batch.close();
        }
    }
}
