// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.sfu;

import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.TimeGauge;
import io.micrometer.core.instrument.Timer;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import org.nhipcau.sfu.api.GateReason;
import org.nhipcau.sfu.api.GateState;
import org.nhipcau.sfu.api.MediaEvent;
import org.nhipcau.sfu.api.MediaEvent.PeerFailure;
import org.nhipcau.sfu.api.MediaEvent.PeerState;
import org.nhipcau.sfu.api.MediaKind;
import org.nhipcau.sfu.metrics.DropReason;
import org.nhipcau.sfu.metrics.WorkerCounters;
import org.nhipcau.sfu.metrics.WorkerCounters.Counter;
import org.nhipcau.sfu.overload.OverloadLevel;
import org.nhipcau.sfu.worker.MediaWorker;
import org.nhipcau.sfu.worker.WorkerLoad;

/**
 * The media node's figures in a Micrometer registry. No label names a room, a person or an address.
 *
 * <p>Workers' counters are read when the registry is scraped; histograms are fed from the events.
 */
final class SfuMetrics {
    private final MeterRegistry registry;
    private final SfuServer server;
    private final QualityMeters quality;
    private final Map<String, Long> connectingSinceNs = new ConcurrentHashMap<>();

    SfuMetrics(MeterRegistry registry, SfuServer server) {
        this.registry = registry;
        this.server = server;
        this.quality = new QualityMeters(registry);
    }

    void bind() {
        List<WorkerCounters> counters = server.counters();
        List<MediaWorker> workers = server.workers();
        for (int i = 0; i < counters.size(); i++) {
            bindWorker(String.valueOf(i), counters.get(i), workers.get(i));
        }
        FunctionCounter.builder("nhipcau.sfu.commands.not.accepted", server, SfuServer::failedOffers)
                .description("Offers to a worker that failed because its queue was full").register(registry);
        FunctionCounter.builder("nhipcau.sfu.events.lost", server, SfuServer::lostEvents)
                .description("Events given up because signaling was too slow").register(registry);
        Gauge.builder("nhipcau.sfu.workers", workers, List::size)
                .description("Packet threads").register(registry);
        Gauge.builder("nhipcau.sfu.srtp.engine", () -> 1).tag("engine", server.node().srtpEngine())
                .description("What encrypts media, by label; always 1").register(registry);
        bindEvents();
    }

    private void bindWorker(String index, WorkerCounters counters, MediaWorker worker) {
        for (Counter counter : Counter.values()) {
            String name = "nhipcau.sfu." + counter.name().toLowerCase(Locale.ROOT).replace('_', '.');
            FunctionCounter.builder(name, counters, source -> source.get(counter))
                    .tag("worker", index).register(registry);
        }
        for (DropReason reason : DropReason.values()) {
            FunctionCounter.builder("nhipcau.sfu.drops", counters, source -> source.get(reason))
                    .description("Packets not processed or not forwarded, by reason")
                    .tag("worker", index).tag("reason", reason.name().toLowerCase(Locale.ROOT)).register(registry);
        }
        Gauge.builder("nhipcau.sfu.rooms", worker, source -> source.load().rooms())
                .tag("worker", index).description("Rooms open, on each worker that has a part").register(registry);
        Gauge.builder("nhipcau.sfu.peers", worker, source -> source.load().peers())
                .tag("worker", index).description("Transports open").register(registry);
        Gauge.builder("nhipcau.sfu.packet.slots.in.use", worker, source -> source.load().slotsInUse())
                .tag("worker", index).description("Packet slots held between duty cycles").register(registry);
        Gauge.builder("nhipcau.sfu.packet.slots.allocated", worker, source -> source.load().slotsAllocated())
                .tag("worker", index).description("Packet slots in native memory").register(registry);
        Gauge.builder("nhipcau.sfu.cache.lent.bytes", worker, source -> source.load().cacheLentBytes())
                .tag("worker", index).description("Bytes that streams hold for retransmission").register(registry);
        Gauge.builder("nhipcau.sfu.cache.allocated.bytes", worker, source -> source.load().cacheAllocatedBytes())
                .tag("worker", index).description("Native memory for retransmission").register(registry);
        bindGate(index, counters);
        bindLoad(index, worker.load());
    }

    private void bindGate(String index, WorkerCounters counters) {
        for (GateState state : GateState.values()) {
            Gauge.builder("nhipcau.sfu.gate.tracks", counters, source -> source.gatedTracks(state))
                    .description("Tracks under a face policy, by what is known of them")
                    .tag("worker", index).tag("state", label(state)).register(registry);
        }
        for (GateReason reason : GateReason.values()) {
            boolean lease = reason == GateReason.SILENT || reason == GateReason.OTHER_EPOCH;
            FunctionCounter.builder(lease ? "nhipcau.sfu.gate.leases.expired" : "nhipcau.sfu.gate.cuts", counters,
                            source -> source.cuts(reason))
                    .description(lease ? "Tracks withheld from restricted viewers because no proof came in time"
                            : "Tracks withheld from restricted viewers for another reason")
                    .tag("worker", index).tag("reason", label(reason)).register(registry);
        }
    }

    private void bindLoad(String index, WorkerLoad load) {
        Gauge.builder("nhipcau.sfu.worker.utilisation", load, WorkerLoad::utilisation)
                .description("Share of its time that the packet thread was busy in the last second, 0 to 1")
                .tag("worker", index).register(registry);
        TimeGauge.builder("nhipcau.sfu.worker.lag", load, TimeUnit.NANOSECONDS, WorkerLoad::lagNs)
                .description("For how long datagrams may have waited for the packet thread")
                .tag("worker", index).register(registry);
        Gauge.builder("nhipcau.sfu.worker.accepting", load, source -> source.accepts() ? 1 : 0)
                .description("1: newcomers are taken, 0: refused for load").tag("worker", index).register(registry);
        Gauge.builder("nhipcau.sfu.overload.level", load, source -> source.level().ordinal())
                .description("What is given up: 0 nothing, 1 high layers, 2 all but the lowest, 3 all but the stage, "
                        + "4 all pictures, 5 all but speech").tag("worker", index).register(registry);
        for (OverloadLevel level : OverloadLevel.values()) {
            FunctionCounter.builder("nhipcau.sfu.overload.time", load, source -> source.levelTimeNs(level) / 1e9)
                    .description("Time on each level of overload").baseUnit("seconds")
                    .tag("worker", index).tag("level", label(level)).register(registry);
        }
    }

    private void bindEvents() {
        // Registered ahead, so that a scrape shows every series from the start.
        for (PeerFailure failure : PeerFailure.values()) {
            failures(failure);
        }
        for (MediaKind kind : MediaKind.values()) {
            timeToFirstPacket(kind);
        }
        connectTime();
        server.listen(this::onEvent);
    }

    private void onEvent(MediaEvent event) {
        switch (event) {
            case MediaEvent.PeerStateChanged changed -> onPeerState(changed);
            case MediaEvent.ConsumerStarted started ->
                    timeToFirstPacket(started.kind()).record(started.elapsedMs(), TimeUnit.MILLISECONDS);
            case MediaEvent.QualityReport report -> quality.record(report);
            case MediaEvent.ProducerStateChanged changed ->
                    registry.counter("nhipcau.sfu.producer.state.changes", "state", label(changed.state())).increment();
            case MediaEvent.SpeakersChanged speakers -> { }
            case MediaEvent.WantedQualityChanged wanted -> { }
            case MediaEvent.WantedSpeechChanged wanted -> registry.counter("nhipcau.sfu.speech.changes", "thin",
                    wanted.maxBitrateBps() == 0 ? "no" : "yes",
                    "packets", wanted.packetMs() == 0 ? "usual" : "long").increment();
            case MediaEvent.ConsumerPaused paused -> { }
            case MediaEvent.PictureStepChanged changed -> registry.counter("nhipcau.sfu.picture.step.changes",
                    "step", label(changed.step())).increment();
            case MediaEvent.GateChanged changed -> { }
            case MediaEvent.PathMeasured measured -> { }
            case MediaEvent.AdmissionChanged admission -> { }
            case MediaEvent.DataOpened opened -> { }
            case MediaEvent.DataReceived received -> { }
            case MediaEvent.DataLost lost -> registry.counter("nhipcau.sfu.data.lost").increment();
            case MediaEvent.RoomLost lost -> registry.counter("nhipcau.sfu.rooms.lost").increment();
        }
    }

    private void onPeerState(MediaEvent.PeerStateChanged changed) {
        String key = changed.roomId() + '/' + changed.peerId();
        switch (changed.state()) {
            case CONNECTING -> connectingSinceNs.put(key, System.nanoTime());
            case CONNECTED -> {
                Long since = connectingSinceNs.remove(key);
                if (since != null) {
                    connectTime().record(System.nanoTime() - since, TimeUnit.NANOSECONDS);
                }
            }
            case FAILED, CLOSED -> {
                connectingSinceNs.remove(key);
                if (changed.state() == PeerState.FAILED || changed.failure() != PeerFailure.NONE) {
                    failures(changed.failure()).increment();
                }
            }
            case NEW, DISCONNECTED -> { }
        }
    }

    private io.micrometer.core.instrument.Counter failures(PeerFailure failure) {
        return io.micrometer.core.instrument.Counter.builder("nhipcau.sfu.peer.failures")
                .description("Transports that ended by themselves, by cause").tag("cause", label(failure))
                .register(registry);
    }

    private Timer connectTime() {
        return Timer.builder("nhipcau.sfu.dtls.handshake")
                .description("First authenticated connectivity check to DTLS finished")
                .publishPercentileHistogram().minimumExpectedValue(java.time.Duration.ofMillis(1))
                .maximumExpectedValue(java.time.Duration.ofSeconds(30)).register(registry);
    }

    private Timer timeToFirstPacket(MediaKind kind) {
        return Timer.builder("nhipcau.sfu.time.to.first.packet")
                .description("A track was added for a connected viewer to its first packet (video: of a key frame)")
                .tag("kind", label(kind)).publishPercentileHistogram()
                .minimumExpectedValue(java.time.Duration.ofMillis(1))
                .maximumExpectedValue(java.time.Duration.ofSeconds(30)).register(registry);
    }

    static String label(Enum<?> value) {
        return value.name().toLowerCase(Locale.ROOT);
    }
}
