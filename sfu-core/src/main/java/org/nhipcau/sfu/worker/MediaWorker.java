// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.sfu.worker;

import java.net.InetSocketAddress;
import java.security.SecureRandom;
import java.util.List;
import java.util.SplittableRandom;
import org.nhipcau.sfu.api.IceCandidate;
import org.nhipcau.sfu.api.SfuConfig;
import org.nhipcau.sfu.buffer.PacketBuffer;
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
import org.nhipcau.sfu.srtp.SrtpEngine;
import org.nhipcau.sfu.stun.StunMessageFlyweight;

/**
 * The packet thread's work: finds the peer of a datagram, forwards, has commands carried out, runs timers, flushes.
 *
 * <p>A fault while handling a peer's packet or timer closes that peer alone. Thread: one, the port's loop.
 * Owns: the rooms and peers assigned to it, the directory, its ends of the pipes.
 */
public final class MediaWorker implements Output, WorkerPipes.Reader {
    /** Timers are looked at no more often than this. */
    public static final long TICK_NS = 5_000_000L;
    private static final long IDLE_TICK_NS = 1_000_000_000L;
    private static final long ROOM_FAULT_PAUSE_NS = 1_000_000_000L;
    private static final int MAX_COMMANDS_PER_CYCLE = 256;

    private final WorkerCounters counters;
    private final WorkerEvents events;
    private final MediaWorkerProxy proxy;
    private final DatagramPort port;
    private final FaultLog faults = new FaultLog();
    private final ForwardQueue queue = new ForwardQueue();
    private final PeerDirectory directory = new PeerDirectory();
    private final WorkerLoad load = new WorkerLoad();
    private final WorkerPipes pipes = new WorkerPipes();
    private final LoadWatch watch;
    private final WorkerRooms rooms;
    private final CommandReceiver commands;
    private boolean batchBegun;
    private long nextTickNs = Long.MIN_VALUE;

    /**
     * @param candidates what clients are told of this worker's port
     * @param secureRandom source of credentials; also seeds the worker's numbers
     */
    public MediaWorker(SfuConfig config, WorkerCounters counters, WorkerEvents events, MediaWorkerProxy proxy,
            DatagramPort port, List<IceCandidate> candidates, DtlsIdentity identity,
            SrtpEngine srtpEngine, SecureRandom secureRandom) {
        this.counters = counters;
        this.events = events;
        this.proxy = proxy;
        this.port = port;
        watch = new LoadWatch(config.overload(), counters, load);
        WorkerPeers peers = new WorkerPeers(config, counters, events, proxy, this, directory, load, candidates,
                identity, srtpEngine, secureRandom);
        rooms = new WorkerRooms(config, counters, events, queue, new SplittableRandom(secureRandom.nextLong()), watch,
                load, peers);
        commands = new CommandReceiver(rooms, peers, pipes, port, this, counters, events, faults);
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
            commands.execute(command, nowNs);
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
        for (WorkerRoom room : rooms.all()) {
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
                case RESTING -> crossing.onResting(slot);
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
        for (WorkerRoom room : rooms.all()) {
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
        rooms.measureMemory();
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

    @Override
    public void onDataFault(RuntimeException fault) {
        counters.increment(Counter.PEER_FAULTS);
        faults.log(fault);
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
        rooms.freeMemory();
    }
}
