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
import io.netty.channel.epoll.EpollChannelOption;
import io.netty.channel.epoll.EpollDatagramChannel;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.DatagramPacket;
import io.netty.channel.socket.nio.NioDatagramChannel;
import io.netty.channel.unix.Errors;
import io.netty.channel.unix.SegmentedDatagramPacket;
import io.netty.util.concurrent.Future;
import java.io.IOException;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import org.nhipcau.sfu.buffer.PacketBuffer;
import org.nhipcau.sfu.metrics.DropReason;
import org.nhipcau.sfu.metrics.WorkerCounters;
import org.nhipcau.sfu.metrics.WorkerCounters.Counter;
import org.nhipcau.sfu.peer.Path;
import org.nhipcau.sfu.seam.WakeUpFlag;

/**
 * A worker's port on Netty: epoll where there is, else the Java runtime's channels.
 *
 * <p>Thread: as {@link UdpEndpoint}. Owns: channel and loop.
 */
final class NettyDatagramPort extends UdpEndpoint {
    private static final int BATCH = 32;
    private static final WriteBufferWaterMark WATER_MARK = new WriteBufferWaterMark(2 << 20, 4 << 20);

    private final EventLoopGroup group;
    private final EventLoop loop;
    final Channel channel;
    private final InetSocketAddress localAddress;
    private final boolean segments;
    private final PacketBuffer[] slots = new PacketBuffer[MAX_CYCLE_DATAGRAMS];
    private final WakeUpFlag wakeUp = new WakeUpFlag();
    private DatagramHandler handler;
    private int used;
    private Future<?> tick;
    private long tickAtNs;
    private volatile boolean closed;

    private NettyDatagramPort(EventLoopGroup group, Channel channel, PortOptions options, WorkerCounters counters) {
        super(new SendBatch(options.trainDatagrams()), counters);
        this.group = group;
        this.loop = channel.eventLoop();
        this.channel = channel;
        this.segments = channel instanceof EpollDatagramChannel
                && EpollDatagramChannel.isSegmentedDatagramPacketSupported();
        this.localAddress = (InetSocketAddress) channel.localAddress();
        for (int i = 0; i < slots.length; i++) {
            slots[i] = PacketBuffer.allocate();
        }
    }

    /** @throws IOException in the kernel's words, when it refuses */
    static NettyDatagramPort bind(boolean epoll, InetAddress address, int port, String threadName,
            PortOptions options, WorkerCounters counters) throws IOException {
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
        var bound = bootstrap.bind(address, port).awaitUninterruptibly();
        if (!bound.isSuccess()) {
            group.shutdownGracefully(0, 0, TimeUnit.SECONDS);
            throw new IOException(bound.cause().getMessage(), bound.cause());
        }
        return new NettyDatagramPort(group, bound.channel(), options, counters);
    }

    @Override
    public InetSocketAddress localAddress() {
        return localAddress;
    }

    @Override
    public void start(DatagramHandler datagramHandler) {
        loop.execute(() -> {
            handler = datagramHandler;
            channel.pipeline().addLast(new Receiver());
            channel.config().setAutoRead(true);
            cycle();
        });
    }

    @Override
    void send(SendBatch messages) {
        for (int message = 0; message < messages.messages(); message++) {
            Path path = messages.path(message);
            int length = messages.length(message);
            int segment = messages.segmentBytes(message);
            ByteBuffer bytes = messages.nio(message);
            if (messages.segments(message) > 1 && segments && path.trains()) {
                writeTrain(bytes, path, segment);
            } else {
                writeSingly(bytes, path, segment);
            }
        }
        channel.flush();
    }

    private void writeSingly(ByteBuffer bytes, Path path, int segment) {
        int end = bytes.limit();
        do {
            bytes.limit(Math.min(bytes.position() + segment, end));
            if (channel.isWritable()) {
                counters.increment(Counter.MESSAGES_OUT);
                channel.write(new DatagramPacket(copy(bytes), path.address()), channel.voidPromise());
            } else {
                counters.drop(DropReason.SEND_FAILED);
            }
            bytes.position(bytes.limit()).limit(end);
        } while (bytes.hasRemaining());
    }

    private void writeTrain(ByteBuffer bytes, Path path, int segment) {
        int datagrams = (bytes.remaining() + segment - 1) / segment;
        if (!channel.isWritable()) {
            counters.drop(DropReason.SEND_FAILED, datagrams);
            return;
        }
        ByteBuf train = copy(bytes);
        train.retain();
        counters.increment(Counter.MESSAGES_OUT);
        channel.write(new SegmentedDatagramPacket(train, segment, path.address())).addListener(sent -> {
            try {
                if (!sent.isSuccess()) {
                    onTrainRefused(sent.cause(), train, path, segment, datagrams);
                }
            } finally {
                train.release();
            }
        });
    }

    private void onTrainRefused(Throwable cause, ByteBuf train, Path path, int segment, int datagrams) {
        if (closed || !(cause instanceof Errors.NativeIoException refusal)
                || !LinuxSender.refusesTrains(-refusal.expectedErr())) {
            counters.drop(DropReason.SEND_FAILED, datagrams);
            return;
        }
        if (path.trains()) {
            path.stopTrains();
            counters.increment(Counter.TRAINS_STOPPED);
        }
        writeSingly(train.nioBuffer(), path, segment);
        channel.flush();
    }

    private ByteBuf copy(ByteBuffer bytes) {
        return channel.alloc().directBuffer(bytes.remaining()).writeBytes(bytes.duplicate());
    }

    @Override
    public void wakeUp() {
        if (closed || !wakeUp.raise()) {
            return;
        }
        try {
            loop.execute(() -> {
                wakeUp.lower();
                cycle();
            });
        } catch (RejectedExecutionException e) {
            // The port was closed since the look above: there is nobody to wake any more.
            if (!closed) {
                throw e;
            }
        }
    }

    private void cycle() {
        if (handler == null || closed) {
            return;
        }
        boolean drained = used < BATCH;
        used = 0;
        long nextNs = cycle(handler, drained);
        if (tick == null || tickAtNs - nextNs > 0 || tick.isDone()) {
            if (tick != null) {
                tick.cancel(false);
            }
            tickAtNs = nextNs;
            tick = loop.schedule(this::cycleOnTick, Math.max(0, nextNs - System.nanoTime()), TimeUnit.NANOSECONDS);
        }
    }

    private void cycleOnTick() {
        tick = null;
        cycle();
    }

    @Override
    public void close() {
        closed = true;
        channel.close().awaitUninterruptibly();
        group.shutdownGracefully(0, 1, TimeUnit.SECONDS).awaitUninterruptibly();
        if (group.isTerminated()) {
            free();
        }
    }

    private final class Receiver extends ChannelInboundHandlerAdapter {
        @Override
        public void channelRead(ChannelHandlerContext context, Object message) throws UnknownHostException {
            DatagramPacket datagram = (DatagramPacket) message;
            try {
                counters.increment(Counter.MESSAGES_IN);
                ByteBuf bytes = datagram.content();
                int length = bytes.readableBytes();
                if (length == 0 || length > PacketBuffer.MAX_LENGTH) {
                    counters.drop(length == 0 ? DropReason.UNKNOWN_PROTOCOL : DropReason.TOO_LARGE);
                    return;
                }
                if (used == slots.length) {
                    cycle();
                }
                PacketBuffer slot = slots[used++];
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
