// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.sfu.route;

import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.random.RandomGenerator;
import org.nhipcau.sfu.api.GateParameters;
import org.nhipcau.sfu.api.MediaEvent.PathMeasured;
import org.nhipcau.sfu.api.MediaEvent.ProducerState;
import org.nhipcau.sfu.api.MediaEvent.ProducerStateChanged;
import org.nhipcau.sfu.api.MediaEvent.Speaker;
import org.nhipcau.sfu.api.MediaEvent.SpeakersChanged;
import org.nhipcau.sfu.api.MediaEvent.WantedQualityChanged;
import org.nhipcau.sfu.api.MediaEvent;
import org.nhipcau.sfu.api.MediaKind;
import org.nhipcau.sfu.api.MediaReply;
import org.nhipcau.sfu.api.Proof;
import org.nhipcau.sfu.api.SfuConfig;
import org.nhipcau.sfu.buffer.CacheMemory;
import org.nhipcau.sfu.buffer.PacketBuffer;
import org.nhipcau.sfu.buffer.PacketPool;
import org.nhipcau.sfu.bwe.EstimatorSettings;
import org.nhipcau.sfu.bwe.Arrivals;
import org.nhipcau.sfu.bwe.WarmStart;
import org.nhipcau.sfu.metrics.WorkerCounters;
import org.nhipcau.sfu.overload.OverloadLevel;
import org.nhipcau.sfu.pipe.PipePort;
import org.nhipcau.sfu.rtcp.RtcpReader;
import org.nhipcau.sfu.rtcp.RtcpWriter;
import org.nhipcau.sfu.rtp.RtpPacketFlyweight;
import org.nhipcau.sfu.rtp.RtxPacket;
import org.nhipcau.sfu.stream.InboundStream;
import org.nhipcau.sfu.stream.OutboundStream;

/**
 * All media of one room: joins producers and consumers by track id, and watches over the room as a whole: who speaks,
 * which producers are silent or frozen, which layers nobody wants.
 *
 * <p>Thread: one, the worker's that owns the room. Owns: its endpoints, and the scratch objects that all of them share.
 */
public final class Room {
    private static final int OWN_POOL_SLOTS = 4_096;
    /** Between two tellings of what is known of the paths. By taste. */
    private static final long PATHS_NS = 3_000_000_000L;
    private static final long WATCH_NS = 200_000_000L;
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
    private final Map<Producer, WantedQuality> wanted = new LinkedHashMap<>();
    private final Set<MediaEndpoint> endpoints = new LinkedHashSet<>();
    private final Map<String, RemotePublisher> remotes = new LinkedHashMap<>();
    private final ActiveSpeakers speakers = new ActiveSpeakers();
    private final ActiveSpeakers remoteSpeakers = new ActiveSpeakers();
    final Shedder shedder;
    final TrackJoins joins;
    private final SourcePacket cached = new SourcePacket();
    private final PacketBuffer cachedBytes = PacketBuffer.allocate();
    private final RtpPacketFlyweight retransmission = new RtpPacketFlyweight();
    private final NodeLoss nodeLoss = new NodeLoss();
    private EstimatorSettings estimatorSettings = EstimatorSettings.DEFAULT;
    private int consumerCount;
    private long speakerWindowNs = Long.MIN_VALUE;
    private long nextSpeakersNs = Long.MIN_VALUE;
    private long nextWatchNs = Long.MIN_VALUE;
    private long nextStatisticsNs = Long.MIN_VALUE;
    private long nextPathsNs = Long.MIN_VALUE;

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
            wanted.remove(producer);
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
            nextWatchNs = Math.min(nextWatchNs, nowNs);
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
        if (producer.kind() == MediaKind.VIDEO && producer.mirrored() == null) {
            wanted.put(producer, new WantedQuality(producer, config.dynacastDelayMs() * 1_000_000));
        }
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
        if (speakerWindowNs == Long.MIN_VALUE) {
            speakerWindowNs = nowNs;
            nextSpeakersNs = nowNs + config.speakerIntervalMs() * 1_000_000;
            nextWatchNs = nowNs + WATCH_NS;
            nextStatisticsNs = nowNs + config.statisticsIntervalMs() * 1_000_000;
        }
        if (nowNs >= nextSpeakersNs) {
            tellSpeakers(nowNs);
        }
        if (nowNs >= nextWatchNs) {
            nextWatchNs = nowNs + WATCH_NS;
            watchProducers(nowNs);
        }
        if (nowNs >= nextStatisticsNs) {
            tellQuality(nowNs);
        }
        long nextNs = Math.min(watchGates(nowNs), shedder.onTimer(nowNs));
        return Math.min(Math.min(nextSpeakersNs, nextNs), Math.min(nextWatchNs, nextStatisticsNs));
    }

    private long watchGates(long nowNs) {
        long nextNs = Long.MAX_VALUE;
        for (Producer producer : producers.values()) {
            nextNs = Math.min(nextNs, producer.gate().onTimer(nowNs));
        }
        return nextNs;
    }

    // First all publishers, then the viewers: what these suffer may come from those.
    private void tellQuality(long nowNs) {
        long intervalNs = config.statisticsIntervalMs() * 1_000_000;
        nextStatisticsNs = nowNs + intervalNs;
        nodeLoss.update(counters);
        for (RemotePublisher remote : remotes.values()) {
            remote.watch(intervalNs, nowNs);
        }
        for (MediaEndpoint endpoint : endpoints) {
            if (endpoint.connected()) {
                endpoint.figures().takeUplink(nowNs);
            }
        }
        for (MediaEndpoint endpoint : endpoints) {
            if (endpoint.connected()) {
                emit(endpoint.figures().take(nowNs));
            }
        }
        if (nextPathsNs == Long.MIN_VALUE || nowNs >= nextPathsNs) {
            nextPathsNs = nowNs + PATHS_NS;
            tellPaths(nowNs);
        }
    }

    private void tellPaths(long nowNs) {
        for (MediaEndpoint endpoint : endpoints) {
            WarmStart learnt = endpoint.connected() ? endpoint.toWarmStart(nowNs) : null;
            if (learnt != null) {
                emit(new PathMeasured(id, endpoint.peerId(), PathRecord.toHistory(learnt)));
            }
        }
    }

    /** Share of the last seconds' packets to this worker that the node itself lost. */
    double nodeLossRatio() {
        return nodeLoss.ratio();
    }

    /** Somebody wants a producer's packets, as far as its sender was told. */
    boolean wanted(Producer producer) {
        WantedQuality quality = wanted.get(producer);
        return producer.watched() && (quality == null || quality.told() != WantedQuality.NOBODY);
    }

    private void tellSpeakers(long nowNs) {
        double windowMs = (nowNs - speakerWindowNs) / 1e6;
        List<Speaker> changed = speakers.endWindow(producers.values(), false, windowMs);
        // Told by the workers that own them; here they only matter for what this worker gives up under load.
        shedder.onSpeakers(remoteSpeakers.endWindow(producers.values(), true, windowMs), nowNs);
        speakerWindowNs = nowNs;
        nextSpeakersNs = nowNs + config.speakerIntervalMs() * 1_000_000;
        if (!changed.isEmpty()) {
            shedder.onSpeakers(changed, nowNs);
            emit(new SpeakersChanged(id, changed));
        }
    }

    /** A viewer wants more of a producer than before: its publisher is told without delay. */
    void tellWanted(Producer producer, long nowNs) {
        WantedQuality quality = wanted.get(producer);
        if (quality != null && quality.update(nowNs)) {
            emit(new WantedQualityChanged(id, producer.trackId(), quality.told()));
        }
    }

    private void watchProducers(long nowNs) {
        for (Producer producer : wanted.keySet()) {
            tellWanted(producer, nowNs);
        }
        for (Producer producer : producers.values()) {
            producer.exports().tellGate();
            for (Encoding encoding : producer.encodings()) {
                if (encoding.stream() != null) {
                    encoding.stream().trim(nowNs);
                }
            }
            if (producer.mirrored() != null) {
                // Its own worker tells of it; that worker is told what is wanted here.
                producer.mirrored().watch(nowNs);
                continue;
            }
            ProducerState state = producer.watch().check(nowNs);
            if (state != null) {
                emit(new ProducerStateChanged(id, producer.trackId(), state));
            }
        }
    }

    /**
     * Takes a packet out of an encoding's cache for retransmission.
     *
     * @return valid until the next call; null when it is not kept any more
     */
    SourcePacket loadCached(Encoding encoding, long extended, long nowNs) {
        InboundStream stream = encoding.stream();
        return stream != null && stream.cache() != null && stream.cache().load(extended, cachedBytes, nowNs)
                ? viewCached(encoding, extended) : null;
    }

    /**
     * Looks at a copy that was made of a packet of an encoding's present stream.
     *
     * @return valid until the next call of this or {@link #loadCached}; null when its format is gone
     */
    SourcePacket view(Encoding encoding, long extended, PacketBuffer copy) {
        cachedBytes.copyFrom(copy);
        return viewCached(encoding, extended);
    }

    private SourcePacket viewCached(Encoding encoding, long extended) {
        InboundStream stream = encoding.stream();
        if (!cached.rtp.wrapPlain(cachedBytes)) {
            return null;
        }
        int format = encoding.producer.format(cached.rtp.payloadType());
        if (format < 0) {
            return null;
        }
        cached.producer = encoding.producer;
        cached.encoding = encoding;
        cached.stream = stream;
        cached.format = format;
        cached.extended = extended;
        cached.newest = stream.newest();
        cached.vp8 = encoding.producer.vp8(format);
        cached.mark.clear();
        if (cached.vp8) {
            // Only VP8 is filtered by temporal layer, and its reader keeps no memory that this could disturb.
            PacketReceiver.readFrame(cached);
        }
        cached.readExtensions(encoding.producer.endpoint.extensions());
        return cached;
    }

    /** Makes a packet to be sent, in a slot, the retransmission of itself. @return bytes of its header */
    int encapsulate(PacketBuffer packet, int rtxPayloadType, OutboundStream stream) {
        if (!retransmission.wrapPlain(packet) || !RtxPacket.encapsulate(retransmission, rtxPayloadType,
                stream.rtxSsrc(), stream.takeRtxSequence())) {
            throw new IllegalStateException("a packet of our own cannot be encapsulated");
        }
        return retransmission.headerLength();
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
