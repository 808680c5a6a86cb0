// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.bench.rural.judge;

import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;
import org.nhipcau.bench.rural.link.Direction;
import org.nhipcau.bench.rural.link.LinkSettings;
import org.nhipcau.bench.rural.link.Outage;
import org.nhipcau.bench.rural.link.PacketLog;

/**
 * Makes the figures of one run out of what the browsers counted and the emulator logged. A figure that a run cannot
 * have (a recovery without an outage, a queue without a log) is NaN; a time that never came is infinite.
 */
public final class Judge {
    private static final double SECOND_MS = 1_000;
    private static final double MINUTE_MS = 60_000;
    private static final double STEP_MS = 100;
    /** What did not happen within this was waited for in vain; what a run ended before is not known. */
    private static final double WAITED_MS = 10_000;
    private static final double RAMP_MS = 5_000;
    /** Fewer lost bytes than this say nothing of what their repair cost. */
    private static final double LOST_BITS = 8 * 10_000;
    private static final double STALL_WINDOW_MS = 200;
    /** A picture that is not there so long after the join is a frozen one; by taste. */
    private static final double JOIN_MS = 5_000;
    /** Of a second of sound; above it a listener notices. */
    private static final double CONCEALED_LITTLE = 0.05;
    /** No gap longer than this while a picture moves. */
    private static final double MOVING_GAP_MS = 500;
    private static final double MOVING_FOR_MS = 2_000;
    /** Of a share of percentiles; fps reached by 95 % of the seconds. */
    private static final double LOW_SHARE = 0.05;
    private static final double HIGH_SHARE = 0.95;
    private static final String[] PICTURE = {"vp8", "vp9", "h264", "av1", "rtx"};

    private final Situation situation;
    private final BrowserLog viewer;
    private final BrowserLog publisher;
    private final List<BrowserLog> others;
    private final PacketLog packets;
    private final double fromMs;
    private final double toMs;
    private final List<Freezes.Freeze> freezes;
    private final Map<Metric, Double> figures = new EnumMap<>(Metric.class);

    /**
     * @param viewer who looks and listens
     * @param publisher whom the viewer sees
     * @param others viewers of the same on good links
     */
    public Judge(Situation situation, BrowserLog viewer, BrowserLog publisher, List<BrowserLog> others,
            Optional<PacketLog> packets) {
        this.situation = situation;
        this.viewer = viewer;
        this.publisher = publisher;
        this.others = others;
        this.packets = packets.orElse(null);
        this.fromMs = situation.fromMs();
        this.toMs = Math.min(situation.toMs(), viewer.endMs());
        this.freezes = Freezes.find(viewer.framesMs(), viewer.endMs());
    }

    /** All figures; NaN: it has none; infinite: never within the run. */
    public Map<Metric, Double> figures() {
        for (Metric metric : Metric.values()) {
            figures.put(metric, Double.NaN);
        }
        if (toMs > fromMs) {
            sound();
            picture();
            link();
        }
        join();
        recovery();
        changes();
        othersLook();
        return figures;
    }

    private void sound() {
        put(Metric.AUDIO_CONCEALED, 100 * viewer.concealed(fromMs, toMs));
        put(Metric.CONCEALED_AUDIBLE, 100 * (viewer.concealed(fromMs, toMs) - viewer.silenced(fromMs, toMs)));
        int seconds = 0;
        int audible = 0;
        for (double t = fromMs; t + SECOND_MS <= toMs; t += SECOND_MS) {
            seconds++;
            audible += viewer.concealed(t, t + SECOND_MS) <= CONCEALED_LITTLE ? 1 : 0;
        }
        put(Metric.AUDIBLE, seconds == 0 ? Double.NaN : 100.0 * audible / seconds);
        double buffered = viewer.grown("received.audio.bufferDelayS", fromMs, toMs)
                / viewer.grown("received.audio.bufferCount", fromMs, toMs);
        double rttMs = median(viewer.points().stream().filter(this::judged).mapToDouble(BrowserLog.Point::rttMs)
                .filter(rtt -> !Double.isNaN(rtt)).toArray());
        put(Metric.RTT, rttMs);
        put(Metric.AUDIO_INDEX, audioIndex(viewer.concealed(fromMs, toMs), rttMs / 2 + buffered * SECOND_MS + 60));
        double stallMs = longestStallMs();
        put(Metric.AUDIO_STALL, stallMs);
        if (situation.hasFall() && packets != null) {
            double sent = packets.sentBits(situation.direction(), situation.fallMs() - 5 * SECOND_MS,
                    situation.fallMs()) / (5 * SECOND_MS);
            double kbps = situation.profile().at(situation.fallMs()).kbps(situation.direction());
            double allowedMs = 1.3 * (sent / kbps - 1) * (2 * situation.settings().delayMs() + 50);
            put(Metric.AUDIO_STALL_SHARE, allowedMs > 0 ? stallMs / allowedMs : Double.NaN);
        }
    }

    private boolean judged(BrowserLog.Point point) {
        return point.tMs() >= fromMs && point.tMs() <= toMs;
    }

    // A stretch in which the browser played nothing at all does not end a stall: its counters come in lumps.
    private double longestStallMs() {
        double longest = 0;
        double since = Double.NaN;
        for (double t = fromMs; t + STALL_WINDOW_MS <= toMs; t += STEP_MS) {
            double concealed = viewer.concealed(t, t + STALL_WINDOW_MS);
            if (concealed > 0.5) {
                since = Double.isNaN(since) ? t : since;
                longest = Math.max(longest, t + STALL_WINDOW_MS - since);
            } else if (!Double.isNaN(concealed)) {
                since = Double.NaN;
            }
        }
        return longest;
    }

    /**
     * What a listener would say of a call, 1 to 4.5, by the short form of the E-model with the impairment 5 and the
     * robustness 20 for Opus, which no recommendation gives: an index, not an opinion score.
     *
     * @param concealed share of the sound
     */
    static double audioIndex(double concealed, double mouthToEarMs) {
        double lost = 100 * concealed;
        double late = 0.024 * mouthToEarMs + (mouthToEarMs > 177.3 ? 0.11 * (mouthToEarMs - 177.3) : 0);
        double rating = 93.2 - late - (5 + 90 * lost / (lost + 20));
        return rating <= 0 ? 1 : 1 + 0.035 * rating + rating * (rating - 60) * (100 - rating) * 7e-6;
    }

    private void picture() {
        put(Metric.FREEZE_RATIO, Math.max(Freezes.share(freezes, fromMs, toMs), unseenBefore(viewer)));
        put(Metric.BROWSER_FREEZES, viewer.grown("received.video.frozenS", fromMs, toMs) * SECOND_MS / (toMs - fromMs));
        double[] fps = new double[(int) ((toMs - fromMs) / SECOND_MS)];
        for (int i = 0; i < fps.length; i++) {
            fps[i] = viewer.grown("received.video.frames", fromMs + i * SECOND_MS, fromMs + (i + 1) * SECOND_MS);
        }
        put(Metric.FPS_P5, percentile(fps, LOW_SHARE));
        put(Metric.LAYER_SWITCHES, switches(viewer, fromMs, toMs) * MINUTE_MS / (toMs - fromMs));
        put(Metric.PLI, publisher.grown("sent.video.plis", fromMs, toMs) * MINUTE_MS / (toMs - fromMs));
        put(Metric.VIDEO_KBPS, viewer.grown("received.video.bytes", fromMs, toMs) * 8 / (toMs - fromMs));
        put(Metric.HEIGHT, median(viewer.points().stream().filter(this::judged).mapToDouble(BrowserLog.Point::height)
                .toArray()));
        double longest = 0;
        double last = fromMs;
        for (double frame : viewer.framesMs()) {
            if (frame > fromMs && frame <= toMs) {
                longest = Math.max(longest, frame - last);
                last = frame;
            }
        }
        put(Metric.PICTURE_GAP, Math.max(longest, toMs - last));
    }

    // Who never saw a picture saw no freeze by the rule; it was one all the same. A join takes a while.
    private double unseenBefore(BrowserLog who) {
        double from = Math.max(fromMs, who.joinedMs() + JOIN_MS);
        double first = Arrays.stream(who.framesMs()).findFirst().orElse(Double.POSITIVE_INFINITY);
        return Math.max(0, Math.min(toMs, first) - from) / (toMs - fromMs);
    }

    private static double switches(BrowserLog who, double fromMs, double toMs) {
        int before = 0;
        int count = 0;
        for (BrowserLog.Point point : who.points()) {
            if (point.tMs() >= fromMs && point.tMs() <= toMs && point.height() > 0) {
                count += before > 0 && point.height() != before ? 1 : 0;
                before = point.height();
            }
        }
        return count;
    }

    private void link() {
        double from = fromMs + situation.settleMs();
        if (packets == null || from >= toMs) {
            return;
        }
        LinkSettings settings = situation.settings();
        double capacity = settings.capacityBits(situation.profile(), situation.direction(), from, toMs);
        double delivered = packets.deliveredBits(situation.direction(), from, toMs, packet -> true);
        put(Metric.UTILISATION, capacity > 0 && Double.isFinite(capacity) ? delivered / capacity : Double.NaN);
        put(Metric.SENT_KBPS, packets.sentBits(situation.direction(), from, toMs) / (toMs - from));
        put(Metric.QUEUE_P95, packets.queuedMs(situation.direction(), from, toMs, HIGH_SHARE, packet -> true));
        put(Metric.AUDIO_QUEUE_P95, packets.queuedMs(situation.direction(), from, toMs, HIGH_SHARE,
                ofCodecs("opus", "red")));
        if (delivered > 0) {
            repair(from, delivered, capacity);
        }
    }

    private void repair(double from, double delivered, double capacity) {
        Direction direction = situation.direction();
        double paddingBits = 8 * paddingBytes(from, toMs);
        double rtxBits = packets.deliveredBits(direction, from, toMs, ofCodecs("rtx"));
        double pictureBits = packets.deliveredBits(direction, from, toMs, ofCodecs(PICTURE));
        put(Metric.PADDING, 100 * Math.min(1, paddingBits / delivered));
        put(Metric.RTX, 100 * Math.max(0, rtxBits - paddingBits) / delivered);
        put(Metric.VIDEO_SHARE, capacity > 0 && Double.isFinite(capacity)
                ? Math.max(0, pictureBits - paddingBits) / capacity : Double.NaN);
        double lost = packets.lostBits(direction, from, toMs, ofCodecs(PICTURE));
        if (lost >= LOST_BITS && rtxBits > 0) {
            // Padding is lost as often as what it is sent like.
            double sent = rtxBits + packets.lostBits(direction, from, toMs, ofCodecs("rtx"));
            put(Metric.RTX_PER_LOST, sent * Math.max(0, 1 - paddingBits / rtxBits) / lost);
        }
    }

    private Predicate<PacketLog.Packet> ofCodecs(String... codecs) {
        List<Integer> types = Arrays.stream(codecs).flatMap(codec -> viewer.payloadTypes(codec).stream()).toList();
        return packet -> packet.udp() && types.contains(packet.payloadType());
    }

    // Browsers count header and padding of a stream's packets together; the smallest header that a reading shows is
    // taken for all headers. What the station sends is counted by the station, what it receives too.
    private double paddingBytes(double from, double to) {
        boolean down = situation.direction() == Direction.DOWN;
        BrowserLog station = down ? viewer : publisher;
        String stream = down ? "received.video." : "sent.video.";
        double smallest = Double.POSITIVE_INFINITY;
        for (double t = from; t + SECOND_MS <= to; t += SECOND_MS) {
            double packetCount = station.grown(stream + "packets", t, t + SECOND_MS);
            if (packetCount >= 1) {
                smallest = Math.min(smallest, station.grown(stream + "headerBytes", t, t + SECOND_MS) / packetCount);
            }
        }
        double packetCount = station.grown(stream + "packets", from, to);
        return Double.isInfinite(smallest) ? 0
                : Math.max(0, station.grown(stream + "headerBytes", from, to) - packetCount * smallest);
    }

    private void join() {
        double audio = viewer.firstMs("received.audio.bufferCount");
        double frame = Arrays.stream(viewer.framesMs()).findFirst().orElse(Double.NaN);
        BrowserLog station = situation.direction() == Direction.DOWN ? viewer : publisher;
        put(Metric.FIRST_AUDIO, sinceConnected(station, audio));
        put(Metric.FIRST_FRAME, sinceConnected(station, frame));
        put(Metric.JOIN_TO_AUDIO, audio - station.joinedMs());
        put(Metric.JOIN_TO_FRAME, frame - station.joinedMs());
        long rejoins = station.events("reconnecting") + station.events("disconnected");
        put(Metric.REJOINS, rejoins);
        put(Metric.ICE_RESTARTS, rejoins + station.events("signalReconnecting"));
    }

    // Who never got through DTLS has waited since the join.
    private double sinceConnected(BrowserLog who, double whenMs) {
        boolean neither = Double.isNaN(who.connectedMs()) && Double.isNaN(whenMs);
        return since(neither ? who.joinedMs() : who.connectedMs(), whenMs);
    }

    private double since(double startMs, double whenMs) {
        return Double.isNaN(whenMs) && viewer.endMs() >= startMs + WAITED_MS ? Double.POSITIVE_INFINITY
                : whenMs - startMs;
    }

    private void recovery() {
        Outage outage = situation.settings().outage();
        if (outage == null || viewer.endMs() < outage.endMs() + SECOND_MS) {
            return;
        }
        double end = outage.endMs();
        put(Metric.RECOVERY_AUDIO, since(end, soundAgainMs(end)));
        put(Metric.RECOVERY_VIDEO, since(end, movesAgainMs(end)));
        put(Metric.RECOVERY_LAYER, since(end, heightAgainMs(outage.atMs(), end)));
        if (packets != null) {
            double before = packets.deliveredBits(situation.direction(), outage.atMs() - 10 * SECOND_MS, outage.atMs(),
                    packet -> true) / 10;
            double after = packets.deliveredBits(situation.direction(), end + 3 * SECOND_MS, end + 6 * SECOND_MS,
                    packet -> true) / 3;
            put(Metric.WARM_RATE, before > 0 ? after / before : Double.NaN);
        }
    }

    private double soundAgainMs(double end) {
        for (double t = end; t + SECOND_MS <= viewer.endMs(); t += STEP_MS) {
            if (viewer.concealed(t, t + SECOND_MS) < CONCEALED_LITTLE) {
                return t;
            }
        }
        return Double.NaN;
    }

    private double movesAgainMs(double end) {
        double[] frames = viewer.framesMs();
        for (int i = 0; i < frames.length; i++) {
            if (frames[i] >= end && frames[i] + MOVING_FOR_MS <= viewer.endMs() && keepsMoving(frames, i)) {
                return frames[i];
            }
        }
        return Double.NaN;
    }

    private static boolean keepsMoving(double[] frames, int from) {
        for (int i = from + 1; i < frames.length; i++) {
            if (frames[i] - frames[i - 1] > MOVING_GAP_MS) {
                return false;
            }
            if (frames[i] - frames[from] >= MOVING_FOR_MS) {
                return true;
            }
        }
        return false;
    }

    private double heightAgainMs(double before, double after) {
        int height = viewer.points().stream().filter(point -> point.tMs() < before).mapToInt(BrowserLog.Point::height)
                .reduce(0, (first, last) -> last);
        double frame = movesAgainMs(after);
        return viewer.points().stream().filter(point -> height > 0 && point.tMs() >= Math.max(after, frame)
                && point.height() >= height).mapToDouble(BrowserLog.Point::tMs).findFirst().orElse(Double.NaN);
    }

    private void changes() {
        if (packets != null && (situation.hasRise() || !situation.hasFall())) {
            put(Metric.RAMP_500, rampMs(500));
            put(Metric.RAMP_1000, rampMs(1_000));
        }
        if (situation.hasFall() && situation.hasRise()) {
            put(Metric.RAMP_LAYER, since(situation.riseMs(), heightAgainMs(situation.fallMs(), situation.riseMs())));
            if (packets != null) {
                Predicate<PacketLog.Packet> sound = ofCodecs("opus", "red");
                put(Metric.AUDIO_QUEUE_RISE, packets.queuedMs(situation.direction(), situation.riseMs(),
                        situation.riseMs() + RAMP_MS, HIGH_SHARE, sound) - packets.queuedMs(situation.direction(),
                                situation.fallMs() - RAMP_MS, situation.fallMs(), 0.5, sound));
            }
        }
    }

    private double rampMs(double kbps) {
        double start = situation.hasRise() ? situation.riseMs() : viewer.connectedMs();
        double reached = Double.isNaN(start) ? Double.NaN
                : packets.reachedMs(situation.direction(), start, viewer.endMs(), kbps, SECOND_MS);
        return situation.hasRise() ? since(start, reached) : sinceConnected(viewer, reached);
    }

    private void othersLook() {
        double freeze = Double.NaN;
        double switching = Double.NaN;
        for (BrowserLog other : others) {
            double end = Math.min(toMs, other.endMs());
            double share = Math.max(Freezes.share(Freezes.find(other.framesMs(), other.endMs()), fromMs, end),
                    unseenBefore(other));
            double changed = switches(other, fromMs, end) * MINUTE_MS / (end - fromMs);
            freeze = Double.isNaN(freeze) ? share : Math.max(freeze, share);
            switching = Double.isNaN(switching) ? changed : Math.max(switching, changed);
        }
        put(Metric.OTHERS_FREEZE, freeze);
        put(Metric.OTHERS_SWITCHES, switching);
    }

    private void put(Metric metric, double value) {
        figures.put(metric, value);
    }

    private static double median(double[] values) {
        return percentile(values, 0.5);
    }

    /** The smallest value that a share of the values does not exceed; NaN of none. */
    static double percentile(double[] values, double share) {
        double[] sorted = values.clone();
        Arrays.sort(sorted);
        return sorted.length == 0 ? Double.NaN : sorted[Math.max(0, (int) Math.ceil(share * sorted.length) - 1)];
    }
}
