// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.sfu.net;

import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.PooledByteBufAllocator;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.FixedRecvByteBufAllocator;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.WriteBufferWaterMark;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollChannelOption;
import io.netty.channel.epoll.EpollDatagramChannel;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.DatagramPacket;
import io.netty.channel.socket.nio.NioDatagramChannel;
import io.netty.util.concurrent.Future;
import java.io.IOException;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardProtocolFamily;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import java.nio.channels.DatagramChannel;
import java.util.Arrays;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.nhipcau.sfu.buffer.PacketBuffer;
import org.nhipcau.sfu.metrics.DropReason;
import org.nhipcau.sfu.metrics.WorkerCounters;
import org.nhipcau.sfu.peer.Path;
import org.nhipcau.sfu.worker.DatagramPort;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A worker's UDP socket and the thread that drives the worker.
 *
 * <p>Every batch that the socket delivers ends in one duty cycle of the worker; a wake-up and a tick make one too. When
 * the socket's buffers are full, packets are dropped and counted: old media is worth less than new.
 *
 * <p>Thread: the loop's, except {@link #wakeUp}, {@link #start} and {@link #close}. Owns: channel and loop.
 */
public final class UdpEndpoint implements DatagramPort, AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(UdpEndpoint.class);
    private static final int BATCH = 32;
    private static final int SOCKET_BUFFER_BYTES = 4 << 20;
    private static final long FAULT_TICK_NS = 100_000_000L;
    private static final WriteBufferWaterMark WATER_MARK = new WriteBufferWaterMark(2 << 20, 4 << 20);

    private final EventLoopGroup group;
    private final EventLoop loop;
    private final Channel channel;
    private final InetSocketAddress localAddress;
    private final WorkerCounters counters;
    /** The handler needs the datagrams of a batch until its duty cycle. */
    private final PacketBuffer[] received = new PacketBuffer[BATCH * 2];
    private int receivedCount;
    private final AtomicBoolean wakeUpPending = new AtomicBoolean();
    private final SendBatch batch = new SendBatch();
    private final ByteBuffer memory = batch.memory().asByteBuffer();
    private DatagramHandler handler;
    private long faults;
    private Future<?> tick;
    private long tickAtNs;
    private volatile boolean closed;

    private UdpEndpoint(EventLoopGroup group, Channel channel, WorkerCounters counters) {
        this.group = group;
        this.loop = channel.eventLoop();
        this.channel = channel;
        this.counters = counters;
        this.localAddress = (InetSocketAddress) channel.localAddress();
        Arrays.setAll(received, i -> PacketBuffer.allocate());
    }

    /**
     * Binds a socket and starts its thread; nothing is read before {@link #start}.
     *
     * @param bindAddress literal; {@code ::} takes IPv4 too, and IPv4 alone where the machine has no IPv6
     * @param port 0: any free one
     * @throws IOException when the address cannot be bound: names address and port
     */
    public static UdpEndpoint bind(String bindAddress, int port, String threadName, WorkerCounters counters)
            throws IOException {
        boolean epoll = Epoll.isAvailable();
        EventLoopGroup group = new MultiThreadIoEventLoopGroup(1, task -> {
            Thread thread = new Thread(task, threadName);
            thread.setDaemon(true);
            return thread;
        }, epoll ? EpollIoHandler.newFactory() : NioIoHandler.newFactory());
        Bootstrap bootstrap = new Bootstrap().group(group)
                .channel(epoll ? EpollDatagramChannel.class : NioDatagramChannel.class)
                .option(ChannelOption.SO_RCVBUF, SOCKET_BUFFER_BYTES)
                .option(ChannelOption.SO_SNDBUF, SOCKET_BUFFER_BYTES)
                .option(ChannelOption.ALLOCATOR, PooledByteBufAllocator.DEFAULT)
                .option(ChannelOption.WRITE_BUFFER_WATER_MARK, WATER_MARK)
                .option(ChannelOption.AUTO_READ, false)
                .handler(new ChannelInboundHandlerAdapter());
        int slot = PacketBuffer.SLOT_BYTES;
        if (epoll) {
            bootstrap.option(EpollChannelOption.MAX_DATAGRAM_PAYLOAD_SIZE, slot)
                    .option(ChannelOption.RECVBUF_ALLOCATOR, new FixedRecvByteBufAllocator(slot * BATCH));
        } else {
            bootstrap.option(ChannelOption.RECVBUF_ALLOCATOR, new FixedRecvByteBufAllocator(slot));
        }
        InetAddress address = bindable(InetAddress.getByName(bindAddress), ipv6Available());
        var bound = bootstrap.bind(address, port).awaitUninterruptibly();
        if (!bound.isSuccess()) {
            group.shutdownGracefully(0, 0, TimeUnit.SECONDS);
            throw new IOException("cannot bind UDP " + bindAddress + " port " + port + ": "
                    + bound.cause().getMessage(), bound.cause());
        }
        return new UdpEndpoint(group, bound.channel(), counters);
    }

    /** All addresses of a machine without IPv6 are those of IPv4; any other address is as it is. */
    static InetAddress bindable(InetAddress wanted, boolean ipv6) throws UnknownHostException {
        if (ipv6 || !(wanted instanceof Inet6Address) || !wanted.isAnyLocalAddress()) {
            return wanted;
        }
        LOG.info("IPv6 is not available: UDP is bound to all IPv4 addresses");
        return InetAddress.getByAddress(new byte[4]);
    }

    // Asks by doing: the kernel may have no IPv6, or this machine's Java was told not to use it.
    private static boolean ipv6Available() {
        try (DatagramChannel probe = DatagramChannel.open(StandardProtocolFamily.INET6)) {
            probe.bind(new InetSocketAddress("::", 0));
            return true;
        } catch (IOException | UnsupportedOperationException none) {
            return false;
        }
    }

    /** The bound address with the real port. */
    public InetSocketAddress localAddress() {
        return localAddress;
    }

    /** Begins to read and to drive the handler. */
    public void start(DatagramHandler datagramHandler) {
        loop.execute(() -> {
            handler = datagramHandler;
            channel.pipeline().addLast(new Receiver());
            channel.config().setAutoRead(true);
            cycle();
        });
    }

    @Override
    public PacketBuffer begin(Path to) {
        if (batch.full()) {
            flush();
        }
        return batch.begin(to);
    }

    @Override
    public void commit(Path to) {
        batch.commit(to);
    }

    @Override
    public void flush() {
        if (batch.empty()) {
            return;
        }
        for (int message = 0; message < batch.messages(); message++) {
            write(message);
        }
        batch.clear();
        channel.flush();
    }

    private void write(int message) {
        int at = batch.start(message);
        int end = at + batch.length(message);
        while (at < end) {
            int length = Math.min(batch.segmentBytes(message), end - at);
            if (channel.isWritable()) {
                ByteBuf bytes = channel.alloc().directBuffer(length);
                bytes.writeBytes(memory.clear().position(at).limit(at + length));
                channel.write(new DatagramPacket(bytes, batch.path(message).address()), channel.voidPromise());
            } else {
                counters.drop(DropReason.SEND_FAILED);
            }
            at += length;
        }
    }

    @Override
    public void wakeUp() {
        if (!closed && wakeUpPending.compareAndSet(false, true)) {
            loop.execute(() -> {
                wakeUpPending.set(false);
                cycle();
            });
        }
    }

    private void cycle() {
        if (handler == null || closed) {
            return;
        }
        long nowNs = System.nanoTime();
        long nextNs = nowNs + FAULT_TICK_NS;
        receivedCount = 0;
        try {
            nextNs = handler.onDutyCycle(nowNs);
        } catch (RuntimeException | Error fault) {
            onFault(fault);
        }
        if (tick == null || tickAtNs - nextNs > 0 || tick.isDone()) {
            if (tick != null) {
                tick.cancel(false);
            }
            tickAtNs = nextNs;
            tick = loop.schedule(this::cycleOnTick, Math.max(0, nextNs - nowNs), TimeUnit.NANOSECONDS);
        }
    }

    // A fault that reaches the loop must not stop its ticks. Only type and place are logged, ever more rarely.
    private void onFault(Throwable fault) {
        if (Long.bitCount(++faults) == 1) {
            StackTraceElement[] stack = fault.getStackTrace();
            LOG.error("fault in the packet thread (number {}): {} at {}", faults, fault.getClass().getName(),
                    stack.length == 0 ? "unknown" : stack[0]);
        }
    }

    private void cycleOnTick() {
        tick = null;
        cycle();
    }

    /** Closes the socket and ends the thread; waits for it. Idempotent. */
    @Override
    public void close() {
        closed = true;
        channel.close().awaitUninterruptibly();
        group.shutdownGracefully(0, 1, TimeUnit.SECONDS).awaitUninterruptibly();
        if (group.isTerminated()) {
            batch.close();
        }
    }

    private final class Receiver extends ChannelInboundHandlerAdapter {
        @Override
        public void channelRead(ChannelHandlerContext context, Object message) throws UnknownHostException {
            DatagramPacket datagram = (DatagramPacket) message;
            try {
                ByteBuf bytes = datagram.content();
                int length = bytes.readableBytes();
                if (length == 0 || length > PacketBuffer.MAX_LENGTH) {
                    counters.drop(DropReason.TOO_LARGE);
                    return;
                }
                if (receivedCount == received.length) {
                    cycle();
                }
                PacketBuffer slot = received[receivedCount++];
                slot.clear();
                slot.setLength(length);
                bytes.readBytes(slot.nio());
                handler.onDatagram(slot, unmapped(datagram.sender()), System.nanoTime());
            } finally {
                datagram.release();
            }
        }

        @Override
        public void channelReadComplete(ChannelHandlerContext context) {
            cycle();
        }

        // A datagram that the kernel refuses (no route, administratively closed) concerns its receiver alone.
        @Override
        public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
            if (cause instanceof RuntimeException || cause instanceof Error) {
                onFault(cause);
            } else {
                counters.drop(DropReason.SEND_FAILED);
            }
        }
    }

    // A dual-stack socket names IPv4 senders as mapped IPv6; STUN and the directory want the true family.
    private static InetSocketAddress unmapped(InetSocketAddress sender) throws UnknownHostException {
        if (sender.getAddress() instanceof Inet6Address v6) {
            byte[] bytes = v6.getAddress();
            for (int i = 0; i < 10; i++) {
                if (bytes[i] != 0) {
                    return sender;
                }
            }
            if (bytes[10] == -1 && bytes[11] == -1) {
                return new InetSocketAddress(InetAddress.getByAddress(bytes), sender.getPort());
            }
        }
        return sender;
    }
}
