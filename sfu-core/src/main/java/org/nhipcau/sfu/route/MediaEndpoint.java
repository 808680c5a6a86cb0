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
import org.nhipcau.sfu.bwe.Pacer;
import org.nhipcau.sfu.bwe.SendSideEstimator;
import org.nhipcau.sfu.bwe.SentPacketLog;
import org.nhipcau.sfu.bwe.WarmStart;
import org.nhipcau.sfu.gate.Clearances;
import org.nhipcau.sfu.metrics.DropReason;
import org.nhipcau.sfu.metrics.WorkerCounters.Counter;
import org.nhipcau.sfu.stream.OutboundStream;
import org.nhipcau.sfu.stream.RateMeter;

/**
 * The media of one peer: its inbound streams by SSRC, the tracks it sends, the tracks it is sent, and the RTCP of both.
 *
 * <p>Packets come in decrypted and authenticated. The journey of one is drawn in the package description.
 * Thread: one, the worker's that owns the room. Owns: its producers and consumers.
 */
public final class MediaEndpoint implements Publisher {
    private static final Producer[] NO_PRODUCERS = {};
    private static final Consumer[] NO_CONSUMERS = {};
    private static final int MAX_RETIRED = 256;

    private final Room room;
    private final String peerId;
    private final String participantId;
    private final SinkGuard sink;
    private final Clearances clearances = new Clearances();
    private final SsrcBinder inbound;
    private final SsrcTable<Consumer> outbound;
    private final Map<String, Producer> producersByTrack = new LinkedHashMap<>();
    private final Map<String, Consumer> consumersById = new LinkedHashMap<>();
    /**
     * Numbers of SSRCs whose consumer is gone. A renegotiation may bring it back under the same SSRC: its numbers must go
     * on, since the keys' state would take those below for repetitions and nothing would be sent.
     */
    private final Map<Long, Numbering> retired = new LinkedHashMap<>() {
        @Override
        protected boolean removeEldestEntry(Map.Entry<Long, Numbering> eldest) {
            return size() > MAX_RETIRED;
        }
    };
    private Producer[] producers = NO_PRODUCERS;
    private Consumer[] consumers = NO_CONSUMERS;
    private HeaderExtensions extensions = HeaderExtensions.NONE;
    private final SentPacketLog sentLog = new SentPacketLog();
    /** Null while the path is known to carry more than is wanted: nothing waits then. */
    private PacedSender paced;
    /** Null until this peer is sent sound that can be protected. */
    private AudioProtection audioProtection;
    private final SendSideEstimator estimator;
    private final ViewerPath path;
    private final OutageWatch outage = new OutageWatch();
    /** Null while packets carry transport-wide numbers. */
    private TransportNumbers transportNumbers;
    private final RateMeter sentRate = new RateMeter();
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
        this.estimator = new SendSideEstimator(sentLog, room.estimatorSettings());
        this.localSsrc = room.random().nextInt() | 1;
        this.inbound = new SsrcBinder(this, room.config.maxSsrcsPerPeer());
        this.outbound = new SsrcTable<>(room.config.maxConsumersPerPeer() * 2);
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
            transportNumbers = negotiated.transportCc() != 0 ? null
                    : new TransportNumbers(room.config.maxConsumersPerPeer() * 2);
            estimator.agreeFeedback(negotiated.transportCc() != 0);
            for (Producer producer : producers) {
                producer.forgetReaders();
            }
        }
    }

    /** Begins with what an earlier connection of the same person learnt of its path. */
    public void warmStart(WarmStart earlier) {
        estimator.warmStart(earlier);
    }

    /** What the next connection of the same person may begin with; null before anything was learnt. */
    public WarmStart toWarmStart(long nowNs) {
        return estimator.toWarmStart(nowNs);
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
        MediaReply.Refused refused = checkConsumer(parameters);
        if (refused != null) {
            return refused;
        }
        Consumer consumer = new Consumer(this, parameters, takeNumbering(parameters), nowNs);
        outbound.put((int) parameters.ssrc(), consumer);
        if (parameters.rtxSsrc() != 0) {
            outbound.put((int) parameters.rtxSsrc(), consumer);
        }
        sink.forget();
        consumersById.put(parameters.consumerId(), consumer);
        consumers = consumersById.values().toArray(NO_CONSUMERS);
        room.onConsumerAdded(consumer, nowNs);
        return new MediaReply.Done();
    }

    private MediaReply.Refused checkConsumer(ConsumerParameters parameters) {
        if (parameters.ssrc() <= 0 || parameters.ssrc() > 0xffff_ffffL || parameters.rtxSsrc() < 0
                || parameters.rtxSsrc() > 0xffff_ffffL || parameters.ssrc() == parameters.rtxSsrc()) {
            return refuse(MediaReply.Reason.INVALID, "ssrc and rtxSsrc must differ and have 32 bits, ssrc not 0");
        }
        if (parameters.codecs().isEmpty()) {
            return refuse(MediaReply.Reason.INVALID, "a consumer without codecs");
        }
        if (consumersById.containsKey(parameters.consumerId())) {
            return refuse(MediaReply.Reason.CONFLICT, "the consumer id is in use");
        }
        if (outbound.get((int) parameters.ssrc()) != null || outbound.get((int) parameters.rtxSsrc()) != null
                && parameters.rtxSsrc() != 0) {
            return refuse(MediaReply.Reason.CONFLICT, "the ssrc or rtxSsrc is in use on this peer");
        }
        if (consumersById.size() >= room.config.maxConsumersPerPeer()) {
            return refuse(MediaReply.Reason.CAPACITY, "maxConsumersPerPeer is reached");
        }
        Producer producer = room.producer(parameters.trackId());
        if (producer != null && producer.endpoint.participantId().equals(participantId)) {
            return refuse(MediaReply.Reason.CONFLICT, "a participant does not receive its own producers");
        }
        return null;
    }

    /** Removes a track that this peer is sent. */
    public MediaReply removeConsumer(String consumerId, long nowNs) {
        Consumer consumer = consumersById.remove(consumerId);
        if (consumer != null) {
            consumers = consumersById.values().toArray(NO_CONSUMERS);
            outbound.remove(consumer.stream().ssrc());
            if (consumer.stream().rtxSsrc() != 0) {
                outbound.remove(consumer.stream().rtxSsrc());
            }
            sink.forget();
            room.onConsumerRemoved(consumer);
            retired.put(consumer.parameters().ssrc(), consumer.sender().retire());
            if (transportNumbers != null) {
                transportNumbers.forget(consumer.stream().ssrc());
                transportNumbers.forget(consumer.stream().rtxSsrc());
            }
        }
        return new MediaReply.Done();
    }

    private Numbering takeNumbering(ConsumerParameters parameters) {
        Numbering earlier = retired.remove(parameters.ssrc());
        return earlier != null && earlier.stream().rtxSsrc() == (int) parameters.rtxSsrc() ? earlier : null;
    }

    /** Changes what the viewer wants of a track. */
    public MediaReply updateConsumer(String consumerId, ConsumerSettings settings, long nowNs) {
        Consumer consumer = consumersById.get(consumerId);
        if (consumer == null) {
            return refuse(MediaReply.Reason.NOT_FOUND, "no such consumer");
        }
        consumer.share().update(settings, nowNs);
        return new MediaReply.Done();
    }

    /** Clears the viewer for what a participant sends, or restricts it. */
    public MediaReply setClearance(String publisherId, boolean cleared, long nowNs) {
        if (!clearances.set(publisherId, cleared)) {
            return refuse(MediaReply.Reason.CAPACITY,
                    "clearances for " + Clearances.MAX_PUBLISHERS + " publishers are kept already");
        }
        sink.forget();
        for (Consumer consumer : consumers) {
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
        for (Consumer consumer : consumers) {
            consumer.onConnected(nowNs);
        }
    }

    /** The transport takes no media for now. */
    public void onDisconnected(long nowNs) {
        connected = false;
        if (paced != null) {
            paced.clear();
        }
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

    /** Sends one packet made with the room's tools, now or when its turn comes. */
    void send(Pacer.Rank rank, PacketBuffer out, int headerLength, long nowNs) {
        if (paced == null || paced.mayLeave(rank, out, null, 0, 0, nowNs)) {
            number(out, out.length(), nowNs);
            sink.sendRtp(out, headerLength, nowNs);
        }
    }

    /** Sends a header made with the room's tools and the payload of a packet with its padding behind it. */
    void send(Pacer.Rank rank, PacketBuffer out, int headerLength, SourcePacket packet, long nowNs) {
        int padding = packet.rtp.paddingLength();
        int from = packet.rtp.headerLength();
        int length = packet.rtp.payloadLength() + padding;
        if (padding > 0) {
            out.putByte(0, out.getByte(0) | 0x20);
        }
        if (paced == null || paced.mayLeave(rank, out, packet.rtp.packet(), from, length, nowNs)) {
            number(out, headerLength + length, nowNs);
            sink.sendRtp(out, headerLength, packet.rtp.packet(), from, length, nowNs);
        }
    }

    /** Sets how fast pictures may leave at this moment. */
    void pace(long nowNs) {
        boolean bound = estimator.limited(nowNs);
        if (paced == null && bound) {
            paced = new PacedSender(this);
        } else if (paced != null && !bound && paced.waitingPackets() == 0) {
            paced = null;
        }
        if (paced != null) {
            paced.setPace(estimator.paceBps(nowNs), nowNs);
        }
    }

    /** Sends what has waited for its turn, and what finds out what the path carries. */
    public void release(long nowNs) {
        if (connected && !closed && room.config.adaptive()) {
            path.onTick(nowNs);
            watchForOutage(nowNs);
        }
        if (paced != null) {
            paced.release(nowNs);
        }
        if (audioProtection != null && audioProtection.merging()) {
            for (Consumer consumer : consumers) {
                consumer.releaseSound(nowNs);
            }
        }
    }

    private void watchForOutage(long nowNs) {
        if (outage.look(room.config.adaptive() && estimator.silent(nowNs), nowNs)) {
            for (Consumer consumer : consumers) {
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
        audioProtection.update(estimator.lossRatio(), estimator.burstLength(), estimator.estimateBps(), nowNs);
    }

    /** Throws away what waits of a stream and of its repairs: it must not reach the viewer any more. */
    void discardWaiting(OutboundStream stream) {
        if (paced != null) {
            paced.forget(stream.ssrc());
            paced.forget(stream.rtxSsrc());
        }
    }

    /** Throws away the pictures that wait of a stream, but for the one that is leaving. */
    void discardUnbegun(OutboundStream stream) {
        if (paced != null) {
            paced.forgetUnbegun(stream.ssrc());
        }
    }

    /** What a packet that leaves now waits for: what is ahead of it here, and in the path. */
    long queueNs() {
        return estimator.queueUs() * 1_000 + (paced == null ? 0 : paced.waitingNs());
    }

    SentPacketLog sentLog() {
        return sentLog;
    }

    private void number(PacketBuffer out, int length, long nowNs) {
        int at = room.tools.transportCcAt;
        if (at >= 0) {
            out.putShort(at, sentLog.onSent(length, nowNs));
        } else if (transportNumbers != null) {
            noteNumber(out, length, nowNs);
        }
    }

    /** Notes a packet without a transport-wide number, where RFC 8888 feedback may come of it. */
    void noteNumber(PacketBuffer out, int length, long nowNs) {
        if (transportNumbers != null) {
            long number = sentLog.next();
            sentLog.onSent(length, nowNs);
            transportNumbers.onSent(out.getInt(8), out.getUnsignedShort(2), number);
        }
    }

    /** Under which number a packet of a stream left; -1 when it is not known. */
    long transportNumber(long ssrc, int sequence) {
        return transportNumbers == null ? -1 : transportNumbers.find((int) ssrc, sequence);
    }

    /** Counts packets that were sent, retransmissions included. */
    void onSent(int packets, int lengthBytes, long nowNs) {
        room.counters.add(Counter.RTP_PACKETS_OUT, packets);
        room.counters.add(Counter.RTP_BYTES_OUT, lengthBytes);
        sentRate.add(packets, lengthBytes, nowNs);
    }

    @Override
    public void sendKeyframeRequest(Encoding encoding, long nowNs) {
        reports.sendKeyframeRequest(encoding, nowNs);
    }

    /** Removes all producers and consumers. */
    void close(long nowNs) {
        closed = true;
        if (paced != null) {
            paced.clear();
        }
        for (Consumer consumer : consumers) {
            removeConsumer(consumer.parameters().consumerId(), nowNs);
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
        return outbound.get((int) ssrc);
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
        return consumers;
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

    /** All that is sent to the peer. */
    RateMeter sentRate() {
        return sentRate;
    }

    @Override
    public PublisherClock clock() {
        return feedback.clock();
    }

    FeedbackReceiver feedback() {
        return feedback;
    }

    SendSideEstimator estimator() {
        return estimator;
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
