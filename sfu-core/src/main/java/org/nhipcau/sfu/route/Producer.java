// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.sfu.route;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import org.nhipcau.sfu.api.EncodingParameters;
import org.nhipcau.sfu.api.MediaKind;
import org.nhipcau.sfu.api.ProducerParameters;
import org.nhipcau.sfu.metrics.DropReason;

/**
 * One track that a publisher sends: its encodings, and the consumers that its packets are handed to.
 *
 * <p>Thread: one. Owns: its encodings. The array of consumers is replaced, never changed, so that the packet loop needs
 * no care about changes made from within it.
 */
final class Producer {
    private static final Consumer[] NO_CONSUMERS = {};

    final Room room;
    final Publisher endpoint;
    private final String trackId;
    private ProducerParameters parameters;
    private byte[] mid;
    private Encoding[] encodings;
    private PictureLayer[] layers;
    private PayloadFormats formats;
    private Consumer[] consumers = NO_CONSUMERS;
    private final SourcePacket[] waiting = new SourcePacket[ForwardQueue.CAPACITY];
    private int waitingCount;
    private final PipeExports exports = new PipeExports(this);
    private boolean muted;
    private final ProducerWatch watch;
    private final SpeakerLevel speaker;
    private final MirroredTrack mirrored;
    private final SourceWatch source = new SourceWatch();
    private final TrackGate gate;
    private boolean capped;
    private boolean resting;
    private boolean sendsOn;
    private boolean narrowUplink;
    /** What the node's load leaves of it. */
    final Shedder.Applied overload = new Shedder.Applied();

    /** @param crossing to the worker that owns the producer; null when this one does */
    Producer(Room room, Publisher endpoint, ProducerParameters parameters, Crossing crossing, long nowNs) {
        this.room = room;
        this.endpoint = endpoint;
        this.trackId = parameters.trackId();
        this.encodings = new Encoding[0];
        this.speaker = parameters.kind() == MediaKind.AUDIO ? new SpeakerLevel(parameters.source()) : null;
        this.watch = new ProducerWatch(this, nowNs);
        this.mirrored = crossing == null ? null : new MirroredTrack(crossing, this);
        this.gate = new TrackGate(this, parameters.gate());
        update(parameters);
    }

    /** Takes the parameters of a renegotiation, and lets consumers begin anew where they must. */
    void renegotiate(ProducerParameters changed, long nowNs) {
        gate.renegotiate(changed.gate(), nowNs);
        if (update(changed)) {
            gate.onStreamChanged(nowNs);
            for (Consumer consumer : consumers) {
                consumer.onFormatsChanged();
                consumer.retarget(nowNs);
            }
        }
        room.joins.join(trackId, nowNs);
    }

    /** Header extension ids or formats were negotiated anew: nothing remembered of them counts. */
    void forgetReaders() {
        for (Encoding encoding : encodings) {
            if (encoding.stream() != null) {
                encoding.stream().forgetReaders();
            }
        }
    }

    /**
     * Takes the parameters of a renegotiation. Encodings with the same rid live on.
     *
     * @return whether formats or encodings changed, so that consumers must begin anew
     */
    private boolean update(ProducerParameters changed) {
        boolean same = parameters != null && parameters.codecs().equals(changed.codecs())
                && rids(parameters.encodings()).equals(rids(changed.encodings()));
        parameters = changed;
        mid = changed.mid().getBytes(StandardCharsets.US_ASCII);
        if (!same) {
            formats = new PayloadFormats(changed.codecs());
        }
        updateEncodings(changed.encodings());
        return !same;
    }

    private void updateEncodings(List<EncodingParameters> changed) {
        Encoding[] before = encodings;
        Encoding[] after = new Encoding[changed.size()];
        for (int i = 0; i < after.length; i++) {
            EncodingParameters wanted = changed.get(i);
            if (i < before.length && before[i].parameters().rid().equals(wanted.rid())) {
                after[i] = before[i];
                after[i].update(wanted);
            } else {
                after[i] = new Encoding(this, i, wanted, room.keyframeIntervalNs());
            }
        }
        for (int i = 0; i < before.length; i++) {
            if (i >= after.length || after[i] != before[i]) {
                endpoint.release(before[i]);
            }
        }
        encodings = after;
        layers = PictureLayer.of(after);
    }

    private static List<String> rids(List<EncodingParameters> encodings) {
        return encodings.stream().map(EncodingParameters::rid).toList();
    }

    /** Takes a packet that waits to be forwarded. @return whether it is the first of its batch */
    boolean await(SourcePacket packet) {
        waiting[waitingCount++] = packet;
        return waitingCount == 1;
    }

    /** Hands the packets that wait to all consumers. None waits afterwards, whatever happens. */
    void forward(long nowNs) {
        try {
            forwardWaiting(nowNs);
        } finally {
            waitingCount = 0;
        }
    }

    private void forwardWaiting(long nowNs) {
        int count = muted ? 0 : dropStale();
        if (muted) {
            room.counters.drop(DropReason.PRODUCER_MUTED, waitingCount);
        }
        ForwardQueue.equaliseSizes(waiting, count);
        Consumer[] receivers = consumers;
        for (Consumer consumer : receivers) {
            try {
                consumer.onPackets(waiting, count, nowNs);
            } catch (RuntimeException fault) {
                consumer.onFault(fault, nowNs);
            }
        }
    }

    // What came on a stream that was replaced before its packets' turn came cannot be numbered any more.
    private int dropStale() {
        int count = 0;
        for (int i = 0; i < waitingCount; i++) {
            SourcePacket packet = waiting[i];
            if (packet.stream == packet.encoding.stream()) {
                waiting[count++] = packet;
            } else {
                room.counters.drop(DropReason.STREAM_REPLACED);
            }
        }
        return count;
    }

    /**
     * A layer's packets began or began again: consumers may want it.
     *
     * @param keyFrame the packet starts a key frame, so none needs to be asked for
     */
    void onLayerLive(boolean keyFrame, long nowNs) {
        for (Consumer consumer : consumers) {
            if (keyFrame) {
                consumer.chooseLayer(nowNs);
            } else {
                consumer.retarget(nowNs);
            }
        }
    }

    /** A scalable stream shows more spatial layers than before, or fewer. */
    void onLayersChanged(long nowNs) {
        layers = PictureLayer.of(encodings);
        for (Consumer consumer : consumers) {
            consumer.retarget(nowNs);
        }
    }

    /** An encoding has another stream now: what consumers remember of the old one is void. */
    void onStreamReplaced(long nowNs) {
        gate.onStreamChanged(nowNs);
        layers = PictureLayer.of(encodings);
        for (Consumer consumer : consumers) {
            consumer.onSourceReplaced();
        }
    }

    /** Asks the publisher for a key frame, as often as the storm control allows. */
    void requestKeyframe(Encoding encoding, long nowNs) {
        // Of a mirrored one only its own worker knows whether its packets come.
        if (muted || encoding.stream() == null && mirrored == null) {
            return;
        }
        if (!answers(encoding, nowNs)) {
            encoding.keyframes.want(nowNs);
            return;
        }
        if (encoding.keyframes.request(nowNs)) {
            endpoint.sendKeyframeRequest(encoding, nowNs);
        }
    }

    /**
     * A request for a key frame of an encoding can be answered now. Not where nothing comes from its publisher, who is in
     * a hole of its network: requests would wait for him there, one behind the other. And not where other sizes come
     * and this one does not: its publisher has given it up, and begins it anew with a key frame.
     */
    boolean answers(Encoding encoding, long nowNs) {
        if (mirrored != null || encoding.live(nowNs)) {
            return true;
        }
        for (Encoding other : encodings) {
            if (other.live(nowNs)) {
                return false;
            }
        }
        return endpoint.heard(nowNs);
    }

    void setMuted(boolean mute, long nowNs) {
        if (muted == mute) {
            return;
        }
        muted = mute;
        gate.onStreamChanged(nowNs);
        watch.onMuted(mute, nowNs);
        if (speaker != null) {
            speaker.clear();
        }
        for (Encoding encoding : encodings) {
            encoding.keyframes.cancel();
            if (mute && encoding.stream() != null) {
                encoding.stream().purgeSound();
            }
        }
        exports.restart();
        for (Consumer consumer : consumers) {
            consumer.onMuted(mute, nowNs);
        }
    }

    void attach(Consumer consumer) {
        Consumer[] more = Arrays.copyOf(consumers, consumers.length + 1);
        more[consumers.length] = consumer;
        consumers = more;
        raiseWanted(consumer.share().wantedQuality());
    }

    void detach(Consumer consumer) {
        int at = Arrays.asList(consumers).indexOf(consumer);
        if (at < 0) {
            return;
        }
        Consumer[] fewer = new Consumer[consumers.length - 1];
        System.arraycopy(consumers, 0, fewer, 0, at);
        System.arraycopy(consumers, at + 1, fewer, at, fewer.length - at);
        consumers = fewer;
    }

    /** A consumer wants this quality of the producer: its own worker is told at once. */
    void raiseWanted(int quality) {
        if (mirrored != null) {
            mirrored.raise(quality);
        }
    }

    /** Somebody may be watching or listening, here or on another worker. */
    boolean watched() {
        return consumers.length > 0 || !exports.none();
    }

    /** Its publisher was asked to send less of it than it could, since no viewer's path carries more. */
    boolean capped() {
        return capped;
    }

    void capped(boolean isCapped) {
        capped = isCapped;
    }

    /** A picture that does not come, for its publisher's uplink carries no room for it beside the voice. */
    boolean resting() {
        return resting && !sendsOn;
    }

    /** Its publisher heeds no word that it should rest: it does not, until it is to rest anew. */
    void sendsOn() {
        sendsOn = true;
    }

    /** Its publisher's uplink carries hardly more than a voice. */
    boolean narrowUplink() {
        return narrowUplink;
    }

    /** Tells what its publisher's uplink carries. */
    void uplink(boolean carriesVoiceAlone, boolean narrow) {
        resting = carriesVoiceAlone;
        sendsOn &= carriesVoiceAlone;
        narrowUplink = narrow;
    }

    /** Whether something comes of it. */
    ProducerWatch watch() {
        return watch;
    }

    /** What is wrong with it before it reaches a viewer. */
    SourceWatch source() {
        return source;
    }

    String trackId() {
        return trackId;
    }

    ProducerParameters parameters() {
        return parameters;
    }

    MediaKind kind() {
        return parameters.kind();
    }

    byte[] mid() {
        return mid;
    }

    Encoding[] encodings() {
        return encodings;
    }

    /** The sizes that a viewer can be given, smallest first; none of a track of sound without encodings. */
    PictureLayer[] layers() {
        return layers;
    }

    Consumer[] consumers() {
        return consumers;
    }

    boolean muted() {
        return muted;
    }

    /** What its payload types stand for. */
    PayloadFormats formats() {
        return formats;
    }

    /** The other workers that want it. */
    PipeExports exports() {
        return exports;
    }

    /** Its end of the pipe from the worker that owns the producer; null when this one does. */
    MirroredTrack mirrored() {
        return mirrored;
    }

    /** What the face policy makes of it. */
    TrackGate gate() {
        return gate;
    }

    /** Speech of an audio producer; null for video. */
    SpeakerLevel speaker() {
        return speaker;
    }
}
