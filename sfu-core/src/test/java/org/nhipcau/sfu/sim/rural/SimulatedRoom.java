// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.sfu.sim.rural;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.SplittableRandom;
import org.nhipcau.sfu.api.CodecParameters;
import org.nhipcau.sfu.api.HeaderExtensions;
import org.nhipcau.sfu.api.MediaEvent;
import org.nhipcau.sfu.api.MediaReply;
import org.nhipcau.sfu.api.SfuConfig;
import org.nhipcau.sfu.buffer.CacheMemory;
import org.nhipcau.sfu.buffer.PacketPool;
import org.nhipcau.sfu.bwe.EstimatorSettings;
import org.nhipcau.sfu.metrics.DropReason;
import org.nhipcau.sfu.metrics.WorkerCounters;
import org.nhipcau.sfu.route.ForwardQueue;
import org.nhipcau.sfu.route.Room;
import org.nhipcau.sfu.sim.link.VirtualClock;
import org.nhipcau.sfu.sim.link.VirtualClock.Alarm;
import org.nhipcau.sfu.worker.MediaWorker;

/**
 * A room as a worker runs it, in virtual time: the real forwarding, pacing, estimating and allocating, each packet
 * forwarded as it comes, each peer's timers looked at in the worker's rhythm.
 *
 * <p>Thread: one. Owns: clock, packets and peers of one run.
 */
public final class SimulatedRoom {
    /** When a run begins; not 0, which means "never" in places. */
    public static final long START_NS = 5_000_000_000L;
    static final HeaderExtensions PUBLISHER_IDS = new HeaderExtensions(1, 2, 3, 4, 5, 6, 7, 0, 0, 0);
    /** Of a publisher without transport-wide numbers, which tells when a packet left instead. */
    static final HeaderExtensions UNNUMBERED_IDS = new HeaderExtensions(1, 2, 3, 4, 0, 6, 0, 0, 0, 0);
    static final HeaderExtensions VIEWER_IDS = new HeaderExtensions(9, 10, 11, 12, 3, 2, 0, 0, 0, 0);
    static final HeaderExtensions UNNUMBERED_VIEWER_IDS = new HeaderExtensions(9, 10, 11, 12, 0, 2, 0, 0, 0, 0);
    static final CodecParameters VP8 = codec("video/VP8", 96, 97);
    static final CodecParameters OPUS = codec("audio/opus", 111, -1);
    static final CodecParameters VIEWER_VP8 = codec("video/VP8", 100, 101);
    static final CodecParameters VIEWER_OPUS = codec("audio/opus", 109, -1);
    static final CodecParameters VIEWER_RED = codec("audio/red", 63, -1);
    private static final long CACHE_BYTES = 64 << 20;
    private static final int POOL_PACKETS = 1 << 16;

    private final long seed;
    private final SplittableRandom seeds;
    private final VirtualClock clock = new VirtualClock(START_NS);
    private final PacketPool pool = new PacketPool(POOL_PACKETS);
    private final ForwardQueue forwarding = new ForwardQueue();
    private final WorkerCounters counters = new WorkerCounters();
    private final Room media;
    private final List<SimulatedTransport> transports = new ArrayList<>();
    private final List<SimulatedPublisher> publishers = new ArrayList<>();
    private final List<MediaEvent> events = new ArrayList<>();
    private final Map<String, MediaEvent.QualityReport> quality = new HashMap<>();
    private final Alarm tick = new Alarm(this::onTick);
    private long nextRoomTimerNs;

    public SimulatedRoom(long seed) {
        this(seed, EstimatorSettings.DEFAULT);
    }

    /** @param constants of the estimator of each peer */
    public SimulatedRoom(long seed, EstimatorSettings constants) {
        this.seed = seed;
        this.seeds = new SplittableRandom(seed);
        this.media = new Room("room", SfuConfig.DEFAULT, counters, forwarding, this::onEvent, new Random(nextSeed()),
                new CacheMemory(CACHE_BYTES), pool);
        media.tune(constants);
        clock.set(tick, START_NS);
    }

    private static CodecParameters codec(String mime, int payloadType, int rtx) {
        boolean video = mime.startsWith("video");
        return new CodecParameters(mime, payloadType, video ? 90_000 : 48_000, video ? 0 : 2, Map.of(), rtx, true,
                video, video, video, true);
    }

    /** The same where RFC 8888 feedback is negotiated in place of the transport-wide one. */
    static CodecParameters withCongestionFeedback(CodecParameters codec) {
        return new CodecParameters(codec.mimeType(), codec.payloadType(), codec.clockRate(), codec.channels(),
                codec.formatParameters(), codec.rtxPayloadType(), codec.nack(), codec.pli(), codec.fir(), codec.remb(),
                false, true);
    }

    private void onTick(long nowNs) {
        for (SimulatedTransport transport : transports) {
            transport.onTick(nowNs);
        }
        if (nowNs >= nextRoomTimerNs) {
            nextRoomTimerNs = media.onTimer(nowNs);
        }
        clock.set(tick, nowNs + MediaWorker.TICK_NS);
    }

    private void onEvent(MediaEvent event) {
        switch (event) {
            case MediaEvent.WantedQualityChanged wanted ->
                    publishers.forEach(each -> each.onWanted(wanted.trackId(), wanted.maxQuality()));
            case MediaEvent.WantedSpeechChanged wanted -> {
                events.add(event);
                publishers.stream().filter(each -> each.microphoneId().equals(wanted.trackId())).forEach(each -> clock.at(
                        clock.nowNs() + SimulatedPublisher.SIGNALING_NS, now -> each.onWantedSpeech(wanted.maxBitrateBps(), wanted.packetMs())));
            }
            case MediaEvent.QualityReport report -> quality.put(report.peerId(), report);
            case MediaEvent.SpeakersChanged speakers -> { }
            default -> events.add(event);
        }
    }

    void add(SimulatedTransport transport) {
        transports.add(transport);
    }

    void add(SimulatedPublisher publisher) {
        publishers.add(publisher);
    }

    void forward(long nowNs) {
        forwarding.forward(nowNs);
    }

    /** Lets so much time pass. */
    public void run(long ms) {
        clock.runUntil(clock.nowNs() + ms * 1_000_000);
    }

    /** Milliseconds since the run began. */
    public long nowMs() {
        return (clock.nowNs() - START_NS) / 1_000_000;
    }

    static void require(MediaReply reply) {
        if (!(reply instanceof MediaReply.Done)) {
            throw new AssertionError(reply.toString());
        }
    }

    long nextSeed() {
        return seeds.nextLong();
    }

    public VirtualClock clock() {
        return clock;
    }

    public Room media() {
        return media;
    }

    /** The figures of a peer that signaling was told last; null before any. */
    public MediaEvent.QualityReport quality(String peerId) {
        return quality.get(peerId);
    }

    /** What signaling was told, but for the regular figures. */
    public List<MediaEvent> events() {
        return events;
    }

    PacketPool pool() {
        return pool;
    }

    /** Frees the packets. */
    public void close() {
        transports.forEach(SimulatedTransport::close);
        pool.close();
    }

    @Override
    public String toString() {
        StringBuilder text = new StringBuilder("seed " + seed + " at " + nowMs() + " ms, counters:");
        for (WorkerCounters.Counter counter : WorkerCounters.Counter.values()) {
            if (counters.get(counter) != 0) {
                text.append(' ').append(counter).append('=').append(counters.get(counter));
            }
        }
        for (DropReason reason : DropReason.values()) {
            if (counters.get(reason) != 0) {
                text.append(' ').append(reason).append('=').append(counters.get(reason));
            }
        }
        return text.toString();
    }
}
