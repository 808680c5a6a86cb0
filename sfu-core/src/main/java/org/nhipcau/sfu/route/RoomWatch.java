// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.sfu.route;

import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.nhipcau.sfu.api.MediaEvent.PathMeasured;
import org.nhipcau.sfu.api.MediaEvent.ProducerState;
import org.nhipcau.sfu.api.MediaEvent.ProducerStateChanged;
import org.nhipcau.sfu.api.MediaEvent.Speaker;
import org.nhipcau.sfu.api.MediaEvent.SpeakersChanged;
import org.nhipcau.sfu.api.MediaEvent.WantedQualityChanged;
import org.nhipcau.sfu.api.MediaEvent.WantedSpeechChanged;
import org.nhipcau.sfu.api.MediaKind;
import org.nhipcau.sfu.api.TrackSource;
import org.nhipcau.sfu.bwe.WarmStart;

/**
 * Watches over a room as a whole and tells signaling of it: who speaks, which producers are silent or frozen, which
 * layers nobody wants, how thin speech should be, how well each peer is served, and what is known of its path.
 *
 * <p>Thread: one, the worker's that owns the room. Control path, a few times a second.
 */
final class RoomWatch {
    /** Between two tellings of what is known of the paths. By taste. */
    private static final long PATHS_NS = 3_000_000_000L;
    private static final long WATCH_NS = 200_000_000L;

    private final Room room;
    private final Collection<Producer> producers;
    private final Collection<MediaEndpoint> endpoints;
    private final Collection<RemotePublisher> remotes;
    private final Map<Producer, WantedQuality> wanted = new LinkedHashMap<>();
    private final Map<Producer, ThinSpeech> speech = new LinkedHashMap<>();
    private final ActiveSpeakers speakers = new ActiveSpeakers();
    private final ActiveSpeakers remoteSpeakers = new ActiveSpeakers();
    private final NodeLoss nodeLoss = new NodeLoss();
    private long speakerWindowNs = Long.MIN_VALUE;
    private long nextSpeakersNs = Long.MIN_VALUE;
    private long nextWatchNs = Long.MIN_VALUE;
    private long nextStatisticsNs = Long.MIN_VALUE;
    private long nextPathsNs = Long.MIN_VALUE;

    /**
     * @param producers of the room, live
     * @param endpoints of the room, live
     * @param remotes publishers of other workers, live
     */
    RoomWatch(Room room, Collection<Producer> producers, Collection<MediaEndpoint> endpoints,
            Collection<RemotePublisher> remotes) {
        this.room = room;
        this.producers = producers;
        this.endpoints = endpoints;
        this.remotes = remotes;
    }

    void onProducerAdded(Producer producer) {
        if (producer.mirrored() != null) {
            return;
        }
        long delayNs = room.config.dynacastDelayMs() * 1_000_000;
        if (producer.kind() == MediaKind.VIDEO) {
            wanted.put(producer, new WantedQuality(producer, delayNs));
        } else if (producer.parameters().source() == TrackSource.MICROPHONE) {
            speech.put(producer, new ThinSpeech(producer, room.config.thinSpeech(), delayNs));
        }
    }

    void onProducerRemoved(Producer producer) {
        wanted.remove(producer);
        speech.remove(producer);
    }

    /** Looks at the producers at the next timer. */
    void lookSoon(long nowNs) {
        nextWatchNs = Math.min(nextWatchNs, nowNs);
    }

    /** Watches over the room. @return the next deadline in ns */
    long onTimer(long nowNs) {
        if (speakerWindowNs == Long.MIN_VALUE) {
            speakerWindowNs = nowNs;
            nextSpeakersNs = nowNs + room.config.speakerIntervalMs() * 1_000_000;
            nextWatchNs = nowNs + WATCH_NS;
            nextStatisticsNs = nowNs + room.config.statisticsIntervalMs() * 1_000_000;
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
        return Math.min(nextSpeakersNs, Math.min(nextWatchNs, nextStatisticsNs));
    }

    // First all publishers, then the viewers: what these suffer may come from those.
    private void tellQuality(long nowNs) {
        long intervalNs = room.config.statisticsIntervalMs() * 1_000_000;
        nextStatisticsNs = nowNs + intervalNs;
        nodeLoss.update(room.counters);
        for (RemotePublisher remote : remotes) {
            remote.watch(intervalNs, nowNs);
        }
        for (MediaEndpoint endpoint : endpoints) {
            if (endpoint.connected()) {
                endpoint.figures().takeUplink(nowNs);
            }
        }
        for (MediaEndpoint endpoint : endpoints) {
            if (endpoint.connected()) {
                room.emit(endpoint.figures().take(nowNs));
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
                room.emit(new PathMeasured(room.id(), endpoint.peerId(), PathRecord.toHistory(learnt)));
            }
        }
    }

    /** Share of the last seconds' packets to this worker that the node itself lost. */
    double nodeLossRatio() {
        return nodeLoss.ratio();
    }

    /** Somebody wants a producer's packets, as far as its sender was told, and they can come. */
    boolean wanted(Producer producer) {
        WantedQuality quality = wanted.get(producer);
        return producer.watched() && !producer.resting() && (quality == null || quality.told() >= 0);
    }

    private void tellSpeakers(long nowNs) {
        double windowMs = (nowNs - speakerWindowNs) / 1e6;
        List<Speaker> changed = speakers.endWindow(producers, false, windowMs);
        // Told by the workers that own them; here they only matter for what this worker gives up under load.
        room.shedder.onSpeakers(remoteSpeakers.endWindow(producers, true, windowMs), nowNs);
        speakerWindowNs = nowNs;
        nextSpeakersNs = nowNs + room.config.speakerIntervalMs() * 1_000_000;
        if (!changed.isEmpty()) {
            room.shedder.onSpeakers(changed, nowNs);
            room.emit(new SpeakersChanged(room.id(), changed));
        }
    }

    /** A viewer wants more of a producer than before: its publisher is told without delay. */
    void tellWanted(Producer producer, long nowNs) {
        WantedQuality quality = wanted.get(producer);
        if (quality != null && quality.update(nowNs)) {
            room.emit(new WantedQualityChanged(room.id(), producer.trackId(), quality.told()));
        }
    }

    private void watchProducers(long nowNs) {
        for (Producer producer : wanted.keySet()) {
            tellWanted(producer, nowNs);
        }
        speech.forEach((producer, thin) -> {
            if (thin.update(nowNs)) {
                room.emit(new WantedSpeechChanged(room.id(), producer.trackId(), thin.toldBps(),
                        thin.toldPacketMs()));
            }
        });
        for (Producer producer : producers) {
            producer.exports().tell();
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
                room.emit(new ProducerStateChanged(room.id(), producer.trackId(), state));
            }
        }
    }
}
