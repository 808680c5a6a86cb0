// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.sfu.control;

import io.grpc.InsecureServerCredentials;
import io.grpc.Metadata;
import io.grpc.Server;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerCredentials;
import io.grpc.ServerInterceptor;
import io.grpc.ServerInterceptors;
import io.grpc.ServerServiceDefinition;
import io.grpc.Status;
import io.grpc.TlsServerCredentials;
import io.grpc.netty.NettyServerBuilder;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.ServerCalls;
import io.grpc.stub.StreamObserver;
import java.io.File;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import org.nhipcau.sfu.api.MediaEvent;
import org.nhipcau.sfu.api.MediaServer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Exposes a media node to signaling processes on a TCP port.
 *
 * <p>Thread: any. Owns: the port and the streams; not the node.
 */
public final class ControlServer implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(ControlServer.class);
    private static final int MAX_STREAMS = 64;
    private static final int MAX_CALLS_PER_CONNECTION = 4;
    private static final int CLOSE_TIMEOUT_S = 2;

    private final MediaServer node;
    private final RoomOwners owners;
    private final ControlCodec codec = new ControlCodec();
    private final Set<ControlStream> streams = ConcurrentHashMap.newKeySet();
    private final LongAdder unreadable = new LongAdder();
    private final LongAdder statisticsLeftOut = new LongAdder();
    /** Keeps what a new stream is told of admission in order with changes of it. */
    private final Object admission = new Object();
    private final ExecutorService executor = Executors.newVirtualThreadPerTaskExecutor();
    private final Server server;
    private final AutoCloseable registration;

    /**
     * Binds the port and serves at once.
     *
     * @throws IOException when the port cannot be bound or the certificate files cannot be read
     * @throws IllegalArgumentException for settings that would leave the link unprotected
     */
    public static ControlServer start(MediaServer node, ControlSettings settings) throws IOException {
        settings.checkServer();
        return new ControlServer(node, settings);
    }

    private ControlServer(MediaServer node, ControlSettings settings) throws IOException {
        this.node = node;
        owners = new RoomOwners(node);
        ServerServiceDefinition service = ServerServiceDefinition.builder(ControlProtocol.SERVICE)
                .addMethod(ControlProtocol.LINK, ServerCalls.asyncBidiStreamingCall(this::open))
                .build();
        ServerInterceptor guard = new TokenGuard(settings.token());
        server = NettyServerBuilder.forAddress(new InetSocketAddress(settings.host(), settings.port()),
                        credentials(settings))
                .executor(executor)
                .addService(ServerInterceptors.intercept(service, guard))
                .maxInboundMessageSize(ControlProtocol.MAX_GRPC_MESSAGE_BYTES)
                .maxInboundMetadataSize(ControlProtocol.MAX_METADATA_BYTES)
                .maxConcurrentCallsPerConnection(MAX_CALLS_PER_CONNECTION)
                .handshakeTimeout(5, TimeUnit.SECONDS)
                .keepAliveTime(ControlProtocol.KEEP_ALIVE_S, TimeUnit.SECONDS)
                .keepAliveTimeout(ControlProtocol.KEEP_ALIVE_TIMEOUT_S, TimeUnit.SECONDS)
                .permitKeepAliveTime(ControlProtocol.KEEP_ALIVE_S / 2, TimeUnit.SECONDS)
                .permitKeepAliveWithoutCalls(true)
                .build();
        // Before the first stream can open a room, so that no event of it is missed.
        registration = node.listen(this::deliver);
        try {
            server.start();
        } catch (IOException e) {
            close();
            throw e;
        }
    }

    private void deliver(MediaEvent event) {
        if (event instanceof MediaEvent.AdmissionChanged) {
            synchronized (admission) {
                streams.forEach(stream -> stream.send(event));
            }
        } else {
            owners.deliver(event);
        }
    }

    private static ServerCredentials credentials(ControlSettings settings) throws IOException {
        return settings.certificateFile().isEmpty() ? InsecureServerCredentials.create()
                : TlsServerCredentials.create(new File(settings.certificateFile()),
                        new File(settings.privateKeyFile()));
    }

    /** The bound TCP port. */
    public int port() {
        return server.getPort();
    }

    /** Messages that could not be read, since the start. */
    public long unreadableMessages() {
        return unreadable.sum();
    }

    /** Statistics events that slow signaling processes did not get, since the start. */
    public long statisticsLeftOut() {
        long sum = statisticsLeftOut.sum();
        for (ControlStream stream : streams) {
            sum += stream.statisticsLeftOut();
        }
        return sum;
    }

    private StreamObserver<byte[]> open(StreamObserver<byte[]> responses) {
        ServerCallStreamObserver<byte[]> wire = (ServerCallStreamObserver<byte[]>) responses;
        ControlStream stream = new ControlStream(node, owners, codec, wire, unreadable, this::ended);
        streams.add(stream);
        if (streams.size() > MAX_STREAMS) {
            LOG.warn("more than {} control streams: one is refused", MAX_STREAMS);
            stream.refuse(Status.RESOURCE_EXHAUSTED);
        } else {
            stream.start();
            tellAdmission(stream);
            LOG.info("a signaling process has connected; {} now", streams.size());
        }
        return stream;
    }

    // Who connects takes the node for open until told otherwise.
    private void tellAdmission(ControlStream stream) {
        synchronized (admission) {
            if (!node.accepting()) {
                stream.send(new MediaEvent.AdmissionChanged(false));
            }
        }
    }

    private void ended(ControlStream stream) {
        if (streams.remove(stream)) {
            statisticsLeftOut.add(stream.statisticsLeftOut());
            LOG.info("a signaling process has gone; {} now", streams.size());
        }
    }

    /** Ends all streams, closes their rooms and frees the port. The node lives on. Idempotent. */
    @Override
    public void close() {
        server.shutdownNow();
        for (ControlStream stream : streams) {
            stream.end();
        }
        try {
            registration.close();
            server.awaitTermination(CLOSE_TIMEOUT_S, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (Exception e) {
            LOG.warn("the node's registration did not end well: {}", e.getClass().getSimpleName());
        }
        executor.shutdown();
    }

    /** Lets nobody near the link without the shared secret. */
    private static final class TokenGuard implements ServerInterceptor {
        private final byte[] expected;

        TokenGuard(String token) {
            expected = token.isEmpty() ? null : ("Bearer " + token).getBytes(StandardCharsets.US_ASCII);
        }

        @Override
        public <Q, P> ServerCall.Listener<Q> interceptCall(ServerCall<Q, P> call, Metadata headers,
                ServerCallHandler<Q, P> next) {
            if (expected != null) {
                String given = headers.get(ControlProtocol.AUTHORIZATION);
                byte[] bytes = given == null ? new byte[0] : given.getBytes(StandardCharsets.ISO_8859_1);
                if (!MessageDigest.isEqual(expected, bytes)) {
                    LOG.warn("a control stream without the right token was refused");
                    call.close(Status.UNAUTHENTICATED, new Metadata());
                    return new ServerCall.Listener<>() {};
                }
            }
            return next.startCall(call, headers);
        }
    }
}
