// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.signaling.room;

import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.nhipcau.sfu.api.ConsumerParameters;
import org.nhipcau.sfu.api.ConsumerSettings;
import org.nhipcau.sfu.api.DataParameters;
import org.nhipcau.sfu.api.GateParameters;
import org.nhipcau.sfu.api.Importance;
import org.nhipcau.sfu.api.LocalTransport;
import org.nhipcau.sfu.api.MediaCommand;
import org.nhipcau.sfu.api.MediaEvent.PeerState;
import org.nhipcau.sfu.api.MediaReply;
import org.nhipcau.sfu.api.PathHistory;
import org.nhipcau.sfu.api.ProducerParameters;
import org.nhipcau.signaling.sdp.Negotiated;

/**
 * One transport on the media node as the room knows it: brings the node from what it has to what offer and answer
 * settled, with commands for the difference only.
 *
 * <p>Thread: the room's.
 */
final class MediaPeer {
    private final String roomId;
    private final String peerId;
    private final String participantSid;
    private final Supplier<Importance> importance;
    private final MediaLink media;
    private final GateTerms terms;
    private final Map<String, ProducerParameters> producers = new HashMap<>();
    private final Map<String, ConsumerParameters> consumers = new HashMap<>();
    /** Of each publisher something is sent of: whether the node was told that the viewer may see the clear face. */
    private final Map<String, Boolean> clearances = new HashMap<>();
    /** Tracks that the last description carries but the node was told to send no more, or never took. */
    private final Set<String> withheld = new HashSet<>();
    private DataParameters data;
    private LocalTransport local;
    private PeerState state = PeerState.NEW;
    private boolean asked;
    private boolean closed;

    /**
     * What came of one negotiation.
     *
     * @param configured false: the node did not take the transport, nothing else counts
     * @param refusedProducers with the node's reason
     */
    record Outcome(boolean configured, List<ProducerParameters> producers, Set<String> endedProducers,
            Map<String, MediaReply.Reason> refusedProducers, Set<String> newConsumers,
            Set<String> refusedConsumers) {}

    /**
     * @param importance of what the participant sends
     * @param terms the face policy
     */
    MediaPeer(String roomId, String peerId, String participantSid, Supplier<Importance> importance, GateTerms terms,
            MediaLink media) {
        this.roomId = roomId;
        this.peerId = peerId;
        this.participantSid = participantSid;
        this.importance = importance;
        this.terms = terms;
        this.media = media;
    }

    String peerId() {
        return peerId;
    }

    PeerState state() {
        return state;
    }

    void state(PeerState next) {
        state = next;
    }

    /** Null until the node opened it. */
    LocalTransport local() {
        return local;
    }

    boolean receives(String trackSid) {
        return consumers.containsKey(trackSid);
    }

    /** Whether the last description carries one of these tracks while the node does not send it. */
    boolean withholds(Set<String> trackSids) {
        return !Collections.disjoint(withheld, trackSids);
    }

    int consumerCount() {
        return consumers.size();
    }

    /**
     * Asks the node for the transport.
     *
     * @param returning a busy node takes it all the same
     * @param history what is known of the path already
     * @param refused told why the node did not take it, null when it did; not called after {@link #close}
     */
    void open(boolean returning, PathHistory history, Consumer<MediaReply.Reason> refused) {
        asked = true;
        transport(new MediaCommand.OpenPeer(roomId, peerId, participantSid, returning, history), refused);
    }

    /** Asks for new local ICE credentials. */
    void restartIce(Consumer<Boolean> restarted) {
        transport(new MediaCommand.RestartIce(roomId, peerId), refused -> restarted.accept(refused == null));
    }

    private void transport(MediaCommand command, Consumer<MediaReply.Reason> done) {
        media.submit(command, reply -> {
            if (closed) {
                return;
            }
            if (reply instanceof MediaReply.PeerOpened opened) {
                local = opened.local();
                done.accept(null);
            } else {
                done.accept(reply instanceof MediaReply.Refused refused ? refused.reason()
                        : MediaReply.Reason.INTERNAL);
            }
        });
    }

    /**
     * Carries out what was negotiated: transport first, then what ended, then what began.
     *
     * @param mayPublish whether a track is still announced
     * @param wanted whether a track is still subscribed
     */
    void apply(Negotiated negotiated, Predicate<String> mayPublish, Predicate<String> wanted,
            Consumer<Outcome> done) {
        List<MediaCommand> commands = new ArrayList<>();
        commands.add(new MediaCommand.ConfigurePeer(roomId, peerId, negotiated.remote(), negotiated.extensions()));
        if (negotiated.data() != null && !negotiated.data().equals(data)) {
            data = negotiated.data();
            commands.add(new MediaCommand.ConfigureData(roomId, peerId, data));
        }
        Set<String> ended = endProducers(negotiated, mayPublish, commands);
        endConsumers(negotiated, wanted, commands);
        List<ProducerParameters> begun = beginProducers(negotiated, mayPublish, commands);
        Set<String> newConsumers = beginConsumers(negotiated, wanted, commands);
        media.submitAll(commands, replies -> {
            if (!closed) {
                done.accept(outcome(commands, replies, begun, ended, newConsumers));
            }
        });
    }

    private Set<String> endProducers(Negotiated negotiated, Predicate<String> mayPublish,
            List<MediaCommand> commands) {
        Set<String> ended = new HashSet<>(producers.keySet());
        for (ProducerParameters producer : negotiated.producers()) {
            if (mayPublish.test(producer.trackId())) {
                ended.remove(producer.trackId());
            }
        }
        for (String trackId : ended) {
            producers.remove(trackId);
            commands.add(new MediaCommand.RemoveProducer(roomId, trackId));
        }
        return ended;
    }

    private List<ProducerParameters> beginProducers(Negotiated negotiated, Predicate<String> mayPublish,
            List<MediaCommand> commands) {
        List<ProducerParameters> begun = new ArrayList<>();
        for (ProducerParameters settled : negotiated.producers()) {
            ProducerParameters producer = settled.withImportance(importance.get())
                    .withGate(terms.gate(settled.trackId()));
            if (mayPublish.test(producer.trackId())
                    && !producer.equals(producers.put(producer.trackId(), producer))) {
                begun.add(producer);
                commands.add(new MediaCommand.AddProducer(roomId, peerId, producer));
            }
        }
        return begun;
    }

    private void endConsumers(Negotiated negotiated, Predicate<String> wanted, List<MediaCommand> commands) {
        Map<String, ConsumerParameters> ended = new HashMap<>(consumers);
        for (ConsumerParameters consumer : negotiated.consumers()) {
            ConsumerParameters before = consumers.get(consumer.consumerId());
            if (before != null && wanted.test(consumer.trackId()) && sameBinding(before, consumer)) {
                ended.remove(consumer.consumerId());
            }
        }
        for (String consumerId : ended.keySet()) {
            consumers.remove(consumerId);
            commands.add(new MediaCommand.RemoveConsumer(roomId, peerId, consumerId));
        }
    }

    private Set<String> beginConsumers(Negotiated negotiated, Predicate<String> wanted,
            List<MediaCommand> commands) {
        Set<String> begun = new HashSet<>();
        withheld.clear();
        for (ConsumerParameters settled : negotiated.consumers()) {
            ConsumerParameters consumer = cleared(settled, clear(settled.trackId()));
            if (!wanted.test(consumer.trackId())) {
                withheld.add(consumer.trackId());
            } else if (consumers.putIfAbsent(consumer.consumerId(), consumer) == null) {
                begun.add(consumer.consumerId());
                commands.add(new MediaCommand.AddConsumer(roomId, peerId, consumer));
            }
        }
        return begun;
    }

    private static ConsumerParameters cleared(ConsumerParameters to, boolean cleared) {
        return new ConsumerParameters(to.consumerId(), to.trackId(), to.mid(), to.ssrc(), to.rtxSsrc(), to.cname(),
                to.codecs(), to.settings(), cleared);
    }

    private boolean clear(String trackSid) {
        String publisher = terms.publisher(trackSid);
        boolean cleared = !publisher.isEmpty() && terms.cleared(publisher);
        Boolean told = clearances.putIfAbsent(publisher, cleared);
        // Where the node was told otherwise, reclear is on its way.
        return cleared && (told == null || told);
    }

    /** Told of each change of clearance, when the node has answered. */
    interface OnClearance {
        void told(String publisherSid, boolean cleared, MediaReply reply);
    }

    /** Tells the node of those for whom the viewer's clearance is another now. */
    void reclear(OnClearance done) {
        clearances.replaceAll((publisher, told) -> {
            boolean cleared = terms.cleared(publisher);
            if (told != cleared) {
                media.submit(new MediaCommand.SetClearance(roomId, peerId, publisher, cleared),
                        reply -> done.told(publisher, cleared, reply));
            }
            return cleared;
        });
    }

    /** Puts a track under a face policy; one that the node does not have yet is born under it. */
    void gate(String trackSid, GateParameters gate, Consumer<MediaReply> done) {
        ProducerParameters producer = producers.get(trackSid);
        if (producer != null) {
            producers.put(trackSid, producer.withGate(gate));
            media.submit(new MediaCommand.SetGate(roomId, trackSid, gate), done);
        }
    }

    private static boolean sameBinding(ConsumerParameters a, ConsumerParameters b) {
        return a.mid().equals(b.mid()) && a.ssrc() == b.ssrc() && a.rtxSsrc() == b.rtxSsrc()
                && a.codecs().equals(b.codecs());
    }

    private Outcome outcome(List<MediaCommand> commands, List<MediaReply> replies, List<ProducerParameters> begun,
            Set<String> ended, Set<String> newConsumers) {
        Map<String, MediaReply.Reason> refusedProducers = new HashMap<>();
        Set<String> refusedConsumers = new HashSet<>();
        for (int i = 0; i < commands.size(); i++) {
            if (!(replies.get(i) instanceof MediaReply.Refused refused)) {
                continue;
            }
            if (commands.get(i) instanceof MediaCommand.AddProducer add) {
                producers.remove(add.producer().trackId());
                refusedProducers.put(add.producer().trackId(), refused.reason());
            } else if (commands.get(i) instanceof MediaCommand.AddConsumer add) {
                consumers.remove(add.consumer().consumerId());
                withheld.add(add.consumer().trackId());
                newConsumers.remove(add.consumer().consumerId());
                refusedConsumers.add(add.consumer().consumerId());
            }
        }
        boolean configured = !(replies.getFirst() instanceof MediaReply.Refused);
        return new Outcome(configured, begun, ended, refusedProducers, newConsumers, refusedConsumers);
    }

    /** Stops taking a track at once, whatever the description still says. */
    void stopProducer(String trackSid) {
        if (producers.remove(trackSid) != null) {
            media.tell(new MediaCommand.RemoveProducer(roomId, trackSid));
        }
    }

    /** Stops sending a track at once, whatever the description still says. */
    void stopConsumer(String trackSid) {
        if (consumers.remove(trackSid) != null) {
            withheld.add(trackSid);
            media.tell(new MediaCommand.RemoveConsumer(roomId, peerId, trackSid));
        }
    }

    /** Stops sending all that somebody publishes. */
    void stopConsumersOf(String publisherSid) {
        for (ConsumerParameters consumer : List.copyOf(consumers.values())) {
            if (terms.publisher(consumer.trackId()).equals(publisherSid)) {
                stopConsumer(consumer.consumerId());
            }
        }
    }

    void stopConsumersExcept(Set<String> trackSids) {
        for (String trackSid : List.copyOf(consumers.keySet())) {
            if (!trackSids.contains(trackSid)) {
                stopConsumer(trackSid);
            }
        }
    }

    /** Makes the node's settings of a consumer these; a track that is not bound gets them when it is. */
    void update(String trackSid, ConsumerSettings settings) {
        ConsumerParameters bound = consumers.get(trackSid);
        if (bound != null && !bound.settings().equals(settings)) {
            consumers.put(trackSid, bound.withSettings(settings));
            media.tell(new MediaCommand.UpdateConsumer(roomId, peerId, trackSid, settings));
        }
    }

    void close() {
        if (!closed) {
            closed = true;
            producers.clear();
            consumers.clear();
            withheld.clear();
            clearances.clear();
            if (asked) {
                media.tell(new MediaCommand.ClosePeer(roomId, peerId));
            }
        }
    }
}
