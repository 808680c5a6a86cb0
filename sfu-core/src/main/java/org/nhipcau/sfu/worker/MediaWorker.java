// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.sfu.worker;

import java.net.InetSocketAddress;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.nhipcau.sfu.api.Fingerprint;
import org.nhipcau.sfu.api.IceCandidate;
import org.nhipcau.sfu.api.LocalTransport;
import org.nhipcau.sfu.api.MediaCommand;
import org.nhipcau.sfu.api.MediaEvent;
import org.nhipcau.sfu.api.MediaReply;
import org.nhipcau.sfu.api.MediaReply.Reason;
import org.nhipcau.sfu.api.SfuConfig;
import org.nhipcau.sfu.buffer.CacheMemory;
import org.nhipcau.sfu.buffer.PacketBuffer;
import org.nhipcau.sfu.buffer.PacketPool;
import org.nhipcau.sfu.dtls.DtlsCertificate;
import org.nhipcau.sfu.dtls.DtlsEndpoint;
import org.nhipcau.sfu.ice.IceCredentials;
import org.nhipcau.sfu.metrics.DropReason;
import org.nhipcau.sfu.metrics.WorkerCounters;
import org.nhipcau.sfu.metrics.WorkerCounters.Counter;
import org.nhipcau.sfu.peer.DatagramKind;
import org.nhipcau.sfu.peer.Output;
import org.nhipcau.sfu.peer.Path;
import org.nhipcau.sfu.peer.Peer;
import org.nhipcau.sfu.pipe.PipeSlot;
import org.nhipcau.sfu.route.Crossing;
import org.nhipcau.sfu.route.ForwardQueue;
import org.nhipcau.sfu.route.PathRecord;
import org.nhipcau.sfu.route.Room;
import org.nhipcau.sfu.srtp.SrtpEngine;
import org.nhipcau.sfu.stun.StunMessageFlyweight;

/**
 * The packet thread's work: finds the peer of a datagram, carries out commands, runs timers, flushes.
 *
 * <p>A fault while handling a peer's packet or timer closes that peer alone. Thread: one, the port's loop.
 * Owns: the rooms and peers assigned to it, the packet pool, the directory.
 */
public final class MediaWorker implements Output, WorkerPipes.Reader {
    /** Timers are looked at no more often than this. */
    public static final long TICK_NS = 5_000_000L;
    private static final long IDLE_TICK_NS = 1_000_000_000L;
    private static final long ROOM_FAULT_PAUSE_NS = 1_000_000_000L;
    private static final int MAX_COMMANDS_PER_CYCLE = 256;
    private static final int POOL_SLOTS = 65_536;
    /** For the last second or so of everything that comes in: more than a worker can forward. */
    private static final long CACHE_BYTES = 1L << 30;

    private final SfuConfig config;
    private final WorkerCounters counters;
    private final WorkerEvents events;
    private final MediaWorkerProxy proxy;
    private final DatagramPort port;
    private final SecureRandom secureRandom;
    private final SplittableRandom random;
    private final DtlsIdentity identity;
    private final SrtpEngine srtpEngine;
    private final List<IceCandidate> candidates;
    private final FaultLog faults = new FaultLog();
    private final PacketPool pool = new PacketPool(POOL_SLOTS);
    private final CacheMemory cacheMemory = new CacheMemory(CACHE_BYTES);
    private final ForwardQueue queue = new ForwardQueue();
    private final PeerDirectory directory = new PeerDirectory();
    private final Map<String, WorkerRoom> rooms = new HashMap<>();
    private final WorkerLoad load = new WorkerLoad();
    private final WorkerPipes pipes = new WorkerPipes();
    private final LoadWatch watch;
    private boolean batchBegun;
    private long nextTickNs = Long.MIN_VALUE;

    /**
     * @param candidates what clients are told of this worker's port
     * @param secureRandom source of credentials; also seeds the worker's numbers
     */
    public MediaWorker(SfuConfig config, WorkerCounters counters, WorkerEvents events, MediaWorkerProxy proxy,
            DatagramPort port, List<IceCandidate> candidates, DtlsIdentity identity,
            SrtpEngine srtpEngine, SecureRandom secureRandom) {
        this.config = config;
        this.counters = counters;
        this.events = events;
        this.proxy = proxy;
        this.port = port;
        this.candidates = List.copyOf(candidates);
        this.identity = identity;
        this.srtpEngine = srtpEngine;
        this.secureRandom = secureRandom;
        this.watch = new LoadWatch(config.overload(), counters, load);
        this.random = new SplittableRandom(secureRandom.nextLong());
    }

    /** What the worker carries; readable from any thread. */
    public WorkerLoad load() {
        return load;
    }

    /**
     * One datagram from the socket. Its bytes may be changed, and must stay until {@link #onDutyCycle}.
     */
    public void onDatagram(PacketBuffer datagram, InetSocketAddress from, long nowNs) {
        if (!batchBegun) {
            // What other workers wanted before this packet was sent holds for it.
            batchBegun = true;
            watch.onWork(nowNs);
            pipes.read(this, nowNs);
        }
        counters.increment(Counter.DATAGRAMS_IN);
        counters.add(Counter.BYTES_IN, datagram.length());
        datagram.setReceivedNs(nowNs);
        DatagramKind kind = DatagramKind.of(datagram);
        Peer peer = kind == DatagramKind.STUN ? peerOfCheck(datagram) : directory.byAddress(from);
        if (peer == null) {
            counters.drop(kind == DatagramKind.UNKNOWN ? DropReason.UNKNOWN_PROTOCOL : DropReason.UNKNOWN_SOURCE);
            return;
        }
        try {
            peer.onDatagram(datagram, kind, from, nowNs);
        } catch (RuntimeException fault) {
            onFault(peer, fault, nowNs);
        }
    }

    // A connectivity check names its peer itself, so that a client may come back from any address.
    private Peer peerOfCheck(PacketBuffer datagram) {
        long key = StunMessageFlyweight.peekUfragKey(datagram);
        return key == StunMessageFlyweight.NO_KEY ? null : directory.byUfrag(key);
    }

    /**
     * End of a batch, a wake-up or a tick: the batch is forwarded, then commands, due timers, one flush.
     *
     * @return when the next cycle is needed at the latest
     */
    public long onDutyCycle(long nowNs) {
        counters.increment(Counter.DUTY_CYCLES);
        watch.onWork(nowNs);
        // The other workers begin with this batch while this one forwards it to its own viewers.
        pipes.publish();
        forward(nowNs);
        batchBegun = false;
        WorkerCommand command;
        for (int i = 0; i < MAX_COMMANDS_PER_CYCLE && (command = proxy.poll()) != null; i++) {
            // What another worker wrote before it answered the command before this one counts before this one.
            forward(nowNs);
            execute(command, nowNs);
            if (i == MAX_COMMANDS_PER_CYCLE - 1) {
                port.wakeUp();
            }
        }
        if (nextTickNs == Long.MIN_VALUE || nowNs - nextTickNs >= 0) {
            nextTickNs = nowNs + TICK_NS;
            onTick(nowNs);
        }
        pipes.publish();
        port.flush();
        return rooms.isEmpty() ? nowNs + IDLE_TICK_NS : nextTickNs;
    }

    /**
     * The packets of a duty cycle are with the socket.
     *
     * @param drained the socket had no more datagrams when this cycle's were taken
     */
    public void onCycleEnd(long nowNs, boolean drained) {
        boolean open = watch.open();
        if (!watch.onCycleEnd(nowNs, drained)) {
            return;
        }
        for (WorkerRoom room : rooms.values()) {
            shed(room, nowNs);
        }
        if (watch.open() != open) {
            events.onAdmission(watch.open());
        }
        port.flush();
    }

    private void shed(WorkerRoom room, long nowNs) {
        room.nextTimerNs = nowNs;
        try {
            room.media.onOverload(watch.level(), nowNs);
        } catch (RuntimeException fault) {
            counters.increment(Counter.ROOM_FAULTS);
            faults.log(fault);
        }
    }

    // What came from the socket and from other workers. A fault here must hold up neither commands nor timers.
    private void forward(long nowNs) {
        pipes.read(this, nowNs);
        try {
            queue.forward(nowNs);
        } catch (RuntimeException fault) {
            counters.increment(Counter.ROOM_FAULTS);
            faults.log(fault);
        }
        pipes.release();
    }

    /** A message of another worker. A fault in it costs that message alone. */
    @Override
    public void onMessage(PipeSlot slot, long nowNs) {
        Crossing crossing = (Crossing) slot.target;
        try {
            switch (slot.kind) {
                case PACKET -> {
                    DropReason reason = crossing.onPacket(slot, nowNs);
                    if (reason != null) {
                        counters.drop(reason);
                    }
                }
                case REPORT -> crossing.onReport(slot);
                case GATE -> {
                    crossing.onGate(slot, nowNs);
                    timerDue(crossing.roomId(), nowNs);
                }
                case KEYFRAME -> crossing.onKeyframeWanted(slot, nowNs);
                case WANTED -> {
                    WorkerRoom room = rooms.get(crossing.roomId());
                    if (room != null) {
                        room.media.onWanted(crossing, slot.quality, nowNs);
                        room.nextTimerNs = nowNs;
                    }
                }
            }
        } catch (RuntimeException fault) {
            counters.increment(Counter.ROOM_FAULTS);
            faults.log(fault);
        }
    }

    private void timerDue(String roomId, long nowNs) {
        WorkerRoom room = rooms.get(roomId);
        if (room != null) {
            room.nextTimerNs = nowNs;
        }
    }

    private void onTick(long nowNs) {
        for (WorkerRoom room : rooms.values()) {
            for (Peer peer : room.peers.values()) {
                try {
                    peer.onTimer(nowNs);
                } catch (RuntimeException fault) {
                    onFault(peer, fault, nowNs);
                }
            }
            if (nowNs - room.nextTimerNs >= 0) {
                watch(room, nowNs);
            }
        }
        load.setSlots(pool.inUse(), pool.allocated());
        load.setCache(cacheMemory.lentBytes(), cacheMemory.allocatedBytes());
    }

    // A room whose watch has a fault goes on forwarding: that is worth more than who speaks.
    private void watch(WorkerRoom room, long nowNs) {
        room.nextTimerNs = nowNs + ROOM_FAULT_PAUSE_NS;
        try {
            room.nextTimerNs = room.media.onTimer(nowNs);
        } catch (RuntimeException fault) {
            counters.increment(Counter.ROOM_FAULTS);
            faults.log(fault);
        }
    }

    @Override
    public void onFault(Peer peer, RuntimeException fault, long nowNs) {
        counters.increment(Counter.PEER_FAULTS);
        faults.log(fault);
        peer.fail(nowNs);
    }

    private void execute(WorkerCommand command, long nowNs) {
        switch (command) {
            case WorkerCommand.DtlsSend send ->
                    onDtls(send.peer(), nowNs, peer -> peer.sendDtls(send.datagram()));
            case WorkerCommand.DtlsConnected connected ->
                    onDtls(connected.peer(), nowNs, peer -> peer.onDtlsConnected(connected.keys(), nowNs));
            case WorkerCommand.DtlsEnded ended ->
                    onDtls(ended.peer(), nowNs, peer -> peer.onDtlsEnded(ended.failure(), nowNs));
            case WorkerCommand.Control control -> answer(control.reply(), () -> carryOut(control.command(), nowNs));
            case WorkerCommand.Mirror mirror -> answer(mirror.reply(), () -> mirror(mirror, nowNs));
            case WorkerCommand.Link link -> pipes.attach(link.in(), link.out());
            case WorkerCommand.Stop stop -> {
                for (String roomId : new ArrayList<>(rooms.keySet())) {
                    closeRoom(roomId, nowNs);
                }
                pipes.publish();
                port.flush();
                stop.stopped().complete(null);
            }
        }
    }

    private void onDtls(Peer peer, long nowNs, Consumer<Peer> action) {
        try {
            action.accept(peer);
        } catch (RuntimeException fault) {
            onFault(peer, fault, nowNs);
        }
    }

    private void answer(CompletableFuture<MediaReply> future, Supplier<MediaReply> action) {
        counters.increment(Counter.COMMANDS);
        MediaReply reply;
        try {
            reply = action.get();
        } catch (RuntimeException fault) {
            faults.log(fault);
            reply = new MediaReply.Refused(Reason.INTERNAL, fault.getClass().getSimpleName());
        }
        if (reply instanceof MediaReply.Refused) {
            counters.increment(Counter.COMMANDS_REFUSED);
        }
        // What other workers are to know of it is on its way before anybody acts on the reply.
        pipes.publish();
        events.reply(future, reply);
    }

    private MediaReply carryOut(MediaCommand command, long nowNs) {
        if (command instanceof MediaCommand.OpenRoom) {
            return openRoom(command.roomId(), nowNs);
        }
        if (command instanceof MediaCommand.CloseRoom) {
            return closeRoom(command.roomId(), nowNs);
        }
        WorkerRoom room = rooms.get(command.roomId());
        if (room == null) {
            return notFound("room");
        }
        MediaReply reply = switch (command) {
            case MediaCommand.OpenPeer c -> openPeer(room, c, nowNs);
            case MediaCommand.ClosePeer c -> closePeer(room, c.peerId(), nowNs);
            case MediaCommand.RemoveProducer c -> room.media.removeProducer(c.trackId(), nowNs);
            case MediaCommand.MuteProducer c -> room.media.muteProducer(c.trackId(), c.muted(), nowNs);
            case MediaCommand.ConfigurePeer c -> withPeer(room, c.peerId(), peer -> configure(peer, c));
            case MediaCommand.RestartIce c -> withPeer(room, c.peerId(), this::restartIce);
            case MediaCommand.AddProducer c ->
                    withPeer(room, c.peerId(), peer -> peer.media().addProducer(c.producer(), nowNs));
            case MediaCommand.AddConsumer c ->
                    withPeer(room, c.peerId(), peer -> peer.media().addConsumer(c.consumer(), nowNs));
            case MediaCommand.RemoveConsumer c ->
                    withPeer(room, c.peerId(), peer -> peer.media().removeConsumer(c.consumerId(), nowNs));
            case MediaCommand.UpdateConsumer c ->
                    withPeer(room, c.peerId(), peer -> peer.media().updateConsumer(c.consumerId(), c.settings(), nowNs));
            case MediaCommand.SetGate c -> room.media.setGate(c.trackId(), c.gate(), nowNs);
            case MediaCommand.SetClearance c -> withPeer(room, c.peerId(),
                    peer -> peer.media().setClearance(c.publisherId(), c.cleared(), nowNs));
            case MediaCommand.ProveTrack c -> room.media.proveTrack(c.trackId(), c.epoch(), c.proof(), nowNs);
            case MediaCommand.ReleaseTrack c -> room.media.releaseTrack(c.trackId(), c.epoch(), nowNs);
            case MediaCommand.OpenRoom c -> throw new AssertionError(c);
            case MediaCommand.CloseRoom c -> throw new AssertionError(c);
        };
        room.nextTimerNs = nowNs;
        return reply;
    }

    private MediaReply mirror(WorkerCommand.Mirror mirror, long nowNs) {
        WorkerRoom room = rooms.get(mirror.roomId());
        return room == null ? notFound("room")
                : room.media.mirror(mirror.peer(), mirror.toPublisher(), mirror.toViewers(), nowNs);
    }

    private interface PeerAction {
        MediaReply apply(Peer peer);
    }

    private static MediaReply withPeer(WorkerRoom room, String peerId, PeerAction action) {
        Peer peer = room.peers.get(peerId);
        return peer == null ? notFound("peer") : action.apply(peer);
    }

    private static MediaReply notFound(String what) {
        return new MediaReply.Refused(Reason.NOT_FOUND, "no such " + what);
    }

    private MediaReply openRoom(String roomId, long nowNs) {
        if (!rooms.containsKey(roomId)) {
            if (!watch.open()) {
                return tooBusy();
            }
            Room media = new Room(roomId, config, counters, queue, events, random.split(), cacheMemory, pool);
            rooms.put(roomId, new WorkerRoom(media, nowNs));
            load.addRooms(1);
        }
        return new MediaReply.Done();
    }

    private MediaReply tooBusy() {
        counters.increment(Counter.OVERLOAD_REFUSALS);
        return new MediaReply.Refused(Reason.CAPACITY, "the worker is too busy for newcomers: busy "
                + Math.round(load.utilisation() * 100) + " %, admissionPercent is "
                + config.overload().admissionPercent() + ", overload level " + watch.level());
    }

    private MediaReply closeRoom(String roomId, long nowNs) {
        WorkerRoom room = rooms.get(roomId);
        if (room != null) {
            for (String peerId : new ArrayList<>(room.peers.keySet())) {
                closePeer(room, peerId, nowNs);
            }
            room.media.close(nowNs);
            rooms.remove(roomId);
            load.addRooms(-1);
        }
        return new MediaReply.Done();
    }

    private MediaReply openPeer(WorkerRoom room, MediaCommand.OpenPeer command, long nowNs) {
        if (room.peers.containsKey(command.peerId())) {
            return new MediaReply.Refused(Reason.CONFLICT, "peer id in use");
        }
        if (!watch.open() && !command.returning() && !room.holds(command.participantId())) {
            return tooBusy();
        }
        IceCredentials credentials = newCredentials();
        DtlsCertificate certificate = identity.current();
        Peer peer = new Peer(command.roomId(), command.peerId(), credentials, config, counters, this,
                (owner, remote) -> new DtlsEndpoint(remote.localRole(), certificate, remote.fingerprints(),
                        config.dtlsTimeoutMs(), proxy.dtlsOutput(owner), proxy.dtlsListener(owner)),
                srtpEngine, events, certificate.fingerprint(), nowNs);
        peer.attach(room.media.openEndpoint(command.peerId(), command.participantId(), peer));
        if (command.history().known()) {
            peer.media().warmStart(PathRecord.toWarmStart(command.history()));
        }
        room.peers.put(command.peerId(), peer);
        directory.addUfrag(credentials.ufragKey(), peer);
        load.addPeers(1);
        return new MediaReply.PeerOpened(local(credentials, certificate.fingerprint()));
    }

    private MediaReply closePeer(WorkerRoom room, String peerId, long nowNs) {
        Peer peer = room.peers.remove(peerId);
        if (peer != null) {
            peer.close(nowNs);
            room.media.closeEndpoint(peer.media(), nowNs);
            directory.remove(peer);
            load.addPeers(-1);
        }
        return new MediaReply.Done();
    }

    private MediaReply configure(Peer peer, MediaCommand.ConfigurePeer command) {
        MediaReply reply = peer.configure(command.remote());
        if (reply instanceof MediaReply.Done) {
            peer.media().configure(command.extensions());
        }
        return reply;
    }

    private MediaReply restartIce(Peer peer) {
        IceCredentials credentials = newCredentials();
        peer.restartIce(credentials);
        directory.addUfrag(credentials.ufragKey(), peer);
        return new MediaReply.PeerOpened(local(credentials, peer.fingerprint()));
    }

    private IceCredentials newCredentials() {
        IceCredentials credentials;
        do {
            credentials = IceCredentials.random(secureRandom);
        } while (directory.knowsUfrag(credentials.ufragKey()));
        return credentials;
    }

    private LocalTransport local(IceCredentials credentials, Fingerprint fingerprint) {
        return new LocalTransport(credentials.ufrag(), credentials.pwd(), fingerprint, candidates);
    }

    // ---- Output: what peers ask of the worker

    @Override
    public PacketBuffer begin(Path to) {
        return port.begin(to);
    }

    @Override
    public void commit(Path to) {
        port.commit(to);
    }

    @Override
    public void onValidated(Peer peer, InetSocketAddress address) {
        directory.addAddress(address, peer);
    }

    /** Frees the packet memory after the last cycle. */
    public void close() {
        pool.close();
    }
}
