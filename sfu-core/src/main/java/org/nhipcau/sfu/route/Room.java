// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.sfu.route;

import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.random.RandomGenerator;
import org.nhipcau.sfu.api.GateParameters;
import org.nhipcau.sfu.api.MediaEvent;
import org.nhipcau.sfu.api.MediaReply;
import org.nhipcau.sfu.api.Proof;
import org.nhipcau.sfu.api.SfuConfig;
import org.nhipcau.sfu.buffer.CacheMemory;
import org.nhipcau.sfu.buffer.PacketPool;
import org.nhipcau.sfu.bwe.EstimatorSettings;
import org.nhipcau.sfu.bwe.Arrivals;
import org.nhipcau.sfu.metrics.WorkerCounters;
import org.nhipcau.sfu.overload.OverloadLevel;
import org.nhipcau.sfu.pipe.PipePort;
import org.nhipcau.sfu.rtcp.RtcpReader;
import org.nhipcau.sfu.rtcp.RtcpWriter;

/**
 * All media of one room: opens the media of its peers, knows its producers by track id and joins consumers with them.
 * The {@link RoomWatch} watches over it as a whole.
 *
 * <p>Thread: one, the worker's that owns the room. Owns: its endpoints, and the scratch objects that all of them share.
 */
public final class Room {
    private static final int OWN_POOL_SLOTS = 4_096;
    private static final long OWN_CACHE_BYTES = 64 * 1024 * 1024;

    final SfuConfig config;
    final WorkerCounters counters;
    /** Lends memory for retransmission to the inbound streams. */
    final CacheMemory cacheMemory;
    /** Lends memory to packets that wait for their turn to be sent. */
    final PacketPool pool;
    /** Where packets wait to be forwarded. */
    final ForwardQueue queue;
    final StreamRewriter.Tools tools = new StreamRewriter.Tools();
    private AudioTools audioTools;
    final RtcpWriter rtcpWriter = new RtcpWriter();
    final RtcpReader rtcpReader = new RtcpReader();
    final Arrivals arrivals = new Arrivals();
    final BandwidthAllocator allocator = new PriorityAllocator();

    private final String id;
    private final java.util.function.Consumer<MediaEvent> events;
    private final RandomGenerator random;
    private final Map<String, Producer> producers = new LinkedHashMap<>();
    private final Set<MediaEndpoint> endpoints = new LinkedHashSet<>();
    private final Map<String, RemotePublisher> remotes = new LinkedHashMap<>();
    final Shedder shedder;
    final TrackJoins joins;
    final RoomWatch watch;
    final CachedPackets kept = new CachedPackets();
    private EstimatorSettings estimatorSettings = EstimatorSettings.DEFAULT;
    private int consumerCount;

    /** A room with memory for retransmission of its own, for simulations. */
    public Room(String roomId, SfuConfig config, WorkerCounters counters, ForwardQueue queue,
            java.util.function.Consumer<MediaEvent> events, RandomGenerator random) {
        this(roomId, config, counters, queue, events, random, new CacheMemory(OWN_CACHE_BYTES),
                new PacketPool(OWN_POOL_SLOTS));
    }

    /**
     * @param queue the worker's
     * @param events takes what signaling is told; called on the worker's thread, must not block
     * @param random for SSRCs and sequence numbers
     * @param cacheMemory the worker's memory for retransmission
     * @param pool the worker's
     */
    public Room(String roomId, SfuConfig config, WorkerCounters counters, ForwardQueue queue,
            java.util.function.Consumer<MediaEvent> events, RandomGenerator random, CacheMemory cacheMemory,
            PacketPool pool) {
        this.id = roomId;
        this.cacheMemory = cacheMemory;
        this.pool = pool;
        this.config = config;
        this.counters = counters;
        this.queue = queue;
        this.events = events;
        this.random = random;
        this.shedder = new Shedder(producers.values(), endpoints, random);
        this.joins = new TrackJoins(producers, shedder);
        this.watch = new RoomWatch(this, producers.values(), endpoints, remotes.values());
    }

    /** How sound to a new viewer is protected: by what is measured, unless a plan was named for all. */
    AudioProtection newAudioProtection() {
        return new AudioProtection(fixedSoundPlan());
    }

    // The plan that the system property nhipcau.sound.plan names for all viewers; null: none.
    private static AudioPlan fixedSoundPlan() {
        return AudioPlan.named(System.getProperty(AudioPlan.PROPERTY));
    }

    /** @throws IllegalArgumentException when a system property of this floor has a value that is not allowed */
    public static void checkProperties() {
        fixedSoundPlan();
    }

    /** Scratch for sound; made when a viewer first needs it. */
    AudioTools audioTools() {
        if (audioTools == null) {
            audioTools = new AudioTools();
        }
        return audioTools;
    }

    /** Gives peers that come from now on estimators with other constants; for simulations that tune them. */
    public void tune(EstimatorSettings settings) {
        estimatorSettings = settings;
    }

    EstimatorSettings estimatorSettings() {
        return estimatorSettings;
    }

    /** Opens the media of a peer. The peer hands it the packets that come in; it hands the sink those that go out. */
    public MediaEndpoint openEndpoint(String peerId, String participantId, PacketSink sink) {
        MediaEndpoint endpoint = new MediaEndpoint(this, peerId, participantId, sink);
        endpoints.add(endpoint);
        return endpoint;
    }

    /** Closes the media of a peer with its producers and consumers. Idempotent. */
    public void closeEndpoint(MediaEndpoint endpoint, long nowNs) {
        if (endpoints.remove(endpoint)) {
            endpoint.close(nowNs);
        }
    }

    /** Removes a producer; its consumers wait for another under the same track id. */
    public MediaReply removeProducer(String trackId, long nowNs) {
        Producer producer = producers.remove(trackId);
        if (producer != null) {
            watch.onProducerRemoved(producer);
            for (Consumer consumer : producer.consumers()) {
                consumer.detach();
            }
            producer.gate().close();
            producer.exports().close();
            producer.endpoint.removeProducer(producer);
            joins.onProducer(trackId, nowNs);
        }
        return new MediaReply.Done();
    }

    /**
     * Makes known what a peer of another worker sends now, for the consumers here.
     *
     * @param toPublisher pipe from this worker to the peer's
     * @param toViewers pipe from the peer's worker to this one
     */
    public MediaReply mirror(RemotePeer peer, PipePort toPublisher, PipePort toViewers, long nowNs) {
        RemotePublisher publisher = remotes.get(peer.peerId());
        if (publisher == null) {
            if (peer.producers().isEmpty()) {
                return new MediaReply.Done();
            }
            publisher = new RemotePublisher(this, peer, toPublisher, toViewers);
            remotes.put(peer.peerId(), publisher);
        }
        MediaReply reply = publisher.update(peer, nowNs);
        if (peer.producers().isEmpty()) {
            remotes.remove(peer.peerId());
        }
        return reply;
    }

    /** Another worker wants something of a producer of ours, or nothing any more. */
    public void onWanted(Crossing crossing, int quality, long nowNs) {
        Producer producer = producers.get(crossing.trackId());
        if (producer != null && producer.mirrored() == null) {
            producer.exports().setWanted(crossing, quality);
            watch.lookSoon(nowNs);
        }
    }

    /** Forgets what other workers' peers send: this worker has no part in the room any more. */
    public void close(long nowNs) {
        for (String trackId : List.copyOf(producers.keySet())) {
            removeProducer(trackId, nowNs);
        }
        remotes.clear();
    }

    /** Stops or resumes the forwarding of a producer. */
    public MediaReply muteProducer(String trackId, boolean muted, long nowNs) {
        Producer producer = producers.get(trackId);
        if (producer == null) {
            return MediaEndpoint.refuse(MediaReply.Reason.NOT_FOUND, "no such producer");
        }
        producer.setMuted(muted, nowNs);
        return new MediaReply.Done();
    }

    /** Puts a producer under a face policy, of this worker or mirrored from another. */
    public MediaReply setGate(String trackId, GateParameters parameters, long nowNs) {
        Producer producer = producers.get(trackId);
        String fault = TrackGate.faultOf(parameters, trackId);
        if (producer == null || fault != null) {
            return producer == null ? MediaEndpoint.refuse(MediaReply.Reason.NOT_FOUND, "no such producer")
                    : MediaEndpoint.refuse(MediaReply.Reason.INVALID, fault);
        }
        MediaReply reply = producer.gate().begin(parameters, nowNs);
        joins.join(trackId, nowNs);
        return reply;
    }

    /** Takes what a publisher says of a track's covering. */
    public MediaReply proveTrack(String trackId, long epoch, Proof proof, long nowNs) {
        Producer producer = producers.get(trackId);
        return producer == null || producer.mirrored() != null
                ? MediaEndpoint.refuse(MediaReply.Reason.NOT_FOUND, "no such producer")
                : producer.gate().prove(epoch, proof, nowNs);
    }

    /** Lets a latched track open again. */
    public MediaReply releaseTrack(String trackId, long epoch, long nowNs) {
        Producer producer = producers.get(trackId);
        return producer == null || producer.mirrored() != null
                ? MediaEndpoint.refuse(MediaReply.Reason.NOT_FOUND, "no such producer")
                : producer.gate().release(epoch, nowNs);
    }

    void onProducerAdded(Producer producer, long nowNs) {
        producers.put(producer.trackId(), producer);
        shedder.onProducerAdded(producer);
        watch.onProducerAdded(producer);
        producer.gate().onAdded();
        joins.onProducer(producer.trackId(), nowNs);
    }

    void onConsumerAdded(Consumer consumer, long nowNs) {
        consumerCount++;
        joins.add(consumer, nowNs);
    }

    void onConsumerRemoved(Consumer consumer) {
        consumerCount--;
        joins.remove(consumer);
    }

    /** The worker's level of overload changed. {@link #onTimer} is due then. */
    public void onOverload(OverloadLevel level, long nowNs) {
        shedder.level(level, nowNs);
    }

    /** Watches over the room. @return the next deadline in ns */
    public long onTimer(long nowNs) {
        long nextNs = watch.onTimer(nowNs);
        return Math.min(nextNs, Math.min(watchGates(nowNs), shedder.onTimer(nowNs)));
    }

    private long watchGates(long nowNs) {
        long nextNs = Long.MAX_VALUE;
        for (Producer producer : producers.values()) {
            nextNs = Math.min(nextNs, producer.gate().onTimer(nowNs));
        }
        return nextNs;
    }

    void emit(MediaEvent event) {
        events.accept(event);
    }

    /** The producer with this track id; null when there is none. */
    Producer producer(String trackId) {
        return producers.get(trackId);
    }

    long keyframeIntervalNs() {
        return config.keyframeRequestIntervalMs() * 1_000_000;
    }

    RandomGenerator random() {
        return random;
    }

    String id() {
        return id;
    }

    /** Tracks sent by the peers of this part of the room. */
    public int producerCount() {
        return (int) producers.values().stream().filter(producer -> producer.mirrored() == null).count();
    }

    /** Tracks sent to the peers of this room. */
    public int consumerCount() {
        return consumerCount;
    }
}
