// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.sfu.route;

import org.nhipcau.sfu.api.ConsumerParameters;
import org.nhipcau.sfu.api.MediaKind;
import org.nhipcau.sfu.metrics.DropReason;
import org.nhipcau.sfu.metrics.WorkerCounters.Counter;
import org.nhipcau.sfu.stream.OutboundStream;

/**
 * One track on its way to one viewer: decides packet by packet whether the viewer gets it.
 *
 * <p>The decision reads in order: may the viewer see this now, can it take media, does it want this, is it the right
 * format, layer, temporal layer; each exit names its {@link DropReason}. What goes is sent by the {@link TrackSender},
 * sound with copies by the {@link AudioSender}; what the viewer wants and is granted is its {@link ViewerShare}.
 * Thread: one. Owns: those three.
 */
final class Consumer {
    final MediaEndpoint endpoint;
    private final Room room;
    private final PacketSink sink;
    private final ConsumerParameters parameters;
    private final TrackSender sender;
    private final ViewerShare share;
    private final ViewerGate gate;
    private final LayerSelector selector = new LayerSelector();
    private final PliBackoff requests = new PliBackoff();
    private Producer producer;
    private boolean video;
    /** Protects sound where the viewer takes redundancy; else null. */
    private AudioSender sound;
    private boolean pictureGivenUp;

    /** @param earlier of the same SSRCs on the same peer, to go on from; null when they are new */
    Consumer(MediaEndpoint endpoint, ConsumerParameters parameters, Numbering earlier, long nowNs) {
        this.endpoint = endpoint;
        this.room = endpoint.room();
        this.sink = endpoint.sink();
        this.parameters = parameters;
        this.share = new ViewerShare(this, parameters.settings());
        this.gate = new ViewerGate(endpoint, parameters.cleared());
        this.sender = new TrackSender(this, parameters, earlier, nowNs);
    }

    /** The producer is there: forwarding may start. */
    void attach(Producer newProducer, boolean viewerCleared, long nowNs) {
        producer = newProducer;
        gate.attach(newProducer, viewerCleared);
        video = newProducer.kind() == MediaKind.VIDEO;
        onFormatsChanged();
        newProducer.attach(this);
        if (video) {
            share.onPictureAttached(nowNs);
        }
        retarget(nowNs);
    }

    /** The producer's formats or encodings changed. */
    void onFormatsChanged() {
        sender.use(producer);
        selector.reset();
        if (sound == null && !video && sender.formats().redPayloadType() >= 0) {
            sound = new AudioSender(this, endpoint.audioProtection());
        }
        if (sound != null) {
            sound.use(sender.formats());
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
        share.clearStill();
        endpoint.outlet().discardWaiting(sender.stream());
        selector.reset();
        sender.forgetSources();
        forgetSound();
    }

    /** A stream of the producer was replaced by one with another SSRC. */
    void onSourceReplaced() {
        sender.forgetSources();
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
        sender.beginBatch();
        boolean protect = sound != null && sound.takes(packets, count, nowNs);
        for (int i = 0; i < count; i++) {
            SourcePacket packet = packets[i];
            DropReason reason = gate.mayNotSend(packet.encoding, packet.extended) ? DropReason.GATE_SHUT
                    : protect ? sound.decide(packet, nowNs) : decide(packet, nowNs);
            if (reason != null) {
                room.counters.drop(reason);
            }
        }
        sender.endBatch(nowNs);
    }

    /** Sends sound that has waited long enough for what it goes together with. */
    void releaseSound(long nowNs) {
        if (sound != null && sound.overdue(nowNs) && !gate.shut(nowNs)) {
            sender.beginBatch();
            sound.release(nowNs);
            sender.endBatch(nowNs);
        }
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
        DropReason withheld = share.withheld();
        if (withheld != null) {
            return withheld;
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
            producer.raiseWanted(share.wantedQuality());
            retarget(nowNs);
        }
    }

    // Nothing of what was sent or was to be sent goes on: the next packet begins a key frame.
    private void withhold() {
        stop();
        sender.forgetSources();
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
            requests.onServed(nowNs);
            retarget(nowNs);
        }
    }

    /** Sends the packet, or tells why not. */
    DropReason decide(SourcePacket packet, long nowNs) {
        DropReason reason = null;
        if (packet.empty()) {
            reason = DropReason.EMPTY_PAYLOAD;
        } else if (sender.formats().treatment(packet.format) == FormatMap.Treatment.REFUSED) {
            reason = DropReason.FORMAT_NOT_ACCEPTED;
        } else if (video) {
            if (sender.rewriter().lostTrack(packet)) {
                stop();
            }
            reason = selector.decide(packet);
            if (reason == DropReason.WAITING_FOR_KEYFRAME) {
                producer.requestKeyframe(packet.encoding, nowNs);
            }
        }
        if (reason != null) {
            sender.leaveOut(packet, nowNs);
            return reason;
        }
        return sender.send(packet, nowNs);
    }

    /** A picture waited in vain for its turn: what follows cannot be shown without it. */
    void onPictureGivenUp() {
        pictureGivenUp = true;
    }

    /** Begins anew with a key frame where a picture was given up. */
    void restartGivenUp(long nowNs) {
        if (pictureGivenUp) {
            pictureGivenUp = false;
            sender.stop();
            selector.stop();
            share.clearStill();
            endpoint.outlet().discardUnbegun(sender.stream());
            retarget(nowNs);
        }
    }

    /** A fault met while forwarding to this viewer: its transport is closed, nobody else's. */
    void onFault(RuntimeException fault, long nowNs) {
        stop();
        sink.onFault(fault, nowNs);
    }

    /** A retransmission that the viewer asks for. @return null, or why there is none */
    DropReason retransmit(int sequence16, long nowNs) {
        if (gate.shut(nowNs)) {
            return DropReason.GATE_SHUT;
        }
        if (sound != null && forwarding()) {
            return sound.onNack(sequence16, sender.retransmitter().budget(), nowNs);
        }
        return sender.retransmitter().retransmit(sequence16, nowNs);
    }

    /** The viewer asks for a key frame. Heeded ever more rarely while it keeps asking: one cannot burden all. */
    void onKeyframeRequest(long nowNs) {
        if (producer == null || !video) {
            return;
        }
        // Its decoder misses pictures that are left out on purpose; the next still one comes in its time.
        if (!requests.allows(nowNs) || share.limits().paused() || endpoint.outage().dark()) {
            room.counters.increment(Counter.KEYFRAME_REQUESTS_SUPPRESSED);
            return;
        }
        int wanted = selector.current() == LayerSelector.NONE ? selector.targetEncoding() : selector.current();
        if (wanted != LayerSelector.NONE && !producer.answers(producer.encodings()[wanted], nowNs)) {
            // It misses pictures since none come from the publisher: perhaps it needs no key frame when they do again.
            room.counters.increment(Counter.KEYFRAME_REQUESTS_SUPPRESSED);
            return;
        }
        requests.onHeeded(nowNs);
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
            selector.retarget(producer.layers(), share.settings(), share.limits(), nowNs);
        }
    }

    /** Nothing but a missing key frame keeps packets from the viewer. */
    boolean forwarding() {
        return producer != null && !producer.muted() && share.withheld() == null && !gate.held() && sink.ready();
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

    /** Ends the run of packets, which begins anew with a key frame: what waits or is remembered of it goes no more. */
    void stop() {
        sender.stop();
        selector.stop();
        share.clearStill();
        forgetSound();
        endpoint.outlet().discardWaiting(sender.stream());
    }

    /** The viewer wants to see this producer, and there is something to be seen. */
    boolean wanted() {
        return producer != null && !share.settings().paused() && !producer.muted() && !gate.held()
                && producer.encodings().length > 0;
    }

    /** Copies may go along with its sound. */
    boolean protectsSound() {
        return sound != null;
    }

    ConsumerParameters parameters() {
        return parameters;
    }

    Producer producer() {
        return producer;
    }

    boolean video() {
        return video;
    }

    OutboundStream stream() {
        return sender.stream();
    }

    /**
     * Packets that only find out what the path carries may go in its stream: also where just still pictures do, or
     * nothing, since otherwise nobody would learn that the path carries more again.
     */
    boolean takesFiller(long nowNs) {
        return video && wanted() && !gate.shut(nowNs) && !share.limits().shedOff() && stream().rtxSsrc() != 0
                && stream().packets() > 0 && sender.rtxPayloadType() >= 0;
    }

    LayerSelector selector() {
        return selector;
    }

    /** What the viewer wants of the track and is granted. */
    ViewerShare share() {
        return share;
    }

    /** Gives its packets their numbers and headers. */
    TrackSender sender() {
        return sender;
    }
}
