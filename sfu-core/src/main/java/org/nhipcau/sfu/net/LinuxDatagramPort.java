// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.sfu.net;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.security.SecureRandom;
import java.util.concurrent.atomic.AtomicBoolean;
import org.nhipcau.sfu.buffer.PacketBuffer;
import org.nhipcau.sfu.metrics.WorkerCounters;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A worker's port made of the system calls of Linux alone: recvmmsg with coalesced datagrams, sendmmsg with trains,
 * and nothing allocated per datagram.
 *
 * <p>The thread takes what is there, hands it over, lets the worker have its duty cycle, and looks again; it sleeps
 * only when nothing came, until the socket has something, the worker's deadline, or a wake-up.
 *
 * <p>Thread: as {@link UdpEndpoint}. Owns: socket, thread, native memory; the thread frees them at its end.
 */
final class LinuxDatagramPort extends UdpEndpoint {
    private static final Logger LOG = LoggerFactory.getLogger(LinuxDatagramPort.class);
    private static final AtomicBoolean SMALL_BUFFER_TOLD = new AtomicBoolean();
    private static final int SENDERS = 8_192;
    private static final long FAILED_RECEIVE_PAUSE_NS = 1_000_000L;

    private final String threadName;
    final LinuxSocket socket;
    private final LinuxWait wait;
    private final ReceiveBatch received;
    private final LinuxSender sender;
    private Thread thread;
    private boolean freed;
    private long receiveErrors;
    private volatile boolean closed;

    private LinuxDatagramPort(LinuxSocket socket, LinuxWait wait, String threadName, PortOptions options,
            WorkerCounters counters) {
        super(new SendBatch(options.trainDatagrams()), counters);
        this.socket = socket;
        this.wait = wait;
        this.threadName = threadName;
        this.received = new ReceiveBatch(socket, new AddressTable(SENDERS, new SecureRandom().nextLong()), counters);
        this.sender = new LinuxSender(socket::send, socket.ipv6(), socket.segments(), counters);
    }

    /** @throws IOException in the kernel's words, when it refuses */
    static LinuxDatagramPort bind(InetAddress address, int port, String threadName, PortOptions options,
            WorkerCounters counters) throws IOException {
        LinuxSocket socket = LinuxSocket.open(address, port, options.coalesce());
        if (socket.receiveBufferBytes() < SOCKET_BUFFER_BYTES && SMALL_BUFFER_TOLD.compareAndSet(false, true)) {
            LOG.warn("the kernel keeps only {} bytes for a UDP socket, bursts will be lost; set net.core.rmem_max and "
                    + "net.core.wmem_max to {}", socket.receiveBufferBytes(), SOCKET_BUFFER_BYTES);
        }
        try {
            return new LinuxDatagramPort(socket, new LinuxWait(socket.descriptor()), threadName, options, counters);
        } catch (IOException | RuntimeException | Error failure) {
            socket.close();
            throw failure;
        }
    }

    @Override
    public InetSocketAddress localAddress() {
        return socket.localAddress();
    }

    @Override
    public synchronized void start(DatagramHandler handler) {
        if (thread != null || closed) {
            throw new IllegalStateException("started or closed before");
        }
        thread = new Thread(() -> run(handler), threadName);
        thread.setDaemon(true);
        thread.start();
    }

    @Override
    public void wakeUp() {
        wait.wakeUp();
    }

    @Override
    void send(SendBatch messages) {
        sender.send(messages);
    }

    private void run(DatagramHandler handler) {
        long nextNs = System.nanoTime();
        try {
            while (!closed) {
                nextNs = turn(handler, nextNs);
            }
        } finally {
            freeAll();
        }
    }

    private long turn(DatagramHandler handler, long nextNs) {
        try {
            receive(nextNs);
            wait.takeWakeUp();
            if (received.hasRemaining()) {
                handOver(handler);
            }
            return cycle(handler, !received.moreMayWait());
        } catch (RuntimeException | Error fault) {
            onFault(fault);
            received.clear();
            wait.await(FAILED_RECEIVE_PAUSE_NS, false);
            return System.nanoTime();
        }
    }

    /** Ends with datagrams to hand over, or when a cycle is due without any. */
    private void receive(long nextNs) {
        if (received.hasRemaining()) {
            return;
        }
        int result = received.receive();
        if (result == 0) {
            boolean ready = wait.await(nextNs - System.nanoTime(), true);
            result = received.receive();
            if (result == 0 && ready) {
                result = received.receiveTelling();
            }
        }
        if (result < 0) {
            onReceiveError(-result);
        }
    }

    // The kernel reports what concerns the network here too (interface down): it passes, or the wait keeps us cool.
    private void onReceiveError(int error) {
        if (Long.bitCount(++receiveErrors) == 1) {
            LOG.warn("receiving failed (number {}): {}", receiveErrors, LibC.describe(error));
        }
        wait.await(FAILED_RECEIVE_PAUSE_NS, false);
    }

    private void handOver(DatagramHandler handler) {
        received.beginCycle();
        long nowNs = System.nanoTime();
        PacketBuffer datagram;
        while ((datagram = received.next()) != null) {
            try {
                handler.onDatagram(datagram, received.sender(), nowNs);
            } catch (RuntimeException | Error fault) {
                onFault(fault);
            }
        }
    }

    @Override
    public void close() {
        Thread running;
        synchronized (this) {
            closed = true;
            running = thread;
        }
        if (running == null) {
            freeAll();
            return;
        }
        wait.wakeUp();
        boolean interrupted = false;
        while (running != Thread.currentThread() && running.isAlive()) {
            try {
                running.join();
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private synchronized void freeAll() {
        if (!freed) {
            freed = true;
            wait.close();
            socket.close();
            received.close();
            sender.close();
            free();
        }
    }
}
