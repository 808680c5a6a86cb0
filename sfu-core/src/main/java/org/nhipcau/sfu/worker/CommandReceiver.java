// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.sfu.worker;

import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.nhipcau.sfu.api.MediaCommand;
import org.nhipcau.sfu.api.MediaReply;
import org.nhipcau.sfu.api.MediaReply.Reason;
import org.nhipcau.sfu.metrics.WorkerCounters;
import org.nhipcau.sfu.metrics.WorkerCounters.Counter;
import org.nhipcau.sfu.peer.Output;
import org.nhipcau.sfu.peer.Peer;

/**
 * Carries out what other threads ask of a worker, one command after the other, and answers each.
 *
 * <p>A fault in a command costs that command alone, and a fault in a handshake its peer. Thread: the worker's.
 */
final class CommandReceiver {
    private final WorkerRooms rooms;
    private final WorkerPeers peers;
    private final WorkerPipes pipes;
    private final DatagramPort port;
    private final Output output;
    private final WorkerCounters counters;
    private final WorkerEvents events;
    private final FaultLog faults;

    /** @param output closes the peer that a fault belongs to */
    CommandReceiver(WorkerRooms rooms, WorkerPeers peers, WorkerPipes pipes, DatagramPort port, Output output,
            WorkerCounters counters, WorkerEvents events, FaultLog faults) {
        this.rooms = rooms;
        this.peers = peers;
        this.pipes = pipes;
        this.port = port;
        this.output = output;
        this.counters = counters;
        this.events = events;
        this.faults = faults;
    }

    void execute(WorkerCommand command, long nowNs) {
        switch (command) {
            case WorkerCommand.DtlsSend send ->
                    onPeer(send.peer(), nowNs, peer -> peer.sendDtls(send.datagram()));
            case WorkerCommand.DtlsConnected connected ->
                    onPeer(connected.peer(), nowNs, peer -> peer.onDtlsConnected(connected.keys(), nowNs));
            case WorkerCommand.DtlsEnded ended ->
                    onPeer(ended.peer(), nowNs, peer -> peer.onDtlsEnded(ended.failure(), nowNs));
            case WorkerCommand.Control control -> answer(control.reply(), () -> carryOut(control.command(), nowNs));
            case WorkerCommand.Mirror mirror -> answer(mirror.reply(), () -> mirror(mirror, nowNs));
            case WorkerCommand.Link link -> pipes.attach(link.in(), link.out());
            case WorkerCommand.Stop stop -> {
                rooms.closeAll(nowNs);
                pipes.publish();
                port.flush();
                stop.stopped().complete(null);
            }
        }
    }

    private void onPeer(Peer peer, long nowNs, Consumer<Peer> action) {
        try {
            action.accept(peer);
        } catch (RuntimeException fault) {
            output.onFault(peer, fault, nowNs);
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
            return rooms.open(command.roomId(), nowNs);
        }
        if (command instanceof MediaCommand.CloseRoom) {
            return rooms.close(command.roomId(), nowNs);
        }
        WorkerRoom room = rooms.get(command.roomId());
        if (room == null) {
            return notFound("room");
        }
        MediaReply reply = switch (command) {
            case MediaCommand.OpenPeer c -> rooms.openPeer(room, c, nowNs);
            case MediaCommand.ClosePeer c -> peers.close(room, c.peerId(), nowNs);
            case MediaCommand.RemoveProducer c -> room.media.removeProducer(c.trackId(), nowNs);
            case MediaCommand.MuteProducer c -> room.media.muteProducer(c.trackId(), c.muted(), nowNs);
            case MediaCommand.ConfigurePeer c -> withPeer(room, c.peerId(), peer -> configure(peer, c));
            case MediaCommand.RestartIce c -> withPeer(room, c.peerId(), peers::restartIce);
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
            case MediaCommand.ConfigureData c -> withPeer(room, c.peerId(), peer -> peer.data().configure(c.data()));
            case MediaCommand.SendData c -> sendData(room, c, nowNs);
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

    private static MediaReply configure(Peer peer, MediaCommand.ConfigurePeer command) {
        MediaReply reply = peer.configure(command.remote());
        if (reply instanceof MediaReply.Done) {
            peer.media().configure(command.extensions());
        }
        return reply;
    }

    // A fault in the data of one peer must not keep the message from the others.
    private MediaReply sendData(WorkerRoom room, MediaCommand.SendData command, long nowNs) {
        for (String peerId : command.peerIds()) {
            Peer peer = room.peers.get(peerId);
            if (peer != null) {
                onPeer(peer, nowNs, receiver -> receiver.data().send(command.channel(), command.payload(), nowNs));
            }
        }
        return new MediaReply.Done();
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
}
