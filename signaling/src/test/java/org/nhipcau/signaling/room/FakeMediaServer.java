// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.signaling.room;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.nhipcau.sfu.api.ConsumerParameters;
import org.nhipcau.sfu.api.DataParameters;
import org.nhipcau.sfu.api.Fingerprint;
import org.nhipcau.sfu.api.IceCandidate;
import org.nhipcau.sfu.api.LocalTransport;
import org.nhipcau.sfu.api.MediaCommand;
import org.nhipcau.sfu.api.MediaEvent;
import org.nhipcau.sfu.api.MediaReply;
import org.nhipcau.sfu.api.MediaServer;
import org.nhipcau.sfu.api.NodeDescription;
import org.nhipcau.sfu.api.ProducerParameters;

/**
 * A media node without media: keeps the tree of rooms, peers, producers and consumers as the contract says, refuses
 * what the contract refuses, and lets a test hold replies back.
 */
final class FakeMediaServer implements MediaServer {
    final List<MediaCommand> commands = new ArrayList<>();
    final Map<String, Map<String, Peer>> rooms = new LinkedHashMap<>();
    final List<MediaReply.Refused> refusals = new ArrayList<>();
    private final List<Consumer<MediaEvent>> listeners = new ArrayList<>();
    private final Deque<Runnable> held = new ArrayDeque<>();
    private Predicate<MediaCommand> refuse = command -> false;
    private MediaReply.Reason refusal = MediaReply.Reason.CAPACITY;
    private boolean holding;
    boolean accepting = true;
    private int credentials;

    /** One transport. */
    static final class Peer {
        final String participantId;
        final Map<String, ProducerParameters> producers = new HashMap<>();
        final Map<String, ConsumerParameters> consumers = new HashMap<>();
        /** By the publishing participant: what the node was told last. */
        final Map<String, Boolean> clearances = new HashMap<>();
        boolean configured;
        /** Null: no data channels. */
        DataParameters data;
        int restarts;

        Peer(String participantId) {
            this.participantId = participantId;
        }
    }

    /** From now on refuses what matches. */
    void refuse(MediaReply.Reason reason, Predicate<MediaCommand> which) {
        refusal = reason;
        refuse = which;
    }

    /** Holds all replies back until {@link #release}. */
    void hold() {
        holding = true;
    }

    void release() {
        holding = false;
        while (!held.isEmpty()) {
            held.poll().run();
        }
    }

    /** Lets the oldest held reply go. */
    boolean releaseOne() {
        Runnable next = held.poll();
        if (next != null) {
            next.run();
        }
        return next != null;
    }

    void emit(MediaEvent event) {
        List.copyOf(listeners).forEach(listener -> listener.accept(event));
    }

    Peer peer(String roomId, String peerId) {
        return rooms.getOrDefault(roomId, Map.of()).get(peerId);
    }

    int objects() {
        int sum = rooms.size();
        for (Map<String, Peer> peers : rooms.values()) {
            for (Peer peer : peers.values()) {
                sum += 1 + peer.producers.size() + peer.consumers.size();
            }
        }
        return sum;
    }

    <T extends MediaCommand> List<T> sent(Class<T> type) {
        return commands.stream().filter(type::isInstance).map(type::cast).toList();
    }

    @Override
    public boolean accepting() {
        return accepting;
    }

    @Override
    public NodeDescription node() {
        return new NodeDescription("ND_test", "test", 1, "none");
    }

    @Override
    public CompletableFuture<MediaReply> submit(MediaCommand command) {
        commands.add(command);
        MediaReply reply = refuse.test(command) ? new MediaReply.Refused(refusal, "told to") : carryOut(command);
        if (reply instanceof MediaReply.Refused refused) {
            refusals.add(refused);
        }
        CompletableFuture<MediaReply> future = new CompletableFuture<>();
        if (holding || !held.isEmpty()) {
            held.add(() -> future.complete(reply));
        } else {
            future.complete(reply);
        }
        return future;
    }

    private MediaReply carryOut(MediaCommand command) {
        if (command instanceof MediaCommand.OpenRoom open) {
            rooms.putIfAbsent(open.roomId(), new LinkedHashMap<>());
            return new MediaReply.Done();
        }
        if (command instanceof MediaCommand.CloseRoom close) {
            rooms.remove(close.roomId());
            return new MediaReply.Done();
        }
        Map<String, Peer> peers = rooms.get(command.roomId());
        if (peers == null) {
            return command instanceof MediaCommand.ClosePeer ? new MediaReply.Done() : missing();
        }
        return switch (command) {
            case MediaCommand.AddProducer add -> with(peers.get(add.peerId()), peer -> {
                peer.producers.put(add.producer().trackId(), add.producer());
                return new MediaReply.Done();
            });
            case MediaCommand.RemoveProducer remove -> {
                peers.values().forEach(peer -> peer.producers.remove(remove.trackId()));
                yield new MediaReply.Done();
            }
            case MediaCommand.MuteProducer mute -> peers.values().stream()
                    .anyMatch(peer -> peer.producers.containsKey(mute.trackId())) ? new MediaReply.Done() : missing();
            case MediaCommand.AddConsumer add -> with(peers.get(add.peerId()), peer -> addConsumer(peer, add));
            case MediaCommand.RemoveConsumer remove -> {
                Peer peer = peers.get(remove.peerId());
                if (peer != null) {
                    peer.consumers.remove(remove.consumerId());
                }
                yield new MediaReply.Done();
            }
            case MediaCommand.UpdateConsumer update ->
                    with(peers.get(update.peerId()), peer -> updateConsumer(peer, update));
            case MediaCommand.SetClearance clearance -> with(peers.get(clearance.peerId()), peer -> {
                peer.clearances.put(clearance.publisherId(), clearance.cleared());
                peer.consumers.replaceAll((id, consumer) -> ownerOf(peers, consumer.trackId())
                        .equals(clearance.publisherId()) ? cleared(consumer, clearance.cleared()) : consumer);
                return new MediaReply.Done();
            });
            case MediaCommand.SetGate gate -> setGate(peers, gate);
            case MediaCommand.ProveTrack proof -> withProducer(peers, proof.trackId(), producer ->
                    producer.gate().epoch() == proof.epoch() ? new MediaReply.Done() : conflict());
            case MediaCommand.ReleaseTrack release -> withProducer(peers, release.trackId(), producer ->
                    producer.gate().epoch() == release.epoch() ? new MediaReply.Done() : conflict());
            default -> transport(peers, command);
        };
    }

    private MediaReply transport(Map<String, Peer> peers, MediaCommand command) {
        return switch (command) {
            case MediaCommand.OpenPeer open -> peers.putIfAbsent(open.peerId(), new Peer(open.participantId())) == null
                    ? opened() : conflict();
            case MediaCommand.ClosePeer close -> {
                peers.remove(close.peerId());
                yield new MediaReply.Done();
            }
            case MediaCommand.ConfigurePeer configure -> with(peers.get(configure.peerId()), peer -> {
                peer.configured = true;
                return new MediaReply.Done();
            });
            case MediaCommand.ConfigureData configure -> with(peers.get(configure.peerId()), peer -> {
                boolean other = peer.data != null && !peer.data.equals(configure.data());
                peer.data = other ? peer.data : configure.data();
                return other ? conflict() : new MediaReply.Done();
            });
            case MediaCommand.SendData send -> new MediaReply.Done();
            case MediaCommand.RestartIce restart -> with(peers.get(restart.peerId()), peer -> {
                peer.restarts++;
                return opened();
            });
            default -> missing();
        };
    }

    private static MediaReply setGate(Map<String, Peer> peers, MediaCommand.SetGate gate) {
        return withProducer(peers, gate.trackId(), producer -> {
            if (gate.gate().epoch() <= producer.gate().epoch()) {
                return conflict();
            }
            peers.values().forEach(peer -> peer.producers.computeIfPresent(gate.trackId(),
                    (id, was) -> was.withGate(gate.gate())));
            return new MediaReply.Done();
        });
    }

    private static MediaReply withProducer(Map<String, Peer> peers, String trackId,
            java.util.function.Function<ProducerParameters, MediaReply> then) {
        for (Peer peer : peers.values()) {
            if (peer.producers.containsKey(trackId)) {
                return then.apply(peer.producers.get(trackId));
            }
        }
        return missing();
    }

    private static String ownerOf(Map<String, Peer> peers, String trackId) {
        return peers.values().stream().filter(peer -> peer.producers.containsKey(trackId))
                .map(peer -> peer.participantId).findFirst().orElse("");
    }

    private static ConsumerParameters cleared(ConsumerParameters was, boolean cleared) {
        return new ConsumerParameters(was.consumerId(), was.trackId(), was.mid(), was.ssrc(), was.rtxSsrc(), was.cname(),
                was.codecs(), was.settings(), cleared);
    }

    private static MediaReply addConsumer(Peer peer, MediaCommand.AddConsumer add) {
        boolean taken = peer.consumers.values().stream().anyMatch(other ->
                other.mid().equals(add.consumer().mid()) || other.ssrc() == add.consumer().ssrc());
        if (taken || peer.consumers.containsKey(add.consumer().consumerId())) {
            return conflict();
        }
        peer.consumers.put(add.consumer().consumerId(), add.consumer());
        return new MediaReply.Done();
    }

    private static MediaReply updateConsumer(Peer peer, MediaCommand.UpdateConsumer update) {
        ConsumerParameters was = peer.consumers.get(update.consumerId());
        if (was == null) {
            return missing();
        }
        peer.consumers.put(update.consumerId(), was.withSettings(update.settings()));
        return new MediaReply.Done();
    }

    private static MediaReply with(Peer peer, java.util.function.Function<Peer, MediaReply> then) {
        return peer == null ? missing() : then.apply(peer);
    }

    private MediaReply opened() {
        credentials++;
        return new MediaReply.PeerOpened(new LocalTransport("ufrag" + credentials,
                "pwd-of-twenty-two-chars-" + credentials, new Fingerprint("sha-256", "AB" + ":AB".repeat(31)),
                List.of(new IceCandidate("1", 1, "127.0.0.1", 7882, "host"))));
    }

    private static MediaReply missing() {
        return new MediaReply.Refused(MediaReply.Reason.NOT_FOUND, "no such object");
    }

    private static MediaReply conflict() {
        return new MediaReply.Refused(MediaReply.Reason.CONFLICT, "in use");
    }

    @Override
    public AutoCloseable listen(Consumer<MediaEvent> listener) {
        listeners.add(listener);
        return () -> listeners.remove(listener);
    }

    @Override
    public void close() {
        rooms.clear();
    }
}
