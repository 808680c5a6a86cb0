// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.sfu.route;

import java.util.List;
import org.nhipcau.sfu.api.CodecParameters;
import org.nhipcau.sfu.api.MediaKind;
import org.nhipcau.sfu.bwe.ReceiveSideEstimator;
import org.nhipcau.sfu.bwe.SendSideEstimator;
import org.nhipcau.sfu.bwe.UplinkBrake;

/**
 * Works out what one publisher's uplink is worth being filled with, and what a key frame costs on it.
 *
 * <p>A picture that comes in one size only is of no use at more than the best of its viewers can carry: sent smaller, it
 * moves for viewers who otherwise would get still pictures, and the uplink is spared. Of a picture in several layers
 * dynacast leaves out what is too much; it is kept smaller here where even its smallest layer is too much, and where its
 * best layer is a little too much for all who want it: encoded somewhat coarser it comes with all its frames, and not
 * with half of them or as the layer below. As long as one viewer can carry all, or watches from another worker, whose
 * path is not known here, nothing is asked of the publisher for the viewers' sake.
 *
 * <p>What the uplink itself carries counts besides. A publisher that measures it is told of a queue before its own
 * estimator sees one, and its pictures rest where the uplink carries the voice alone ({@link UplinkBrake}). For one that
 * measures nothing it is estimated here ({@link ReceiveSideEstimator}).
 *
 * <p>What a key frame costs is seen from how long it takes to come in: a sender paces it by what its uplink carries.
 *
 * <p>The sum over all tracks is told by REMB, since senders apply that to their whole transport; again each second, at
 * once when it changes, and a few times that nothing is asked any more, for senders never forget a REMB.
 *
 * <p>Spec: draft-alvestrand-rmcat-remb-03. Thread: one. Control path, ten times a second.
 */
final class UplinkAdvice {
    /** Nothing is asked of the publisher. */
    static final long NO_CAP = Long.MAX_VALUE;
    /** What lifts a cap: more than any publisher has. */
    static final long LIFTED_BPS = 100_000_000;
    private static final long REPEAT_NS = 1_000_000_000L;
    private static final long RISE_SPACING_NS = 300_000_000L;
    private static final int LIFTS = 3;
    /** Of a viewer's room: encoders overshoot, and a step up wants some to spare. */
    private static final double OF_ROOM = 0.85;
    /** A picture is never asked to be smaller. By taste. */
    private static final long LEAST_PICTURE_BPS = 60_000;
    /** Of its smallest layer, that the paths must carry before a picture in several is let go again. */
    private static final double LET_GO = 1.4;
    /** The same of the best layer of several: headers and the step to all frames are to fit besides. */
    private static final double OF_ROOM_FOR_BEST = 0.78;
    /**
     * Of its rate, that the best layer is made smaller by at most, and before it is let go again. Browsers leave it out
     * where they are told less than some half of it, and then it looks no better than the layer below. By taste.
     */
    private static final double LEAST_OF_BEST = 0.65;
    private static final double LEAST_OF_BEST_KEPT = 0.55;
    /** For a microphone with headers and redundancy. */
    private static final long LEAST_SOUND_BPS = 40_000;
    private static final long MOST_SOUND_BPS = 110_000;
    private static final double PACKET_OVERHEAD_BITS = 8.0 * SendSideEstimator.PACKET_OVERHEAD_BYTES;
    /** Ten times a second: what was said half a minute ago hardly counts. */
    private static final double PEAK_FADES = 0.99;
    /** Paths that have just begun, or waver, ask nothing of a publisher. */
    private static final long CONFIRM_NS = 2_000_000_000L;
    private static final double SMALL_CHANGE = 0.05;
    /** Key frames may take this part of an uplink's time at most; 3: a third. */
    private static final int KEY_FRAME_PART = 3;
    /** Key frames that come in as quickly are not spaced. */
    private static final long QUICK_NS = 300_000_000L;
    private static final long MAX_SPACING_NS = 3_000_000_000L;
    private static final long NEVER = Long.MIN_VALUE;

    private final MediaEndpoint endpoint;
    /** Null where the publisher measures its uplink itself. */
    private ReceiveSideEstimator received;
    /** Null until a packet came that tells when it left: most peers only watch. */
    private UplinkBrake brake;
    /** The publisher takes REMB. */
    private boolean understood;
    private boolean congestionFeedback;
    private long capBps = NO_CAP;
    private long toldBps = NO_CAP;
    private long toldNs;
    /** How often it is to be told still that nothing is asked. */
    private int liftsLeft;
    /** Since when no viewer's path carries all; {@link #NEVER}: one does. */
    private long tooMuchSinceNs = NEVER;
    private long soundPeakBps = MOST_SOUND_BPS;

    UplinkAdvice(MediaEndpoint endpoint) {
        this.endpoint = endpoint;
    }

    /**
     * A packet came that tells when it left.
     *
     * @param absSendTime 24 bits
     * @param lengthBytes from the RTP header on
     */
    void onPacket(int absSendTime, int lengthBytes, long nowNs) {
        if (received != null) {
            received.onPacket(absSendTime, lengthBytes, nowNs);
        } else {
            if (brake == null) {
                brake = new UplinkBrake();
            }
            brake.onPacket(absSendTime, lengthBytes, nowNs);
        }
    }

    /** Its packets are to be reported by RFC 8888 feedback. */
    boolean congestionFeedback() {
        return congestionFeedback;
    }

    /** Works everything out anew. Ten times a second. */
    void update(long nowNs) {
        negotiated();
        long sum = 0;
        boolean capped = false;
        for (Producer producer : endpoint.producers()) {
            spaceKeyFrames(producer, nowNs);
            long bps = ofUse(producer);
            capped |= bps < fullBps(producer);
            sum = bps == NO_CAP || sum == NO_CAP ? NO_CAP : sum + bps;
        }
        boolean adds = sum != NO_CAP && capped;
        long soundBps = soundBps(nowNs);
        setCap(confirmed(adds ? sum + soundBps : NO_CAP, nowNs), soundBps, nowNs);
    }

    // What the microphones take at their peaks: between the words hardly anything comes.
    private long soundBps(long nowNs) {
        long sum = 0;
        int tracks = 0;
        for (Producer producer : endpoint.producers()) {
            if (producer.kind() == MediaKind.AUDIO && !producer.muted()) {
                tracks++;
                for (Encoding encoding : producer.encodings()) {
                    sum += encoding.stream() == null ? 0 : (long) (encoding.stream().rate().bitsPerSecond(nowNs)
                            + encoding.stream().rate().perSecond(nowNs) * PACKET_OVERHEAD_BITS);
                }
            }
        }
        soundPeakBps = Math.max(sum, (long) (soundPeakBps * PEAK_FADES));
        return Math.clamp(soundPeakBps, tracks * LEAST_SOUND_BPS, tracks * MOST_SOUND_BPS);
    }

    // Who sends key frames in no time has room for them; for others they cost, of all simulcast layers at once.
    private static void spaceKeyFrames(Producer producer, long nowNs) {
        if (producer.kind() != MediaKind.VIDEO) {
            return;
        }
        long tookNs = keyFramesTookNs(producer, nowNs);
        long spacingNs = tookNs < QUICK_NS ? 0 : Math.min(MAX_SPACING_NS, tookNs * KEY_FRAME_PART);
        for (Encoding encoding : producer.encodings()) {
            encoding.keyframes.spaceBy(spacingNs);
        }
    }

    // From the first packet to the last of the latest key frames; those of several layers come among each other.
    private static long keyFramesTookNs(Producer producer, long nowNs) {
        LatestKeyFrame latest = null;
        for (Encoding encoding : producer.encodings()) {
            LatestKeyFrame one = encoding.keyFrame();
            if (encoding.live(nowNs) && one.known() && (latest == null || one.lastPartNs() > latest.lastPartNs())) {
                latest = one;
            }
        }
        if (latest == null) {
            return 0;
        }
        long begunNs = latest.arrivedNs();
        for (Encoding encoding : producer.encodings()) {
            LatestKeyFrame one = encoding.keyFrame();
            if (encoding.live(nowNs) && one.known() && one.lastPartNs() >= latest.arrivedNs() - QUICK_NS) {
                begunNs = Math.min(begunNs, one.arrivedNs());
            }
        }
        return latest.lastPartNs() - begunNs;
    }

    // What any viewer can make use of, as far as its path is known.
    private static long ofUse(Producer producer) {
        long full = fullBps(producer);
        if (producer.kind() == MediaKind.AUDIO || producer.layers().length == 0 || !producer.exports().none()) {
            return full;
        }
        long best = -1;
        for (Consumer consumer : producer.consumers()) {
            if (consumer.wanted() && consumer.endpoint.connected()) {
                // Below nothing is nothing: sound alone may be more than the path carries.
                best = Math.max(best, Math.max(0, consumer.share().pathRoomBps()));
            }
        }
        double useful = best * OF_ROOM;
        if (best >= 0 && useful < leastUseful(producer, full)) {
            return Math.max(LEAST_PICTURE_BPS, (long) useful);
        }
        return producer.encodings().length > 1 && full != NO_CAP ? ofBestLayer(producer, full) : full;
    }

    // With the best layer that anybody wants made to fit the best path of those who want it. The layers below stay: an
    // encoder that is told less takes it from the uppermost first.
    private static long ofBestLayer(Producer producer, long full) {
        PictureLayer[] layers = producer.layers();
        int best = 0;
        long roomBps = 0;
        for (Consumer consumer : producer.consumers()) {
            int wanted = LayerSelector.wanted(layers, consumer.share().settings());
            if (consumer.wanted() && consumer.endpoint.connected() && wanted >= best) {
                roomBps = wanted > best ? consumer.share().pathRoomBps()
                        : Math.max(roomBps, consumer.share().pathRoomBps());
                best = wanted;
            }
        }
        double useful = roomBps * OF_ROOM_FOR_BEST;
        double bestBps = layers[best].plannedBps();
        double least = bestBps * (producer.capped() ? LEAST_OF_BEST_KEPT : LEAST_OF_BEST);
        if (best == 0 || useful < least || useful >= bestBps) {
            return full;
        }
        long sum = (long) useful;
        for (int below = 0; below < best; below++) {
            sum += layers[below].plannedBps();
        }
        return sum;
    }

    // A picture of several layers is only made smaller where its smallest is much larger than need be, and not let go
    // again at once: all its upper layers go and come with that.
    private static double leastUseful(Producer producer, long full) {
        PictureLayer[] layers = producer.layers();
        if (layers.length == 1) {
            return full;
        }
        long smallest = layers[0].plannedBps();
        return smallest < 2 * LEAST_PICTURE_BPS ? 0 : smallest * (producer.capped() ? LET_GO : 1);
    }

    // What its encoders would send with nothing in their way; NO_CAP where nobody said. Sound is added up by itself.
    private static long fullBps(Producer producer) {
        if (producer.kind() == MediaKind.AUDIO) {
            return 0;
        }
        Encoding[] encodings = producer.encodings();
        long sum = 0;
        for (Encoding encoding : encodings) {
            long announced = encoding.parameters().maxBitrateBps();
            if (announced <= 0) {
                PictureLayer[] layers = producer.layers();
                return encodings.length > 1 || layers.length > 1 ? NO_CAP : layers[0].plannedBps();
            }
            sum += announced;
        }
        return sum;
    }

    private long confirmed(long bps, long nowNs) {
        if (bps == NO_CAP) {
            tooMuchSinceNs = NEVER;
            return NO_CAP;
        }
        if (tooMuchSinceNs == NEVER) {
            tooMuchSinceNs = nowNs;
        }
        return nowNs - tooMuchSinceNs >= CONFIRM_NS ? bps : NO_CAP;
    }

    private void setCap(long bps, long soundBps, long nowNs) {
        boolean capped = understood && bps != NO_CAP;
        boolean brakes = received == null && brake != null && understood && endpoint.room().config.adaptive();
        capBps = bps;
        if (brakes) {
            brake.update(soundBps, nowNs);
            capBps = Math.min(bps, brake.capBps());
        } else if (received != null && received.fresh(nowNs)) {
            capBps = Math.min(bps, received.estimateBps());
        }
        for (Producer producer : endpoint.producers()) {
            producer.capped(capped && producer.kind() == MediaKind.VIDEO);
            producer.uplink(brakes && brake.resting(), brakes && brake.narrow(nowNs));
        }
    }

    /** What to tell the publisher now, in bits per second; negative: nothing. */
    long due(long nowNs) {
        if (!understood) {
            return -1;
        }
        if (capBps == NO_CAP) {
            boolean lifts = toldBps != NO_CAP || liftsLeft > 0 && nowNs - toldNs >= REPEAT_NS;
            return lifts ? LIFTED_BPS : -1;
        }
        boolean falls = capBps < toldBps * (1 - SMALL_CHANGE);
        boolean rises = capBps > toldBps * (1 + SMALL_CHANGE) && nowNs - toldNs >= RISE_SPACING_NS;
        return falls || rises || nowNs - toldNs >= REPEAT_NS ? capBps : -1;
    }

    private void negotiated() {
        understood = false;
        congestionFeedback = false;
        for (Producer producer : endpoint.producers()) {
            // By index: ten times a second, without an iterator.
            List<CodecParameters> codecs = producer.parameters().codecs();
            for (int i = 0; i < codecs.size(); i++) {
                understood |= codecs.get(i).remb();
                congestionFeedback |= codecs.get(i).ccfb();
            }
        }
        boolean measuresItself = endpoint.extensions().transportCc() != 0 || congestionFeedback;
        if (measuresItself) {
            received = null;
        } else if (received == null) {
            received = new ReceiveSideEstimator();
        }
    }

    /** The publisher was told. */
    void onTold(long nowNs) {
        toldNs = nowNs;
        if (capBps == NO_CAP) {
            liftsLeft = toldBps != NO_CAP ? LIFTS - 1 : liftsLeft - 1;
        }
        toldBps = capBps;
    }
}
