// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.signaling.http;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.channel.group.ChannelGroup;
import io.netty.channel.group.DefaultChannelGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.ServerSocketChannel;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.handler.codec.http.HttpResponseEncoder;
import io.netty.handler.flow.FlowControlHandler;
import io.netty.util.concurrent.DefaultThreadFactory;
import io.netty.util.concurrent.GlobalEventExecutor;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;

/**
 * A listening TCP port that serves one {@link HttpService}.
 *
 * <p>Thread: any. Owns: its event loops, its virtual threads and every connection it accepted.
 */
public final class HttpListener implements AutoCloseable {
    private static final int BACKLOG = 1_024;

    private final EventLoopGroup loops;
    private final ExecutorService blocking;
    private final ChannelGroup connections;
    private final ConnectionGate gate;
    private final Channel serverChannel;

    private HttpListener(EventLoopGroup loops, ExecutorService blocking, ChannelGroup connections,
            ConnectionGate gate, Channel serverChannel) {
        this.loops = loops;
        this.blocking = blocking;
        this.connections = connections;
        this.gate = gate;
        this.serverChannel = serverChannel;
    }

    /**
     * Binds and begins to serve.
     *
     * @param name of its threads
     * @param port 0: any free port
     * @throws IOException when the port cannot be bound
     */
    public static HttpListener open(String name, String bindAddress, int port, int threads, HttpLimits limits,
            HttpService service) throws IOException {
        boolean epoll = Epoll.isAvailable();
        IoHandlerFactory io = epoll ? EpollIoHandler.newFactory() : NioIoHandler.newFactory();
        Class<? extends ServerSocketChannel> type =
                epoll ? EpollServerSocketChannel.class : NioServerSocketChannel.class;
        EventLoopGroup loops = new MultiThreadIoEventLoopGroup(threads, new DefaultThreadFactory(name, true), io);
        ExecutorService blocking =
                Executors.newThreadPerTaskExecutor(Thread.ofVirtual().name(name + "-request-", 0).factory());
        ChannelGroup connections = new DefaultChannelGroup(GlobalEventExecutor.INSTANCE);
        ConnectionGate gate = new ConnectionGate(limits.maxConnections());
        ServerBootstrap bootstrap = new ServerBootstrap().group(loops).channel(type)
                .option(ChannelOption.SO_BACKLOG, BACKLOG)
                .option(ChannelOption.SO_REUSEADDR, true)
                .childOption(ChannelOption.TCP_NODELAY, true)
                .childHandler(new ChannelInitializer<>() {
                    @Override
                    protected void initChannel(Channel channel) {
                        connections.add(channel);
                        channel.pipeline().addLast(gate, new StrictRequestDecoder(limits.maxRequestLineBytes()),
                                new HttpResponseEncoder(), new FlowControlHandler(),
                                new HttpConnection(service, limits, blocking));
                    }
                });
        var bound = bootstrap.bind(new InetSocketAddress(bindAddress, port)).awaitUninterruptibly();
        if (!bound.isSuccess()) {
            loops.shutdownGracefully(0, 1, TimeUnit.SECONDS);
            blocking.shutdownNow();
            throw new IOException("cannot listen on port " + port + ": " + reason(bound.cause()));
        }
        return new HttpListener(loops, blocking, connections, gate, bound.channel());
    }

    private static String reason(Throwable cause) {
        String text = String.valueOf(cause.getMessage());
        return text.contains("Address already in use") ? "it is in use"
                : text.contains("Permission denied") ? "permission denied" : "the bind address is not of this machine";
    }

    /** The bound port. */
    public int port() {
        return ((InetSocketAddress) serverChannel.localAddress()).getPort();
    }

    /** Open connections. */
    public int connections() {
        return gate.open();
    }

    /** Takes no more connections; those that are open go on. */
    public void stopAccepting() {
        serverChannel.close().awaitUninterruptibly();
    }

    /** Closes the port and all connections. Idempotent. */
    @Override
    public void close() {
        stopAccepting();
        connections.close().awaitUninterruptibly(2, TimeUnit.SECONDS);
        blocking.shutdownNow();
        loops.shutdownGracefully(0, 2, TimeUnit.SECONDS).awaitUninterruptibly(3, TimeUnit.SECONDS);
    }
}
