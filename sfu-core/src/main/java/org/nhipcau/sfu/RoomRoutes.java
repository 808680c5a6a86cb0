// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.sfu;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import org.nhipcau.sfu.RoomParts.PeerRoute;
import org.nhipcau.sfu.api.MediaCommand;
import org.nhipcau.sfu.api.MediaReply;
import org.nhipcau.sfu.api.MediaReply.Reason;
import org.nhipcau.sfu.api.ProducerParameters;
import org.nhipcau.sfu.route.RemotePeer;

/**
 * Decides which commands of one room go where: each to the worker of the peer it names, those that concern the whole
 * room to all of its workers ({@link RoomParts}), answered when all have carried them out.
 *
 * <p>On one worker the order of commands is that of its queue. Where a room spans several, a command that concerns more
 * than one of them waits until those before it are answered, and those after it wait for its answer: what an observer
 * sees is the order of submission. Commands that concern one worker each pass side by side.
 *
 * <p>A room's <em>home</em> is the worker it began on; it keeps that part until the room is closed. Other parts are
 * <em>branches</em>: opened for their first peer, closed after their last.
 *
 * <p>Thread: any, under the monitor of this object, which is never held while foreign code runs. Control path only.
 */
final class RoomRoutes {
    private static final int MAX_WAITING = 4_096;
    private static final MediaReply CLOSED = new MediaReply.Refused(Reason.NOT_FOUND, "no such room");

    private final String roomId;
    private final int maxPeers;
    private final RoomParts parts;
    private final Queue<Waiting> waiting = new ArrayDeque<>();
    private int underWay;
    private boolean wideUnderWay;
    private boolean closed;
    /** The worker chosen for the peer that the command under consideration opens. */
    private RoomHost chosen;

    private record Waiting(MediaCommand command, CompletableFuture<MediaReply> answer) {}

    /**
     * @param maxPeers of the room, over all workers
     * @param before the end of an earlier room of this id, which may span workers: nothing begins before it
     */
    RoomRoutes(String roomId, int maxPeers, RoomPlacement placement, CompletableFuture<?> before) {
        this.roomId = roomId;
        this.maxPeers = maxPeers;
        this.parts = new RoomParts(placement);
        underWay = 1;
        wideUnderWay = true;
        before.whenComplete((value, fault) -> finish(new CompletableFuture<>(), null, null));
    }

    /** Carries out a command of the room. */
    CompletableFuture<MediaReply> submit(MediaCommand command) {
        if (command instanceof MediaCommand.CloseRoom) {
            return close(command);
        }
        Waiting entry = new Waiting(command, new CompletableFuture<>());
        synchronized (this) {
            if (closed) {
                return CompletableFuture.completedFuture(CLOSED);
            }
            // As in a worker's queue: what ends media is taken to the last place.
            if (waiting.size() >= (command.endsMedia() ? 2 * MAX_WAITING : MAX_WAITING)) {
                return CompletableFuture.completedFuture(
                        new MediaReply.Refused(Reason.CAPACITY, "too many commands of the room wait"));
            }
            waiting.add(entry);
        }
        startWaiting();
        return entry.answer;
    }

    private void startWaiting() {
        while (true) {
            Waiting next;
            boolean wide;
            CompletableFuture<MediaReply> reply;
            synchronized (this) {
                next = waiting.peek();
                if (next == null || wideUnderWay) {
                    return;
                }
                wide = isWide(next.command);
                if (wide && underWay > 0) {
                    return;
                }
                waiting.remove();
                underWay++;
                wideUnderWay = wide;
                // Within the monitor, so that a worker's queue gets them in this order.
                reply = start(next.command);
            }
            CompletableFuture<MediaReply> answer = next.answer;
            reply.whenComplete((value, fault) -> finish(answer, value, fault));
        }
    }

    private void finish(CompletableFuture<MediaReply> answer, MediaReply reply, Throwable fault) {
        synchronized (this) {
            underWay--;
            wideUnderWay = false;
        }
        if (fault == null) {
            answer.complete(reply);
        } else {
            answer.completeExceptionally(fault);
        }
        startWaiting();
    }

    // Whether a command concerns several workers as the room is now.
    private boolean isWide(MediaCommand command) {
        return switch (command) {
            case MediaCommand.OpenPeer c -> {
                chosen = parts.peer(c.peerId()) != null ? null : parts.workerFor(c);
                yield chosen != null && !parts.include(chosen);
            }
            case MediaCommand.AddProducer c -> parts.span();
            case MediaCommand.RemoveProducer c -> parts.span();
            case MediaCommand.MuteProducer c -> parts.span();
            case MediaCommand.SetGate c -> parts.span();
            case MediaCommand.ConfigurePeer c -> parts.mirrored(c.peerId());
            case MediaCommand.ClosePeer c -> parts.mirrored(c.peerId());
            default -> false;
        };
    }

    private CompletableFuture<MediaReply> start(MediaCommand command) {
        return switch (command) {
            case MediaCommand.OpenPeer c -> openPeer(c);
            case MediaCommand.ClosePeer c -> closePeer(c);
            case MediaCommand.ConfigurePeer c -> configurePeer(c);
            case MediaCommand.AddProducer c -> addProducer(c);
            case MediaCommand.RemoveProducer c -> removeProducer(c);
            case MediaCommand.MuteProducer c -> muteProducer(c);
            case MediaCommand.RestartIce c -> parts.workerOf(c.peerId()).submit(c);
            case MediaCommand.ConfigureData c -> parts.workerOf(c.peerId()).submit(c);
            case MediaCommand.SendData c -> sendData(c);
            case MediaCommand.AddConsumer c -> parts.workerOf(c.peerId()).submit(c);
            case MediaCommand.RemoveConsumer c -> parts.workerOf(c.peerId()).submit(c);
            case MediaCommand.UpdateConsumer c -> parts.workerOf(c.peerId()).submit(c);
            case MediaCommand.SetGate c -> setGate(c);
            case MediaCommand.ProveTrack c -> parts.workerOfTrack(c.trackId()).submit(c);
            case MediaCommand.ReleaseTrack c -> parts.workerOfTrack(c.trackId()).submit(c);
            case MediaCommand.SetClearance c -> parts.workerOf(c.peerId()).submit(c);
            case MediaCommand.OpenRoom c -> parts.home().submit(c);
            case MediaCommand.CloseRoom c -> throw new AssertionError(c);
        };
    }

    private CompletableFuture<MediaReply> openPeer(MediaCommand.OpenPeer command) {
        if (parts.peer(command.peerId()) != null) {
            return parts.workerOf(command.peerId()).submit(command);
        }
        if (parts.peerCount() >= maxPeers) {
            return CompletableFuture.completedFuture(
                    new MediaReply.Refused(Reason.CAPACITY, "maxPeersPerRoom is " + maxPeers));
        }
        RoomHost worker = chosen;
        List<CompletableFuture<MediaReply>> replies = new ArrayList<>();
        if (!parts.include(worker) && !openBranch(worker, replies)) {
            return CompletableFuture.completedFuture(
                    new MediaReply.Refused(Reason.CAPACITY, "a worker's command queue is full"));
        }
        parts.add(command, worker);
        replies.add(worker.submit(command));
        return whenAll(replies).thenApply(reply -> {
            if (reply instanceof MediaReply.Refused) {
                forget(command.peerId());
            }
            return reply;
        });
    }

    // A worker gets a part of the room, and with it all that the peers of the other parts send.
    private boolean openBranch(RoomHost worker, List<CompletableFuture<MediaReply>> replies) {
        for (RoomHost part : parts.workers()) {
            if (!worker.connect(part)) {
                return false;
            }
        }
        parts.open(worker);
        replies.add(worker.submit(new MediaCommand.OpenRoom(roomId)));
        parts.forEachPeer((peerId, peer) -> {
            if (!peer.producers.isEmpty()) {
                replies.add(worker.mirror(roomId, peer.remote(peerId), peer.worker));
            }
        });
        return true;
    }

    private synchronized void forget(String peerId) {
        RoomHost left = parts.remove(peerId);
        if (left != null && !closed) {
            parts.close(left);
            left.submit(new MediaCommand.CloseRoom(roomId));
        }
    }

    private CompletableFuture<MediaReply> closePeer(MediaCommand.ClosePeer command) {
        PeerRoute peer = parts.peer(command.peerId());
        if (peer == null) {
            return parts.home().submit(command);
        }
        List<CompletableFuture<MediaReply>> replies = new ArrayList<>();
        if (!peer.producers.isEmpty()) {
            RemotePeer silent = new RemotePeer(command.peerId(), peer.participantId, peer.extensions, List.of());
            parts.except(peer.worker).forEach(part -> replies.add(part.mirror(roomId, silent, peer.worker)));
        }
        replies.add(peer.worker.submit(command));
        return whenAll(replies).thenApply(reply -> {
            if (!(reply instanceof MediaReply.Refused)) {
                forget(command.peerId());
            }
            return reply;
        });
    }

    private CompletableFuture<MediaReply> configurePeer(MediaCommand.ConfigurePeer command) {
        return parts.workerOf(command.peerId()).submit(command).thenCompose(reply -> {
            synchronized (this) {
                PeerRoute peer = parts.peer(command.peerId());
                if (!(reply instanceof MediaReply.Done) || peer == null
                        || peer.extensions.equals(command.extensions())) {
                    return CompletableFuture.completedFuture(reply);
                }
                peer.extensions = command.extensions();
                return peer.producers.isEmpty() ? CompletableFuture.completedFuture(reply)
                        : mirror(command.peerId(), peer);
            }
        });
    }

    private CompletableFuture<MediaReply> addProducer(MediaCommand.AddProducer command) {
        return parts.workerOf(command.peerId()).submit(command).thenCompose(reply -> {
            synchronized (this) {
                PeerRoute peer = parts.peer(command.peerId());
                if (!(reply instanceof MediaReply.Done) || peer == null || closed) {
                    return CompletableFuture.completedFuture(reply);
                }
                peer.producers.merge(command.producer().trackId(), command.producer(), RoomRoutes::underNewerGate);
                return mirror(command.peerId(), peer).thenCompose(mirrored -> mirrored instanceof MediaReply.Done
                        ? CompletableFuture.completedFuture(mirrored) : takeBack(command, mirrored));
            }
        });
    }

    // What is told again of a track must not bring back an older policy: another worker would begin with it.
    private static ProducerParameters underNewerGate(ProducerParameters before, ProducerParameters told) {
        return told.gate().epoch() > before.gate().epoch() ? told : told.withGate(before.gate());
    }

    private CompletableFuture<MediaReply> setGate(MediaCommand.SetGate command) {
        return everywhere(command).thenApply(reply -> {
            synchronized (this) {
                PeerRoute peer = parts.ownerOf(command.trackId());
                if (reply instanceof MediaReply.Done && peer != null) {
                    peer.producers.computeIfPresent(command.trackId(),
                            (id, old) -> underNewerGate(old, old.withGate(command.gate())));
                }
            }
            return reply;
        });
    }

    // Half of a change must not stay.
    private CompletableFuture<MediaReply> takeBack(MediaCommand.AddProducer command, MediaReply refused) {
        synchronized (this) {
            return removeProducer(new MediaCommand.RemoveProducer(roomId, command.producer().trackId()))
                    .thenApply(removed -> refused);
        }
    }

    // Tells the other workers what a peer sends now.
    private CompletableFuture<MediaReply> mirror(String peerId, PeerRoute peer) {
        RemotePeer remote = peer.remote(peerId);
        List<CompletableFuture<MediaReply>> replies = new ArrayList<>();
        parts.except(peer.worker).forEach(part -> replies.add(part.mirror(roomId, remote, peer.worker)));
        return replies.isEmpty() ? CompletableFuture.completedFuture(new MediaReply.Done()) : whenAll(replies);
    }

    private CompletableFuture<MediaReply> removeProducer(MediaCommand.RemoveProducer command) {
        return everywhere(command).thenApply(reply -> {
            synchronized (this) {
                parts.removeTrack(command.trackId());
            }
            return reply;
        });
    }

    private CompletableFuture<MediaReply> muteProducer(MediaCommand.MuteProducer command) {
        PeerRoute owner = parts.ownerOf(command.trackId());
        CompletableFuture<MediaReply> replies;
        if (owner == null || command.muted()) {
            replies = everywhere(command);
        } else {
            // Sound and picture come back from their own worker first: the others ask it for key frames.
            List<RoomHost> others = parts.except(owner.worker);
            replies = owner.worker.submit(command).thenCompose(reply -> reply instanceof MediaReply.Done
                    && !others.isEmpty() ? whenAll(others.stream().map(part -> part.submit(command)).toList())
                            : CompletableFuture.completedFuture(reply));
        }
        return replies.thenApply(reply -> {
            synchronized (this) {
                PeerRoute peer = parts.ownerOf(command.trackId());
                if (reply instanceof MediaReply.Done && peer != null) {
                    peer.producers.computeIfPresent(command.trackId(), (id, old) -> old.withMuted(command.muted()));
                }
            }
            return reply;
        });
    }

    // Each worker gets the message once, for its own peers.
    private CompletableFuture<MediaReply> sendData(MediaCommand.SendData command) {
        Map<RoomHost, List<String>> peersOf = new LinkedHashMap<>();
        for (String peerId : command.peerIds()) {
            PeerRoute peer = parts.peer(peerId);
            if (peer != null) {
                peersOf.computeIfAbsent(peer.worker, worker -> new ArrayList<>()).add(peerId);
            }
        }
        List<CompletableFuture<MediaReply>> replies = new ArrayList<>();
        peersOf.forEach((worker, peerIds) -> replies.add(worker.submit(
                new MediaCommand.SendData(roomId, peerIds, command.channel(), command.payload()))));
        return replies.isEmpty() ? CompletableFuture.completedFuture(new MediaReply.Done()) : whenAll(replies);
    }

    private CompletableFuture<MediaReply> everywhere(MediaCommand command) {
        return whenAll(parts.workers().stream().map(part -> part.submit(command)).toList());
    }

    // At once, also while other commands wait: they are refused, as those would be that came after it.
    private CompletableFuture<MediaReply> close(MediaCommand command) {
        List<Waiting> refused;
        CompletableFuture<MediaReply> reply;
        synchronized (this) {
            if (closed) {
                return CompletableFuture.completedFuture(new MediaReply.Done());
            }
            closed = true;
            refused = List.copyOf(waiting);
            waiting.clear();
            reply = everywhere(command);
        }
        refused.forEach(entry -> entry.answer.complete(CLOSED));
        return reply;
    }

    // The last reply, or the first that is a refusal, when all are there.
    private static CompletableFuture<MediaReply> whenAll(Collection<CompletableFuture<MediaReply>> replies) {
        List<CompletableFuture<MediaReply>> all = List.copyOf(replies);
        if (all.size() == 1) {
            return all.getFirst();
        }
        return CompletableFuture.allOf(all.toArray(CompletableFuture[]::new)).thenApply(nothing -> {
            for (CompletableFuture<MediaReply> reply : all) {
                if (reply.join() instanceof MediaReply.Refused refused) {
                    return refused;
                }
            }
            return all.getLast().join();
        });
    }
}
