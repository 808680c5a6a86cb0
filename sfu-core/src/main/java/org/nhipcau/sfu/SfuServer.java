// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.sfu;

import io.micrometer.core.instrument.MeterRegistry;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.nhipcau.sfu.api.IceCandidate;
import org.nhipcau.sfu.api.MediaCommand;
import org.nhipcau.sfu.api.MediaEvent;
import org.nhipcau.sfu.api.MediaReply;
import org.nhipcau.sfu.api.MediaReply.Reason;
import org.nhipcau.sfu.api.MediaServer;
import org.nhipcau.sfu.api.NodeDescription;
import org.nhipcau.sfu.api.SfuConfig;
import org.nhipcau.sfu.buffer.PacketBuffer;
import org.nhipcau.sfu.dtls.DtlsCertificateRotation;
import org.nhipcau.sfu.metrics.WorkerCounters;
import org.nhipcau.sfu.net.DatagramHandler;
import org.nhipcau.sfu.net.DatagramPorts;
import org.nhipcau.sfu.net.PublicAddresses;
import org.nhipcau.sfu.net.UdpEndpoint;
import org.nhipcau.sfu.route.RemotePeer;
import org.nhipcau.sfu.route.Room;
import org.nhipcau.sfu.srtp.SrtpEngine;
import org.nhipcau.sfu.srtp.SrtpEngines;
import org.nhipcau.sfu.worker.DtlsIdentity;
import org.nhipcau.sfu.worker.MediaWorker;
import org.nhipcau.sfu.worker.MediaWorkerProxy;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A media node in this process: its workers, their sockets, and the control contract in front of them.
 *
 * <p>A room lives on one worker, the one with the fewest peers when the room opens; one that is too large for it
 * spreads over several ({@link RoomRoutes}), joined by pipes.
 *
 * <p>Thread: any. Owns: everything below it.
 */
public final class SfuServer implements MediaServer {
    private static final Logger LOG = LoggerFactory.getLogger(SfuServer.class);

    /** Security requirement R8: new transports never get a certificate older than a day. */
    private static final Duration CERTIFICATE_AGE = Duration.ofHours(23);

    private final SfuConfig config;
    private final NodeDescription node;
    private final EventPump pump;
    private final List<Worker> workers = new ArrayList<>();
    private final ConcurrentHashMap<String, RoomRoutes> rooms = new ConcurrentHashMap<>();
    /** Rooms that not all of their workers have closed yet. */
    private final ConcurrentHashMap<String, CompletableFuture<MediaReply>> closing = new ConcurrentHashMap<>();
    private final RoomPlacement placement;
    private final PipeGrid pipes = new PipeGrid();
    private volatile boolean closed;

    private record Worker(PipeGrid pipes, MediaWorker worker, MediaWorkerProxy proxy, UdpEndpoint endpoint,
            WorkerCounters counters) implements RoomHost {
        @Override
        public int peers() {
            return worker.load().peers();
        }

        @Override
        public int rooms() {
            return worker.load().rooms();
        }

        @Override
        public boolean takesNewcomers() {
            return worker.load().accepts();
        }

        @Override
        public CompletableFuture<MediaReply> submit(MediaCommand command) {
            return proxy.submit(command);
        }

        @Override
        public boolean connect(RoomHost other) {
            return pipes.connect(proxy, ((Worker) other).proxy);
        }

        @Override
        public CompletableFuture<MediaReply> mirror(String roomId, RemotePeer peer, RoomHost peersWorker) {
            MediaWorkerProxy publisher = ((Worker) peersWorker).proxy;
            return proxy.mirror(roomId, peer, pipes.pipe(proxy, publisher), pipes.pipe(publisher, proxy));
        }
    }

    private SfuServer(SfuConfig config, NodeDescription node) {
        this.config = config;
        this.node = node;
        this.placement = new RoomPlacement(workers, config.peersPerRoomWorker());
        this.pump = new EventPump(node.workers());
    }

    /**
     * Begins, on threads of its own, what takes the longest of a start and needs no configuration: the foreign calls of
     * ciphers and sockets. Optional; tells nothing and fails at nothing, {@link #start} does.
     */
    public static void prepare() {
        Thread.ofPlatform().daemon().name("srtp-preparation").start(SrtpEngines::prepare);
        Thread.ofPlatform().daemon().name("udp-preparation").start(DatagramPorts::prepare);
    }

    /**
     * Binds the ports and starts the workers.
     *
     * @param registry where the node's metrics are registered
     * @throws IOException when a port cannot be bound
     * @throws IllegalArgumentException when a system property of the node has a value that is not allowed
     */
    public static SfuServer start(SfuConfig config, MeterRegistry registry) throws IOException {
        Room.checkProperties();
        SecureRandom random = new SecureRandom();
        byte[] id = new byte[8];
        random.nextBytes(id);
        SrtpEngine srtp = SrtpEngines.best(System::nanoTime);
        int workerCount = config.workers() > 0 ? config.workers() : Runtime.getRuntime().availableProcessors();
        NodeDescription node = new NodeDescription("node-" + HexFormat.of().formatHex(id), version(), workerCount,
                srtp.name());
        SfuServer server = new SfuServer(config, node);
        try {
            DtlsIdentity identity = new DtlsCertificateRotation(random, Clock.systemUTC(), CERTIFICATE_AGE)::current;
            PublicAddresses addresses = PublicAddresses.find(config);
            for (int i = 0; i < workerCount; i++) {
                server.startWorker(i, addresses, identity, srtp, random);
            }
        } catch (IOException | RuntimeException failure) {
            server.close();
            throw failure;
        }
        new SfuMetrics(registry, server).bind();
        Rehearsal.start(random);
        LOG.info("media node: {} workers on UDP {}, SRTP engine {}", workerCount,
                server.ports(), srtp.name());
        return server;
    }

    private void startWorker(int index, PublicAddresses addresses, DtlsIdentity identity, SrtpEngine srtp,
            SecureRandom random) throws IOException {
        WorkerCounters counters = new WorkerCounters();
        int port = config.firstPort() == 0 ? 0 : config.firstPort() + index;
        UdpEndpoint endpoint = DatagramPorts.bind(config.bindAddress(), port, "media-" + index, counters);
        MediaWorkerProxy proxy = new MediaWorkerProxy();
        List<IceCandidate> candidates = addresses.candidates(endpoint.localAddress().getPort());
        MediaWorker worker = new MediaWorker(config, counters, pump, proxy, endpoint, candidates, identity, srtp,
                random);
        workers.add(new Worker(pipes, worker, proxy, endpoint, counters));
        endpoint.start(new DatagramHandler() {
            @Override
            public void onDatagram(PacketBuffer datagram, InetSocketAddress from, long nowNs) {
                worker.onDatagram(datagram, from, nowNs);
            }

            @Override
            public long onDutyCycle(long nowNs) {
                return worker.onDutyCycle(nowNs);
            }

            @Override
            public void onCycleEnd(long nowNs, boolean drained) {
                worker.onCycleEnd(nowNs, drained);
            }
        });
        proxy.attach(endpoint);
    }

    private static String version() {
        String version = SfuServer.class.getPackage().getImplementationVersion();
        return version == null ? "0.0.0-dev" : version;
    }

    @Override
    public NodeDescription node() {
        return node;
    }

    @Override
    public CompletableFuture<MediaReply> submit(MediaCommand command) {
        if (closed) {
            return CompletableFuture.failedFuture(new IllegalStateException("the media node is closed"));
        }
        if (command instanceof MediaCommand.OpenRoom open) {
            return openRoom(open);
        }
        if (command instanceof MediaCommand.CloseRoom close) {
            return closeRoom(close);
        }
        RoomRoutes room = rooms.get(command.roomId());
        return room != null ? room.submit(command)
                : CompletableFuture.completedFuture(new MediaReply.Refused(Reason.NOT_FOUND, "no such room"));
    }

    private CompletableFuture<MediaReply> closeRoom(MediaCommand.CloseRoom command) {
        RoomRoutes room = rooms.remove(command.roomId());
        if (room == null) {
            return CompletableFuture.completedFuture(new MediaReply.Done());
        }
        CompletableFuture<MediaReply> reply = room.submit(command);
        closing.put(command.roomId(), reply);
        reply.whenComplete((value, fault) -> closing.remove(command.roomId(), reply));
        return reply;
    }

    private CompletableFuture<MediaReply> openRoom(MediaCommand.OpenRoom command) {
        RoomRoutes known = rooms.get(command.roomId());
        if (known != null) {
            return known.submit(command);
        }
        if (rooms.size() >= config.maxRooms()) {
            return CompletableFuture.completedFuture(
                    new MediaReply.Refused(Reason.CAPACITY, "maxRooms is " + config.maxRooms()));
        }
        RoomRoutes room = rooms.computeIfAbsent(command.roomId(),
                roomId -> new RoomRoutes(roomId, config.maxPeersPerRoom(), placement,
                        closing.getOrDefault(roomId, CompletableFuture.completedFuture(new MediaReply.Done()))));
        CompletableFuture<MediaReply> reply = room.submit(command);
        reply.thenAccept(answer -> forgetRefused(answer, command.roomId(), room));
        return reply;
    }

    // A room that its worker did not take must not count towards the limit, nor bind a second try to that worker.
    private void forgetRefused(MediaReply answer, String roomId, RoomRoutes room) {
        if (answer instanceof MediaReply.Refused) {
            rooms.remove(roomId, room);
        }
    }

    @Override
    public boolean accepting() {
        return workers.stream().anyMatch(Worker::takesNewcomers);
    }

    @Override
    public AutoCloseable listen(Consumer<MediaEvent> listener) {
        return pump.listen(listener);
    }

    /** The UDP ports, by worker. */
    public List<Integer> ports() {
        return workers.stream().map(worker -> worker.endpoint().localAddress().getPort()).toList();
    }

    /** Counters of the workers, by index. */
    List<WorkerCounters> counters() {
        return workers.stream().map(Worker::counters).toList();
    }

    /** The workers, by index. */
    List<MediaWorker> workers() {
        return workers.stream().map(Worker::worker).toList();
    }

    /** Commands refused because a worker's queue was full. */
    long failedOffers() {
        return workers.stream().mapToLong(worker -> worker.proxy().failedOffers()).sum();
    }

    /** Events that signaling did not get because it was too slow. */
    long lostEvents() {
        return pump.lostEvents();
    }

    @Override
    public void close() {
        if (closed) {
            return;
        }
        closed = true;
        for (Worker worker : workers) {
            try {
                worker.proxy().stop().get(2, TimeUnit.SECONDS);
            } catch (Exception notStopped) {
                LOG.warn("a worker did not stop in time");
            }
        }
        for (Worker worker : workers) {
            worker.endpoint().close();
            worker.worker().close();
        }
        pipes.close();
        pump.close();
    }
}
