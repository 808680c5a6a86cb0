// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.sfu.route;

import java.util.LinkedHashMap;
import java.util.Map;
import org.nhipcau.sfu.api.ConsumerParameters;
import org.nhipcau.sfu.api.ConsumerSettings;
import org.nhipcau.sfu.api.EncodingParameters;
import org.nhipcau.sfu.api.HeaderExtensions;
import org.nhipcau.sfu.api.MediaReply;
import org.nhipcau.sfu.api.ProducerParameters;
import org.nhipcau.sfu.buffer.PacketBuffer;
import org.nhipcau.sfu.bwe.SendSideEstimator;
import org.nhipcau.sfu.bwe.WarmStart;
import org.nhipcau.sfu.gate.Clearances;
import org.nhipcau.sfu.metrics.DropReason;
import org.nhipcau.sfu.metrics.WorkerCounters.Counter;

/**
 * The media of one peer: its inbound streams by SSRC, the tracks it sends, the tracks it is sent, and the RTCP of both.
 *
 * <p>Packets come in decrypted and authenticated. The journey of one is drawn in the package description.
 * Thread: one, the worker's that owns the room. Owns: its producers, its {@link ViewerTracks}, its {@link ViewerOutlet}.
 */
public final class MediaEndpoint implements Publisher {
    private static final Producer[] NO_PRODUCERS = {};
    /** Reports come each second or so. */
    private static final long HEARD_NS = 2_000_000_000L;

    private final Room room;
    private final String peerId;
    private final String participantId;
    private final SinkGuard sink;
    private final Clearances clearances = new Clearances();
    private final SsrcBinder inbound;
    private final Map<String, Producer> producersByTrack = new LinkedHashMap<>();
    private Producer[] producers = NO_PRODUCERS;
    private HeaderExtensions extensions = HeaderExtensions.NONE;
    private final ViewerOutlet outlet;
    private final ViewerTracks viewed;
    /** Null until this peer is sent sound that can be protected. */
    private AudioProtection audioProtection;
    private final ViewerPath path;
    private final OutageWatch outage = new OutageWatch();
    private final ViewerBudget budget = new ViewerBudget();
    private final FeedbackReceiver feedback;
    private final ReportSender reports;
    private final PacketReceiver receiver;
    private final PeerFigures figures;
    private final int localSsrc;
    private boolean connected;
    private long connectedNs;
    private boolean closed;

    MediaEndpoint(Room room, String peerId, String participantId, PacketSink sink) {
        this.room = room;
        this.peerId = peerId;
        this.participantId = participantId;
        this.sink = new SinkGuard(this, sink);
        this.outlet = new ViewerOutlet(this, this.sink);
        this.viewed = new ViewerTracks(this, this.sink);
        this.localSsrc = room.random().nextInt() | 1;
        this.inbound = new SsrcBinder(this, room.config.maxSsrcsPerPeer());
        this.path = new ViewerPath(this);
        this.feedback = new FeedbackReceiver(this);
        this.reports = new ReportSender(this, feedback);
        this.receiver = new PacketReceiver(this, inbound, reports);
        this.figures = new PeerFigures(this);
    }

    /** Takes the negotiated header extension ids, of a first or a later negotiation. */
    public void configure(HeaderExtensions negotiated) {
        if (!extensions.equals(negotiated)) {
            extensions = negotiated;
            outlet.configure(negotiated);
            for (Producer producer : producers) {
                producer.forgetReaders();
            }
        }
    }

    /** Begins with what an earlier connection of the same person learnt of its path. */
    public void warmStart(WarmStart earlier) {
        outlet.estimator().warmStart(earlier);
    }

    /** What the next connection of the same person may begin with; null before anything was learnt. */
    public WarmStart toWarmStart(long nowNs) {
        return outlet.estimator().toWarmStart(nowNs);
    }

    /** Adds a track of this peer, or changes the one with the same track id. */
    public MediaReply addProducer(ProducerParameters parameters, long nowNs) {
        MediaReply.Refused refused = ProducerCheck.check(parameters, this, room);
        if (refused != null) {
            return refused;
        }
        Producer producer = producersByTrack.get(parameters.trackId());
        if (producer == null) {
            producer = new Producer(room, this, parameters, null, nowNs);
            producersByTrack.put(parameters.trackId(), producer);
            producers = producersByTrack.values().toArray(NO_PRODUCERS);
            bindAnnounced(producer, nowNs);
            room.onProducerAdded(producer, nowNs);
        } else {
            producer.renegotiate(parameters, nowNs);
        }
        bindAnnounced(producer, nowNs);
        producer.setMuted(parameters.muted(), nowNs);
        return new MediaReply.Done();
    }

    private void bindAnnounced(Producer producer, long nowNs) {
        for (Encoding encoding : producer.encodings()) {
            EncodingParameters parameters = encoding.parameters();
            if (parameters.ssrc() != 0 && inbound.get((int) parameters.ssrc()) == null) {
                inbound.bindMedia(encoding, (int) parameters.ssrc(), nowNs);
            }
            if (parameters.rtxSsrc() != 0 && encoding.stream() != null) {
                inbound.bindRtx(encoding, (int) parameters.rtxSsrc());
            }
        }
    }

    /** Removes a track of this peer; its consumers wait for another under the same track id. */
    @Override
    public void removeProducer(Producer producer) {
        producersByTrack.remove(producer.trackId());
        producers = producersByTrack.values().toArray(NO_PRODUCERS);
        for (Encoding encoding : producer.encodings()) {
            release(encoding);
        }
    }

    /** Frees an encoding's SSRCs and stream. */
    @Override
    public void release(Encoding encoding) {
        inbound.forget(encoding);
        encoding.close();
    }

    /** Adds a track that this peer is sent, whether its producer exists already or not. */
    public MediaReply addConsumer(ConsumerParameters parameters, long nowNs) {
        return viewed.add(parameters, nowNs);
    }

    /** Removes a track that this peer is sent. */
    public MediaReply removeConsumer(String consumerId, long nowNs) {
        return viewed.remove(consumerId);
    }

    /** Changes what the viewer wants of a track. */
    public MediaReply updateConsumer(String consumerId, ConsumerSettings settings, long nowNs) {
        return viewed.update(consumerId, settings, nowNs);
    }

    /** Clears the viewer for what a participant sends, or restricts it. */
    public MediaReply setClearance(String publisherId, boolean cleared, long nowNs) {
        if (!clearances.set(publisherId, cleared)) {
            return refuse(MediaReply.Reason.CAPACITY,
                    "clearances for " + Clearances.MAX_PUBLISHERS + " publishers are kept already");
        }
        sink.forget();
        for (Consumer consumer : viewed.all()) {
            room.joins.join(consumer, nowNs);
        }
        return new MediaReply.Done();
    }

    /** A consumer is sent another producer. */
    void onAttached() {
        sink.forget();
    }

    /** For whose tracks the viewer is cleared. */
    Clearances clearances() {
        return clearances;
    }

    /** The transport is connected, the sink ready: what waits for it may start, and key frames are asked for. */
    public void onConnected(long nowNs) {
        connected = true;
        connectedNs = nowNs;
        for (Consumer consumer : viewed.all()) {
            consumer.onConnected(nowNs);
        }
    }

    /** The transport takes no media for now. */
    public void onDisconnected(long nowNs) {
        connected = false;
        outlet.clear();
    }

    /**
     * Takes one RTP packet in the clear. It is forwarded with its batch: the bytes may be changed and must stay until
     * {@link ForwardQueue#forward} of the room's queue.
     */
    public void onRtp(PacketBuffer plain, long nowNs) {
        receiver.onRtp(plain, nowNs);
    }

    /** Takes one RTCP packet in the clear; the caller keeps the buffer. */
    public void onRtcp(PacketBuffer plain, long nowNs) {
        room.counters.increment(Counter.RTCP_PACKETS_IN);
        if (!feedback.read(plain, nowNs)) {
            room.counters.drop(DropReason.RTCP_MALFORMED);
        }
    }

    /** An inbound SSRC, RTX included, belongs to a track of this peer. */
    public boolean expects(int ssrc) {
        return inbound.get(ssrc) != null;
    }

    /** Sends what RTCP is due and looks after the layers of the consumers. @return the next deadline in ns */
    public long onTimer(long nowNs) {
        return closed ? Long.MAX_VALUE : reports.onTimer(nowNs);
    }

    /** Sends what has waited for its turn, and what finds out what the path carries. */
    public void release(long nowNs) {
        if (connected && !closed && room.config.adaptive()) {
            path.onTick(nowNs);
            watchForOutage(nowNs);
        }
        outlet.release(nowNs);
        if (audioProtection != null && audioProtection.merging()) {
            for (Consumer consumer : viewed.all()) {
                consumer.releaseSound(nowNs);
            }
        }
    }

    /** How fast data may go to the peer; see {@link ViewerOutlet#dataBps}. */
    public long dataBps() {
        return outlet.dataBps();
    }

    /** Data went to the peer, so many bytes on the wire. */
    public void onDataSent(int wireBytes, long nowNs) {
        outlet.onDataSent(wireBytes, nowNs);
    }

    private void watchForOutage(long nowNs) {
        if (outage.look(room.config.adaptive() && outlet.estimator().silent(nowNs), nowNs)) {
            for (Consumer consumer : viewed.all()) {
                consumer.onOutage(outage.dark(), nowNs);
            }
        }
    }

    /** Whether the path to the peer carries anything at all. */
    OutageWatch outage() {
        return outage;
    }

    /** How sound on its way to this peer is protected, all tracks alike. */
    AudioProtection audioProtection() {
        if (audioProtection == null) {
            audioProtection = room.newAudioProtection();
        }
        return audioProtection;
    }

    /** Decides anew how sound is protected. */
    void protectAudio(long nowNs) {
        SendSideEstimator estimator = outlet.estimator();
        audioProtection.update(estimator.lossRatio(), estimator.burstLength(),
                AudioProtection.roomBps(estimator.estimateBps(), estimator.ownQueueUs()), nowNs);
    }

    @Override
    public void sendKeyframeRequest(Encoding encoding, long nowNs) {
        reports.sendKeyframeRequest(encoding, nowNs);
    }

    @Override
    public boolean heard(long nowNs) {
        long lastNs = feedback.heardNs();
        for (Producer producer : producers) {
            for (Encoding encoding : producer.encodings()) {
                lastNs = encoding.stream() == null ? lastNs : Math.max(lastNs, encoding.stream().lastPacketNs());
            }
        }
        return nowNs - lastNs < HEARD_NS;
    }

    /** Removes all producers and consumers. */
    void close(long nowNs) {
        closed = true;
        outlet.clear();
        for (Consumer consumer : viewed.all()) {
            viewed.remove(consumer.parameters().consumerId());
        }
        for (Producer producer : producers) {
            room.removeProducer(producer.trackId(), nowNs);
        }
    }

    static MediaReply.Refused refuse(MediaReply.Reason reason, String detail) {
        return new MediaReply.Refused(reason, detail);
    }

    /** The consumer that an outbound SSRC, RTX included, belongs to; null when none. */
    Consumer consumerOf(long ssrc) {
        return viewed.of((int) ssrc);
    }

    /** What an inbound SSRC stands for; null when unbound. */
    SsrcBinder.Binding bindingOf(long ssrc) {
        return inbound.get((int) ssrc);
    }

    /** The SSRC under which our feedback to this peer goes out. */
    int localSsrc() {
        return localSsrc;
    }

    Room room() {
        return room;
    }

    String peerId() {
        return peerId;
    }

    @Override
    public String participantId() {
        return participantId;
    }

    PacketSink sink() {
        return sink;
    }

    @Override
    public HeaderExtensions extensions() {
        return extensions;
    }

    Producer[] producers() {
        return producers;
    }

    Consumer[] consumers() {
        return viewed.all();
    }

    boolean connected() {
        return connected;
    }

    long connectedNs() {
        return connectedNs;
    }

    /** Round trip to the peer; a guess of 100 ms before it was measured. */
    long roundTripNs() {
        return feedback.roundTripNs();
    }

    @Override
    public PublisherClock clock() {
        return feedback.clock();
    }

    FeedbackReceiver feedback() {
        return feedback;
    }

    /** The peer's way out as a viewer. */
    ViewerOutlet outlet() {
        return outlet;
    }

    SendSideEstimator estimator() {
        return outlet.estimator();
    }

    /** What would be of use to the viewer, in bits per second. */
    long wantedBps(long nowNs) {
        return path.wantedBps(nowNs);
    }

    PeerFigures figures() {
        return figures;
    }

    /** The path carries much less than when it was divided last: not all can go on until the next time. */
    void divideAnew(long nowNs) {
        reports.retarget(nowNs);
    }

    /** What the division of its path remembers. */
    ViewerBudget budget() {
        return budget;
    }
}
