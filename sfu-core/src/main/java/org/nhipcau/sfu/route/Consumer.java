// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.sfu.route;

import java.nio.charset.StandardCharsets;
import org.nhipcau.sfu.api.ConsumerParameters;
import org.nhipcau.sfu.api.ConsumerSettings;
import org.nhipcau.sfu.api.MediaEvent.ConsumerPaused;
import org.nhipcau.sfu.api.MediaEvent.ConsumerStarted;
import org.nhipcau.sfu.api.MediaEvent.PictureStepChanged;
import org.nhipcau.sfu.api.MediaKind;
import org.nhipcau.sfu.api.PictureStep;
import org.nhipcau.sfu.api.TrackSource;
import org.nhipcau.sfu.buffer.PacketBuffer;
import org.nhipcau.sfu.bwe.Pacer;
import org.nhipcau.sfu.metrics.DropReason;
import org.nhipcau.sfu.metrics.WorkerCounters.Counter;
import org.nhipcau.sfu.stream.OutboundStream;

/**
 * One track on its way to one viewer: decides packet by packet whether the viewer gets it, and sends what it gets.
 *
 * <p>The decision reads in order: may the viewer see this now, can it take media, does it want this, is it the right
 * format, layer, temporal layer; each exit names its {@link DropReason}.
 * Thread: one. Owns: its rewriter and its outbound stream.
 */
final class Consumer {
    /** Capacity of the number map where nothing is ever retransmitted: late packets only. */
    private static final int SMALL_MAP = 128;
    /** What comes later than this is of no use to a player any more. */
    private static final int LATE_MS = 500;
    private static final long MID_NS = 1_000_000_000L;
    /**
     * A viewer's own requests for key frames are heeded this often at first, then ever more rarely: a lying one costs
     * the others little, and an honest one on a bad link is not left with a frozen picture for longer.
     */
    private static final long MIN_PLI_BACKOFF_NS = 500_000_000L;
    private static final long MAX_PLI_BACKOFF_NS = 2_000_000_000L;
    private static final long PLI_QUIET_NS = 10_000_000_000L;
    /** Pictures that move a little more or less are told of when it lasts; all else at once. */
    private static final long TELL_NS = 1_000_000_000L;

    final MediaEndpoint endpoint;
    private final Room room;
    private final PacketSink sink;
    private final ConsumerParameters parameters;
    private final byte[] mid;
    private final byte[] cname;
    private final OutboundStream stream;
    private final Retransmitter retransmitter;
    private ConsumerSettings settings;
    private Producer producer;
    private FormatMap formats;
    private StreamRewriter rewriter;
    /** Protects sound where the viewer takes redundancy; else null. */
    private AudioSender sound;
    private final LayerSelector selector = new LayerSelector();
    private boolean video;
    private final ViewerGate gate;

    private final NodeLimits limits = new NodeLimits();
    private final LayerChoice choice = new LayerChoice();
    private final PathReach reach = new PathReach();
    private long pathRoomBps = PriorityAllocator.UNLIMITED_BPS;
    /** Null until the path carries no moving picture for the first time. */
    private StillPicture still;
    private PictureStep toldStep = PictureStep.MOVING;
    private long stepSinceNs;
    private boolean pausedByNode;
    private boolean toldPaused;
    private boolean started;
    private long addedNs;
    private long startedNs;
    private long pliAllowedNs;
    private long pliBackoffNs = MIN_PLI_BACKOFF_NS;
    private long lastPliNs;
    private int lastFormat;
    /** Of the batch that is being forwarded. */
    private int sentPackets;
    private int sentBytes;
    private int sentPayloadBytes;
    private boolean pictureGivenUp;

    /** @param earlier of the same SSRCs on the same peer, to go on from; null when they are new */
    Consumer(MediaEndpoint endpoint, ConsumerParameters parameters, Numbering earlier, long nowNs) {
        this.endpoint = endpoint;
        this.room = endpoint.room();
        this.sink = endpoint.sink();
        this.parameters = parameters;
        this.mid = parameters.mid().getBytes(StandardCharsets.US_ASCII);
        this.cname = parameters.cname().getBytes(StandardCharsets.UTF_8);
        this.settings = parameters.settings();
        this.addedNs = nowNs;
        this.gate = new ViewerGate(endpoint, parameters.cleared());
        this.stream = earlier != null ? earlier.stream()
                : new OutboundStream((int) parameters.ssrc(), (int) parameters.rtxSsrc(),
                        room.random().nextInt(1 << 15));
        this.retransmitter = new Retransmitter(this, stream);
        this.rewriter = earlier == null ? null : earlier.rewriter();
    }

    /** What a later consumer of the same SSRCs goes on from; this one must send nothing any more. */
    Numbering retire() {
        if (rewriter != null) {
            rewriter.retire();
        }
        return new Numbering(stream, rewriter);
    }

    /** The producer is there: forwarding may start. */
    void attach(Producer newProducer, boolean viewerCleared, long nowNs) {
        producer = newProducer;
        gate.attach(newProducer, viewerCleared);
        video = newProducer.kind() == MediaKind.VIDEO;
        onFormatsChanged();
        newProducer.attach(this);
        if (video && choice.fresh() && room.config.adaptive() && endpoint.estimator().limited(nowNs)) {
            limits.smallest();
        }
        retarget(nowNs);
    }

    /** The producer's formats or encodings changed. */
    void onFormatsChanged() {
        formats = new FormatMap(producer.parameters().codecs(), parameters.codecs());
        if (rewriter == null) {
            int clockRate = producer.parameters().codecs().getFirst().clockRate();
            boolean rtx = stream.rtxSsrc() != 0 && formats.anyRtx() && video;
            rewriter = new StreamRewriter(rtx ? room.config.packetCachePackets() : SMALL_MAP,
                    rtx ? (int) room.config.packetCacheMs() : LATE_MS, room.random().nextInt(1 << 15), clockRate);
        }
        rewriter.forgetSources();
        selector.reset();
        if (sound == null && !video && formats.redPayloadType() >= 0) {
            sound = new AudioSender(this, endpoint.audioProtection());
        }
        if (sound != null) {
            sound.use(formats);
        }
    }

    /** The producer is gone: nothing is forwarded until another comes under the same track id. */
    void detach() {
        if (producer == null) {
            return;
        }
        producer.detach(this);
        producer = null;
        gate.detach();
        clearStill();
        endpoint.discardWaiting(stream);
        selector.reset();
        rewriter.forgetSources();
        forgetSound();
    }

    /** A stream of the producer was replaced by one with another SSRC. */
    void onSourceReplaced() {
        rewriter.forgetSources();
        selector.stop();
        forgetSound();
    }

    private void forgetSound() {
        if (sound != null) {
            sound.reset();
        }
    }

    /** Packets of the producer, in the order of their arrival. */
    void onPackets(SourcePacket[] packets, int count, long nowNs) {
        DropReason closed = closedFor(nowNs);
        if (closed != null) {
            room.counters.drop(closed, count);
            return;
        }
        beginCount();
        boolean protect = sound != null && sound.takes(packets, count, nowNs);
        for (int i = 0; i < count; i++) {
            SourcePacket packet = packets[i];
            DropReason reason = gate.mayNotSend(packet.encoding, packet.extended) ? DropReason.GATE_SHUT
                    : protect ? sound.decide(packet, nowNs) : decide(packet, nowNs);
            if (reason != null) {
                room.counters.drop(reason);
            }
        }
        endCount(nowNs);
    }

    /** Sends sound that has waited long enough for what it goes together with. */
    void releaseSound(long nowNs) {
        if (sound != null && sound.overdue(nowNs) && !gate.shut(nowNs)) {
            beginCount();
            sound.release(nowNs);
            endCount(nowNs);
        }
    }

    /** An empty packet where the sink will take it from. */
    PacketBuffer begin() {
        return sink.begin();
    }

    /** Writes the header of a packet of sound. @return its bytes, -1 when it does not fit */
    int writeHeader(SourcePacket packet, int slot, PacketBuffer out, long nowNs) {
        return rewriter.write(packet, slot, out, formats, stream.ssrc(), midFor(packet, nowNs), endpoint.extensions(),
                room.tools, nowNs);
    }

    /** A packet of sound was sent. */
    void onSoundSent(SourcePacket packet, int headerLength, int payloadLength, long nowNs) {
        lastFormat = packet.format;
        countSent(headerLength, payloadLength);
        if (!started) {
            onStarted(nowNs);
        }
    }

    /** Leaves a packet of the run out: what it holds is sent in another, and the numbers close up. */
    void closeUp(SourcePacket packet, long nowNs) {
        leaveOut(packet, null, nowNs);
    }

    // What keeps all packets from the viewer, or null.
    private DropReason closedFor(long nowNs) {
        if (gate.shut(nowNs)) {
            return DropReason.GATE_SHUT;
        }
        if (!sink.ready()) {
            stop();
            return DropReason.RECEIVER_NOT_READY;
        }
        if (settings.paused()) {
            return DropReason.CONSUMER_PAUSED;
        }
        if (pausedByNode) {
            return limits.reason(video);
        }
        return video && endpoint.outage().dark() ? DropReason.PATH_DARK : null;
    }

    /** The gate's state changed, or its policy. */
    void onGateChanged(long nowNs) {
        restrict(gate.cleared(), nowNs);
        if (gate.restricted()) {
            withhold();
            retarget(nowNs);
        }
    }

    /** Whether the viewer is cleared for the producer's participant changed, or not. */
    void restrict(boolean cleared, long nowNs) {
        boolean before = gate.restricted();
        boolean now = gate.restrict(cleared);
        if (now && !before) {
            withhold();
        }
        if (now != before) {
            producer.raiseWanted(wantedQuality());
            retarget(nowNs);
        }
    }

    // Nothing of what was sent or was to be sent goes on: the next packet begins a key frame.
    private void withhold() {
        stop();
        if (rewriter != null) {
            rewriter.forgetSources();
        }
    }

    /** What a face policy leaves the viewer of the track. */
    ViewerGate gate() {
        return gate;
    }

    /** The viewer's path went dark, or carries again: pictures then begin anew, with one key frame asked for now. */
    void onOutage(boolean dark, long nowNs) {
        if (!video) {
            return;
        }
        stop();
        if (!dark) {
            // The viewer asks as well, for what it missed: the same key frame serves that.
            pliAllowedNs = nowNs + MIN_PLI_BACKOFF_NS;
            retarget(nowNs);
        }
    }

    // Sends the packet, or tells why not.
    DropReason decide(SourcePacket packet, long nowNs) {
        DropReason reason = null;
        if (packet.empty()) {
            reason = DropReason.EMPTY_PAYLOAD;
        } else if (formats.treatment(packet.format) == FormatMap.Treatment.REFUSED) {
            reason = DropReason.FORMAT_NOT_ACCEPTED;
        } else if (video) {
            if (rewriter.lostTrack(packet)) {
                stop();
            }
            reason = selector.decide(packet);
            if (reason == DropReason.WAITING_FOR_KEYFRAME) {
                producer.requestKeyframe(packet.encoding, nowNs);
            }
        }
        if (reason != null) {
            return leaveOut(packet, reason, nowNs);
        }
        boolean begins = !rewriter.running() || rewriter.encoding() != packet.encoding;
        boolean switches = begins && rewriter.encoding() != null && rewriter.encoding() != packet.encoding;
        int slot = begins ? rewriter.begin(packet, nowNs) : rewriter.place(packet, nowNs);
        if (slot < 0) {
            return DropReason.TOO_OLD;
        }
        if (switches) {
            room.counters.increment(Counter.LAYER_SWITCHES);
        }
        lastFormat = packet.format;
        return send(packet, slot, nowNs);
    }

    // A packet of the run that is not forwarded closes its number; one of another encoding has none.
    private DropReason leaveOut(SourcePacket packet, DropReason reason, long nowNs) {
        if (rewriter.running() && rewriter.encoding() == packet.encoding) {
            int missed = rewriter.skip(packet, nowNs);
            if (missed >= 0) {
                sendEmpty(missed, nowNs);
            }
        }
        return reason;
    }

    private DropReason send(SourcePacket packet, int slot, long nowNs) {
        PacketBuffer out = sink.begin();
        int headerLength = rewriter.write(packet, slot, out, formats, stream.ssrc(), midFor(packet, nowNs),
                endpoint.extensions(), room.tools, nowNs);
        if (headerLength < 0) {
            return DropReason.TOO_LARGE;
        }
        int payloadLength = packet.rtp.payloadLength();
        if (!PayloadCopier.fits(headerLength, payloadLength + packet.rtp.paddingLength())) {
            return DropReason.TOO_LARGE;
        }
        endpoint.send(rank(), out, headerLength, packet, nowNs);
        countSent(headerLength, payloadLength);
        if (!started) {
            onStarted(nowNs);
        }
        return null;
    }

    private void sendEmpty(int slot, long nowNs) {
        PacketBuffer out = sink.begin();
        int headerLength = rewriter.writeEmpty(slot, out, formats.payloadType(lastFormat), stream.ssrc(),
                endpoint.extensions(), room.tools);
        endpoint.send(rank(), out, headerLength, nowNs);
        countSent(headerLength + 1, 0);
    }

    private Pacer.Rank rank() {
        return video ? Pacer.Rank.VIDEO : Pacer.Rank.AUDIO;
    }

    /** A picture waited in vain for its turn: what follows cannot be shown without it. */
    void onPictureGivenUp() {
        pictureGivenUp = true;
    }

    /** Begins anew with a key frame where a picture was given up. */
    void restartGivenUp(long nowNs) {
        if (pictureGivenUp) {
            pictureGivenUp = false;
            rewriter.stop();
            selector.stop();
            clearStill();
            endpoint.discardUnbegun(stream);
            retarget(nowNs);
        }
    }

    private void countSent(int headerLength, int payloadLength) {
        sentPackets++;
        sentBytes += headerLength + payloadLength;
        sentPayloadBytes += payloadLength;
    }

    /** A fault met while forwarding to this viewer: its transport is closed, nobody else's. */
    void onFault(RuntimeException fault, long nowNs) {
        stop();
        sink.onFault(fault, nowNs);
    }

    // The mid (RFC 8843 §9.2) is told until the viewer has reported on the SSRC, for a second at least, and with each
    // key frame. It takes 2 bytes and more, padded to words: 4 in a video packet, 0 in one of sound with its level.
    private byte[] midFor(SourcePacket packet, long nowNs) {
        return !stream.acknowledged() || nowNs - startedNs < MID_NS || packet.startsKeyFrame() ? mid : null;
    }

    private void onStarted(long nowNs) {
        started = true;
        startedNs = nowNs;
        long sinceNs = Math.max(addedNs, endpoint.connectedNs());
        room.emit(new ConsumerStarted(room.id(), endpoint.peerId(), parameters.consumerId(), producer.kind(),
                (nowNs - sinceNs) / 1_000_000));
    }

    /** A retransmission that the viewer asks for. @return null, or why there is none */
    DropReason retransmit(int sequence16, long nowNs) {
        if (gate.shut(nowNs)) {
            return DropReason.GATE_SHUT;
        }
        if (sound != null && forwarding()) {
            return sound.onNack(sequence16, retransmitter.budget(), nowNs);
        }
        return retransmitter.retransmit(sequence16, nowNs);
    }

    /** A packet of the still picture that is being shown; null when it is none. Valid as a cached one. */
    SourcePacket loadStill(Encoding encoding, long extended) {
        return still == null ? null : still.load(encoding, extended);
    }

    /** The viewer asks for a key frame. Heeded ever more rarely while it keeps asking: one cannot burden all. */
    void onKeyframeRequest(long nowNs) {
        if (producer == null || !video) {
            return;
        }
        // Its decoder misses pictures that are left out on purpose; the next still one comes in its time.
        if (nowNs < pliAllowedNs || limits.paused() || endpoint.outage().dark()) {
            room.counters.increment(Counter.KEYFRAME_REQUESTS_SUPPRESSED);
            return;
        }
        pliBackoffNs = nowNs - lastPliNs > PLI_QUIET_NS ? MIN_PLI_BACKOFF_NS
                : Math.min(MAX_PLI_BACKOFF_NS, pliBackoffNs * 2);
        lastPliNs = nowNs;
        pliAllowedNs = nowNs + pliBackoffNs;
        int wanted = selector.current() == LayerSelector.NONE ? selector.targetEncoding() : selector.current();
        if (wanted != LayerSelector.NONE) {
            producer.requestKeyframe(producer.encodings()[wanted], nowNs);
        }
    }

    /** Chooses the layer anew, and asks for a key frame where one is needed. */
    void retarget(long nowNs) {
        if (producer == null || !video) {
            return;
        }
        chooseLayer(nowNs);
        if (selector.waiting() && forwarding() && !endpoint.outage().dark()) {
            producer.requestKeyframe(producer.encodings()[selector.targetEncoding()], nowNs);
        }
    }

    /** Chooses the layer anew. */
    void chooseLayer(long nowNs) {
        if (video) {
            selector.retarget(producer.layers(), settings, limits, nowNs);
        }
    }

    /** Nothing but a missing key frame keeps packets from the viewer. */
    boolean forwarding() {
        return producer != null && !producer.muted() && !settings.paused() && !pausedByNode && !gate.held()
                && sink.ready();
    }

    void update(ConsumerSettings changed, long nowNs) {
        boolean resumes = settings.paused() && !changed.paused();
        settings = changed;
        if (changed.paused() || resumes) {
            stop();
        }
        if (producer != null) {
            producer.raiseWanted(wantedQuality());
        }
        retarget(nowNs);
    }

    void onMuted(boolean muted, long nowNs) {
        stop();
        if (!muted) {
            retarget(nowNs);
        }
    }

    /** The peer is connected: the time to the first frame runs. */
    void onConnected(long nowNs) {
        retarget(nowNs);
    }

    private void stop() {
        if (rewriter != null) {
            rewriter.stop();
        }
        selector.stop();
        clearStill();
        forgetSound();
        endpoint.discardWaiting(stream);
    }

    private void clearStill() {
        if (still != null) {
            still.clear();
        }
    }

    /**
     * The viewer's path allows what {@link #choice} says. Only for video.
     *
     * @param roomBps all that it has for this picture
     * @param stillBps what of it a still picture may take, where nothing that moves is sent
     */
    void allocate(long roomBps, long stillBps, long nowNs) {
        pathRoomBps = roomBps;
        if (limits.path(choice)) {
            onLimits(nowNs);
        }
        if (reachUp(nowNs)) {
            producer.raiseWanted(wantedQuality());
            room.tellWanted(producer, nowNs);
        }
        if (limits.pathStep() == PictureStep.STILL && !limits.off() && wanted() && sink.ready()
                && !gate.shut(nowNs)) {
            if (still == null) {
                still = new StillPicture(this, room);
            }
            still.onTimer(stillBps, nowNs);
        }
        tellStep(nowNs);
    }

    // Whether a layer that was out of the path's reach is near again.
    private boolean reachUp(long nowNs) {
        if (producer == null || pathRoomBps == PriorityAllocator.UNLIMITED_BPS) {
            return reach.unlimited() && producer != null;
        }
        boolean moves = limits.pathStep().compareTo(PictureStep.FEW_FRAMES) >= 0;
        return reach.update(producer.layers(), moves ? choice.layer() : 0, pathRoomBps, nowNs);
    }

    /** All that the viewer's path had for this picture when it was divided last. */
    long pathRoomBps() {
        return pathRoomBps;
    }

    /** Sends one packet of a still picture. @param first of the picture */
    void sendStill(SourcePacket packet, boolean first, long nowNs) {
        if (first) {
            rewriter.stop();
        }
        int slot = rewriter.running() ? rewriter.place(packet, nowNs) : rewriter.begin(packet, nowNs);
        if (slot < 0) {
            return;
        }
        beginCount();
        lastFormat = packet.format;
        DropReason reason = send(packet, slot, nowNs);
        if (reason != null) {
            room.counters.drop(reason);
        }
        endCount(nowNs);
    }

    /** Sends an empty packet, which shows the viewer whether it misses something before it. */
    void sendNothing(long nowNs) {
        if (rewriter.running()) {
            beginCount();
            sendEmpty(rewriter.pad(nowNs), nowNs);
            endCount(nowNs);
        }
    }

    private void beginCount() {
        sentPackets = 0;
        sentBytes = 0;
        sentPayloadBytes = 0;
    }

    private void endCount(long nowNs) {
        if (sentPackets > 0) {
            stream.onSent(sentPackets, sentBytes, sentPayloadBytes, nowNs);
            retransmitter.onSent(sentBytes, nowNs);
            endpoint.onSent(sentPackets, sentBytes, nowNs);
        }
    }

    private void tellStep(long nowNs) {
        PictureStep step = limits.pathStep();
        if (step == toldStep) {
            stepSinceNs = nowNs;
            return;
        }
        boolean moves = step.compareTo(PictureStep.FEW_FRAMES) >= 0;
        if (moves && toldStep.compareTo(PictureStep.FEW_FRAMES) >= 0 && nowNs - stepSinceNs < TELL_NS) {
            return;
        }
        room.counters.increment(step.compareTo(toldStep) < 0 ? Counter.PICTURE_STEPS_DOWN : Counter.PICTURE_STEPS_UP);
        toldStep = step;
        stepSinceNs = nowNs;
        room.emit(new PictureStepChanged(room.id(), endpoint.peerId(), parameters.consumerId(), step));
    }

    /**
     * What the node's load allows.
     *
     * @param newCap highest encoding; {@link org.nhipcau.sfu.overload.OverloadLevel#OFF}: forward nothing at all
     */
    void shed(int newCap, boolean fewestFrames, boolean repairs, long nowNs) {
        if (limits.shed(newCap, fewestFrames, repairs)) {
            onLimits(nowNs);
        }
    }

    private void onLimits(long nowNs) {
        if (limits.paused() != pausedByNode) {
            pausedByNode = limits.paused();
            stop();
        }
        if (limits.off() != toldPaused) {
            toldPaused = limits.off();
            room.emit(new ConsumerPaused(room.id(), endpoint.peerId(), parameters.consumerId(), toldPaused));
        }
        retarget(nowNs);
    }

    /** Quality that the viewer wants of this producer, for dynacast; -1 none. */
    int wantedQuality() {
        if (settings.paused() || producer == null || producer.encodings().length == 0
                || gate.barred()) {
            return -1;
        }
        // While nothing goes out for the node's load, the lowest layer is kept coming in, to be there at once.
        PictureLayer[] layers = producer.layers();
        int useful = Math.min(limits.shedCap(), reach.layer());
        return layers[Math.min(LayerSelector.wanted(layers, settings), useful)].quality();
    }

    /** The viewer wants to see this producer, and there is something to be seen. */
    boolean wanted() {
        return producer != null && !settings.paused() && !producer.muted() && !gate.held()
                && producer.encodings().length > 0;
    }

    /** Copies may go along with its sound. */
    boolean protectsSound() {
        return sound != null;
    }

    /** It is a shared screen, which may well stand still. */
    boolean screen() {
        return producer != null && producer.parameters().source() == TrackSource.SCREEN_SHARE;
    }

    /** Height of the picture that the viewer wants; only when {@link #wanted}. */
    int wantedHeight() {
        PictureLayer[] layers = producer.layers();
        return settings.maxHeight() > 0 ? Math.min(settings.maxHeight(), 0xffff)
                : Math.min(layers[LayerSelector.wanted(layers, settings)].height(), 0xffff);
    }

    ConsumerParameters parameters() {
        return parameters;
    }

    ConsumerSettings settings() {
        return settings;
    }

    Producer producer() {
        return producer;
    }

    boolean video() {
        return video;
    }

    OutboundStream stream() {
        return stream;
    }

    /** The payload type of retransmissions; -1: the viewer takes none. */
    int rtxPayloadType() {
        return formats == null ? -1 : formats.rtxPayloadType(lastFormat);
    }

    /**
     * Packets that only find out what the path carries may go in its stream: also where just still pictures do, or
     * nothing, since otherwise nobody would learn that the path carries more again.
     */
    boolean takesFiller(long nowNs) {
        return video && wanted() && !gate.shut(nowNs) && !limits.shedOff() && stream.rtxSsrc() != 0
                && stream.packets() > 0 && rtxPayloadType() >= 0;
    }

    /** Null until a producer was there. */
    StreamRewriter rewriter() {
        return rewriter;
    }

    LayerSelector selector() {
        return selector;
    }

    NodeLimits limits() {
        return limits;
    }

    /** The step that the viewer's path carries. */
    LayerChoice choice() {
        return choice;
    }

    /** Null until a producer was there. */
    FormatMap formats() {
        return formats;
    }

    byte[] mid() {
        return mid;
    }

    byte[] cname() {
        return cname;
    }
}
