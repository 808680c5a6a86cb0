// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.bench.swarm.transport;

import java.io.IOException;
import java.net.Inet4Address;
import java.net.InetSocketAddress;
import java.net.StandardProtocolFamily;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.DatagramChannel;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import org.nhipcau.sfu.buffer.PacketBuffer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A thread that drives many clients: reads their sockets, calls their timers, runs what others hand to it.
 *
 * <p>Timers are looked at once a millisecond at most, all in one pass: with hundreds of clients that tick every few
 * milliseconds this is cheaper than a heap of deadlines. Thread: its own, except {@link #execute} and {@link #close}.
 * Owns: the sockets opened on it.
 */
public final class SocketLoop implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(SocketLoop.class);
    private static final long TIMER_GRAIN_NS = 1_000_000L;
    private static final long MAX_WAIT_MS = 50;
    private static final int READS_PER_SOCKET = 64;
    private static final int SOCKET_BUFFER_BYTES = 1 << 20;

    private final Selector selector;
    private final Thread thread;
    private final Queue<Runnable> tasks = new ConcurrentLinkedQueue<>();
    private final AtomicBoolean woken = new AtomicBoolean();
    private final List<Timer> timers = new ArrayList<>();
    private final PacketBuffer received = PacketBuffer.allocate();
    private long nextTimersNs;
    private long faults;
    private volatile boolean closed;

    /** What becomes of a datagram. Thread: the loop's. */
    public interface Receiver {
        /** @param datagram the loop's own, valid during the call; may be changed in place */
        void onDatagram(PacketBuffer datagram, InetSocketAddress from, long nowNs);
    }

    /** Called when its time has come. Thread: the loop's. */
    public interface TimerTask {
        /** @return when to be called next; {@link Long#MAX_VALUE}: after {@link Timer#at} only */
        long onTime(long nowNs);
    }

    /** A client's place among the timers. Thread: the loop's. */
    public final class Timer {
        private final TimerTask task;
        private long dueNs = Long.MAX_VALUE;
        private final boolean once;
        private boolean cancelled;

        private Timer(TimerTask task, boolean once) {
            this.task = task;
            this.once = once;
        }

        /** Makes the task run at this time, or earlier when it was due earlier. */
        public void at(long timeNs) {
            dueNs = Math.min(dueNs, timeNs);
            nextTimersNs = Math.min(nextTimersNs, timeNs);
        }

        public void cancel() {
            cancelled = true;
        }
    }

    /** A client's socket. Thread: the loop's. */
    public final class Socket {
        private final DatagramChannel channel;
        private final Receiver receiver;
        private final InetSocketAddress localAddress;
        private long failedSends;

        private Socket(DatagramChannel channel, Receiver receiver) throws IOException {
            this.channel = channel;
            this.receiver = receiver;
            this.localAddress = (InetSocketAddress) channel.getLocalAddress();
        }

        public InetSocketAddress localAddress() {
            return localAddress;
        }

        /** Sends now; what the socket does not take is lost and counted. */
        public void send(PacketBuffer datagram, InetSocketAddress to) {
            try {
                if (channel.send(datagram.nio(), to) == 0) {
                    failedSends++;
                }
            } catch (IOException refused) {
                failedSends++;
            }
        }

        /** Datagrams that the socket did not take. */
        public long failedSends() {
            return failedSends;
        }

        public void close() {
            try {
                channel.close();
            } catch (IOException gone) {
                LOG.debug("a socket did not close");
            }
        }
    }

    /** Starts the thread. */
    public SocketLoop(String name) throws IOException {
        selector = Selector.open();
        thread = Thread.ofPlatform().name(name).daemon().unstarted(this::run);
        thread.start();
    }

    /** Runs a task on the loop's thread soon. Thread: any. */
    public void execute(Runnable task) {
        tasks.add(task);
        if (Thread.currentThread() != thread && woken.compareAndSet(false, true)) {
            selector.wakeup();
        }
    }

    /** Whether the caller is on the loop's thread. */
    public boolean isOwner() {
        return Thread.currentThread() == thread;
    }

    /** The loop's thread, for measuring what the clients cost. */
    public Thread thread() {
        return thread;
    }

    /** Opens a socket on a free port of this address. */
    public Socket open(InetSocketAddress bind, Receiver receiver) throws IOException {
        DatagramChannel channel = DatagramChannel.open(bind.getAddress() instanceof Inet4Address
                ? StandardProtocolFamily.INET : StandardProtocolFamily.INET6);
        try {
            channel.configureBlocking(false);
            channel.setOption(StandardSocketOptions.SO_RCVBUF, SOCKET_BUFFER_BYTES);
            channel.setOption(StandardSocketOptions.SO_SNDBUF, SOCKET_BUFFER_BYTES);
            channel.bind(bind);
            Socket socket = new Socket(channel, receiver);
            channel.register(selector, SelectionKey.OP_READ, socket);
            return socket;
        } catch (IOException | RuntimeException e) {
            channel.close();
            throw e;
        }
    }

    /** A timer that is not set yet. */
    public Timer timer(TimerTask task) {
        Timer timer = new Timer(task, false);
        timers.add(timer);
        return timer;
    }

    /** Runs a task once, so much later. */
    public void after(long delayNs, Runnable task) {
        Timer timer = new Timer(nowNs -> {
            task.run();
            return Long.MAX_VALUE;
        }, true);
        timers.add(timer);
        timer.at(System.nanoTime() + delayNs);
    }

    private void run() {
        while (!closed) {
            try {
                long waitMs = tasks.isEmpty() ? waitMs(System.nanoTime()) : 0;
                if (waitMs > 0) {
                    selector.select(this::read, waitMs);
                } else {
                    selector.selectNow(this::read);
                }
                woken.set(false);
                runTasks();
                runTimers(System.nanoTime());
            } catch (IOException | RuntimeException | Error fault) {
                onFault(fault);
            }
        }
        closeSockets();
    }

    private long waitMs(long nowNs) {
        long untilNs = nextTimersNs - nowNs;
        return untilNs <= 0 ? 0 : Math.min(MAX_WAIT_MS, untilNs / 1_000_000 + 1);
    }

    private void read(SelectionKey key) {
        Socket socket = (Socket) key.attachment();
        for (int i = 0; i < READS_PER_SOCKET && key.isValid(); i++) {
            InetSocketAddress from;
            try {
                received.clear();
                ByteBuffer target = received.nioWritable();
                int start = target.position();
                from = (InetSocketAddress) socket.channel.receive(target);
                if (from == null) {
                    return;
                }
                received.setLength(target.position() - start);
            } catch (IOException refused) {
                // An ICMP answer to something sent earlier; the next read goes on.
                continue;
            }
            try {
                socket.receiver.onDatagram(received, from, System.nanoTime());
            } catch (RuntimeException | Error fault) {
                onFault(fault);
            }
        }
    }

    private void runTasks() {
        Runnable task;
        while ((task = tasks.poll()) != null) {
            try {
                task.run();
            } catch (RuntimeException | Error fault) {
                onFault(fault);
            }
        }
    }

    private void runTimers(long nowNs) {
        if (nowNs < nextTimersNs) {
            return;
        }
        nextTimersNs = Long.MAX_VALUE;
        int kept = 0;
        int count = timers.size();
        for (int i = 0; i < count; i++) {
            Timer timer = timers.get(i);
            if (!timer.cancelled && timer.dueNs <= nowNs) {
                timer.dueNs = Long.MAX_VALUE;
                try {
                    timer.at(timer.task.onTime(nowNs));
                } catch (RuntimeException | Error fault) {
                    onFault(fault);
                }
                timer.cancelled |= timer.once;
            }
            if (!timer.cancelled) {
                nextTimersNs = Math.min(nextTimersNs, timer.dueNs);
                timers.set(kept++, timer);
            }
        }
        // What a task added meanwhile stands behind.
        for (int i = count; i < timers.size(); i++) {
            nextTimersNs = Math.min(nextTimersNs, timers.get(i).dueNs);
            timers.set(kept++, timers.get(i));
        }
        timers.subList(kept, timers.size()).clear();
        nextTimersNs = Math.max(nextTimersNs, nowNs + TIMER_GRAIN_NS);
    }

    // A fault of one client must not stop the others; the figures of the run will show what it lost.
    private void onFault(Throwable fault) {
        if (Long.bitCount(++faults) == 1) {
            LOG.error("fault in a swarm thread (number {})", faults, fault);
        }
    }

    private void closeSockets() {
        for (SelectionKey key : selector.keys()) {
            ((Socket) key.attachment()).close();
        }
        try {
            selector.close();
        } catch (IOException gone) {
            LOG.debug("a selector did not close");
        }
    }

    /** Ends the thread and closes its sockets; waits for it. Idempotent. */
    @Override
    public void close() {
        closed = true;
        selector.wakeup();
        try {
            thread.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
