// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.sfu.control;

import io.grpc.ChannelCredentials;
import io.grpc.Grpc;
import io.grpc.InsecureChannelCredentials;
import io.grpc.ManagedChannel;
import io.grpc.ManagedChannelBuilder;
import io.grpc.Metadata;
import io.grpc.TlsChannelCredentials;
import io.grpc.stub.MetadataUtils;
import java.io.File;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.nhipcau.sfu.api.MediaCommand;
import org.nhipcau.sfu.api.MediaEvent;
import org.nhipcau.sfu.api.MediaReply;
import org.nhipcau.sfu.api.MediaServer;
import org.nhipcau.sfu.api.NodeDescription;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A media node in another process, behind the same face as one in this process.
 *
 * <p>Keeps one control stream up, reconnecting by itself. While there is none, commands fail at once: there is nothing
 * to wait for, since the node closes the rooms of a lost stream. When a stream is lost, pending commands fail and
 * listeners are told {@link MediaEvent.RoomLost} for each room opened over it.
 *
 * <p>Thread: any; replies and events come one after the other on the link's executor. Owns: channel and threads.
 */
public final class RemoteMediaServer implements MediaServer {
    private static final Logger LOG = LoggerFactory.getLogger(RemoteMediaServer.class);
    private static final long FIRST_BACK_OFF_MS = 100;
    private static final long MAX_BACK_OFF_MS = 5_000;
    private static final NodeDescription NOT_YET_KNOWN = new NodeDescription("", "", 0, "");

    private final ManagedChannel channel;
    private final ControlCodec codec = new ControlCodec();
    private final List<Consumer<MediaEvent>> listeners = new CopyOnWriteArrayList<>();
    private final ExecutorService executor = Executors.newVirtualThreadPerTaskExecutor();
    private final CountDownLatch closing = new CountDownLatch(1);
    private final Thread keeper;
    private volatile RemoteLink link;
    private volatile RemoteLink opening;
    private volatile NodeDescription node = NOT_YET_KNOWN;
    private volatile boolean accepting = true;
    private volatile boolean connected;
    private final Object connectedMonitor = new Object();

    /**
     * Begins to connect and returns at once, whether the node is there or not.
     *
     * @throws IOException when the trusted certificates cannot be read
     * @throws IllegalArgumentException for settings that would leave the link unprotected
     */
    public static RemoteMediaServer connect(ControlSettings settings) throws IOException {
        settings.checkClient();
        return new RemoteMediaServer(settings);
    }

    private RemoteMediaServer(ControlSettings settings) throws IOException {
        ChannelCredentials credentials = settings.trustFile().isEmpty() ? InsecureChannelCredentials.create()
                : TlsChannelCredentials.newBuilder().trustManager(new File(settings.trustFile())).build();
        ManagedChannelBuilder<?> builder = Grpc.newChannelBuilderForAddress(settings.host(), settings.port(),
                        credentials)
                .executor(executor)
                .maxInboundMessageSize(ControlProtocol.MAX_GRPC_MESSAGE_BYTES)
                .maxInboundMetadataSize(ControlProtocol.MAX_METADATA_BYTES)
                .keepAliveTime(ControlProtocol.KEEP_ALIVE_S, TimeUnit.SECONDS)
                .keepAliveTimeout(ControlProtocol.KEEP_ALIVE_TIMEOUT_S, TimeUnit.SECONDS)
                .disableRetry();
        if (!settings.token().isEmpty()) {
            Metadata headers = new Metadata();
            headers.put(ControlProtocol.AUTHORIZATION, "Bearer " + settings.token());
            builder.intercept(MetadataUtils.newAttachHeadersInterceptor(headers));
        }
        channel = builder.build();
        keeper = Thread.ofVirtual().name("control-keeper").start(this::keepConnected);
    }

    private void keepConnected() {
        long backOffMs = FIRST_BACK_OFF_MS;
        boolean told = false;
        while (closing.getCount() > 0) {
            RemoteLink attempt = new RemoteLink(channel, codec, this::up, this::deliver);
            opening = attempt;
            if (closing.getCount() == 0) {
                break;
            }
            attempt.open();
            String cause = attempt.awaitEnd();
            down(attempt);
            if (attempt.wasUp()) {
                backOffMs = FIRST_BACK_OFF_MS;
                told = false;
            }
            if (closing.getCount() > 0 && !told) {
                told = true;
                LOG.warn("no control link to the media node ({}); trying again until there is one", cause);
            }
            if (sleptThrough(backOffMs)) {
                backOffMs = Math.min(backOffMs * 2, MAX_BACK_OFF_MS);
                // gRPC would wait by a back-off of its own, up to two minutes.
                channel.resetConnectBackoff();
            }
        }
    }

    /** Waits between half of a time and all of it, so that many processes do not return in step. */
    private boolean sleptThrough(long backOffMs) {
        try {
            long waitMs = backOffMs / 2 + ThreadLocalRandom.current().nextLong(backOffMs / 2 + 1);
            return !closing.await(waitMs, TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            closing.countDown();
            return false;
        }
    }

    private void up(RemoteLink newLink, NodeDescription description) {
        node = description;
        accepting = true;
        link = newLink;
        LOG.info("control link to media node {} is up", description.nodeId());
        synchronized (connectedMonitor) {
            connected = true;
            connectedMonitor.notifyAll();
        }
    }

    /** Called once a link has ended: all commands have failed by then, and now its rooms are lost. */
    private void down(RemoteLink lost) {
        link = null;
        synchronized (connectedMonitor) {
            connected = false;
        }
        if (closing.getCount() > 0) {
            for (String roomId : lost.takeRooms()) {
                deliver(new MediaEvent.RoomLost(roomId, "the control link to the media node was lost"));
            }
        }
    }

    private void deliver(MediaEvent event) {
        if (event instanceof MediaEvent.AdmissionChanged admission) {
            accepting = admission.open();
        }
        for (Consumer<MediaEvent> listener : listeners) {
            try {
                listener.accept(event);
            } catch (RuntimeException e) {
                LOG.error("a listener threw on {}", event.getClass().getSimpleName(), e);
            }
        }
    }

    @Override
    public boolean reachable() {
        return connected;
    }

    /** As last told by the node. */
    @Override
    public boolean accepting() {
        return accepting;
    }

    /** Waits until the node is reachable. @return false when it was not within the time */
    public boolean awaitConnected(Duration timeout) throws InterruptedException {
        long deadlineNs = System.nanoTime() + timeout.toNanos();
        synchronized (connectedMonitor) {
            while (!connected) {
                long leftNs = deadlineNs - System.nanoTime();
                if (leftNs <= 0) {
                    return false;
                }
                TimeUnit.NANOSECONDS.timedWait(connectedMonitor, leftNs);
            }
            return true;
        }
    }

    /** As last told by the node; with empty names and no workers before it was reached for the first time. */
    @Override
    public NodeDescription node() {
        return node;
    }

    @Override
    public CompletableFuture<MediaReply> submit(MediaCommand command) {
        RemoteLink current = link;
        return current == null ? CompletableFuture.failedFuture(RemoteLink.unreachable()) : current.submit(command);
    }

    @Override
    public AutoCloseable listen(Consumer<MediaEvent> listener) {
        // Wrapped, so that a listener registered twice is two registrations.
        Consumer<MediaEvent> registered = listener::accept;
        listeners.add(registered);
        return () -> listeners.remove(registered);
    }

    @Override
    public void close() {
        closing.countDown();
        RemoteLink current = opening;
        if (current != null) {
            current.cancel();
        }
        channel.shutdownNow();
        try {
            keeper.join(Duration.ofSeconds(2));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        executor.shutdown();
    }
}
